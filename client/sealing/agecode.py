"""The code that opens a protected export: an age identity, as a person copies it.

BIP 173 text of 32 bytes with the prefix `AGE-SECRET-KEY-PQ-`, whose checksum notices what was
mistyped.
"""

from __future__ import annotations

from client.sealing.errors import SealCode, SealError
from client.sealing.xwing import SEED_BYTES

_PREFIX = "age-secret-key-pq-"
_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM = 6
_WORDS = -(-SEED_BYTES * 8 // 5)


def read_code(typed: str) -> bytes:
    """Give the X-Wing seed, 32 bytes. The prefix may be missing; spaces and case count nothing.

    Raises SealError `bad_key` for what is incomplete or mistyped.
    """
    text = "".join(typed.split()).lower().removeprefix(f"{_PREFIX}1")
    words = [_LETTERS.find(letter) for letter in text]
    if len(words) != _WORDS + _CHECKSUM or min(words) < 0 or not _holds(words):
        raise SealError(SealCode.BAD_KEY, "a code that is mistyped")
    bits = 0
    for word in words[:-_CHECKSUM]:
        bits = bits << 5 | word
    filling = _WORDS * 5 - SEED_BYTES * 8
    if bits & ((1 << filling) - 1):
        raise SealError(SealCode.BAD_KEY, "a code of another length")
    return (bits >> filling).to_bytes(SEED_BYTES, "big")


def _holds(words: list[int]) -> bool:
    check = 1
    expanded = [ord(c) >> 5 for c in _PREFIX] + [0] + [ord(c) & 31 for c in _PREFIX]
    for value in expanded + words:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate(_GENERATOR):
            if top >> bit & 1:
                check ^= term
    return check == 1
