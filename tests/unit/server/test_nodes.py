"""Channels carried between two nodes, and what becomes of them when the bus loses notes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import cast

import pytest

from server.engines.bus import LocalBus
from server.rooms import nodes as module
from server.rooms import notes
from server.rooms.lines import Channel, Line
from server.rooms.nodes import FarLine, Nodes
from server.rooms.notes import Note
from server.sockets.pipe import Pipe
from signaling.people import Person
from signaling.wire import HEADER, Open, Role, State, Type

ASKED = Open(Role.HOST, bytes(16), bytes(32), bytes(32), bytes(32), bytes(64), bytes(64))


class LossyBus(LocalBus):
    """`loses` says of each note whether it goes missing."""

    loses: Callable[[Note], bool] = staticmethod(lambda _kind: False)

    def tell(self, topic: bytes, note: bytes) -> None:
        """Say what no node would say."""
        super().publish(topic, note)

    def publish(self, topic: bytes, note: bytes) -> None:
        if not self.loses(notes.unpack(note).kind):
            super().publish(topic, note)


@dataclass
class Sent:
    """Stands for a pipe: what a client would have got."""

    frames: list[bytes] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)

    def send(self, frame: bytes) -> None:
        self.frames.append(frame)

    def end(self, _code: object, close: int) -> None:
        self.ended.append(close)


@dataclass
class Rooms:
    """Stands for a lobby: lets everybody in, and says back what it is told."""

    opens: bool = True
    faulty: bool = False
    slow: asyncio.Event | None = None
    heard: list[tuple[Type, bytes]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    lost: list[Line] = field(default_factory=list)

    async def enter_here(self, _asked: Open, line: Line) -> bool:
        if self.slow is not None:
            await self.slow.wait()
        if self.opens:
            line.person = Person(0, bytes(32), -1, State.HOST)
            self.lines.append(line)
            line.send(Type.OPENED, 0, b"welcome")
        return self.opens

    async def receive(self, line: Line, kind: Type, peer: int, body: bytes) -> None:
        if self.faulty:
            raise RuntimeError("a fault")
        self.heard.append((kind, body))
        line.send(kind, peer, body)

    def lose(self, line: Line) -> None:
        self.lost.append(line)


@dataclass
class Two:
    bus: LossyBus
    edge: Nodes
    home: Nodes
    rooms: Rooms
    pipe: Sent = field(default_factory=Sent)
    channels: dict[int, Channel] = field(default_factory=dict)

    async def enter(self, number: int = 7) -> Channel:
        channel = Channel(number, cast("Pipe", self.pipe), self.channels)
        assert await self.edge.enter(b"the-home", ASKED, channel)
        return channel

    def said(self) -> list[tuple[int, bytes]]:
        """The frames that came, by type."""
        return [(frame[1], frame[HEADER.size :]) for frame in self.pipe.frames]


@pytest.fixture
async def two() -> AsyncIterator[Two]:
    bus = LossyBus()
    edge, home = (Nodes(bus, name, _counted()) for name in (b"the-edge", b"the-home"))
    made = Two(bus, edge, home, Rooms())
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(made.edge.running(Rooms()))
        await stack.enter_async_context(made.home.running(made.rooms))
        yield made


def _counted() -> Callable[[int], bytes]:
    count = iter(range(1, 100))
    return lambda size: next(count).to_bytes(size, "big")


async def until_ended(two: Two) -> None:
    for _ in range(150):
        if two.pipe.ended:
            return
        await asyncio.sleep(0.02)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_channel_is_carried_both_ways_in_order(two: Two) -> None:
    channel = await two.enter()
    assert channel.inside
    for count in range(20):
        two.edge.frame(channel, Type.RELAY, 3, bytes((count,)))
    await settle()
    answers = [(int(Type.RELAY), bytes((count,))) for count in range(20)]
    assert two.said() == [(int(Type.OPENED), b"welcome"), *answers]


async def test_relaying_to_a_far_line_tells_who_speaks(two: Two) -> None:
    await two.enter()
    (line,) = two.rooms.lines
    line.relay(5, HEADER.pack(1, Type.RELAY, 9, 9) + b"body")
    assert HEADER.unpack_from(two.pipe.frames[-1]) == (1, int(Type.RELAY), 7, 5)
    assert two.said()[-1] == (int(Type.RELAY), b"body")


async def test_who_leaves_at_the_edge_is_lost_at_home(two: Two) -> None:
    channel = await two.enter()
    two.edge.leave(channel)
    await settle()
    assert two.rooms.lost == two.rooms.lines
    # Late words find nobody.
    two.rooms.lines[0].send(Type.RELAY, 1, b"late")
    assert two.pipe.ended == []


async def test_what_is_said_before_leaving_is_heard(two: Two) -> None:
    channel = await two.enter()
    two.edge.frame(channel, Type.RELAY, 0, b"goodbye")
    two.edge.frame(channel, Type.LEAVE, 0, b"")
    two.edge.leave(channel)
    assert two.rooms.lost == []
    await settle()
    assert two.rooms.heard == [(Type.RELAY, b"goodbye"), (Type.LEAVE, b"")]
    assert two.rooms.lost == two.rooms.lines


async def test_who_leaves_before_being_let_in_does_not_come_in(two: Two) -> None:
    two.rooms.slow = asyncio.Event()
    channel = Channel(7, cast("Pipe", two.pipe), two.channels)
    entering = asyncio.create_task(two.edge.enter(b"the-home", ASKED, channel))
    await settle()
    two.edge.leave(channel)
    two.rooms.slow.set()
    await settle()
    assert two.rooms.lines == []
    entering.cancel()


@pytest.mark.parametrize("lost", [Note.FRAME, Note.TELL])
async def test_a_missing_note_ends_what_is_carried(two: Two, lost: Note) -> None:
    channel = await two.enter()
    two.bus.loses = lambda kind: kind is lost
    two.edge.frame(channel, Type.RELAY, 3, b"lost")
    await settle()
    two.bus.loses = lambda _kind: False
    two.edge.frame(channel, Type.RELAY, 3, b"found missing")
    await settle()
    assert two.pipe.ended == [1012]
    assert two.rooms.lost == two.rooms.lines
    # The next channel is as good as the first.
    again = await two.enter(8)
    two.edge.frame(again, Type.RELAY, 3, b"heard")
    await settle()
    assert two.said()[-1] == (int(Type.RELAY), b"heard")


async def test_the_last_note_that_is_missing_shows_by_the_next_beat(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BEAT_SECONDS", 0.05)
    channel = await two.enter()
    two.bus.loses = lambda kind: kind is Note.FRAME
    two.edge.frame(channel, Type.RELAY, 3, b"lost")
    await until_ended(two)
    assert two.pipe.ended == [1012]


async def test_a_home_that_is_silent_is_given_up(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SILENCE_SECONDS", 0.1)
    await two.enter()
    two.bus.loses = lambda _kind: True
    await until_ended(two)
    assert two.pipe.ended == [1012]


async def test_a_home_that_does_not_answer_is_no_home(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_ENTER_SECONDS", 0.1)
    channel = Channel(7, cast("Pipe", two.pipe), two.channels)
    assert not await two.edge.enter(b"nowhere!", ASKED, channel)
    assert channel.carrier is None


async def test_a_room_that_is_not_there_any_more_sends_its_people_back(two: Two) -> None:
    two.rooms.opens = False
    channel = await two.enter()
    assert not channel.inside
    assert two.pipe.ended == [1012]


async def test_a_room_shuts_and_interrupts_what_is_carried(two: Two) -> None:
    await two.enter(7)
    await two.enter(8)
    shut, interrupted = two.rooms.lines
    shut.shut()
    assert list(two.channels) == [8]
    interrupted.interrupt()
    assert two.pipe.ended == [1012]


async def test_who_sends_more_than_a_room_takes_is_cut_off(two: Two) -> None:
    channel = await two.enter()
    for _ in range(module._WAITING + 1):
        two.edge.frame(channel, Type.RELAY, 3, b"more")
    assert two.pipe.ended == [1012]
    assert two.rooms.lost == two.rooms.lines


async def test_a_fault_in_a_room_ends_that_channel_alone(two: Two) -> None:
    channel = await two.enter()
    two.rooms.faulty = True
    two.edge.frame(channel, Type.RELAY, 3, b"boom")
    await until_ended(two)
    assert two.pipe.ended == [1012]
    assert isinstance(two.rooms.lost[0], FarLine)


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"garbage",
        b"\2" + notes.pack(b"the-home", 0, Note.TELL, bytes(8))[1:],
        notes.pack(b"the-home", 0, Note.TELL, bytes(8), b"\xff"),
        notes.pack(b"the-home", 0, Note.TELL, bytes(8), b"\xff\0\0\0\0"),
        notes.pack(b"the-home", 0, Note.ENTER, bytes(8), b"short"),
        notes.pack(b"the-home", 0, Note.BEAT, bytes(8)).replace(b"\x08", b"\x7f"),
    ],
)
async def test_a_note_that_is_not_understood_changes_nothing(two: Two, note: bytes) -> None:
    channel = await two.enter()
    two.bus.tell(b"node:the-edge", note)
    two.edge.frame(channel, Type.RELAY, 3, b"goes on")
    await settle()
    assert two.said()[-1] == (int(Type.RELAY), b"goes on")
    assert two.pipe.ended == []
