"""X-Wing (draft-connolly-cfrg-xwing-kem): ML-KEM-768 and X25519 in one key encapsulation.

Seed 32, public key 1216, encapsulation 1120, shared secret 32 bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from client.sealing.errors import SealCode, SealError

SEED_BYTES = 32
PUBLIC_BYTES = 1216
ENCAPSULATION_BYTES = 1120
_MLKEM_PUBLIC = 1184
_MLKEM_ENCAPSULATION = 1088
_LABEL = rb"\.//^" + b"\\"
_MODULUS = 3329


@dataclass(frozen=True)
class Encapsulation:
    enc: bytes
    secret: bytes = field(repr=False)


class Encapsulate(Protocol):
    """How a shared secret is made for a public key; tests pass one that gives recorded results."""

    def __call__(self, public: bytes) -> Encapsulation: ...


def _require_modulus(mlkem: bytes) -> None:
    """FIPS 203, 7.2: each 12-bit coefficient, two in three bytes, is below the modulus."""
    for at in range(0, _MLKEM_PUBLIC - 32, 3):
        pair = int.from_bytes(mlkem[at : at + 3], "little")
        if pair & 0xFFF >= _MODULUS or pair >> 12 >= _MODULUS:
            raise SealError(SealCode.BAD_KEY, "an ML-KEM key with a coefficient out of range")


def require_public(public: bytes) -> None:
    """Refuse with `bad_key` a key of another length, or one that fails the modulus check."""
    if len(public) != PUBLIC_BYTES:
        raise SealError(SealCode.BAD_KEY, "an X-Wing key of another length")
    _require_modulus(public)


def _combine(mlkem: bytes, x25519: bytes, ephemeral: bytes, public: bytes) -> bytes:
    return hashlib.sha3_256(mlkem + x25519 + ephemeral + public + _LABEL).digest()


def _exchange(secret: X25519PrivateKey, public: bytes, code: SealCode) -> bytes:
    try:
        return secret.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        raise SealError(code, "an X25519 key of small order") from None


def encapsulate(public: bytes) -> Encapsulation:
    """Make a shared secret for the holder of `public` (1216 bytes). Raises `bad_key`.

    The libraries draw their own randomness here: neither takes it as an argument.
    """
    require_public(public)
    try:
        mlkem = MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC])
    except ValueError:
        raise SealError(SealCode.BAD_KEY) from None
    theirs = public[_MLKEM_PUBLIC:]
    ephemeral = X25519PrivateKey.generate()
    ours = ephemeral.public_key().public_bytes_raw()
    x_secret = _exchange(ephemeral, theirs, SealCode.BAD_KEY)
    m_secret, m_enc = mlkem.encapsulate()
    return Encapsulation(m_enc + ours, _combine(m_secret, x_secret, ours, theirs))


class KemKey:
    """An X-Wing key pair from its 32-byte seed."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise SealError(SealCode.BAD_KEY, "an X-Wing seed of another length")
        expanded = hashlib.shake_256(seed).digest(96)
        self._seed = seed
        self.mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        self.x25519 = X25519PrivateKey.from_private_bytes(expanded[64:])
        self._x_public = self.x25519.public_key().public_bytes_raw()
        self.public = self.mlkem.public_key().public_bytes_raw() + self._x_public

    def __repr__(self) -> str:
        return "KemKey(hidden)"

    @property
    def seed(self) -> bytes:
        """The secret itself, for wrapping and for envelopes only."""
        return self._seed

    def decapsulate(self, enc: bytes) -> bytes:
        """Give the shared secret of `enc` (1120 bytes). Raises `cannot_open`.

        An encapsulation to another key gives another secret, not an error (implicit rejection).
        """
        if len(enc) != ENCAPSULATION_BYTES:
            raise SealError(SealCode.CANNOT_OPEN, "an encapsulation of another length")
        m_secret = self.mlkem.decapsulate(enc[:_MLKEM_ENCAPSULATION])
        ephemeral = enc[_MLKEM_ENCAPSULATION:]
        x_secret = _exchange(self.x25519, ephemeral, SealCode.CANNOT_OPEN)
        return _combine(m_secret, x_secret, ephemeral, self._x_public)
