"""What may be registered: new hashes, within what one practitioner may hand out."""

from __future__ import annotations

import msgspec

from server.limits import VOUCHERS_AT_ONCE, Limits
from server.requests.encoding import decode
from server.requests.refusals import Refused
from server.vouchers.store import Voucher
from signaling.errors import ErrorCode
from signaling.wire import HASH_BYTES


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    hash: str
    bytes: int
    expires: int


class Body(msgspec.Struct, forbid_unknown_fields=True):
    vouchers: list[Asked]


def read(body: bytes, limits: Limits, now: int) -> list[Voucher]:
    """Check the form of a request. Raises `bad_request`."""
    try:
        asked = msgspec.json.decode(body, type=Body).vouchers
    except (msgspec.MsgspecError, UnicodeDecodeError):
        sentence = 'The body should be {"vouchers": [{"hash": …, "bytes": …, "expires": …}, …]}.'
        raise Refused(ErrorCode.BAD_REQUEST, sentence) from None
    if not 1 <= len(asked) <= VOUCHERS_AT_ONCE:
        raise Refused(ErrorCode.BAD_REQUEST, f"Register 1 to {VOUCHERS_AT_ONCE} vouchers at once.")
    for one in asked:
        if not 1 <= one.bytes <= limits.voucher_bytes:
            raise Refused(ErrorCode.BAD_REQUEST, "A voucher pays for at least one byte.")
        if not now < one.expires <= now + limits.voucher_seconds:
            sentence = "A voucher expires in the future, and not too far away."
            raise Refused(ErrorCode.BAD_REQUEST, sentence)
    found = [Voucher(decode(one.hash, HASH_BYTES), one.bytes, one.expires) for one in asked]
    if len({one.hash for one in found}) != len(found):
        raise Refused(ErrorCode.BAD_REQUEST, "The same voucher stands there twice.")
    return found


def require_room(held: tuple[int, int], new: list[Voucher], limits: Limits) -> None:
    """Raises `quota_exceeded`. `held`: how many there are, and their bytes."""
    count, total = held
    fits = count + len(new) <= limits.vouchers
    if not fits or total + sum(one.bytes for one in new) > limits.voucher_bytes:
        raise Refused(ErrorCode.QUOTA_EXCEEDED)
