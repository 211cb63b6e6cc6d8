"""The attacks, by name: what a hostile server does, to whom, and what must come of it.

Both clients run through this one table (test_hostile.py).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from signaling.wire import Role, Type
from tests.hostile.relay import Frame, Tamper, flipped

_IDENTITY = slice(11, 43)
_PREKEY = slice(43, 43 + 1216)
_MEMBER = 36


@dataclass(frozen=True)
class Refused:
    """The victim names this problem, and shows nothing that the attack brought."""

    code: str


@dataclass(frozen=True)
class Repaired:
    """The consult goes on: each message arrives once, in order."""


@dataclass(frozen=True)
class Attack:
    name: str
    victim: Role
    tamper: Callable[[], Tamper]
    outcome: Refused | Repaired


class Flip(Tamper):
    """Changes one bit of the body of each frame of a type."""

    def __init__(self, kind: Type, at: int, *, first: int = 0, times: int = 10**9) -> None:
        super().__init__()
        self._kind, self._at = kind, at
        self._skip, self._times = first, times

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        if frame.type != self._kind or not frame.body or not self.armed:
            return (frame,)
        if self._skip > 0:
            self._skip -= 1
            return (frame,)
        if self.hits >= self._times:
            return (frame,)
        self.hits += 1
        return (frame.with_body(flipped(frame.body, self._at)),)


class Suite(Flip):
    """Says that sealed bodies are of an older suite."""

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        return [
            each if each is frame else each.with_body(b"\0" + each.body[1:])
            for each in super().to_victim(frame)
        ]


class SwapInOpened(Tamper):
    """Puts another key into what the server says of the room."""

    def __init__(self, part: slice, make: Callable[[], bytes]) -> None:
        super().__init__()
        self._part, self._made = part, make()

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        if frame.type != Type.OPENED:
            return (frame,)
        self.hits += 1
        body = bytearray(frame.body)
        body[self._part] = self._made
        return (frame.with_body(bytes(body)),)


class ForgeAdmit(Tamper):
    """Says that the host has admitted the guest, with an accept made of nothing."""

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        if frame.type != Type.KNOCK or frame.body:
            return (frame,)
        self.hits += 1
        forged = b"\x01\x02" + secrets.token_bytes(1120 + 4096 + 16)
        return (frame, Frame(Type.ADMIT, frame.channel, 0, forged))


class AdmitTwice(Tamper):
    """Delivers the accept again; `other` makes the second one different."""

    def __init__(self, *, other: bool) -> None:
        super().__init__()
        self._other = other

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        if frame.type != Type.ADMIT:
            return (frame,)
        self.hits += 1
        again = frame.with_body(flipped(frame.body, -1)) if self._other else frame
        return (frame, again)


class Repeat(Tamper):
    """Delivers every relayed frame twice, and an old one again with each new one."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: list[Frame] = []

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        if frame.type != Type.RELAY:
            return (frame,)
        self.hits += 1
        self._seen.append(frame)
        return (frame, frame, self._seen[self.hits // 2])


class Drop(Tamper):
    """Loses every third relayed frame, either way."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0

    def _lose(self, frame: Frame) -> Iterable[Frame]:
        if frame.type != Type.RELAY:
            return (frame,)
        self._count += 1
        if self._count % 3:
            return (frame,)
        self.hits += 1
        return ()

    to_victim = _lose
    from_victim = _lose


class Reorder(Tamper):
    """Holds every second relayed frame back until the next has passed."""

    def __init__(self) -> None:
        super().__init__()
        self._held: Frame | None = None

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        if frame.type != Type.RELAY:
            return (frame,)
        held, self._held = self._held, None
        if held is None:
            self._held = frame
            return ()
        self.hits += 1
        return (frame, held)


class Inject(Tamper):
    """Adds frames of its own making beside each relayed one."""

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        if frame.type != Type.RELAY:
            return (frame,)
        self.hits += 1
        exchange = frame.body[2:10] if frame.body[1:2] == b"\x06" else bytes(8)
        counter = (10**6 + self.hits).to_bytes(8, "big")
        data = b"\x01\x06" + exchange + counter + secrets.token_bytes(256 + 16)
        hello = b"\x01\x04\x00" + secrets.token_bytes(32 + 5 * 40)
        noise = secrets.token_bytes(300)
        return (*(frame.with_body(body) for body in (data, hello, noise, b"")), frame)


class SwapGuestKey(Tamper):
    """Names another guest key than the one that wrote the intro."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._key = key

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        if frame.type != Type.KNOCK or len(frame.body) <= _MEMBER:
            return (frame,)
        self.hits += 1
        return (frame.with_body(self._key + frame.body[32:]),)


class SpoilBlob(Tamper):
    """Serves another blob than the one that was asked for, or the same with a bit changed."""

    def __init__(self, *, swap: bool) -> None:
        super().__init__()
        self._swap = swap

    def blob(self, name: str, data: bytes) -> bytes:
        self.hits += 1
        return secrets.token_bytes(len(data)) if self._swap else flipped(data, len(data) // 2)
