"""Who may store how much. Pure, but for asking who somebody is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from server.limits import Limits
from server.requests.refusals import Refused
from signaling.errors import ErrorCode

IdentityOf = Callable[[bytes], Awaitable[bytes | None]]
IsAdmitted = Callable[[bytes, bytes], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Account:
    """What a quota hangs on: a practitioner's identity key, or a room's id."""

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
            return Account(identity, self.limits.practitioner_bytes)
        if not await self.is_admitted(room, signer):
            raise Refused(ErrorCode.NOT_ADMITTED)
        return Account(room, self.limits.room_bytes)

    def require_length(self, length: int | None, most: int) -> None:
        """Raises `blob_too_large`; a length is only known where the sender announced it."""
        if length is not None and length > min(most, self.limits.blob_bytes):
            raise Refused(ErrorCode.BLOB_TOO_LARGE)
