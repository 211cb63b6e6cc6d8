"""Whatever people and networks do, in whatever order: what a room must never do.

Hypothesis draws stories for four guests on two seats and a host, with a disk that is slow and
sometimes refuses. After every step the room is held to what docs/protocol.md promises.
"""

from __future__ import annotations

import hashlib
from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from signaling.effects import Effect, Entered, Save, Send, Shut
from signaling.limits import Limits, Rate
from signaling.people import Person
from signaling.record import RoomRecord
from signaling.room import Room
from signaling.wire import Admit, Error, ErrorCode, Role, State, Type
from tests.unit.signaling.driver import HOST_KEY, JOIN_KEYS, NOTHING, RECORD, key_of

GUESTS = {"anna": 0, "bob": 0, "cleo": 1, "dan": 1}
NAMES = st.sampled_from(sorted(GUESTS))
ANYBODY = st.sampled_from([*sorted(GUESTS), "host"])
PEERS = st.integers(0, 8)
FREE = Limits(members=5, knocks_of_key=Rate(1e6, 1e6), knocks_of_room=Rate(1e6, 1e6))


class Story(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.now = 1_000.0
        self.room = Room[str](RECORD, FREE, self.now)
        self.names: dict[str, str] = {}
        self.persons: dict[str, Person[str]] = {}
        self.pages: Counter[str] = Counter()
        self.pending: RoomRecord | None = None
        # What each line was sent by whom, in order, to hold relaying to it.
        self.relayed: dict[tuple[str, str], list[int]] = {}
        self.serial = 0
        # Lines whose connection is gone, of which the room may hear only later.
        self.lost: set[str] = set()

    # -- the shell ----------------------------------------------------------------------------

    def perform(self, effects: list[Effect[str]]) -> None:
        for effect in effects:
            match effect:
                case Entered(line, person):
                    self.persons[line] = person
                case Shut(line):
                    self.persons.pop(line, None)
                case Save(record):
                    assert self.pending is None, "one change at a time"
                    self.pending = record
                case Send(line):
                    if line not in self.lost:
                        self.check(effect)

    def check(self, sent: Send[str]) -> None:
        person = self.persons.get(sent.line)
        if person is None:
            assert sent.kind in {Type.ERROR, Type.END}
            return
        # An ERROR gives back the peer that was asked for.
        if person.state in {State.NEW, State.WAITING} and sent.kind is not Type.ERROR:
            about_host = sent.peer in {0, person.number}
            assert about_host, "a waiting guest is never told of another guest"
            assert sent.kind is not Type.RELAY, "relaying is among the admitted"
        if sent.kind is Type.RELAY:
            self.arrive(sent)

    def arrive(self, sent: Send[str]) -> None:
        name, serial = sent.body.decode().split(" ")
        seen = self.relayed.setdefault((name, self.names[sent.line]), [])
        assert not seen or seen[-1] < int(serial), "in order, and never twice"
        seen.append(int(serial))

    def line_of(self, name: str) -> str | None:
        return next((line for line in self.persons if self.names[line] == name), None)

    def send(self, name: str, kind: Type, peer: int, body: bytes) -> None:
        line = self.line_of(name)
        if line is None:
            return
        person, record, busy = self.persons[line], self.room.record, self.room.busy
        before = self.seen()
        effects = self.room.receive(person, line, kind, peer, body, self.now)
        refused = [
            each
            for each in effects
            if isinstance(each, Send)
            and each.kind is Type.ERROR
            and each.line == line
            and Error.unpack(each.body).code is not ErrorCode.DISPLACED
        ]
        if refused and not busy:
            assert effects == refused, "an event in error has no effect but its ERROR"
            assert (self.room.record, self.seen()) == (record, before)
        self.perform(effects)

    def seen(self) -> list[tuple[int, State, bytes | None]]:
        return [(each.number, each.state, each.intro) for each in self.room._people]

    # -- what people do -----------------------------------------------------------------------

    @rule(name=ANYBODY)
    def come(self, name: str) -> None:
        self.pages[name] += 1
        line = f"{name}/{self.pages[name]}"
        self.names[line] = name
        if name == "host":
            self.perform(self.room.enter(line, Role.HOST, HOST_KEY, NOTHING, self.now))
        else:
            join_key = JOIN_KEYS[GUESTS[name]]
            self.perform(self.room.enter(line, Role.GUEST, key_of(name), join_key, self.now))

    @rule(name=ANYBODY)
    def lose(self, name: str) -> None:
        line = self.line_of(name)
        if line is not None:
            self.lost.add(line)
            self.perform(self.room.lose(self.persons.pop(line), line, self.now))

    @rule(name=NAMES, intro=st.sampled_from([b"one", b"two"]))
    def knock(self, name: str, intro: bytes) -> None:
        self.send(name, Type.KNOCK, 0, intro)

    @rule(peer=PEERS, intro=st.sampled_from([b"one", b"two"]), take_over=st.booleans())
    def admit(self, peer: int, intro: bytes, take_over: bool) -> None:
        body = Admit(take_over, hashlib.sha256(intro).digest(), b"accept").pack()
        self.send("host", Type.ADMIT, peer, body)

    @rule(kind=st.sampled_from([Type.REFUSE, Type.SEND_BACK]), peer=PEERS)
    def turn_away(self, kind: Type, peer: int) -> None:
        self.send("host", kind, peer, b"")

    @rule(name=ANYBODY, peer=PEERS)
    def relay(self, name: str, peer: int) -> None:
        self.serial += 1
        body = f"{name} {self.serial}".encode()
        line = self.line_of(name)
        if line is not None:
            target = self.room.route(self.persons[line], line, peer)
            sent = self.room.receive(self.persons[line], line, Type.RELAY, peer, body, self.now)
            if target is not None:
                assert sent == [Send(target, Type.RELAY, self.persons[line].number, body)]
            self.perform(sent)

    @rule(
        name=ANYBODY, kind=st.sampled_from([Type.LEAVE, Type.CLOSE, Type.END]), again=st.just(b"")
    )
    def go(self, name: str, kind: Type, again: bytes) -> None:
        if kind is not Type.END or self.serial % 5 == 0:
            self.send(name, kind, 0, again)

    @rule(body=st.sampled_from([b"\0", b"\1", b"\2"]))
    def lock(self, body: bytes) -> None:
        self.send("host", Type.LOCK, 0, body)

    @rule(seconds=st.sampled_from([1, 15, 40]))
    def wait(self, seconds: int) -> None:
        self.now += seconds
        self.perform(self.room.tick(self.now))

    @precondition(lambda self: self.pending is not None)
    @rule(saved=st.sampled_from([True, True, True, False]))
    def settle(self, saved: bool) -> None:
        record, self.pending = self.pending, None
        before = self.room.record
        effects = self.room.saved(self.now) if saved else self.room.not_saved(self.now)
        assert self.room.record == (record if saved else before)
        self.perform(effects)

    # -- what must hold -----------------------------------------------------------------------

    @invariant()
    def a_change_is_pending_exactly_while_the_room_is_busy(self) -> None:
        assert self.room.busy == (self.pending is not None)

    @invariant()
    def one_key_a_seat_is_admitted_and_owns_it(self) -> None:
        guests = self.room._people.guests
        admitted = [guest for guest in guests if guest.state is State.ADMITTED]
        assert len({guest.seat for guest in admitted}) == len(admitted)
        durable = {
            (number, seat.guest_key)
            for number, seat in enumerate(self.room.record.seats)
            if seat.admitted
        }
        assert {(guest.seat, guest.key) for guest in admitted} == durable

    @invariant()
    def lines_and_numbers_belong_to_one_person(self) -> None:
        people = list(self.room._people)
        lines = [person.line for person in people if person.line is not None]
        assert len(set(lines)) == len(lines)
        assert len({(person.seat, person.key) for person in people}) == len(people)
        assert len(people) <= FREE.members + 2

    @invariant()
    def a_room_that_is_over_holds_nobody(self) -> None:
        assert not self.room.over or not self.persons


Story.TestCase.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)
test_stories = Story.TestCase
