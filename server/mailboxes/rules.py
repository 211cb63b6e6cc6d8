"""Who may do what with a mailbox, and how much of it. Pure."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable

import msgspec

from server.limits import ANSWER_BYTES, APPEND_KEYS, MESSAGE_BYTES, Limits
from server.mailboxes.store import Mailbox
from server.requests.ed25519 import is_key
from server.requests.encoding import decode
from server.requests.refusals import Refused
from signaling.errors import ErrorCode
from signaling.wire import KEY_BYTES

_HEAD = struct.Struct(">QI")


class Body(msgspec.Struct, forbid_unknown_fields=True):
    append: list[str]


def read_keys(body: bytes) -> tuple[bytes, ...]:
    """The append keys that a request names. Raises `bad_request`."""
    try:
        asked = msgspec.json.decode(body, type=Body).append
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Refused(ErrorCode.BAD_REQUEST, 'The body should be {"append": [key, …]}.') from None
    if len(asked) > APPEND_KEYS:
        raise Refused(ErrorCode.BAD_REQUEST, f"A mailbox has at most {APPEND_KEYS} append keys.")
    keys = tuple(decode(key, KEY_BYTES) for key in asked)
    if not all(map(is_key, keys)) or len(set(keys)) != len(keys):
        raise Refused(ErrorCode.BAD_REQUEST, "The append keys are different Ed25519 keys.")
    return keys


def owned(found: Mailbox | None, signer: bytes) -> Mailbox:
    """Raises `not_found` for whoever is not the owner."""
    if found is None or found.owner != signer:
        raise Refused(ErrorCode.NOT_FOUND)
    return found


def is_made_with(found: Mailbox | None, signer: bytes, voucher: bytes) -> bool:
    """Whether the signer made it with this very voucher: who was cut off then makes it again."""
    paid = hashlib.sha256(voucher).digest()
    return found is not None and (found.owner, found.voucher) == (signer, paid)


def writable(found: Mailbox | None, signer: bytes) -> Mailbox:
    """Raises `not_found` for whoever may not append."""
    if found is None or signer not in found.append:
        raise Refused(ErrorCode.NOT_FOUND)
    return found


def require_message(body: bytes) -> None:
    """Raises `bad_request`."""
    if not 1 <= len(body) <= MESSAGE_BYTES:
        raise Refused(ErrorCode.BAD_REQUEST, f"A message has 1 to {MESSAGE_BYTES:,} bytes.")


def require_room(counted: Mailbox, limits: Limits) -> None:
    """Raises `quota_exceeded` for what a mailbox would hold with a message that is counted in."""
    if counted.held > limits.mailbox_messages or counted.weight > counted.most:
        raise Refused(ErrorCode.QUOTA_EXCEEDED, "The mailbox is full until its owner empties it.")


def require_keep(keep: int | None, limits: Limits, *, makes: bool) -> None:
    """How many seconds messages are to rest: said as a mailbox is made. Raises `bad_request`."""
    if keep is not None and not makes:
        raise Refused(ErrorCode.BAD_REQUEST, "How long messages rest is said with the voucher.")
    if keep is not None and not 1 <= keep <= limits.mailbox_longest_seconds:
        sentence = f"Messages rest for 1 to {limits.mailbox_longest_seconds:,} seconds."
        raise Refused(ErrorCode.BAD_REQUEST, sentence)


def ends(found: Mailbox, now: float, limits: Limits) -> int:
    """When a message that is accepted now is erased, in Unix seconds."""
    rests = limits.mailbox_seconds if found.keep is None else found.keep
    return min(found.expires, int(now) + rests)


def packed(found: Iterable[tuple[int, bytes]]) -> bytes:
    """An answer of messages, as many as fit, and the first one in any case."""
    answer = bytearray()
    for sequence, body in found:
        if answer and len(answer) + _HEAD.size + len(body) > ANSWER_BYTES:
            break
        answer += _HEAD.pack(sequence, len(body)) + body
    return bytes(answer)
