"""Who is in a room, and what is kept for those who are away for a moment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Generic, TypeVar

from signaling.limits import Limits
from signaling.record import RoomRecord
from signaling.wire import HOST_PEER, Member, State, Type

# The shell's own handle of one channel.
L = TypeVar("L")

_NO_SEAT = -1
# Looked at for every frame that is relayed, where an enumeration's attribute would cost as much
# as the rest.
_ADMITTED = int(State.ADMITTED)


class Away:
    """Frames for somebody whose connection is lost, for as long as `Limits.away_seconds`."""

    __slots__ = ("_since", "_size", "frames")

    def __init__(self, since: float) -> None:
        self._since = since
        self._size = 0
        self.frames: list[tuple[Type, int, bytes]] = []

    def keep(self, kind: Type, peer: int, body: bytes, limits: Limits) -> None:
        """Keep a frame, or drop it when there are too many: the sealed sessions send again."""
        if len(self.frames) < limits.away_frames and self._size + len(body) <= limits.away_bytes:
            self.frames.append((kind, peer, body))
            self._size += len(body)

    def is_over(self, limits: Limits, now: float) -> bool:
        return now - self._since >= limits.away_seconds


class Person(Generic[L]):
    """A member of a room. The host has number 0; a guest is a key on a seat."""

    __slots__ = ("away", "intro", "intro_hash", "key", "line", "number", "order", "seat", "state")

    def __init__(self, number: int, key: bytes, seat: int, state: State) -> None:
        self.number = number
        self.key = key
        self.seat = seat
        self.state = state
        self.line: L | None = None
        self.away: Away | None = None
        # The newest intro, until it is answered. Its hash stays, so that an answer which was lost
        # on the way can be given again.
        self.intro: bytes | None = None
        self.intro_hash: bytes | None = None
        # Place in the waiting room: the count of knocks when this guest came to it.
        self.order = 0

    @property
    def is_host(self) -> bool:
        return self.number == HOST_PEER

    def knocks(self, intro: bytes) -> None:
        self.intro = intro
        self.intro_hash = hashlib.sha256(intro).digest()

    def is_sent_back(self) -> None:
        self.state = State.WAITING
        self.intro = self.intro_hash = self.away = None

    def as_member(self, record: RoomRecord) -> Member:
        taken = is_taken(record, self.seat, self.key)
        return Member(self.key, self.seat, self.state, self.line is not None, taken)


def is_taken(record: RoomRecord, seat: int, key: bytes) -> bool:
    """Whether the seat belongs to another guest key."""
    return record.seats[seat].guest_key not in (None, key)


class People(Generic[L]):
    """The host, and the guests by number. A number is given once."""

    __slots__ = ("_guests", "_last", "host")

    def __init__(self, identity: bytes) -> None:
        self.host = Person[L](HOST_PEER, identity, _NO_SEAT, State.HOST)
        self._guests: dict[int, Person[L]] = {}
        self._last = HOST_PEER

    def __len__(self) -> int:
        return 1 + len(self._guests)

    def __iter__(self) -> Iterator[Person[L]]:
        yield self.host
        yield from self._guests.values()

    @property
    def guests(self) -> list[Person[L]]:
        """In the order of their knocks."""
        return sorted(self._guests.values(), key=lambda guest: guest.order)

    def add(self, key: bytes, seat: int, state: State) -> Person[L]:
        self._last += 1
        guest = self._guests[self._last] = Person[L](self._last, key, seat, state)
        return guest

    def remove(self, guest: Person[L]) -> L | None:
        """Whatever still comes from this guest finds that its line is no longer its own."""
        del self._guests[guest.number]
        line, guest.line = guest.line, None
        return line

    def guest(self, number: int) -> Person[L] | None:
        return self._guests.get(number)

    def find(self, seat: int, key: bytes) -> Person[L] | None:
        for guest in self._guests.values():
            if guest.key == key and guest.seat == seat:
                return guest
        return None

    def receiver(self, sender: Person[L], number: int) -> Person[L] | None:
        """Who gets what `sender` relays to `number`. None: nobody may."""
        receiver = self._guests.get(number) if number else self.host
        if receiver is None or receiver is sender:
            return None
        if sender.state < _ADMITTED or receiver.state < _ADMITTED:
            return None
        return receiver

    def admitted_beside(self, person: Person[L]) -> list[Person[L]]:
        return [
            guest
            for guest in self._guests.values()
            if guest.state is State.ADMITTED and guest is not person
        ]

    def all_out(self) -> list[L]:
        """Forget everybody. Gives the lines that were open."""
        lines = [person.line for person in self if person.line is not None]
        self.host.line = self.host.away = None
        for guest in self._guests.values():
            guest.line = None
        self._guests.clear()
        return lines
