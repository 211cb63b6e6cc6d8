"""Ed25519 verification, and the shape that http-message-signatures wants of an algorithm."""

from __future__ import annotations

from http_message_signatures import HTTPSignatureAlgorithm
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


class Ed25519(HTTPSignatureAlgorithm):
    """`ed25519` of RFC 9421, section 3.3.6, on libsodium, which refuses small-order keys."""

    algorithm_id = "ed25519"

    def __init__(self, public_key: bytes | None = None, private_key: object = None) -> None:
        if private_key is not None:
            raise TypeError("the server signs nothing")
        self._key = public_key or b""

    def sign(self, _message: bytes) -> bytes:
        raise TypeError("the server signs nothing")

    def verify(self, signature: bytes, message: bytes) -> None:
        if not verifies(self._key, message, signature):
            raise BadSignatureError
