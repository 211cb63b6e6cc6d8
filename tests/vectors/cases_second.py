"""Statements with a second signature: what is behind it, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass, replace

from client.sealing.authored import SECOND_BYTES, object_of, read_authored, sign_statement
from client.sealing.card import Card
from client.sealing.certificate import Certificate, issue
from client.sealing.encoding import sha256
from client.sealing.keys import SigningKey
from client.sealing.objects import Purpose, sign_object
from client.sealing.second import (
    SECOND_KEY_BYTES,
    SECOND_SIGNATURE_BYTES,
    SecondDevice,
    certify_second,
    second_identity_of,
)
from tests.vectors.cases_practitioners import CARD
from tests.vectors.forge import (
    DEVICE,
    GUEST,
    IDENTITY,
    ISSUED,
    Case,
    RecordedKey,
    drawn,
    flipped,
    good,
    refused,
    sealed,
)

PAYLOAD = b'{"v":1}'
ROOT = drawn("root of a second identity")
CERTIFICATE = issue(IDENTITY, DEVICE.public, ISSUED)
IDENTITY_SECOND = RecordedKey(second_identity_of(ROOT).seed)
DEVICE_SECOND = RecordedKey(drawn("second key of a device"))
SECOND = certify_second(IDENTITY_SECOND, CERTIFICATE, DEVICE_SECOND)
NAMING = replace(CARD, second=sha256(IDENTITY_SECOND.public))
# Somebody else's keys, certified for the same device.
OTHER = certify_second(
    RecordedKey(drawn("another second identity")),
    CERTIFICATE,
    RecordedKey(drawn("another second device")),
)
_CERTIFIED = len(SECOND.certificate.raw)


@dataclass(frozen=True)
class _Signed:
    payload: bytes = PAYLOAD
    device: SigningKey = DEVICE
    certificate: Certificate = CERTIFICATE
    second: SecondDevice = SECOND

    @property
    def raw(self) -> bytes:
        return sign_statement(self.payload, self.device, self.certificate, self.second)


def second() -> list[Case]:
    whole = _Signed().raw
    first, behind = object_of(whole), whole[-SECOND_BYTES:]
    others = _Signed(second=OTHER).raw
    once = sign_object(Purpose.STATEMENT, PAYLOAD, DEVICE, CERTIFICATE)
    # The named keys' own signature, of another statement of the same length.
    elsewhere = _Signed(payload=b'{"v":2}').raw
    # Certified by the identity that is named, for another device of it.
    phone = SigningKey(drawn("phone"))
    moved = certify_second(
        IDENTITY_SECOND, issue(IDENTITY, phone.public, ISSUED), RecordedKey(DEVICE_SECOND.seed)
    )
    at = len(first)
    wrong = [
        ("without what stands behind it", "bad_form", first, NAMING),
        ("cut short", "bad_form", whole[:-1], NAMING),
        ("a byte more", "bad_form", whole + b"\0", NAMING),
        ("cut to a head", "bad_form", whole[:6], NAMING),
        ("a flipped payload", "bad_signature", flipped(whole, at - 65), NAMING),
        ("a flipped first signature", "bad_signature", flipped(whole, at - 60), NAMING),
        ("a flipped device's key", "bad_signature", flipped(whole, at + 7), NAMING),
        ("a flipped identity's key", "bad_signature",
         flipped(whole, at + SECOND_KEY_BYTES), NAMING),
        ("a flipped certificate", "bad_signature", flipped(whole, at + _CERTIFIED - 1), NAMING),
        ("a flipped second signature", "bad_signature", flipped(whole, at + _CERTIFIED), NAMING),
        ("the last bit flipped", "bad_signature", flipped(whole, len(whole) - 1), NAMING),
        ("a second signature of zeros", "bad_signature",
         whole[:-SECOND_SIGNATURE_BYTES] + bytes(SECOND_SIGNATURE_BYTES), NAMING),
        ("a second signature of another statement", "bad_signature",
         first + elsewhere[-SECOND_BYTES:], NAMING),
        ("other second keys behind the same object", "bad_signature",
         first + others[-SECOND_BYTES:], NAMING),
        ("its keys behind an object that names others", "bad_signature",
         object_of(others) + behind, NAMING),
        ("the two keys exchanged", "bad_signature",
         first + behind[SECOND_KEY_BYTES : 2 * SECOND_KEY_BYTES] + behind[:SECOND_KEY_BYTES]
         + behind[2 * SECOND_KEY_BYTES :], NAMING),
        ("a certificate of another device", "bad_signature",
         _Signed(second=moved).raw, NAMING),
        ("by another second identity than the card's", "bad_signature", others, NAMING),
        ("once, where the card names a second key", "bad_signature", once, NAMING),
        ("twice, where the card names none", "bad_signature", whole, CARD),
        ("once, with a second signature behind it", "bad_form", once + behind, NAMING),
        ("the second one taken off, the kind changed", "bad_form",
         first[:1] + b"\0" + first[2:], NAMING),
    ]  # fmt: skip
    found = read_authored(whole)
    gives = {"payload": PAYLOAD, "hash": sha256(first), "author": IDENTITY.public}
    keys = {
        "root": ROOT,
        "seed": DEVICE.seed,
        "second_seed": DEVICE_SECOND.seed,
        "certificate": CERTIFICATE.raw,
    }
    guest = sign_statement(PAYLOAD, GUEST)
    return [
        good("signed twice", _inputs(whole, NAMING) | sealed(**keys),
             sealed(**gives, second=found.second)),
        good("signed once, and no card names a key", _inputs(once, CARD),
             sealed(**gives | {"hash": sha256(once)}, second=b"")),
        good("by somebody who has no card", sealed(statement=guest),
             sealed(payload=PAYLOAD, hash=sha256(guest), author=GUEST.public, second=b"")),
        *(refused(name, "statement", code, _inputs(raw, card)) for name, code, raw, card in wrong),
    ]  # fmt: skip


def _inputs(raw: bytes, card: Card) -> Case:
    return sealed(statement=raw, names=card.second)
