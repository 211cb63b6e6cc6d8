"""What a room asks its shell to do. `L` is the shell's own handle of one channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from signaling.errors import ErrorCode
from signaling.people import L, Person
from signaling.record import RoomRecord
from signaling.wire import Error, Type


@dataclass(frozen=True, slots=True)
class Send(Generic[L]):
    """Put a frame on `line`, after all that was sent there before."""

    line: L
    kind: Type
    peer: int = 0
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Entered(Generic[L]):
    """The channel is open: hand `person` to the room with whatever comes on `line`."""

    line: L
    person: Person[L]


@dataclass(frozen=True, slots=True)
class Shut(Generic[L]):
    """The channel is over; its line takes no part in the room any more."""

    line: L


@dataclass(frozen=True, slots=True)
class Save:
    """Make this durable in the place of the revision before it.

    Then tell the room `saved` or `not_saved`; that gives the rest.
    """

    record: RoomRecord


Effect = Entered[L] | Send[L] | Shut[L] | Save


def error(line: L, code: ErrorCode, of: int = 0, peer: int = 0) -> Send[L]:
    return Send(line, Type.ERROR, peer, Error(code, of, fatal=False).pack())


def fatal(line: L, code: ErrorCode, of: int = 0, peer: int = 0) -> list[Effect[L]]:
    return [Send(line, Type.ERROR, peer, Error(code, of, fatal=True).pack()), Shut(line)]
