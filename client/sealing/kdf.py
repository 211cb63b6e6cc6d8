"""HKDF, HMAC, Argon2id and the AEAD under the names that docs/sealed-formats.md gives them."""

from __future__ import annotations

import hmac
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from client.sealing.errors import SealCode, SealError

ZERO_NONCE = bytes(12)
TAG_BYTES = 16


def hkdf(ikm: bytes, salt: bytes, info: bytes | str, length: int = 32) -> bytes:
    """HKDF-SHA256 (RFC 5869), `length` bytes; text stands for its ASCII bytes."""
    label = info.encode("ascii") if isinstance(info, str) else info
    return HKDF(SHA256(), length, salt, label).derive(ikm)


def stretch(secret: bytes, salt: bytes, memory: int, passes: int) -> bytes:
    """Argon2id (RFC 9106), one lane, 32 bytes, slowly; `memory` in KiB."""
    kdf = Argon2id(salt=salt, length=32, iterations=passes, lanes=1, memory_cost=memory)
    return kdf.derive(secret)


def mac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")


def same(left: bytes, right: bytes) -> bool:
    return hmac.compare_digest(left, right)


class Aead(Protocol):
    """ChaCha20-Poly1305 (RFC 8439), tag at the end. A test passes one that watches nonces."""

    def seal(self, key: bytes, nonce: bytes, aad: bytes, text: bytes) -> bytes: ...

    def open(self, key: bytes, nonce: bytes, aad: bytes, sealed: bytes) -> bytes:
        """Raises SealError `cannot_open`."""
        ...


class ChaCha:
    """The AEAD of `cryptography`."""

    def seal(self, key: bytes, nonce: bytes, aad: bytes, text: bytes) -> bytes:
        return ChaCha20Poly1305(key).encrypt(nonce, text, aad)

    def open(self, key: bytes, nonce: bytes, aad: bytes, sealed: bytes) -> bytes:
        try:
            return ChaCha20Poly1305(key).decrypt(nonce, sealed, aad)
        except InvalidTag:
            raise SealError(SealCode.CANNOT_OPEN) from None


CHACHA = ChaCha()
