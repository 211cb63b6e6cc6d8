"""Watching mailboxes and cells: who watches what, and telling them that something is later."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from server.engines.bus import Bus
from server.engines.faults import StorageFailed
from server.sockets.pipe import Pipe
from signaling.errors import ErrorCode
from signaling.watches import Changed, Kind, Watch
from signaling.wire import Error, Type, pack

_log: structlog.stdlib.BoundLogger = structlog.get_logger()

# The newest sequence number or version of an id, for a key that may know it; else None.
Latest = Callable[[bytes, bytes], Awaitable[int | None]]
# How a primitive says that something is later: id, number, and a mailbox's message itself, or of a
# cell anything where it was claimed.
Tell = Callable[[bytes, int, bytes], None]
_GONE = b""


def _topic(kind: Kind, identity: bytes) -> bytes:
    return bytes((kind,)) + identity


def teller(bus: Bus, kind: Kind) -> Tell:
    """Give a primitive its way to say that something has changed, once that is durable."""

    def tell(identity: bytes, latest: int, message: bytes = b"") -> None:
        bus.publish(_topic(kind, identity), Changed(latest, message).pack())

    return tell


def mourner(bus: Bus, kind: Kind) -> Callable[[bytes], None]:
    """Give a primitive its way to say that a thing is no longer there."""
    return lambda identity: bus.publish(_topic(kind, identity), _GONE)


class Watching:
    """One watch on one connection. `told`: the latest that the client has heard of."""

    __slots__ = ("_open", "_stops", "asked", "number", "pipe", "told")

    def __init__(self, number: int, pipe: Pipe, asked: Watch, watches: dict[int, Watching]) -> None:
        self.number = number
        self.pipe = pipe
        self.asked = asked
        self.told = asked.known
        self._stops: tuple[Callable[[], None], ...] = ()
        self._open = watches
        watches[number] = self

    @property
    def is_open(self) -> bool:
        return self._open.get(self.number) is self

    def stops(self, *stops: Callable[[], None]) -> None:
        """What is to be done when it ends; at once, where it has."""
        self._stops = stops
        if not self.is_open:
            self.shut()

    def changed(self, latest: int, message: bytes = b"") -> None:
        """Tell of something later; a cell's newest version is told again when it was claimed.

        `message` is a mailbox's message, or says of a cell that this is about a claim.
        """
        is_claim = self.asked.kind is Kind.CELL and message != b""
        if latest <= self.told and not is_claim:
            return
        follows = message if latest == self.told + 1 and not is_claim else b""
        self.told = max(latest, self.told)
        self.pipe.send(pack(Type.CHANGED, self.number, 0, Changed(latest, follows).pack()))

    def shut(self) -> None:
        """Watch no longer."""
        if self.is_open:
            del self._open[self.number]
        stops, self._stops = self._stops, ()
        for stop in stops:
            stop()

    def refuse(self, code: ErrorCode) -> None:
        """End the channel, and say why."""
        body = Error(code, Type.WATCH, fatal=True).pack()
        self.pipe.send(pack(Type.ERROR, self.number, 0, body))
        self.shut()


class Watches:
    """`kinds` says of each kind how to look its things up."""

    def __init__(self, bus: Bus, kinds: Mapping[Kind, Latest]) -> None:
        self._bus = bus
        self._kinds = kinds
        self._open: set[Watching] = set()
        self._looking: asyncio.Task[None] | None = None
        bus.when_missed(self._look_again)

    async def begin(self, watching: Watching) -> bool:
        """Watch from now on, or refuse. For keys whose proof was checked."""
        early: list[bytes] = []
        begun = False

        def heard(note: bytes) -> None:
            if begun:
                _take(watching, note)
            else:
                early.append(note)

        topic = _topic(watching.asked.kind, watching.asked.id)
        try:
            # Before looking: what comes while we look is not missed.
            stop = await self._bus.listen(topic, heard)
            watching.stops(stop, lambda: self._open.discard(watching))
            latest = await self._latest(watching)
        except StorageFailed:
            _log.exception("watch_not_begun")
            watching.refuse(ErrorCode.STORAGE_FAILED)
            return False
        if latest is None:
            watching.refuse(ErrorCode.NOT_FOUND)
            return False
        if not watching.is_open:
            return False
        self._open.add(watching)
        watching.pipe.send(pack(Type.WATCH, watching.number, 0))
        if latest > watching.told:
            watching.changed(latest)
        begun = True
        for note in early:
            # The first may have said that it is gone.
            if watching.is_open:
                _take(watching, note)
        return True

    async def _latest(self, watching: Watching) -> int | None:
        asked = watching.asked
        return await self._kinds[asked.kind](asked.id, asked.key)

    def _look_again(self) -> None:
        """Notes may have been missed: look at everything that is watched."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        for watching in list(self._open):
            try:
                latest = await self._latest(watching)
            except StorageFailed:
                # Whoever watches fetches when the next one comes, or after a reconnection.
                _log.exception("watch_not_looked_at")
                continue
            if not watching.is_open:
                continue
            if latest is None:
                watching.refuse(ErrorCode.NOT_FOUND)
            else:
                watching.changed(latest)


def _take(watching: Watching, note: bytes) -> None:
    if note == _GONE:
        watching.refuse(ErrorCode.NOT_FOUND)
        return
    change = Changed.unpack(note)
    watching.changed(change.latest, change.message)
