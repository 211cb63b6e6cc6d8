"""Ed25519 verification on libsodium, strict about what a key may be."""

from __future__ import annotations

from nacl.bindings import crypto_core_ed25519_is_valid_point
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey


def is_key(key: bytes) -> bool:
    """Whether these 32 bytes are a canonical point of the main subgroup, and not a small one."""
    return len(key) == 32 and bool(crypto_core_ed25519_is_valid_point(key))


def verifies(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature (64 bytes) holds, under a key that passes `is_key`."""
    if not is_key(key) or len(signature) != 64:
        return False
    try:
        VerifyKey(key).verify(message, signature)
    except BadSignatureError:
        return False
    return True
