"""A shell for one room: performs effects at once, remembers what each line was sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from signaling.effects import Effect, Entered, Save, Send, Shut
from signaling.limits import Limits
from signaling.people import Person
from signaling.record import RoomRecord, Seat
from signaling.room import Room
from signaling.wire import Admit, Error, ErrorCode, Role, Type

HOST_KEY = b"H" * 32
JOIN_KEYS = (b"0" * 32, b"1" * 32, b"2" * 32)
NOTHING = bytes(32)
RECORD = RoomRecord(
    id=b"R" * 16,
    identity=HOST_KEY,
    prekey=b"P" * 1216,
    seats=(Seat(JOIN_KEYS[0]), Seat(JOIN_KEYS[1])),
    expires=10_000,
)


def key_of(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def digest(intro: bytes) -> bytes:
    return hashlib.sha256(intro).digest()


@dataclass
class Shell:
    """Lines are named after who sits behind them: `anna`, or `anna/2` for her second page."""

    record: RoomRecord = RECORD
    limits: Limits = field(default_factory=Limits)
    now: float = 1_000.0
    # False: `Save` is left to the test.
    saves: bool = True

    def __post_init__(self) -> None:
        self.room = Room[str](self.record, self.limits, self.now)
        self.persons: dict[str, Person[str]] = {}
        self.sent: list[Send[str]] = []
        self.saved: list[RoomRecord] = []
        self.shut: set[str] = set()

    def do(self, effects: list[Effect[str]]) -> list[Send[str]]:
        """Perform effects, and give the frames that were sent."""
        before = len(self.sent)
        queue = list(effects)
        while queue:
            effect = queue.pop(0)
            match effect:
                case Entered(line, person):
                    self.persons[line] = person
                    self.shut.discard(line)
                case Send():
                    assert effect.line not in self.shut, "nothing follows on a closed channel"
                    self.sent.append(effect)
                case Shut(line):
                    self.shut.add(line)
                    self.persons.pop(line, None)
                case Save(record):
                    self.saved.append(record)
                    if self.saves:
                        queue = self.room.saved(self.now) + queue
        return self.sent[before:]

    def host(self, line: str = "host") -> list[Send[str]]:
        return self.do(self.room.enter(line, Role.HOST, HOST_KEY, NOTHING, self.now))

    def guest(self, line: str, seat: int = 0) -> list[Send[str]]:
        name = line.split("/", maxsplit=1)[0]
        join_key = JOIN_KEYS[seat]
        return self.do(self.room.enter(line, Role.GUEST, key_of(name), join_key, self.now))

    def frame(self, line: str, kind: Type, peer: int = 0, body: bytes = b"") -> list[Send[str]]:
        return self.do(self.room.receive(self.persons[line], line, kind, peer, body, self.now))

    def lose(self, line: str) -> list[Send[str]]:
        return self.do(self.room.lose(self.persons[line], line, self.now))

    def number(self, line: str) -> int:
        return self.persons[line].number

    def knock(self, line: str, intro: bytes = b"intro") -> list[Send[str]]:
        return self.frame(line, Type.KNOCK, body=intro)

    def admit(
        self,
        line: str,
        intro: bytes = b"intro",
        *,
        take_over: bool = False,
        accept: bytes = b"accept",
    ) -> list[Send[str]]:
        body = Admit(take_over, digest(intro), accept).pack()
        return self.frame("host", Type.ADMIT, self.number(line), body)

    def join(self, line: str, seat: int = 0) -> None:
        """Open, knock and be admitted."""
        self.guest(line, seat)
        self.knock(line)
        self.admit(line)


def frames(sent: list[Send[str]], line: str) -> list[tuple[Type, int, bytes]]:
    return [(each.kind, each.peer, each.body) for each in sent if each.line == line]


def kinds(sent: list[Send[str]], line: str) -> list[tuple[Type, int]]:
    return [(each.kind, each.peer) for each in sent if each.line == line]


def errors(sent: list[Send[str]], line: str) -> list[tuple[ErrorCode, int, bool]]:
    found = [Error.unpack(each.body) for each in sent if each.line == line and each.kind == 0x10]
    return [(error.code, error.of, error.fatal) for error in found]
