"""The second signature of a practitioner's device: ML-DSA-65 (Documents, Second signature).

FIPS 204, with an empty context: the label stands in what is signed, as for Ed25519. Every 1,952
bytes are a public key, so that only lengths are there to be checked of one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey

from client.sealing.certificate import Certificate
from client.sealing.encoding import fields
from client.sealing.errors import SealCode, SealError
from client.sealing.kdf import hkdf

SEED_BYTES = 32
SECOND_KEY_BYTES = 1952
SECOND_SIGNATURE_BYTES = 3309
SECOND_CERTIFICATE_BYTES = 2 * SECOND_KEY_BYTES + SECOND_SIGNATURE_BYTES
_LABEL = "aparte/1 second device certificate"


class SecondKey:
    """An ML-DSA-65 key pair from its 32-byte seed."""

    def __init__(self, seed: bytes) -> None:
        self._key = MLDSA65PrivateKey.from_seed_bytes(seed)

    def __repr__(self) -> str:
        return "SecondKey(hidden)"

    @property
    def public(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    @property
    def seed(self) -> bytes:
        """The secret itself, for wrapping only."""
        return self._key.private_bytes_raw()

    def sign(self, label: str, *items: bytes) -> bytes:
        """`Sign2(key, label, …)` of the notation: 3,309 bytes, other ones each time."""
        return self.sign_bytes(fields(label, *items))

    def sign_bytes(self, data: bytes) -> bytes:
        return self._key.sign(data)


@dataclass(frozen=True)
class SecondCertificate:
    """The identity's second key says that a device's is its own; `raw` is what travels."""

    device: bytes
    identity: bytes
    raw: bytes


@dataclass(frozen=True)
class SecondDevice:
    """What a device makes its second signature with."""

    key: SecondKey = field(repr=False)
    certificate: SecondCertificate


def second_identity_of(root: bytes) -> SecondKey:
    """The identity's second key. Whoever has broken the first one has no root, and not this key."""
    return SecondKey(hkdf(root, b"", "aparte/1 second identity"))


def verify_second(key: bytes, signature: bytes, label: str, *items: bytes) -> None:
    """Raises `bad_form` for a key of another length, or `bad_signature`."""
    if len(key) != SECOND_KEY_BYTES:
        raise SealError(SealCode.BAD_FORM, "a second key of another length")
    try:
        MLDSA65PublicKey.from_public_bytes(key).verify(signature, fields(label, *items))
    except InvalidSignature:
        raise SealError(SealCode.BAD_SIGNATURE, "the second signature") from None


def certify_second(identity: SecondKey, certificate: Certificate, key: SecondKey) -> SecondDevice:
    """Certify the second key of the device that `certificate` is of."""
    keys = key.public + identity.public
    signature = identity.sign(_LABEL, certificate.raw, key.public, identity.public)
    return SecondDevice(key, SecondCertificate(key.public, identity.public, keys + signature))


def read_second_certificate(raw: bytes, certificate: Certificate) -> SecondCertificate:
    """Check form and signature, for the device that `certificate` is of.

    Raises `bad_form`, `bad_signature`.
    """
    if len(raw) != SECOND_CERTIFICATE_BYTES:
        raise SealError(SealCode.BAD_FORM, "a second certificate of another length")
    device, rest = raw[:SECOND_KEY_BYTES], raw[SECOND_KEY_BYTES:]
    identity, signature = rest[:SECOND_KEY_BYTES], rest[SECOND_KEY_BYTES:]
    verify_second(identity, signature, _LABEL, certificate.raw, device, identity)
    return SecondCertificate(device, identity, raw)
