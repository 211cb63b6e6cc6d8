"""Signed objects: exact bytes that travel with who signed them (Documents)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from client.sealing import certificate as certificates
from client.sealing.certificate import Certificate
from client.sealing.encoding import SUITE, fields, sha256, take_fields, u8
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import SIGNATURE_BYTES, Signer, require_key, verify

PAYLOAD_BYTES = 32 * 1024


class SignerKind(IntEnum):
    DEVICE = 0
    GUEST = 1
    IDENTITY = 2
    REGISTRAR = 3


class Purpose(StrEnum):
    """The label under which an object is signed; one kind of object never passes for another."""

    STATEMENT = "aparte/1 statement"
    ENVELOPE = "aparte/1 envelope"
    ROSTER = "aparte/1 roster"
    CARD = "aparte/1 card"
    ATTESTATION = "aparte/1 attestation"
    VAULT_MOVED = "aparte/1 vault moved"
    PRACTICE_MOVED = "aparte/1 practice moved"
    DISPENSED = "aparte/1 dispensed"


_KINDS = {
    Purpose.CARD: (SignerKind.IDENTITY,),
    Purpose.ATTESTATION: (SignerKind.REGISTRAR,),
    Purpose.VAULT_MOVED: (SignerKind.DEVICE,),
    Purpose.PRACTICE_MOVED: (SignerKind.DEVICE,),
}
_PEOPLE = (SignerKind.DEVICE, SignerKind.GUEST)


@dataclass(frozen=True)
class SignedObject:
    """A checked object. `certificate` is there for devices; `key` is the key that signed."""

    raw: bytes
    payload: bytes
    key: bytes
    certificate: Certificate | None

    @property
    def hash(self) -> bytes:
        return sha256(self.raw)

    @property
    def author(self) -> bytes:
        """Who is behind the signature: of a device its identity key, else the key that signed."""
        return self.certificate.identity if self.certificate else self.key


def sign_object(
    purpose: Purpose, payload: bytes, signer: Signer, certificate: Certificate | None = None
) -> bytes:
    """Sign `payload`: as a device when a certificate is given, else as who signs such objects.

    Raises `too_long`.
    """
    if len(payload) > PAYLOAD_BYTES:
        raise SealError(SealCode.TOO_LONG, "a payload is too long")
    kind = u8(SignerKind.DEVICE if certificate else _KINDS.get(purpose, _PEOPLE)[-1])
    who = certificate.raw if certificate else signer.public
    signature = signer.sign(purpose, kind, who, payload)
    return u8(SUITE) + kind + fields(who, payload) + signature


def read_object(purpose: Purpose, raw: bytes) -> SignedObject:
    """Check an object's form, signer and signature.

    Raises `bad_suite`, `bad_form`, `bad_key`, `bad_signature`, `too_long`.
    """
    if not raw:
        raise SealError(SealCode.BAD_FORM, "nothing came")
    if raw[0] != SUITE:
        raise SealError(SealCode.BAD_SUITE)
    kind = raw[1:2]
    (who, payload), signature = take_fields(raw[2:], 2)
    if len(signature) != SIGNATURE_BYTES:
        raise SealError(SealCode.BAD_FORM, "a signature of another length")
    if len(payload) > PAYLOAD_BYTES:
        raise SealError(SealCode.TOO_LONG, "a payload is too long")
    if kind not in map(u8, _KINDS.get(purpose, _PEOPLE)):
        raise SealError(SealCode.BAD_FORM, "a signer of another kind")
    certificate: Certificate | None = None
    key = who
    if kind == u8(SignerKind.DEVICE):
        certificate = certificates.read(who)
        key = certificate.device
    else:
        require_key(who)
    verify(key, signature, purpose, kind, who, payload)
    return SignedObject(raw, payload, key, certificate)
