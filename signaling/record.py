"""What is durable of a room. Presence, waiting places and intros are not."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Seat:
    """One link. `guest_key` owns it from its first admission on."""

    join_key: bytes
    guest_key: bytes | None = None
    admitted: bool = False


@dataclass(frozen=True, slots=True)
class RoomRecord:
    """Public keys, and what the host decided. `expires` is in Unix seconds.

    `revision` counts the changes: of two processes that change the same record one finds out.
    """

    id: bytes
    identity: bytes
    prekey: bytes
    seats: tuple[Seat, ...]
    expires: int
    locked: bool = False
    ended: bool = False
    revision: int = 0

    def seat_of(self, join_key: bytes) -> int | None:
        for index, seat in enumerate(self.seats):
            if seat.join_key == join_key:
                return index
        return None

    def with_seat(self, index: int, seat: Seat) -> RoomRecord:
        return replace(self, seats=(*self.seats[:index], seat, *self.seats[index + 1 :]))

    def without(self, index: int, guest_key: bytes) -> RoomRecord:
        """The record once this key is no longer admitted. It still owns its seat."""
        seat = self.seats[index]
        if seat.guest_key != guest_key or not seat.admitted:
            return self
        return self.with_seat(index, replace(seat, admitted=False))

    def as_ended(self) -> RoomRecord:
        """Only what is needed to tell host and holders of a link that the consult is over."""
        seats = tuple(Seat(seat.join_key) for seat in self.seats)
        return replace(self, prekey=b"", seats=seats, ended=True)
