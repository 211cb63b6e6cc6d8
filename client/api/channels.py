"""What one connection carries: rooms and watches, each on a channel that comes back by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from client.sealing.keys import SigningKey
from signaling import wire
from signaling.watches import Changed, Kind, Watch, watch_bytes
from signaling.wire import ErrorCode, Frame, Role, Type

Random = Callable[[int], bytes]


class Connection(Protocol):
    """What channels send through."""

    async def transmit(self, data: bytes) -> None: ...

    def forget(self, number: int) -> None: ...

    def open_later(self, number: int) -> None:
        """Try again in a moment: the server could not look, and says nothing about what it is."""


@dataclass(frozen=True)
class Entry:
    """What opens a room: `join` is the link's join key, for guests."""

    room: bytes
    key: SigningKey = field(repr=False)
    join: SigningKey | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Watched:
    """What is watched: a mailbox by its owner's key, a cell by its owner's, read or claim key."""

    kind: Kind
    id: bytes
    key: SigningKey = field(repr=False)


@dataclass(frozen=True)
class Opened:
    """The channel is open, for the first time or again. `peer` is our own number."""

    peer: int
    room: wire.Opened


@dataclass(frozen=True)
class Watching:
    """The watch has begun, for the first time or again."""


@dataclass(frozen=True)
class Arrived:
    frame: Frame


@dataclass(frozen=True)
class Lost:
    """The connection is gone; the channel opens again by itself."""


@dataclass(frozen=True)
class Refused:
    """The server refused a frame of this channel; `of` is that frame's type."""

    code: ErrorCode
    of: int


@dataclass(frozen=True)
class Closed:
    """The channel is closed for good."""

    code: ErrorCode


ChannelEvent = Opened | Arrived | Lost | Refused | Closed
WatchEvent = Watching | Changed | Lost | Closed


class Channel:
    """One room. Frames sent while the connection is away are dropped: sessions send again."""

    def __init__(self, number: int, entry: Entry, connection: Connection) -> None:
        self.number = number
        self.entry = entry
        self.ready = False
        self.openings = 0
        self.events: asyncio.Queue[ChannelEvent] = asyncio.Queue()
        self._connection = connection

    async def send(self, kind: Type, peer: int = 0, body: bytes = b"") -> None:
        if self.ready:
            await self._connection.transmit(wire.pack(kind, self.number, peer, body))

    async def close(self) -> None:
        """Stop watching the room; place and admission stay."""
        await self.send(Type.CLOSE)
        self.ready = False
        self._connection.forget(self.number)

    def opening(self, origin: str, server_nonce: bytes, random: Random) -> bytes:
        """The frame that opens it on a new connection."""
        entry = self.entry
        role = Role.GUEST if entry.join else Role.HOST
        nonce = random(wire.NONCE_BYTES)
        join = entry.join.public if entry.join else bytes(wire.KEY_BYTES)
        said = wire.open_bytes(
            origin, role, entry.room, entry.key.public, join, server_nonce, nonce
        )
        empty = bytes(wire.SIGNATURE_BYTES)
        body = wire.Open(
            role=role,
            room=entry.room,
            key=entry.key.public,
            join_key=join,
            client_nonce=nonce,
            signature=entry.key.sign_bytes(said),
            join_signature=entry.join.sign_bytes(said) if entry.join else empty,
        )
        return wire.pack(Type.OPEN, self.number, 0, body.pack())

    def take(self, frame: Frame) -> None:
        """A frame has come. Raises WireError."""
        if frame.type is Type.OPENED:
            self.ready = True
            self.openings += 1
            self.events.put_nowait(Opened(frame.peer, wire.Opened.unpack(frame.body)))
        elif frame.type is not Type.ERROR:
            self.events.put_nowait(Arrived(frame))
        else:
            error = wire.Error.unpack(frame.body)
            if error.fatal and error.code is ErrorCode.STORAGE_FAILED:
                self.lost()
                self._connection.open_later(self.number)
            elif error.fatal:
                self.ready = False
                self._connection.forget(self.number)
                self.events.put_nowait(Closed(error.code))
            else:
                self.events.put_nowait(Refused(error.code, error.of))

    def lost(self) -> None:
        if self.ready:
            self.ready = False
            self.events.put_nowait(Lost())


class WatchChannel:
    """One mailbox or cell. `known`: what the server need not tell of; its hints move it on.

    A hint proves nothing: whoever gets a `Changed` fetches, and believes what that shows.
    """

    def __init__(self, number: int, watched: Watched, known: int, connection: Connection) -> None:
        self.number = number
        self.watched = watched
        self.known = known
        self.ready = False
        self.events: asyncio.Queue[WatchEvent] = asyncio.Queue()
        self._connection = connection

    async def close(self) -> None:
        if self.ready:
            await self._connection.transmit(wire.pack(Type.CLOSE, self.number, 0))
        self.ready = False
        self._connection.forget(self.number)

    def opening(self, origin: str, server_nonce: bytes, random: Random) -> bytes:
        """The frame that opens it on a new connection."""
        kind, identity, key = self.watched.kind, self.watched.id, self.watched.key
        nonce = random(wire.NONCE_BYTES)
        said = watch_bytes(origin, kind, identity, key.public, server_nonce, nonce)
        asked = Watch(kind, identity, key.public, self.known, nonce, key.sign_bytes(said))
        return wire.pack(Type.WATCH, self.number, 0, asked.pack())

    def take(self, frame: Frame) -> None:
        """A frame has come. Raises WireError."""
        if frame.type is Type.WATCH:
            self.ready = True
            self.events.put_nowait(Watching())
        elif frame.type is Type.CHANGED:
            changed = Changed.unpack(frame.body)
            self.known = max(self.known, changed.latest)
            self.events.put_nowait(changed)
        elif frame.type is Type.ERROR:
            code = wire.Error.unpack(frame.body).code
            if code is ErrorCode.STORAGE_FAILED:
                self.lost()
                self._connection.open_later(self.number)
                return
            self.ready = False
            self._connection.forget(self.number)
            self.events.put_nowait(Closed(code))

    def lost(self) -> None:
        if self.ready:
            self.ready = False
            self.events.put_nowait(Lost())
