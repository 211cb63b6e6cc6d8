"""A room on one process for a connection on another: channels carried over the bus.

The process that has the room's lease is its home. Any other carries what its clients send to it,
and what it says back, as notes between two nodes. Notes may get lost: each node counts those that
it sends to another. Where one is missing, or nothing comes for a while, both let go of all that
they carry for each other; those connections close with 1012, and their clients come back.

    edge -> home   ENTER, FRAME, LEAVE
    home -> edge   ENTERED, TELL, SHUT, CUT
    both           BEAT
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from server.engines.bus import Bus
from server.rooms import notes
from server.rooms.lines import Channel, Line
from server.rooms.notes import LINK_BYTES, BadNote, Heard, Note, Spoken
from signaling.errors import ErrorCode
from signaling.people import Person
from signaling.room import Room
from signaling.wire import HEADER, Error, Open, Type

_log = structlog.get_logger()

_TOPIC = b"node:"
_BEAT_SECONDS = 1.0
_SILENCE_SECONDS = 5.0
_ENTER_SECONDS = 3.0
# Frames that wait at home for a change to be durable.
_WAITING = 256


class Home(Protocol):
    """The rooms of this process."""

    async def enter_here(self, asked: Open, line: Line) -> bool:
        """Let somebody in or refuse; False where the room is not ours to open."""

    async def receive(self, line: Line, kind: Type, peer: int, body: bytes) -> None: ...

    def lose(self, line: Line) -> None: ...


class FarLine:
    """At home: a channel of a connection of another node."""

    __slots__ = ("_nodes", "frames", "link", "node", "person", "room", "task")

    def __init__(self, nodes: Nodes, node: bytes, link: bytes) -> None:
        self._nodes = nodes
        self.node = node
        self.link = link
        self.room: Room[Line] | None = None
        self.person: Person[Line] | None = None
        # None once the connection is gone: what was said before is heard first.
        self.frames: asyncio.Queue[Spoken | None] = asyncio.Queue(_WAITING)
        self.task: asyncio.Task[None] | None = None

    def send(self, kind: Type, peer: int, body: bytes) -> None:
        self._nodes.send(self.node, Note.TELL, self.link, notes.spoken(kind, peer, body))

    def relay(self, sender: int, frame: bytes) -> None:
        self.send(Type.RELAY, sender, frame[HEADER.size :])

    def shut(self) -> None:
        self._nodes.send(self.node, Note.SHUT, self.link)
        self._nodes.drop_line(self)

    def refuse(self, code: ErrorCode) -> None:
        self.send(Type.ERROR, 0, Error(code, Type.OPEN, fatal=True).pack())
        self.shut()

    def interrupt(self) -> None:
        self._nodes.send(self.node, Note.CUT, self.link)
        self._nodes.drop_line(self)


@dataclass
class _Carried:
    """At the edge: a channel of one of our connections. `entered` says how the OPEN ended."""

    channel: Channel
    entered: asyncio.Future[None]


@dataclass
class _Other:
    """Another node. `expected` is the count of its next note, once one came."""

    heard: float
    sent: int = 0
    expected: int | None = None
    carried: dict[bytes, _Carried] = field(default_factory=dict)
    lines: dict[bytes, FarLine] = field(default_factory=dict)

    @property
    def matters(self) -> bool:
        return bool(self.carried or self.lines)


class Nodes:
    """This process among the others. `me` is its name, `random` gives that many bytes."""

    def __init__(self, bus: Bus, me: bytes, random: Callable[[int], bytes]) -> None:
        self._bus = bus
        self._me = me
        self._random = random
        self._others: dict[bytes, _Other] = {}
        self._home: Home | None = None

    @contextlib.asynccontextmanager
    async def running(self, home: Home) -> AsyncIterator[None]:
        """Carry channels while the block runs. Raises StorageFailed."""
        self._home = home
        stop = await self._bus.listen(_TOPIC + self._me, self._heard)
        self._bus.when_missed(self._break_all)
        beating = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await beating
            self._break_all()
            stop()

    # -- at the edge ------------------------------------------------------------------------

    async def enter(self, home: bytes, asked: Open, channel: Channel) -> bool:
        """Ask a room's home to let a channel in. False where it does not answer."""
        link = self._random(LINK_BYTES)
        other = self._other(home)
        entered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        other.carried[link] = _Carried(channel, entered)
        channel.carrier = (home, link)
        self.send(home, Note.ENTER, link, asked.pack())
        try:
            await asyncio.wait_for(entered, _ENTER_SECONDS)
        except TimeoutError:
            self.leave(channel)
            return False
        return True

    def frame(self, channel: Channel, kind: Type, peer: int, body: bytes) -> None:
        if channel.carrier is not None:
            home, link = channel.carrier
            self.send(home, Note.FRAME, link, notes.spoken(kind, peer, body))

    def leave(self, channel: Channel) -> None:
        """Our client's connection, or its channel, is gone."""
        if channel.carrier is None:
            return
        home, link = channel.carrier
        channel.carrier = None
        other = self._others.get(home)
        if other is not None and other.carried.pop(link, None) is not None:
            self.send(home, Note.LEAVE, link)

    # -- between nodes ----------------------------------------------------------------------

    def send(self, node: bytes, kind: Note, link: bytes, rest: bytes = b"") -> None:
        other = self._other(node)
        note = notes.pack(self._me, other.sent, kind, link, rest)
        other.sent += 1
        self._bus.publish(_TOPIC + node, note)

    def drop_line(self, line: FarLine) -> None:
        other = self._others.get(line.node)
        if other is not None:
            other.lines.pop(line.link, None)
        if line.task is not None and line.task is not asyncio.current_task():
            line.task.cancel()

    def _other(self, node: bytes) -> _Other:
        other = self._others.get(node)
        if other is None:
            other = self._others[node] = _Other(asyncio.get_running_loop().time())
        return other

    def _heard(self, note: bytes) -> None:
        try:
            heard = notes.unpack(note)
        except BadNote:
            # Its count is missing to the next one that we do understand.
            _log.warning("note_not_understood")
            return
        other = self._other(heard.node)
        other.heard = asyncio.get_running_loop().time()
        if other.expected is not None and heard.count != other.expected:
            self._break(heard.node, other)
        other.expected = heard.count + 1
        if isinstance(heard.rest, Open):
            line = other.lines[heard.link] = FarLine(self, heard.node, heard.link)
            line.task = asyncio.create_task(self._serve(line, heard.rest))
        elif heard.kind in {Note.FRAME, Note.LEAVE}:
            self._at_home(other, heard)
        elif heard.kind is not Note.BEAT:
            self._at_edge(other, heard)

    def _at_home(self, other: _Other, heard: Heard) -> None:
        line = other.lines.get(heard.link)
        if line is None:
            if heard.kind is Note.FRAME:
                self.send(heard.node, Note.CUT, heard.link)
        elif heard.kind is Note.LEAVE and line.person is None:
            # Not in yet: it must not come in after the connection that follows this one.
            self._lose(line)
        else:
            try:
                line.frames.put_nowait(heard.rest if isinstance(heard.rest, Spoken) else None)
            except asyncio.QueueFull:
                self._lose(line)
                self.send(heard.node, Note.CUT, heard.link)

    def _at_edge(self, other: _Other, heard: Heard) -> None:
        carried = other.carried.get(heard.link)
        if carried is None:
            if heard.kind is Note.TELL:
                self.send(heard.node, Note.LEAVE, heard.link)
            return
        channel = carried.channel
        if isinstance(heard.rest, Spoken):
            channel.send(*heard.rest)
            return
        if not carried.entered.done():
            carried.entered.set_result(None)
        if heard.kind is Note.ENTERED:
            channel.inside = True
            return
        del other.carried[heard.link]
        channel.carrier = None
        if heard.kind is Note.SHUT:
            channel.shut()
        else:
            channel.interrupt()

    async def _serve(self, line: FarLine, asked: Open) -> None:
        """A far channel's life at home: one frame after the other, as on a connection here."""
        if self._home is None:
            return
        try:
            if not await self._home.enter_here(asked, line):
                line.interrupt()
                return
            if line.person is None:
                return
            self.send(line.node, Note.ENTERED, line.link)
            while (spoken := await line.frames.get()) is not None:
                await self._home.receive(line, *spoken)
            self._lose(line)
        except Exception:  # noqa: BLE001 - whatever it is ends this channel, and no other
            _log.exception("internal")
            self._lose(line)
            self.send(line.node, Note.CUT, line.link)

    def _lose(self, line: FarLine) -> None:
        self.drop_line(line)
        if self._home is not None:
            self._home.lose(line)

    # -- when notes are missing -------------------------------------------------------------

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(_BEAT_SECONDS)
            now = asyncio.get_running_loop().time()
            for node, other in list(self._others.items()):
                if not other.matters:
                    # Whatever either of us says next is the first that the other hears again.
                    other.expected = None
                    other.heard = now
                elif now - other.heard > _SILENCE_SECONDS:
                    self._break(node, other)
                else:
                    self.send(node, Note.BEAT, bytes(LINK_BYTES))

    def _break_all(self) -> None:
        for node, other in list(self._others.items()):
            self._break(node, other)

    def _break(self, node: bytes, other: _Other) -> None:
        """What is carried between us and that node has a hole: let go of all of it."""
        other.expected = None
        other.heard = asyncio.get_running_loop().time()
        for link, carried in list(other.carried.items()):
            other.carried.pop(link, None)
            carried.channel.carrier = None
            if not carried.entered.done():
                carried.entered.set_result(None)
            self.send(node, Note.LEAVE, link)
            carried.channel.interrupt()
        for line in list(other.lines.values()):
            self._lose(line)
            self.send(node, Note.CUT, line.link)
