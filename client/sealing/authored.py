"""A statement as it travels: signed by its author, once or twice (Documents, Second signature)."""

from __future__ import annotations

from client.sealing.certificate import Certificate
from client.sealing.encoding import sha256, u8
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import Signer
from client.sealing.objects import Purpose, SignedObject, SignerKind, read_object, sign_object
from client.sealing.second import (
    SECOND_CERTIFICATE_BYTES,
    SECOND_SIGNATURE_BYTES,
    SecondDevice,
    read_second_certificate,
    verify_second,
)

SECOND_BYTES = SECOND_CERTIFICATE_BYTES + SECOND_SIGNATURE_BYTES
_TWICE = u8(SignerKind.DEVICE_TWICE)


def sign_statement(
    payload: bytes,
    signer: Signer,
    certificate: Certificate | None = None,
    second: SecondDevice | None = None,
) -> bytes:
    """Sign a statement's payload: as a device when a certificate is given, else as a guest.

    With `second` the device's second signature stands behind the object. Raises `too_long`.
    """
    if certificate is None or second is None:
        return sign_object(Purpose.STATEMENT, payload, signer, certificate)
    named = second.certificate
    who = certificate.raw + sha256(named.device) + sha256(named.identity)
    signed = sign_object(Purpose.STATEMENT, payload, signer, certificate, twice=who)
    return signed + named.raw + second.key.sign(Purpose.STATEMENT, _TWICE, who, payload)


def object_of(statement: bytes) -> bytes:
    """The signed object, without a second signature that stands behind it."""
    return statement[:-SECOND_BYTES] if statement[1:2] == _TWICE else statement


def statement_hash(statement: bytes) -> bytes:
    """By which envelopes, receipts and tickets name it: of the signed object alone."""
    return sha256(object_of(statement))


def read_authored(raw: bytes) -> SignedObject:
    """Check a statement's signature, or both of them.

    Whether its author makes two is for the card to say: see `card.require_second`. Raises what
    `read_object` does.
    """
    signed = read_object(Purpose.STATEMENT, object_of(raw))
    if signed.certificate is None or not signed.second:
        return signed
    behind = raw[len(signed.raw) :]
    certified, signature = behind[:SECOND_CERTIFICATE_BYTES], behind[SECOND_CERTIFICATE_BYTES:]
    named = read_second_certificate(certified, signed.certificate)
    if signed.signer[-64:] != sha256(named.device) + sha256(named.identity):
        raise SealError(SealCode.BAD_SIGNATURE, "other second keys than those that are named")
    verify_second(named.device, signature, Purpose.STATEMENT, _TWICE, signed.signer, signed.payload)
    return signed
