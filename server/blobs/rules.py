"""Who may store how much. Pure, but for asking who somebody is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from server.limits import Limits
from server.requests.refusals import Refused
from signaling.errors import ErrorCode

IdentityOf = Callable[[bytes], Awaitable[bytes | None]]
IsAdmitted = Callable[[bytes, bytes], Awaitable[bool]]

_PRACTITIONER = b"p"
_ROOM = b"r"


@dataclass(frozen=True, slots=True)
class Account:
    """What a quota of `most` bytes hangs on: a practitioner's identity key, or a room's id."""

    id: bytes
    most: int


@dataclass(frozen=True, slots=True)
class Gate:
    """`identity_of` gives the practitioner of a device key; `is_admitted` takes room, guest key."""

    limits: Limits
    identity_of: IdentityOf
    is_admitted: IsAdmitted

    async def account(self, signer: bytes, room: bytes | None) -> Account:
        """Raises `not_enrolled` or `not_admitted`."""
        if room is None:
            identity = await self.identity_of(signer)
            if identity is None:
                raise Refused(ErrorCode.NOT_ENROLLED)
            return Account(_PRACTITIONER + identity, self.limits.practitioner_bytes)
        if not await self.is_admitted(room, signer):
            raise Refused(ErrorCode.NOT_ADMITTED)
        return Account(_ROOM + room, self.limits.room_bytes)


class Reserved:
    """Bytes that are on their way in: they count against a quota before they are stored."""

    def __init__(self) -> None:
        self._bytes: dict[bytes, int] = {}

    def __repr__(self) -> str:
        return "Reserved(hidden)"

    def of(self, account: bytes) -> int:
        return self._bytes.get(account, 0)

    def add(self, account: bytes, length: int) -> None:
        left = self.of(account) + length
        if left:
            self._bytes[account] = left
        else:
            self._bytes.pop(account, None)
