"""The rooms of this process: loads their records, performs what they ask, saves, and forgets them.

A room whose lease another process has is opened there, and its channels are carried to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from server.engines.faults import StorageFailed
from server.engines.leases import Leases
from server.rooms.lines import Channel, Line
from server.rooms.nodes import Nodes
from server.rooms.store import RoomStore, Superseded
from server.services import IdentityOf
from signaling.effects import Effect, Entered, Save, Send, Shut
from signaling.errors import ErrorCode
from signaling.limits import Limits
from signaling.record import RoomRecord
from signaling.room import Room
from signaling.wire import Open, Role, Type

_log = structlog.get_logger()


class Lobby:
    """`clock` gives Unix seconds and never goes backwards."""

    def __init__(
        self,
        store: RoomStore,
        identity_of: IdentityOf,
        leases: Leases,
        nodes: Nodes,
        limits: Limits,
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._identity_of = identity_of
        self._leases = leases
        self._nodes = nodes
        self._limits = limits
        self._clock = clock
        self._rooms: dict[bytes, Room[Line]] = {}
        self._loading: dict[bytes, asyncio.Task[Room[Line] | None]] = {}
        self._saving: dict[bytes, asyncio.Task[None]] = {}
        leases.when_lost(self._lost)

    def __len__(self) -> int:
        """How many rooms are in memory."""
        return len(self._rooms)

    async def enter(self, asked: Open, channel: Channel) -> None:
        """Let somebody who has proven the keys of an OPEN into its room, or refuse."""
        try:
            home = await self._leases.holder(asked.room)
            if home is None:
                await self._let_in(asked, channel)
            elif not await self._nodes.enter(home, asked, channel):
                channel.refuse(ErrorCode.STORAGE_FAILED)
        except StorageFailed:
            _log.exception("room_not_loaded")
            channel.refuse(ErrorCode.STORAGE_FAILED)
        channel.inside = channel.inside or channel.person is not None

    async def enter_here(self, asked: Open, line: Line) -> bool:
        """For another process, that took us for the room's home; False where we are not."""
        try:
            if await self._leases.holder(asked.room) is not None:
                return False
            await self._let_in(asked, line)
        except StorageFailed:
            _log.exception("room_not_loaded")
            line.refuse(ErrorCode.STORAGE_FAILED)
        return True

    async def _let_in(self, asked: Open, line: Line) -> None:
        is_host = asked.role is Role.HOST
        key = await self._identity_of(asked.key) if is_host else asked.key
        room = await self._room(asked.room)
        if room is None or key is None:
            self._leases.release(asked.room)
            line.refuse(ErrorCode.NOT_FOUND)
            return
        line.room = room
        now = self._clock()
        self._perform(room, room.enter(line, asked.role, key, asked.join_key, now))
        await self.settled(room)

    async def receive(self, line: Line, kind: Type, peer: int, body: bytes) -> None:
        """A frame of a room. Comes back when what it changed is durable, or is refused."""
        room, person = line.room, line.person
        if room is None or person is None:
            if isinstance(line, Channel):
                self._nodes.frame(line, kind, peer, body)
            return
        self._perform(room, room.receive(person, line, kind, peer, body, self._clock()))
        await self.settled(room)

    def lose(self, line: Line) -> None:
        """The connection of this channel is gone."""
        if line.room is not None and line.person is not None:
            effects = line.room.lose(line.person, line, self._clock())
            self._perform(line.room, effects)
        elif isinstance(line, Channel):
            self._nodes.leave(line)

    def tick(self) -> None:
        """To be called every few seconds."""
        now = self._clock()
        for identity, room in list(self._rooms.items()):
            try:
                self._perform(room, room.tick(now))
                if room.is_idle(now):
                    self._forget(identity)
            except Exception:  # noqa: BLE001 - a fault in one room is not for the others to bear
                _log.exception("internal")
                self._forget(identity)

    async def settled(self, room: Room[Line]) -> None:
        """Wait for the disk, so that whoever changed a room sees its frames handled in order."""
        while room.busy:
            # Not ours to cancel: others wait for the same.
            await asyncio.shield(self._saving[room.record.id])

    async def finish(self) -> None:
        """Wait for every save that has begun."""
        while self._saving:
            await asyncio.wait(self._saving.values())

    async def _room(self, identity: bytes) -> Room[Line] | None:
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

    async def _load(self, identity: bytes) -> Room[Line] | None:
        try:
            record = await self._store.load(identity)
        finally:
            del self._loading[identity]
        if record is None:
            return None
        room = self._rooms[identity] = Room[Line](record, self._limits, self._clock())
        return room

    def _perform(self, room: Room[Line], effects: list[Effect[Line]]) -> None:
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
            self._forget(room.record.id)

    def _forget(self, identity: bytes) -> None:
        if self._rooms.pop(identity, None) is not None:
            self._leases.release(identity)

    def _lost(self, identity: bytes) -> None:
        """Another process has taken a room's lease."""
        room = self._rooms.get(identity)
        if room is not None:
            self._abandon(room)

    async def _save(self, room: Room[Line], record: RoomRecord) -> None:
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

    def _abandon(self, room: Room[Line]) -> None:
        """It is in other hands: whoever is in it here is to come back, and finds it there."""
        if self._rooms.get(room.record.id) is room:
            self._forget(room.record.id)
        for line in room.abandon():
            line.interrupt()
