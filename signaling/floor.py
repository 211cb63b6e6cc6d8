"""What the acts of a room share: who is there, what is durable, and who is told of whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from signaling.effects import Effect, Send, error
from signaling.errors import ErrorCode
from signaling.knocks import Knocks
from signaling.limits import Limits
from signaling.people import Away, L, People, Person, is_taken
from signaling.record import RoomRecord
from signaling.states import Act, Refused, step
from signaling.turns import Event, Turns
from signaling.wire import HOST_PEER, Knock, Opened, State, Type


@dataclass(frozen=True, slots=True)
class Asked(Generic[L]):
    """A frame of a client, and whose it is."""

    person: Person[L]
    line: L
    kind: Type
    peer: int
    body: bytes


class Floor(Generic[L]):
    __slots__ = ("knock_count", "knocks", "limits", "over", "people", "turns")

    def __init__(self, record: RoomRecord, limits: Limits, now: float) -> None:
        self.over = False
        self.limits = limits
        self.turns = Turns[L](record)
        self.people = People[L](record.identity)
        self.knocks = Knocks()
        self.knock_count = 0
        for index, seat in enumerate(record.seats):
            if seat.guest_key is not None and seat.admitted:
                self.people.add(seat.guest_key, index, State.ADMITTED).away = Away(now)

    @property
    def record(self) -> RoomRecord:
        return self.turns.record

    def change(
        self,
        record: RoomRecord,
        then: Event[L],
        asked: Asked[L],
        now: float,
    ) -> list[Effect[L]]:
        failed = error(asked.line, ErrorCode.STORAGE_FAILED, asked.kind, asked.peer)
        return self.turns.change(record, then, failed, now)

    def guest(self, number: int, act: Act) -> Person[L]:
        """The guest whom the host speaks of, if `act` may happen to it."""
        guest = self.people.guest(number)
        if guest is None:
            raise Refused(ErrorCode.NO_SUCH_PEER)
        step(guest.state, act)
        return guest

    def opened(self, person: Person[L], line: L) -> Send[L]:
        record = self.record
        taken = not person.is_host and is_taken(record, person.seat, person.key)
        present = self.people.host.line is not None
        head = (person.state, record.locked, taken, present, record.expires)
        body = Opened(*head, record.identity, record.prekey).pack()
        return Send(line, Type.OPENED, person.number, body)

    def shown_to(self, person: Person[L], line: L) -> list[Effect[L]]:
        """Whom somebody who has just come is told of."""
        if person.is_host:
            return [self.shown(guest, line) for guest in self.people.guests]
        if person.state is State.ADMITTED:
            return [self.member(guest, line) for guest in self.people.admitted_beside(person)]
        return []

    def shown(self, guest: Person[L], line: L) -> Send[L]:
        """A guest as the host sees it: with the intro, while that is not answered."""
        if guest.intro is None:
            return self.member(guest, line)
        body = Knock(guest.as_member(self.record), guest.intro).pack()
        return Send(line, Type.KNOCK, guest.number, body)

    def member(self, guest: Person[L], line: L) -> Send[L]:
        body = guest.as_member(self.record).pack()
        return Send(line, Type.PRESENCE, guest.number, body)

    def presence(self, person: Person[L]) -> list[Effect[L]]:
        """Tell whoever may know that somebody came or went, for a while."""
        if person.is_host:
            here = bytes((person.line is not None,))
            lines = [guest.line for guest in self.people.guests]
            return to_all(lines, Type.PRESENCE, HOST_PEER, here)
        body = person.as_member(self.record).pack()
        return to_all(self.watchers(person), Type.PRESENCE, person.number, body)

    def left(self, guest: Person[L]) -> list[Effect[L]]:
        """Take a guest out, with no word to itself, and tell whoever knew of it."""
        watchers = self.watchers(guest)
        self.people.remove(guest)
        return to_all(watchers, Type.LEAVE, guest.number)

    def watchers(self, guest: Person[L]) -> list[L | None]:
        """Who may know of a guest: the host, and of an admitted one the other admitted ones."""
        beside = self.people.admitted_beside(guest) if guest.state is State.ADMITTED else []
        return [self.people.host.line, *(other.line for other in beside)]

    def send(
        self, to: Person[L], kind: Type, peer: int, body: bytes, now: float
    ) -> list[Effect[L]]:
        """Send, or keep for a while for somebody who is away."""
        if to.line is not None:
            return [Send(to.line, kind, peer, body)]
        if to.away is not None and not to.away.is_over(self.limits, now):
            to.away.keep(kind, peer, body, self.limits)
        return []


def to_all(lines: list[L | None], kind: Type, peer: int = 0, body: bytes = b"") -> list[Effect[L]]:
    return [Send(line, kind, peer, body) for line in lines if line is not None]
