"""Who may be enrolled, and what may follow what: cards and lists of devices only go forward."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from server.limits import CLOCK_SECONDS
from server.practitioners.codes import CODE_BYTES
from server.practitioners.papers import (
    CARD_OBJECT_BYTES,
    LIST_BYTES,
    Attestation,
    Card,
    Devices,
    read_card,
    read_devices,
)
from server.requests.encoding import decode, decode_any
from server.requests.refusals import Refused
from signaling.errors import ErrorCode


class Body(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    card: str
    devices: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    code: bytes = field(repr=False)
    card: Card
    devices: Devices


def read(body: bytes, signer: bytes) -> Enrolment:
    """Check the form of a request, and that card and list are an identity's first ones.

    Raises `bad_request`, `bad_code` or `bad_signature`.
    """
    try:
        asked = msgspec.json.decode(body, type=Body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        sentence = 'The body should be {"code": …, "card": …, "devices": …}.'
        raise Refused(ErrorCode.BAD_REQUEST, sentence) from None
    card = read_card(decode_any(asked.card, CARD_OBJECT_BYTES))
    devices = read_devices(decode_any(asked.devices, LIST_BYTES))
    try:
        code = decode(asked.code, CODE_BYTES)
    except Refused:
        raise Refused(ErrorCode.BAD_CODE) from None
    if card.identity != devices.identity:
        sentence = "Card and list of devices are of two practitioners."
        raise Refused(ErrorCode.BAD_REQUEST, sentence)
    if (card.text.version, devices.version) != (1, 1):
        raise Refused(ErrorCode.BAD_REQUEST, "The first version of card and list is 1.")
    if [(one.key, one.until) for one in devices.entries] != [(signer, 0)]:
        sentence = "The first list of devices should have the signer's key, and no other."
        raise Refused(ErrorCode.BAD_REQUEST, sentence)
    return Enrolment(code, card, devices)


def is_the_same(card: Card, devices: Devices, wanted: Enrolment) -> bool:
    """Whether an enrolment asks for the very papers that are there."""
    return (card.raw, devices.raw) == (wanted.card.raw, wanted.devices.raw)


def require_own(identity: bytes, asked: bytes, signer: bytes) -> None:
    """Raises `not_allowed`: a practitioner's papers are theirs alone to replace."""
    if not identity == asked == signer:
        raise Refused(ErrorCode.NOT_ALLOWED, "Only this practitioner's identity key may do that.")


def require_next_card(last: Card, new: Card) -> None:
    """Raises `stale_version`."""
    if new.text.version != last.text.version + 1:
        raise Refused(ErrorCode.STALE_VERSION)


def require_next_devices(last: Devices, new: Devices, now: float) -> None:
    """Refuse what leaves a device out, alters one, or undoes or puts off a revocation.

    Raises `stale_version`, `bad_request`.
    """
    if new.version != last.version + 1:
        raise Refused(ErrorCode.STALE_VERSION)
    if len(new.entries) < len(last.entries):
        raise Refused(ErrorCode.BAD_REQUEST, "The new list leaves out devices of the last one.")
    for old, one in zip(last.entries, new.entries, strict=False):
        if (old.key, old.since) != (one.key, one.since):
            raise Refused(ErrorCode.BAD_REQUEST, "The new list alters devices of the last one.")
        if old.until and not 0 < one.until <= old.until:
            raise Refused(ErrorCode.BAD_REQUEST, "A revocation cannot be undone or put off.")
    if any(one.until > now + CLOCK_SECONDS for one in new.entries):
        raise Refused(ErrorCode.BAD_REQUEST, "A device is revoked from now on, or from earlier.")


def require_attests(found: Attestation, card: Card, registrar: bytes | None) -> None:
    """Raises `not_allowed`, `stale_version`."""
    if found.registrar != registrar:
        sentence = "The attestation is not by the registrar that this server names."
        raise Refused(ErrorCode.NOT_ALLOWED, sentence)
    if found.card != card.hash:
        sentence = "The attestation is of another card than the one that is here now."
        raise Refused(ErrorCode.STALE_VERSION, sentence)


def added(last: Devices, new: Devices) -> list[bytes]:
    """The keys that only the new list has."""
    return [one.key for one in new.entries[len(last.entries) :]]


def revoked(last: Devices, new: Devices) -> list[bytes]:
    """The keys that are no longer in force."""
    before = {one.key for one in last.entries if one.until}
    return [one.key for one in new.entries if one.until and one.key not in before]
