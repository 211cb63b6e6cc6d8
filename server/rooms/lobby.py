"""The rooms in memory: loads their records, performs what they ask, saves, and forgets them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from aiohttp import WSCloseCode

from server.engines.faults import StorageFailed
from server.rooms.store import RoomStore, Superseded
from server.sockets.pipe import Pipe
from signaling.effects import Effect, Entered, Save, Send, Shut
from signaling.errors import ErrorCode
from signaling.limits import Limits
from signaling.people import Person
from signaling.record import RoomRecord
from signaling.room import Room
from signaling.wire import Error, Open, Type, pack

_log = structlog.get_logger()


class Channel:
    """One room on one connection. `person` is None until the room has let it in."""

    __slots__ = ("_open", "number", "person", "pipe", "room")

    def __init__(self, number: int, pipe: Pipe, channels: dict[int, Channel]) -> None:
        self.number = number
        self.pipe = pipe
        self.room: Room[Channel] | None = None
        self.person: Person[Channel] | None = None
        self._open = channels
        channels[number] = self

    def send(self, kind: Type, peer: int, body: bytes) -> None:
        self.pipe.send(pack(kind, self.number, peer, body))

    def shut(self) -> None:
        if self._open.get(self.number) is self:
            del self._open[self.number]

    def refuse(self, code: ErrorCode) -> None:
        """Answer an OPEN that did not succeed."""
        self.send(Type.ERROR, 0, Error(code, Type.OPEN, fatal=True).pack())
        self.shut()


class Lobby:
    """`clock` gives Unix seconds and never goes backwards."""

    def __init__(self, store: RoomStore, limits: Limits, clock: Callable[[], float]) -> None:
        self._store = store
        self._limits = limits
        self._clock = clock
        self._rooms: dict[bytes, Room[Channel]] = {}
        self._loading: dict[bytes, asyncio.Task[Room[Channel] | None]] = {}
        self._saving: dict[bytes, asyncio.Task[None]] = {}

    def __len__(self) -> int:
        """How many rooms are in memory."""
        return len(self._rooms)

    async def enter(self, asked: Open, channel: Channel) -> None:
        """Let somebody who has proven the keys of an OPEN into its room, or refuse."""
        try:
            room = await self._room(asked.room)
        except StorageFailed:
            _log.exception("room_not_loaded")
            channel.refuse(ErrorCode.STORAGE_FAILED)
            return
        if room is None:
            channel.refuse(ErrorCode.NOT_FOUND)
            return
        channel.room = room
        now = self._clock()
        self._perform(room, room.enter(channel, asked.role, asked.key, asked.join_key, now))
        await self.settled(room)

    async def receive(self, channel: Channel, kind: Type, peer: int, body: bytes) -> None:
        """A frame of a room. Comes back when what it changed is durable, or is refused."""
        room, person = channel.room, channel.person
        if room is None or person is None:
            return
        self._perform(room, room.receive(person, channel, kind, peer, body, self._clock()))
        await self.settled(room)

    def lose(self, channel: Channel) -> None:
        """The connection of this channel is gone."""
        if channel.room is not None and channel.person is not None:
            effects = channel.room.lose(channel.person, channel, self._clock())
            self._perform(channel.room, effects)

    def tick(self) -> None:
        """To be called every few seconds."""
        now = self._clock()
        for identity, room in list(self._rooms.items()):
            try:
                self._perform(room, room.tick(now))
                if room.is_idle(now):
                    self._rooms.pop(identity, None)
            except Exception:  # noqa: BLE001 - a fault in one room is not for the others to bear
                _log.exception("internal")
                self._rooms.pop(identity, None)

    async def settled(self, room: Room[Channel]) -> None:
        """Wait for the disk, so that whoever changed a room sees its frames handled in order."""
        while room.busy:
            # Not ours to cancel: others wait for the same.
            await asyncio.shield(self._saving[room.record.id])

    async def finish(self) -> None:
        """Wait for every save that has begun."""
        while self._saving:
            await asyncio.wait(self._saving.values())

    async def _room(self, identity: bytes) -> Room[Channel] | None:
        while True:
            room = self._rooms.get(identity)
            if room is not None:
                return room
            task = self._loading.get(identity)
            if task is None:
                task = asyncio.create_task(self._load(identity))
                self._loading[identity] = task
            loaded = await asyncio.shield(task)
            # It may have been forgotten again while this waited for its turn.
            if loaded is None or self._rooms.get(identity) is loaded:
                return loaded

    async def _load(self, identity: bytes) -> Room[Channel] | None:
        try:
            record = await self._store.load(identity)
        finally:
            del self._loading[identity]
        if record is None:
            return None
        room = self._rooms[identity] = Room[Channel](record, self._limits, self._clock())
        return room

    def _perform(self, room: Room[Channel], effects: list[Effect[Channel]]) -> None:
        for effect in effects:
            match effect:
                case Send(line, kind, peer, body):
                    line.send(kind, peer, body)
                case Entered(line, person):
                    line.person = person
                case Shut(line):
                    line.shut()
                case Save(record):
                    self._saving[record.id] = asyncio.create_task(self._save(room, record))
        if room.over:
            self._rooms.pop(room.record.id, None)

    async def _save(self, room: Room[Channel], record: RoomRecord) -> None:
        saved, lost = False, False
        try:
            await self._store.save(record)
            saved = True
        except Superseded:
            lost = True
        except StorageFailed:
            _log.exception("room_not_saved")
        finally:
            del self._saving[record.id]
            now = self._clock()
            self._perform(room, room.saved(now) if saved else room.not_saved(now))
            if lost:
                self._abandon(room)

    def _abandon(self, room: Room[Channel]) -> None:
        """It is in other hands: whoever is in it here is to come back, and finds it there."""
        if self._rooms.get(room.record.id) is room:
            del self._rooms[room.record.id]
        for channel in room.abandon():
            channel.pipe.end(None, WSCloseCode.SERVICE_RESTART)
