"""Signed objects: exact bytes that travel with who signed them (Documents)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from client.sealing import certificate as certificates
from client.sealing.certificate import CERTIFICATE_BYTES, Certificate
from client.sealing.encoding import SUITE, fields, sha256, take_fields, u8
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import SIGNATURE_BYTES, Signer, require_key, verify

PAYLOAD_BYTES = 32 * 1024
HASH_BYTES = 32


class SignerKind(IntEnum):
    DEVICE = 0
    GUEST = 1
    IDENTITY = 2
    REGISTRAR = 3
    # A device that signs twice: its second signature stands behind the object (authored.py).
    DEVICE_TWICE = 4


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
    PERMIT = "aparte/1 permit"


_KINDS = {
    Purpose.STATEMENT: (SignerKind.DEVICE_TWICE, SignerKind.DEVICE, SignerKind.GUEST),
    Purpose.CARD: (SignerKind.IDENTITY,),
    Purpose.ATTESTATION: (SignerKind.REGISTRAR,),
    Purpose.VAULT_MOVED: (SignerKind.DEVICE,),
    Purpose.PRACTICE_MOVED: (SignerKind.DEVICE,),
    Purpose.PERMIT: (SignerKind.DEVICE,),
}
_PEOPLE = (SignerKind.DEVICE, SignerKind.GUEST)


@dataclass(frozen=True)
class SignedObject:
    """A checked object. `certificate` is there for devices; `key` is the key that signed.

    `signer` is what stands for it in the object. Of a device that signs twice it ends with the
    hashes of the device's second key and of the identity's, 32 bytes each.
    """

    raw: bytes
    payload: bytes
    key: bytes
    certificate: Certificate | None
    signer: bytes

    @property
    def hash(self) -> bytes:
        return sha256(self.raw)

    @property
    def author(self) -> bytes:
        """Who is behind the signature: of a device its identity key, else the key that signed."""
        return self.certificate.identity if self.certificate else self.key

    @property
    def second(self) -> bytes:
        """The hash of the identity's second key, of a device that signs twice; else nothing."""
        twice = self.certificate and len(self.signer) > CERTIFICATE_BYTES
        return self.signer[-HASH_BYTES:] if twice else b""


def sign_object(
    purpose: Purpose,
    payload: bytes,
    signer: Signer,
    certificate: Certificate | None = None,
    *,
    twice: bytes = b"",
) -> bytes:
    """Sign `payload`: as a device when a certificate is given, else as who signs such objects.

    `twice` stands for a device that signs twice. Raises `too_long`.
    """
    if len(payload) > PAYLOAD_BYTES:
        raise SealError(SealCode.TOO_LONG, "a payload is too long")
    device = SignerKind.DEVICE_TWICE if twice else SignerKind.DEVICE
    kind = u8(device if certificate else _KINDS.get(purpose, _PEOPLE)[-1])
    who = twice or (certificate.raw if certificate else signer.public)
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
    if kind == u8(SignerKind.DEVICE_TWICE):
        if len(who) != CERTIFICATE_BYTES + 2 * HASH_BYTES:
            raise SealError(SealCode.BAD_FORM, "other than a certificate and two hashes")
        certificate = certificates.read(who[:CERTIFICATE_BYTES])
    elif kind == u8(SignerKind.DEVICE):
        certificate = certificates.read(who)
    else:
        require_key(who)
    key = certificate.device if certificate else who
    verify(key, signature, purpose, kind, who, payload)
    return SignedObject(raw, payload, key, certificate, who)
