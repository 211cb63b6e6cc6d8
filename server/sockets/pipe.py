"""Towards one client: frames go straight to the transport while it takes them, then they queue.

The head of RFC 6455 is put in front here instead of by `WebSocketResponse.send_bytes`: that is a
coroutine of several calls for what is one short head, and relaying is what this server does all
day (docs/adr/0010). uvloop gathers what is written in one turn of the loop into one system call.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections import deque
from collections.abc import Callable

from aiohttp import WSCloseCode, web

from server.sockets.intake import Socket
from signaling.errors import ErrorCode
from signaling.limits import Limits
from signaling.wire import FRAME_BYTES, HEADER, VERSION, Error, Type, pack

_BINARY = 0x82
_MEDIUM_MARK = 126
_LONG_MARK = 127
_SHORT = struct.Struct(">BB")
_MEDIUM = struct.Struct(">BBH")
_LONG = struct.Struct(">BBQ")
# The head of a message of middle size, and our own behind it.
_BOTH = struct.Struct(">BBHBBII")
_RELAY = int(Type.RELAY)
_BODY = slice(HEADER.size, None)
# How long a client has to answer a close.
CLOSE_SECONDS = 5.0


def framed(frame: bytes) -> bytes:
    """A whole unmasked binary message (RFC 6455, section 5.2)."""
    length = len(frame)
    if length < _MEDIUM_MARK:
        return _SHORT.pack(_BINARY, length) + frame
    if length < FRAME_BYTES:
        return _MEDIUM.pack(_BINARY, _MEDIUM_MARK, length) + frame
    return _LONG.pack(_BINARY, _LONG_MARK, length) + frame


class Pipe:
    """The writing side of one prepared socket. Nothing here waits, but `finish`."""

    __slots__ = (
        "_closing",
        "_direct",
        "_drainer",
        "_held",
        "_held_bytes",
        "_limits",
        "_protocol",
        "_socket",
        "_transport",
        "on_end",
    )

    def __init__(
        self,
        socket: Socket,
        protocol: web.RequestHandler,
        transport: asyncio.Transport,
        limits: Limits,
    ) -> None:
        self._socket = socket
        self._protocol = protocol
        self._transport = transport
        self._limits = limits
        # Made when the client falls behind for the first time: most never do.
        self._held: deque[bytes] | None = None
        self._held_bytes = 0
        self._drainer: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        # Neither behind nor ending.
        self._direct = True
        # Told once, and at once: a client that does not read may take long to be gone.
        self.on_end: Callable[[], None] | None = None

    def send(self, frame: bytes) -> None:
        """Send a frame after all those before it, or drop it when the connection is ending."""
        if not self._direct or self._protocol.writing_paused:
            self._hold(frame)
        elif not self._transport.is_closing():
            self._transport.write(framed(frame))

    def relay(self, channel: int, sender: int, frame: bytes) -> None:
        """Send the body of somebody else's RELAY `frame` on to our `channel`."""
        transport = self._transport
        length = len(frame)
        if not self._direct or self._protocol.writing_paused or transport.is_closing():
            self.send(HEADER.pack(VERSION, _RELAY, channel, sender) + frame[HEADER.size :])
        elif _MEDIUM_MARK <= length < FRAME_BYTES:
            # The common case: both heads at once, and the body copied once.
            head = _BOTH.pack(_BINARY, _MEDIUM_MARK, length, VERSION, _RELAY, channel, sender)
            transport.write(head + frame[_BODY])
        else:
            head = HEADER.pack(VERSION, _RELAY, channel, sender)
            transport.write(framed(head + frame[HEADER.size :]))

    def error(self, code: ErrorCode, of: int = 0, *, channel: int = 0, peer: int = 0) -> None:
        """An ERROR that leaves everything as it was."""
        self.send(pack(Type.ERROR, channel, peer, Error(code, of, fatal=False).pack()))

    def _hold(self, frame: bytes) -> None:
        if self._closing is not None:
            return
        if self._held is None:
            self._held = deque()
        frames, size = len(self._held) + 1, self._held_bytes + len(frame)
        if frames > self._limits.queue_frames or size > self._limits.queue_bytes:
            self.end(ErrorCode.TOO_SLOW, WSCloseCode.POLICY_VIOLATION)
            return
        self._held.append(frame)
        self._held_bytes = size
        if self._drainer is None:
            # One task for the whole time that this client is behind.
            self._drainer = asyncio.create_task(self._drain(self._held))
            self._direct = False

    async def _drain(self, held: deque[bytes]) -> None:
        # The connection is gone: whoever reads from it finds out.
        with contextlib.suppress(ConnectionError):
            while held:
                frame = held.popleft()
                self._held_bytes -= len(frame)
                # With `writer_limit=0` this comes back when the transport takes more.
                await self._socket.send_bytes(frame)
        held.clear()
        self._drainer = None
        self._direct = self._closing is None

    def end(self, code: ErrorCode | None, close_code: int) -> None:
        """Close, with a fatal ERROR before it where there is a reason to give."""
        if self._closing is not None:
            return
        self._direct = False
        if self._drainer is not None:
            self._drainer.cancel()
        if code is not None and not self._transport.is_closing():
            body = Error(code, 0, fatal=True).pack()
            self._transport.write(framed(pack(Type.ERROR, 0, 0, body)))
        self._closing = asyncio.create_task(self._close(close_code))
        on_end, self.on_end = self.on_end, None
        if on_end is not None:
            on_end()

    async def _close(self, close_code: int) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._socket.close(code=close_code, drain=False)
        if not self._transport.is_closing() or self._transport.get_write_buffer_size():
            # It does not even read that it is over.
            self._transport.abort()

    async def finish(self) -> None:
        """Nothing more will be read: come to an end."""
        if self._drainer is not None:
            self._drainer.cancel()
        self.end(None, WSCloseCode.OK)
        if self._closing is not None:
            await asyncio.shield(self._closing)

    def abort(self) -> None:
        self._transport.abort()
