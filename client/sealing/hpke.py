"""HPKE (RFC 9180) in base mode for one message, over X-Wing: what wraps the key of a letter.

Suite: KEM X-Wing 0x647a, KDF HKDF-SHA256 0x0001, AEAD ChaCha20-Poly1305 0x0003; the aad is empty.
`cryptography` has the same suite, but its encapsulations cannot be given, as vectors want them:
the key schedule is written out here, and a test holds it to that library both ways.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from client.sealing.kdf import CHACHA, mac
from client.sealing.xwing import Encapsulate, KemKey, encapsulate

_SUITE_ID = b"HPKE\x64\x7a\x00\x01\x00\x03"
_MODE_BASE = b"\x00"
_KEY_BYTES, _NONCE_BYTES = 32, 12


def _extract(salt: bytes, label: bytes, ikm: bytes) -> bytes:
    """LabeledExtract (section 4)."""
    return mac(salt, b"HPKE-v1" + _SUITE_ID + label + ikm)


def _expand(prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
    """LabeledExpand (section 4)."""
    labeled = length.to_bytes(2, "big") + b"HPKE-v1" + _SUITE_ID + label + info
    return HKDFExpand(SHA256(), length, labeled).derive(prk)


def _schedule(shared: bytes, info: bytes) -> tuple[bytes, bytes]:
    """Key and first nonce (section 5.1), with neither a pre-shared key nor its id."""
    hashed = _extract(b"", b"psk_id_hash", b"") + _extract(b"", b"info_hash", info)
    context = _MODE_BASE + hashed
    secret = _extract(shared, b"secret", b"")
    key = _expand(secret, b"key", context, _KEY_BYTES)
    return key, _expand(secret, b"base_nonce", context, _NONCE_BYTES)


def seal_base(
    public: bytes, info: bytes, text: bytes, kem: Encapsulate = encapsulate
) -> tuple[bytes, bytes]:
    """SealBase: the encapsulation (1120 bytes) and the sealed text, 16 bytes longer than `text`.

    Raises `bad_key`.
    """
    made = kem(public)
    key, nonce = _schedule(made.secret, info)
    return made.enc, CHACHA.seal(key, nonce, b"", text)


def open_base(key: KemKey, info: bytes, enc: bytes, sealed: bytes) -> bytes:
    """OpenBase. Raises `cannot_open`."""
    opening, nonce = _schedule(key.decapsulate(enc), info)
    return CHACHA.open(opening, nonce, b"", sealed)
