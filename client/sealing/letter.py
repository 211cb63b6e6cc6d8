"""Letters: a small message to a few keys, read later, with a commitment to its key (Letters).

Trap: ChaCha20-Poly1305 does not commit to its key, so that one ciphertext can be made to open to
two messages under two keys; the commitment is checked before anything is decrypted.
"""

from __future__ import annotations

from collections.abc import Sequence

from client.sealing.encoding import (
    SUITE,
    fields,
    padded,
    require_head,
    require_zeros,
    sha256,
    u8,
    u32,
)
from client.sealing.errors import SealCode, SealError
from client.sealing.handshake import Random
from client.sealing.hpke import open_base, seal_base
from client.sealing.kdf import CHACHA, TAG_BYTES, ZERO_NONCE, hkdf, same
from client.sealing.xwing import ENCAPSULATION_BYTES, Encapsulate, KemKey, encapsulate

LETTER_KIND = 9
RECIPIENTS = 8
SIZES = (1_024, 4_096, 16_384, 49_152)
_LENGTH_BYTES = 4
MESSAGE_BYTES = SIZES[-1] - _LENGTH_BYTES
_KEY_BYTES, _COMMITMENT_BYTES = 32, 32
_STANZA_BYTES = ENCAPSULATION_BYTES + _KEY_BYTES + TAG_BYTES
_STANZAS = 3


def _info(context: bytes, public: bytes) -> bytes:
    return fields("aparte/1 letter", context, public)


def _commitment(content_key: bytes) -> bytes:
    return hkdf(content_key, b"", "aparte/1 letter commitment", _COMMITMENT_BYTES)


def _letter_key(content_key: bytes) -> bytes:
    return hkdf(content_key, b"", "aparte/1 letter key")


def _require_count(count: int) -> None:
    if not 1 <= count <= RECIPIENTS:
        raise SealError(SealCode.BAD_FORM, "a letter has 1 to 8 recipients")


def seal_letter(
    recipients: Sequence[bytes],
    context: bytes,
    message: bytes,
    random: Random,
    kem: Encapsulate = encapsulate,
) -> bytes:
    """Seal for the holders of 1 to 8 X-Wing public keys. Draws the content key, 32 bytes.

    `context` names the place where the letter will lie. Raises `bad_form`, `bad_key`, `too_long`.
    """
    _require_count(len(recipients))
    body = padded(u32(len(message)) + message, SIZES)
    content_key = random(_KEY_BYTES)
    head = u8(SUITE) + u8(LETTER_KIND) + u8(len(recipients))
    for public in recipients:
        enc, wrapped = seal_base(public, _info(context, public), content_key, kem)
        head += enc + wrapped
    head += _commitment(content_key)
    return head + CHACHA.seal(_letter_key(content_key), ZERO_NONCE, sha256(head), body)


def _head_bytes(letter: bytes) -> int:
    """How long the head of a letter is, whose length as a whole fits it."""
    require_head(letter, LETTER_KIND)
    count = int.from_bytes(letter[2:_STANZAS], "big")
    _require_count(count)
    head = _STANZAS + count * _STANZA_BYTES + _COMMITMENT_BYTES
    if len(letter) - head - TAG_BYTES not in SIZES:
        raise SealError(SealCode.BAD_FORM, "a letter of another length")
    return head


def _content_key(key: KemKey, context: bytes, stanzas: bytes) -> bytes:
    """What the first stanza holds that opens."""
    info = _info(context, key.public)
    for start in range(0, len(stanzas), _STANZA_BYTES):
        stanza = stanzas[start : start + _STANZA_BYTES]
        enc, wrapped = stanza[:ENCAPSULATION_BYTES], stanza[ENCAPSULATION_BYTES:]
        try:
            return open_base(key, info, enc, wrapped)
        except SealError:
            continue
    raise SealError(SealCode.CANNOT_OPEN, "no stanza opens")


def _read_body(body: bytes) -> bytes:
    end = _LENGTH_BYTES + int.from_bytes(body[:_LENGTH_BYTES], "big")
    if end > len(body):
        raise SealError(SealCode.BAD_FORM, "a length points past the end")
    require_zeros(body[end:])
    return body[_LENGTH_BYTES:end]


def open_letter(key: KemKey, context: bytes, letter: bytes) -> bytes:
    """The message, for one of its recipients; `context` is of the place where the letter lay.

    Nothing of who wrote it is proven. Raises `bad_suite`, `bad_form`, `cannot_open`,
    `bad_commitment`.
    """
    end = _head_bytes(letter)
    head = letter[:end]
    stanzas, commitment = head[_STANZAS:-_COMMITMENT_BYTES], head[-_COMMITMENT_BYTES:]
    content_key = _content_key(key, context, stanzas)
    if not same(commitment, _commitment(content_key)):
        raise SealError(SealCode.BAD_COMMITMENT, "a letter under two keys")
    body = CHACHA.open(_letter_key(content_key), ZERO_NONCE, sha256(head), letter[end:])
    return _read_body(body)
