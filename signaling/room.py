"""A room, sans-I/O: what happened and the time go in, effects come out.

A change that must be durable comes out as `Save`, alone; the room is `busy` until the shell says
whether it was `saved`, and only then does the change take place. Whatever happens meanwhile waits
inside, except frames being relayed: they change nothing, and never wait for a disk.
"""

from __future__ import annotations

from functools import partial
from typing import Generic

from signaling.acts import ACTS, lose
from signaling.effects import Effect, Entered, Send, error, fatal
from signaling.errors import ErrorCode
from signaling.floor import Asked, Floor
from signaling.limits import Limits
from signaling.people import L, Person
from signaling.record import RoomRecord
from signaling.states import ALLOWED, Refused
from signaling.wire import Role, State, Type, WireError


class Room(Generic[L]):
    """`now` is in Unix seconds and never goes backwards."""

    __slots__ = ("_floor", "_people")

    def __init__(self, record: RoomRecord, limits: Limits, now: float) -> None:
        self._floor = Floor[L](record, limits, now)
        self._people = self._floor.people

    @property
    def over(self) -> bool:
        """Ended or expired: nobody is left, and the shell may forget the room."""
        return self._floor.over

    @property
    def record(self) -> RoomRecord:
        """What is durable."""
        return self._floor.record

    @property
    def busy(self) -> bool:
        """A change waits for the disk."""
        return self._floor.turns.busy

    def is_idle(self, now: float) -> bool:
        """Nothing would be lost if the shell forgot this room and loaded its record again."""
        floor = self._floor
        present = any(one.line is not None or one.away is not None for one in self._people)
        waiting = any(guest.state is not State.ADMITTED for guest in self._people.guests)
        return self.over or not (present or waiting or self.busy or not floor.knocks.is_clear(now))

    # -- what happens ---------------------------------------------------------------------

    def enter(
        self, line: L, role: Role, key: bytes, join_key: bytes, now: float
    ) -> list[Effect[L]]:
        """A guest has proven `key` and `join_key`; the host's `key` is whose device was proven."""
        return self._floor.turns.take(partial(self._enter, line, role, key, join_key), now)

    def receive(
        self, person: Person[L], line: L, kind: Type, peer: int, body: bytes, now: float
    ) -> list[Effect[L]]:
        """A frame came on an open channel. Types of the connection itself are the shell's."""
        asked = Asked(person, line, kind, peer, body)
        if kind is Type.RELAY:
            return self._do(asked, now)
        return self._floor.turns.take(partial(self._do, asked), now)

    def route(self, sender: Person[L], line: L, peer: int) -> L | None:
        """Where a RELAY goes on at once, or None where `receive` has to say what happens.

        The hot path: the shell passes the body from socket to socket without an effect.
        """
        receiver = self._people.receiver(sender, peer)
        return None if receiver is None or sender.line is not line else receiver.line

    def lose(self, person: Person[L], line: L, now: float) -> list[Effect[L]]:
        """The connection below `line` is gone."""
        return self._floor.turns.take(partial(lose, self._floor, person, line), now)

    def saved(self, now: float) -> list[Effect[L]]:
        """What `Save` asked for is durable."""
        return self._floor.turns.settle(True, now)

    def not_saved(self, now: float) -> list[Effect[L]]:
        """What `Save` asked for cannot be: nothing has changed."""
        return self._floor.turns.settle(False, now)

    def tick(self, now: float) -> list[Effect[L]]:
        """Time passes: expire, and forget what is over. To be called every few seconds."""
        if self.busy:
            return []
        if self.record.expires <= now:
            self._floor.over = True
            lines = self._people.all_out()
            return [effect for line in lines for effect in fatal(line, ErrorCode.ROOM_EXPIRED)]
        for person in self._people:
            if person.away is not None and person.away.is_over(self._floor.limits, now):
                person.away = None
        self._floor.knocks.forget(now)
        return []

    def abandon(self) -> list[L]:
        """Somebody else's hands hold this room now. Gives the lines that were open here."""
        self._floor.over = True
        return self._people.all_out()

    # -- coming and going -----------------------------------------------------------------

    def _enter(
        self, line: L, role: Role, key: bytes, join_key: bytes, now: float
    ) -> list[Effect[L]]:
        floor = self._floor
        seat = self.record.seat_of(join_key)
        code = self._no_entry(role, key, seat, now)
        if code is not None:
            return fatal(line, code, Type.OPEN)
        person = self._people.host
        if role is Role.GUEST and seat is not None:
            person = self._people.find(seat, key) or self._people.add(key, seat, State.NEW)
        news = person.line is None
        effects = [] if person.line is None else fatal(person.line, ErrorCode.DISPLACED)
        person.line = line
        effects += [Entered(line, person), floor.opened(person, line)]
        effects += floor.shown_to(person, line)
        away, person.away = person.away, None
        if away is not None and not away.is_over(floor.limits, now):
            effects += [Send(line, *frame) for frame in away.frames]
        return effects + (floor.presence(person) if news else [])

    def _no_entry(self, role: Role, key: bytes, seat: int | None, now: float) -> ErrorCode | None:
        if (key != self.record.identity) if role is Role.HOST else (seat is None):
            return ErrorCode.NOT_FOUND
        if self.record.ended:
            return ErrorCode.ROOM_ENDED
        if self.record.expires <= now:
            return ErrorCode.ROOM_EXPIRED
        if seat is None or self._people.find(seat, key) is not None:
            return None
        # Whoever owns a seat is let in however many strangers hold the link.
        owner = self.record.seats[seat].guest_key == key
        full = len(self._people) >= self._floor.limits.members
        return ErrorCode.ROOM_FULL if full and not owner else None

    def _do(self, asked: Asked[L], now: float) -> list[Effect[L]]:
        if asked.person.line is not asked.line:
            # Displaced, or gone, while this was on its way.
            return []
        role = Role.HOST if asked.person.is_host else Role.GUEST
        try:
            if asked.kind not in ALLOWED[role]:
                raise Refused(ErrorCode.NOT_ALLOWED)
            return ACTS[asked.kind](self._floor, asked, now)
        except (Refused, WireError) as refusal:
            return [error(asked.line, refusal.code, asked.kind, asked.peer)]
