"""Ed25519 keys that cannot print, and a verifier that is strict about what a key may be.

Trap: `cryptography` and browsers accept keys of small order, for which signatures over anything can
be made to hold; libsodium's checks, used here, refuse them, and mixed-order and non-canonical ones.
"""

from __future__ import annotations

from typing import Protocol

from nacl.bindings import crypto_core_ed25519_is_valid_point
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey as _NaclKey
from nacl.signing import VerifyKey

from client.sealing.encoding import fields
from client.sealing.errors import SealCode, SealError

KEY_BYTES = 32
SIGNATURE_BYTES = 64


class Signer(Protocol):
    """Whatever can sign with an Ed25519 key: a key in memory, or one behind a wall."""

    @property
    def public(self) -> bytes: ...

    def sign(self, label: str, *items: bytes) -> bytes: ...


class SigningKey:
    """An Ed25519 key pair from its 32-byte seed."""

    def __init__(self, seed: bytes) -> None:
        self._key = _NaclKey(seed)

    def __repr__(self) -> str:
        return "SigningKey(hidden)"

    @property
    def public(self) -> bytes:
        return bytes(self._key.verify_key)

    @property
    def seed(self) -> bytes:
        """The secret itself, for wrapping and for links only."""
        return bytes(self._key)

    def sign(self, label: str, *items: bytes) -> bytes:
        """`Sign(key, label, …)` of the notation: 64 bytes."""
        return self.sign_bytes(fields(label, *items))

    def sign_bytes(self, data: bytes) -> bytes:
        """Sign bytes whose form another document labels (RFC 9421)."""
        return bytes(self._key.sign(data).signature)


def require_key(key: bytes) -> None:
    """Refuse with `bad_key` what is not a canonical point of the prime-order group."""
    if len(key) != KEY_BYTES or not crypto_core_ed25519_is_valid_point(key):
        raise SealError(SealCode.BAD_KEY)


def verify(key: bytes, signature: bytes, label: str, *items: bytes) -> None:
    """Raises `bad_key`, or `bad_signature`; a signature whose S is not reduced is one."""
    require_key(key)
    try:
        VerifyKey(key).verify(fields(label, *items), signature)
    except (BadSignatureError, ValueError):
        raise SealError(SealCode.BAD_SIGNATURE) from None
