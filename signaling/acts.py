"""What each frame of a client does in a room, once it is allowed at all (`states.ALLOWED`).

An act either raises `Refused` or `WireError`, with nothing changed, or gives its effects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from signaling import wire
from signaling.effects import Effect, Send, Shut, fatal
from signaling.errors import ErrorCode
from signaling.floor import Asked, Floor, to_all
from signaling.limits import SEATS
from signaling.people import Away, L, Person, is_taken
from signaling.record import Seat
from signaling.states import GONE, Act, Refused, step
from signaling.wire import HOST_PEER, Admit, State, Type


def lose(floor: Floor[L], person: Person[L], line: L, now: float) -> list[Effect[L]]:
    """The connection of `person` is gone, or watches the room no longer."""
    if person.line is not line:
        return []
    if not person.is_host and step(person.state, Act.LOST) is GONE:
        return floor.left(person)
    person.line = None
    person.away = Away(now)
    return floor.presence(person)


def _relay(floor: Floor[L], asked: Asked[L], now: float) -> list[Effect[L]]:
    sender = asked.person
    if not sender.is_host:
        step(sender.state, Act.RELAY)
    receiver = floor.people.receiver(sender, asked.peer)
    if receiver is None:
        raise Refused(ErrorCode.NO_SUCH_PEER)
    return floor.send(receiver, Type.RELAY, sender.number, asked.body, now)


def _knock(floor: Floor[L], asked: Asked[L], now: float) -> list[Effect[L]]:
    guest, intro = asked.person, wire.intro(asked.body)
    step(guest.state, Act.KNOCK)
    if guest.state is State.NEW and floor.record.locked:
        raise Refused(ErrorCode.ROOM_LOCKED)
    floor.knocks.count((guest.seat, guest.key), floor.limits, now)
    if guest.state is State.NEW:
        guest.state = State.WAITING
        floor.knock_count += 1
        guest.order = floor.knock_count
    guest.knocks(intro)
    host = floor.people.host.line
    shown = [] if host is None else [floor.shown(guest, host)]
    return [Send(asked.line, Type.KNOCK), *shown]


def _admit(floor: Floor[L], asked: Asked[L], now: float) -> list[Effect[L]]:
    admit = Admit.unpack(asked.body)
    guest = floor.guest(asked.peer, Act.ADMIT)
    if guest.intro_hash != admit.intro_hash:
        raise Refused(ErrorCode.STALE_KNOCK)
    seat = floor.record.seats[guest.seat]
    if is_taken(floor.record, guest.seat, guest.key) and not admit.take_over:
        raise Refused(ErrorCode.SEAT_TAKEN)
    record = floor.record.with_seat(guest.seat, replace(seat, guest_key=guest.key, admitted=True))
    then = partial(_admitted, floor, guest, asked.line, admit.accept, seat.guest_key)
    return floor.change(record, then, asked, now)


def _admitted(
    floor: Floor[L], guest: Person[L], host: L, accept: bytes, owner: bytes | None, now: float
) -> list[Effect[L]]:
    effects = [] if owner in (None, guest.key) else _displaced(floor, guest.seat, owner)
    news = guest.state is not State.ADMITTED
    guest.state = State.ADMITTED
    guest.intro = None
    effects += floor.send(guest, Type.ADMIT, HOST_PEER, accept, now)
    effects.append(Send(host, Type.ADMIT, guest.number))
    if news:
        beside = floor.people.admitted_beside(guest)
        effects += [] if guest.line is None else [floor.member(o, guest.line) for o in beside]
        effects += [floor.member(guest, o.line) for o in beside if o.line is not None]
    if owner != guest.key:
        # For whoever else holds this link the seat now belongs to another key.
        effects += [
            floor.member(other, host)
            for other in floor.people.guests
            if other.seat == guest.seat and other is not guest
        ]
    return effects


def _displaced(floor: Floor[L], seat: int, key: bytes) -> list[Effect[L]]:
    """The seat's former owner is out, and may come back as anybody else with that link."""
    owner = floor.people.find(seat, key)
    if owner is None:
        return []
    told = [] if owner.line is None else fatal(owner.line, ErrorCode.DISPLACED)
    return told + floor.left(owner)


