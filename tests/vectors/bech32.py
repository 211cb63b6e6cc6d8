"""BIP 173 text, in which age writes keys; the Python client only reads it."""

from __future__ import annotations

_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate(_GENERATOR):
            if top >> bit & 1:
                check ^= term
    return check


def bech32_text(prefix: str, data: bytes, longest: int | None = None) -> str:
    """`longest`: no more words of five bits than that, whatever is left."""
    bits = int.from_bytes(data, "big") << (-len(data) * 8 % 5)
    count = -(-len(data) * 8 // 5)
    words = [bits >> 5 * (count - 1 - i) & 31 for i in range(count)][:longest]
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = _polymod(expanded + words + [0] * 6) ^ 1
    words += [check >> 5 * (5 - i) & 31 for i in range(6)]
    return prefix + "1" + "".join(_LETTERS[word] for word in words)


def identity_text(seed: bytes) -> str:
    return bech32_text("age-secret-key-pq-", seed).upper()


def recipient_text(public: bytes) -> str:
    return bech32_text("age1pq", public)
