"""What stands before several processes of one server: each connection goes to the next one.

Like any balancer it passes over a process that does not take the connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import cast

# Gives a connected socket to one of the processes. Raises OSError.
Dial = Callable[[], Awaitable[socket.socket]]


class _Half(asyncio.Protocol):
    """One side of a connection that is passed on."""

    def __init__(self, lives: set[_Half]) -> None:
        self._lives = lives
        self.other: _Half | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._lives.add(self)

    def data_received(self, data: bytes) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.write(data)

    def eof_received(self) -> bool:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.write_eof()
        return True

    def pause_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.resume_reading()

    def connection_lost(self, fault: Exception | None) -> None:
        self._lives.discard(self)
        other, self.other, self.transport = self.other, None, None
        if other is not None and other.transport is not None:
            other.transport.close() if fault is None else other.transport.abort()

    def abort(self) -> None:
        if self.transport is not None:
            self.transport.abort()


class _Guest(_Half):
    """The side of who connects: what it says first decides to whom it goes."""

    def __init__(self, lives: set[_Half], find: Callable[[_Guest], Awaitable[None]]) -> None:
        super().__init__(lives)
        self._find = find
        self._finding: asyncio.Task[None] | None = None
        self.said = b""

    def data_received(self, data: bytes) -> None:
        if self.other is not None:
            super().data_received(data)
            return
        assert self.transport is not None
        self.transport.pause_reading()
        self.said += data
        self._finding = asyncio.ensure_future(self._find(self))

    def found(self, half: _Half) -> None:
        if self.transport is None:
            half.abort()
            return
        self.other, half.other = half, self
        super().data_received(self.said)
        self.transport.resume_reading()

    def connection_lost(self, fault: Exception | None) -> None:
        super().connection_lost(fault)
        if self._finding is not None:
            self._finding.cancel()


@contextlib.asynccontextmanager
async def front(listener: socket.socket, dials: Sequence[Dial]) -> AsyncIterator[None]:
    """Pass connections to `listener` on while the block runs; then all of them are reset."""
    loop = asyncio.get_running_loop()
    lives: set[_Half] = set()
    # WebSockets take turns of their own: of two people each reaches another process.
    turns = {True: itertools.count(), False: itertools.count()}

    async def find(guest: _Guest) -> None:
        first = next(turns[guest.said.startswith(b"GET /v1/socket")]) % len(dials)
        for dial in (*dials[first:], *dials[:first]):
            with contextlib.suppress(OSError):
                made = await dial()
                _, half = await loop.create_connection(lambda: _Half(lives), sock=made)
                guest.found(half)
                return
        guest.abort()

    server = await loop.create_server(lambda: _Guest(lives, find), sock=listener)
    try:
        yield
    finally:
        server.close()
        for half in list(lives):
            half.abort()
        # What was reset is told so before the loop may end.
        await asyncio.sleep(0)
        await asyncio.sleep(0)


def listener(port: int) -> socket.socket:
    """What to listen on, on loopback."""
    made = socket.create_server(("127.0.0.1", port), backlog=1024)
    made.setblocking(False)
    return made


def local(port: int) -> Dial:
    """Dials a process on loopback."""

    async def dial() -> socket.socket:
        made = socket.socket()
        made.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(made, ("127.0.0.1", port))
        except BaseException:
            made.close()
            raise
        return made

    return dial