def _refuse(floor: Floor[L], asked: Asked[L], now: float) -> list[Effect[L]]:
    wire.nothing(asked.body)
    guest = floor.guest(asked.peer, Act.REFUSE)
    record = floor.record.without(guest.seat, guest.key)
    return floor.change(record, partial(_refused, floor, guest, asked.line), asked, now)


def _refused(floor: Floor[L], guest: Person[L], host: L, now: float) -> list[Effect[L]]:
    floor.knocks.pause((guest.seat, guest.key), floor.limits, now)
    told = [line for line in floor.watchers(guest) if line is not host]
    line = floor.people.remove(guest)
    effects: list[Effect[L]] = [Send(host, Type.REFUSE, guest.number)]
    if line is not None:
        effects += [Send(line, Type.REFUSE), Shut(line)]
    return effects + to_all(told, Type.LEAVE, guest.number)


def _send_back(floor: Floor[L], asked: Asked[L], now: float) -> list[Effect[L]]:
    wire.nothing(asked.body)
    guest = floor.guest(asked.peer, Act.SEND_BACK)
    record = floor.record.without(guest.seat, guest.key)
    return floor.change(record, partial(_sent_back, floor, guest, asked.line), asked, now)


def _sent_back(floor: Floor[L], guest: Person[L], host: L, _now: float) -> list[Effect[L]]:
    told = [line for line in floor.watchers(guest) if line is not host]
    guest.is_sent_back()
    effects = to_all([guest.line], Type.SEND_BACK)
    effects.append(Send(host, Type.SEND_BACK, guest.number))
    return effects + to_all(told, Type.LEAVE, guest.number)


def _leave(floor: Floor[L], asked: Asked[L], now: float) -> list[Effect[L]]:
    wire.nothing(asked.body)
    guest = asked.person
    step(guest.state, Act.LEAVE)
    record = floor.record.without(guest.seat, guest.key)

    def then(_now: float) -> list[Effect[L]]:
        return [*floor.left(guest), Shut(asked.line)]

    return floor.change(record, then, asked, now)


def _close(floor: Floor[L], asked: Asked[L], now: float) -> list[Effect[L]]:
    wire.nothing(asked.body)
    return [*lose(floor, asked.person, asked.line, now), Shut(asked.line)]


def _lock(floor: Floor[L], asked: Asked[L], now: float) -> list[Effect[L]]:
    record = replace(floor.record, locked=wire.switch(asked.body))
    return floor.change(record, partial(_acknowledged, asked), asked, now)


def _seat(floor: Floor[L], asked: Asked[L], now: float) -> list[Effect[L]]:
    join_key = wire.exactly(asked.body, wire.KEY_BYTES)
    record = floor.record
    if record.seat_of(join_key) is None:
        if len(record.seats) >= SEATS:
            raise Refused(ErrorCode.ROOM_FULL)
        record = replace(record, seats=(*record.seats, Seat(join_key)))
    return floor.change(record, partial(_acknowledged, asked), asked, now)


def _end(floor: Floor[L], asked: Asked[L], now: float) -> list[Effect[L]]:
    wire.nothing(asked.body)
    return floor.change(floor.record.as_ended(), partial(_ended, floor), asked, now)


def _ended(floor: Floor[L], _now: float) -> list[Effect[L]]:
    floor.over = True
    lines = floor.people.all_out()
    return [effect for line in lines for effect in (Send(line, Type.END), Shut(line))]


def _acknowledged(asked: Asked[L], _now: float) -> list[Effect[L]]:
    return [Send(asked.line, asked.kind, HOST_PEER, asked.body)]


ACTS: Final[Mapping[Type, Callable[[Floor[Any], Asked[Any], float], list[Effect[Any]]]]] = (
    MappingProxyType(
        {
            Type.KNOCK: _knock,
            Type.ADMIT: _admit,
            Type.REFUSE: _refuse,
            Type.RELAY: _relay,
            Type.LEAVE: _leave,
            Type.SEND_BACK: _send_back,
            Type.LOCK: _lock,
            Type.SEAT: _seat,
            Type.END: _end,
            Type.CLOSE: _close,
        }
    )
)
