"""One client's connection: reads its frames, counts them, and hands them to rooms and watches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import WebSocketError, WSCloseCode, WSMsgType

from server.requests.ed25519 import is_key, verifies
from server.rooms.lines import Channel
from server.rooms.lobby import Lobby
from server.rooms.turn import Turn
from server.sockets.intake import Socket
from server.sockets.pipe import Pipe
from server.sockets.revocations import Revocations
from server.sockets.watches import Watches, Watching
from signaling import wire
from signaling.errors import ErrorCode
from signaling.limits import Limits
from signaling.meters import Flow, Pace
from signaling.watches import Watch
from signaling.wire import FRAME_BYTES, HEADER, VERSION, Error, Frame, Open, Role, Type, WireError

_RELAY = int(Type.RELAY)
_HEADER_BYTES = HEADER.size
_BINARY = WSMsgType.BINARY
# What only the server says: in the other direction it is no frame.
_OURS = frozenset({Type.HELLO, Type.OPENED, Type.PRESENCE, Type.ERROR, Type.CHANGED})


@dataclass(frozen=True, slots=True)
class Shared:
    """What all connections use. `clock` gives Unix seconds and never goes backwards."""

    origin: str
    lobby: Lobby
    watches: Watches
    revocations: Revocations
    turn: Turn
    limits: Limits
    pace: Pace
    clock: Callable[[], float]


class Connection:
    """`proven` is called with the pipe, once, when the first OPEN or WATCH has succeeded."""

    __slots__ = (
        "_channels",
        "_flow",
        "_loop",
        "_nonce",
        "_proven",
        "_shared",
        "_socket",
        "_watching",
        "heard",
        "pipe",
        "since",
    )

    def __init__(
        self,
        socket: Socket,
        pipe: Pipe,
        nonce: bytes,
        shared: Shared,
        proven: Callable[[Pipe], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._socket = socket
        self._nonce = nonce
        self._shared = shared
        self._proven: Callable[[Pipe], None] | None = proven
        self._channels: dict[int, Channel] = {}
        # Made with the first: connections watch or are in rooms, and most are idle.
        self._watching: dict[int, Watching] | None = None
        self._flow = Flow()
        self.pipe = pipe
        pipe.on_end = self._leave
        # When it began or last had a channel, and when anything last came: in the loop's seconds.
        self.since = self.heard = self._loop.time()

    @property
    def has_channels(self) -> bool:
        return bool(self._channels or self._watching)

    async def run(self) -> None:
        """Greet, and serve until either side has had enough."""
        self.pipe.send(wire.pack(Type.HELLO, 0, 0, self._nonce))
        receive, time, intake = self._socket.receive, self._loop.time, self._socket.intake
        intake.take = self._relay
        try:
            while True:
                intake.ready()
                message = await receive()
                self.heard = time()
                data = message.data
                if message.type is _BINARY:
                    if not self._within_rate(1, len(data)):
                        break
                    await self._frame(data)
                elif not await self._other(message.type, data):
                    break
                # What was said last is not kept until the next word: connections are idle mostly.
                del message, data
        finally:
            intake.take = None
            self._leave()

    def _leave(self) -> None:
        """Be away from every room and watch, whatever becomes of the connection."""
        channels = list(self._channels.values())
        self._channels.clear()
        for channel in channels:
            self._shared.lobby.lose(channel)
        for watching in list((self._watching or {}).values()):
            watching.shut()
        self._shared.revocations.remove(self.pipe)

    def _too_fast(self) -> None:
        self.pipe.end(ErrorCode.TOO_FAST, WSCloseCode.POLICY_VIOLATION)

    def _within_rate(self, frames: int, size: int = 0) -> bool:
        if self._flow.take(frames, size, self._shared.pace, self.heard):
            return True
        self._too_fast()
        return False

    async def _other(self, kind: WSMsgType, data: object) -> bool:
        """Anything but a binary message. False at the end of the connection."""
        if kind is WSMsgType.TEXT:
            self.pipe.error(ErrorCode.BAD_FRAME)
        elif kind is WSMsgType.PING and isinstance(data, bytes | bytearray):
            # Waits while the client does not read, and so reads nothing more from it.
            await self._socket.pong(bytes(data))
        elif kind is WSMsgType.PONG:
            pass
        elif isinstance(data, Exception) and not isinstance(data, (WebSocketError, OSError)):
            raise data
        else:
            return False
        return self._within_rate(1)

    def _relay(self, data: bytes) -> bool:
        """The hot path: a RELAY to somebody who is there, passed on without being taken apart.

        False for anything else.
        """
        if not _HEADER_BYTES <= len(data) <= FRAME_BYTES:
            return False
        version, kind, number, peer = HEADER.unpack_from(data)
        if kind != _RELAY or version != VERSION:
            return False
        channel = self._channels.get(number)
        if channel is None:
            return False
        room, person = channel.room, channel.person
        if room is None or person is None:
            return False
        target = room.route(person, channel, peer)
        if target is None:
            return False
        self.heard = now = self._loop.time()
        if self._flow.take(1, len(data), self._shared.pace, now):
            target.relay(person.number, data)
        else:
            self._too_fast()
        return True

    async def _frame(self, data: bytes) -> None:
        try:
            frame = wire.unpack(data)
        except WireError as error:
            self._no_frame(error.code, data)
            return
        if frame.type in _OURS:
            self._refuse(frame, ErrorCode.BAD_FRAME)
        elif frame.type is Type.PING:
            self._ping(frame)
        elif frame.type is Type.OPEN:
            await self._open(frame)
        elif frame.type is Type.WATCH:
            await self._watch(frame)
        elif frame.channel in (self._watching or ()):
            self._to_watch(frame)
        else:
            await self._to_room(frame)

    def _no_frame(self, code: ErrorCode, data: bytes) -> None:
        """Answer what could not be read as a frame, as far as its head can be."""
        if code is ErrorCode.FRAME_TOO_LARGE:
            self.pipe.end(code, WSCloseCode.MESSAGE_TOO_BIG)
            return
        head = data[: HEADER.size] if len(data) >= HEADER.size else data[:2]
        _, of, channel, peer = HEADER.unpack(head.ljust(HEADER.size, b"\0"))
        self.pipe.error(code, of, channel=channel, peer=peer)

    def _refuse(self, frame: Frame, code: ErrorCode) -> None:
        self.pipe.error(code, frame.type, channel=frame.channel, peer=frame.peer)

    def _ping(self, frame: Frame) -> None:
        if frame.channel != 0:
            self._refuse(frame, ErrorCode.BAD_CHANNEL)
            return
        try:
            self.pipe.send(wire.pack(Type.PING, 0, 0, wire.ping(frame.body)))
        except WireError as error:
            self._refuse(frame, error.code)

    def _is_free(self, frame: Frame) -> bool:
        """Whether a channel may be opened under this number, at this rate; else it was answered."""
        number = frame.channel
        if number == 0 or number in self._channels or number in (self._watching or ()):
            self._refuse(frame, ErrorCode.BAD_CHANNEL)
            return False
        return self._within_rate(self._shared.limits.open_costs_frames - 1)

    @property
    def _is_full(self) -> bool:
        return len(self._channels) + len(self._watching or ()) >= self._shared.limits.channels

    async def _open(self, frame: Frame) -> None:
        if not self._is_free(frame):
            return
        full = self._is_full
        channel = Channel(frame.channel, self.pipe, self._channels)
        try:
            asked = Open.unpack(frame.body)
        except WireError as error:
            channel.refuse(error.code)
            return
        if full:
            channel.refuse(ErrorCode.TOO_MANY_CHANNELS)
        elif not self._holds(asked):
            channel.refuse(ErrorCode.NOT_FOUND)
        else:
            await self._enter(asked, channel)

    async def _enter(self, asked: Open, channel: Channel) -> None:
        revocations = self._shared.revocations
        # Before it is asked whether the device is in force: nothing slips in between.
        new = asked.role is Role.HOST and revocations.add(asked.key, self.pipe)
        await self._shared.lobby.enter(asked, channel)
        if channel.inside:
            self._prove()
        elif new:
            revocations.discard(asked.key, self.pipe)
        if channel.inside and channel.number not in self._channels:
            # It ended while the room was being looked up.
            self._shared.lobby.lose(channel)

    async def _watch(self, frame: Frame) -> None:
        if not self._is_free(frame):
            return
        try:
            asked = Watch.unpack(frame.body)
        except WireError as error:
            body = Error(error.code, frame.type, fatal=True).pack()
            self.pipe.send(wire.pack(Type.ERROR, frame.channel, 0, body))
            return
        full = self._is_full
        if self._watching is None:
            self._watching = {}
        watching = Watching(frame.channel, self.pipe, asked, self._watching)
        said = asked.signed_bytes(self._shared.origin, self._nonce)
        if full:
            watching.refuse(ErrorCode.TOO_MANY_CHANNELS)
        elif not verifies(asked.key, said, asked.signature):
            watching.refuse(ErrorCode.NOT_FOUND)
        elif await self._shared.watches.begin(watching):
            self._prove()

    def _to_watch(self, frame: Frame) -> None:
        if frame.type is not Type.CLOSE:
            self._refuse(frame, ErrorCode.NOT_ALLOWED)
        elif self._watching is not None:
            self._watching[frame.channel].shut()

    def _prove(self) -> None:
        """A key was proven: the connection counts no longer against its address."""
        proven, self._proven = self._proven, None
        if proven is not None:
            proven(self.pipe)

    def _holds(self, asked: Open) -> bool:
        said = asked.signed_bytes(self._shared.origin, self._nonce)
        return verifies(asked.key, said, asked.signature) and (
            asked.role is Role.HOST or verifies(asked.join_key, said, asked.join_signature)
        )

    async def _to_room(self, frame: Frame) -> None:
        channel = self._channels.get(frame.channel)
        if channel is None:
            self._refuse(frame, ErrorCode.BAD_CHANNEL)
        elif frame.type is Type.ICE:
            self._ice(frame)
        elif frame.type is Type.SEAT and not is_key(frame.body):
            self._refuse(frame, ErrorCode.BAD_FRAME)
        else:
            await self._shared.lobby.receive(channel, frame.type, frame.peer, frame.body)

    def _ice(self, frame: Frame) -> None:
        try:
            wire.nothing(frame.body)
        except WireError as error:
            self._refuse(frame, error.code)
            return
        body = self._shared.turn.ice(self._shared.clock())
        self.pipe.send(wire.pack(Type.ICE, frame.channel, 0, body))
