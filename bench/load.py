"""Pairs of connections that send each other messages as fast as the server takes them.

Each side of each pair keeps a few messages under way; each one received lets its sender send the
next. So nobody is flooded beyond what it delivers, and the same load fits every server. What is
measured is the server: the load itself has to cost little beside it, so once a pair can talk its
connections are taken from aiohttp, and their messages are framed once and for all.
"""

from __future__ import annotations

import asyncio
import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import aiohttp

UNDER_WAY = 8
PAYLOAD = 1024

_CONTENT = {1, 2}
_CLOSE = 8


def masked(message: bytes | str) -> bytes:
    """A whole message of a client (RFC 6455, section 5.2), longer than 125 bytes."""
    opcode, body = (2, message) if isinstance(message, bytes) else (1, message.encode())
    key = os.urandom(4)
    keys = (key * (len(body) // 4 + 1))[: len(body)]
    hidden = bytes(one ^ other for one, other in zip(body, keys, strict=True))
    return struct.pack(">BBH", 0x80 | opcode, 0x80 | 126, len(body)) + key + hidden


class Wire(asyncio.Protocol):
    """Reads the messages of a server, which are never masked, compressed or in parts."""

    def __init__(self, transport: asyncio.Transport, got: Callable[[list[bytes]], None]) -> None:
        self.transport = transport
        self._before = transport.get_protocol()
        self.failed: Exception | None = None
        self._got = got
        self._rest = b""
        transport.set_protocol(self)

    def data_received(self, data: bytes) -> None:
        try:
            self._got(list(self._messages(self._rest + data)))
        except Exception as error:  # noqa: BLE001 - raised where the turn is waited for
            self.failed = error

    def close(self) -> None:
        """End the connection, which aiohttp waits for."""
        self.transport.set_protocol(self._before)
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.failed = self.failed or exc or ConnectionError("a connection was closed under load")

    def _messages(self, data: bytes) -> Iterator[bytes]:
        at, size = 0, len(data)
        while size - at >= 2:
            opcode, length, begin = data[at] & 15, data[at + 1], at + 2
            if length == 126:
                begin += 2
            elif length == 127:
                begin += 8
            if length > 125:
                if size < begin:
                    break
                length = int.from_bytes(data[at + 2 : begin], "big")
            if size < begin + length:
                break
            at = begin + length
            if opcode == _CLOSE:
                raise ConnectionError(f"the server closed: {data[begin + 2 : at]!r}")
            if opcode in _CONTENT:
                yield data[begin:at]
        self._rest = data[at:]


@dataclass
class End:
    """One connection: the message that it sends, and how it knows one that was sent to it."""

    socket: aiohttp.ClientWebSocketResponse
    message: bytes | str
    is_delivery: Callable[[bytes], bool]
    _wire: Wire | None = field(default=None, repr=False)
    _framed: bytes = field(default=b"", repr=False)

    def wire(self, got: Callable[[list[bytes]], None]) -> Wire:
        """Take the connection from aiohttp, which has no way to give it."""
        connection = self.socket._conn  # noqa: SLF001 - nothing public has it
        transport = connection.transport if connection else None
        if transport is None:
            raise ConnectionError("a connection was closed before the load")
        self._framed = masked(self.message)
        self._wire = Wire(transport, got)
        return self._wire

    def send(self, messages: int) -> None:
        if self._wire:
            self._wire.transport.write(self._framed * messages)


Pair = tuple[End, End]


class Load:
    """All pairs on one server, of whom it runs a turn at a time."""

    def __init__(self, pairs: list[Pair]) -> None:
        self.delivered = 0
        self._going = False
        self._ends = [end for pair in pairs for end in pair]
        self._wires = [
            here.wire(self._receiver(here, there))
            for pair in pairs
            for here, there in (pair, pair[::-1])
        ]

    def _receiver(self, here: End, there: End) -> Callable[[list[bytes]], None]:
        is_delivery = here.is_delivery

        def got(messages: list[bytes]) -> None:
            count = sum(map(is_delivery, messages))
            self.delivered += count
            if self._going and count:
                there.send(count)

        return got

    async def turn(self, seconds: float, clock: Callable[[], float]) -> tuple[int, float]:
        """Messages delivered and what `clock` went on by, while the load was steady."""
        self._going = True
        for end in self._ends:
            end.send(UNDER_WAY)
        await asyncio.sleep(1)
        delivered, begun = self.delivered, clock()
        await asyncio.sleep(seconds)
        found = self.delivered - delivered, clock() - begun
        self._going = False
        # What is under way arrives before somebody else's turn.
        await asyncio.sleep(0.3)
        for wire in self._wires:
            if wire.failed:
                raise wire.failed
        return found

    def close(self) -> None:
        for wire in self._wires:
            wire.close()
