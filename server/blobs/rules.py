"""Who may store how much, and where a piece belongs. Pure, but for asking who somebody is."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from server.blobs.store import Blob
from server.limits import OPENINGS, Limits
from server.requests.refusals import Refused
from server.services import IdentityOf
from signaling.errors import ErrorCode

IsAdmitted = Callable[[bytes, bytes], Awaitable[bool]]

_PRACTITIONER = b"p"
_ROOM = b"r"
_VOUCHER = b"v"
# One range (RFC 9110, section 14.1.2): from a byte on, or the last so many.
_RANGE = re.compile(r"bytes=(?:(\d{1,15})-(\d{1,15})?|-(\d{1,15}))")


def practitioner_account(identity: bytes) -> bytes:
    """What a practitioner's own blobs count against."""
    return _PRACTITIONER + identity


def room_account(room: bytes) -> bytes:
    """What the blobs of a room's guests count against."""
    return _ROOM + room


def voucher_account(voucher: bytes) -> bytes:
    """What a blob counts against that a voucher (its hash) pays for."""
    return _VOUCHER + voucher


def voucher_of(account: bytes) -> bytes | None:
    """The hash of the voucher that an account is."""
    return account[1:] if account.startswith(_VOUCHER) else None


def require_offset(found: Blob | None, signer: bytes, offset: int, length: int) -> Blob:
    """The upload that a piece goes on with. Raises `not_found`, `bad_offset` or `bad_request`."""
    if found is None or found.owner != signer:
        raise Refused(ErrorCode.NOT_FOUND)
    if found.length != length:
        raise Refused(ErrorCode.BAD_REQUEST, "The length of a blob never changes.")
    if found.offset != offset:
        raise Refused(ErrorCode.BAD_OFFSET)
    return found


def require_openings(openings: int, voucher: bytes | None) -> None:
    """Raises `bad_request` for a number that may not be, or where no voucher says until when."""
    if voucher is None or not 1 <= openings <= OPENINGS:
        sentence = f"1 to {OPENINGS} openings, of a blob that a voucher pays for."
        raise Refused(ErrorCode.BAD_REQUEST, sentence)


def read_range(header: str | None, length: int) -> tuple[int, int] | None:
    """First byte and the one after the last, or None for all. Raises `bad_range`."""
    if header is None:
        return None
    asked = _RANGE.fullmatch(header)
    if asked is None:
        raise Refused(ErrorCode.BAD_RANGE, "Ask for one range of bytes.")
    first, last, final = asked.groups()
    begin = max(length - int(final), 0) if final is not None else int(first)
    end = length if last is None else min(int(last) + 1, length)
    if not begin < end:
        raise Refused(ErrorCode.BAD_RANGE)
    return begin, end


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
            return Account(practitioner_account(identity), self.limits.practitioner_bytes)
        if not await self.is_admitted(room, signer):
            raise Refused(ErrorCode.NOT_ADMITTED)
        return Account(room_account(room), self.limits.room_bytes)


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
