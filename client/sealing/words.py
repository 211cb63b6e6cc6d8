"""Secrets as words that a person can copy by hand or say aloud (Sheets, Sealed links)."""

from __future__ import annotations

import functools
import re
import unicodedata

from mnemonic import Mnemonic

from client.sealing.encoding import sha256
from client.sealing.errors import SealCode, SealError

# In the order in which a reader tries them.
LANGUAGES = ("french", "english")
WORDS = 12
SECRET_BYTES = 16
BITS, CHECK_BITS = 11, 4
_PREFIX = 4
_FAR = 3


class WordsError(SealError):
    """What was typed is not what was written.

    `at`: the unknown word's place from 1, else 0; `nearest`: the word that may have been meant.
    """

    def __init__(self, code: SealCode, detail: str, at: int = 0, nearest: str = "") -> None:
        super().__init__(code, detail)
        self.at = at
        self.nearest = nearest


@functools.cache
def word_list(language: str) -> tuple[str, ...]:
    """The 2,048 words of BIP-39 in a language, as they are printed."""
    return tuple(unicodedata.normalize("NFC", word) for word in Mnemonic(language).wordlist)


def sheet_words(secret: bytes, language: str) -> list[str]:
    """What is printed of a sheet's 16 bytes."""
    return write_words(with_check(secret, int.from_bytes(secret, "big")), WORDS, language)


def read_sheet_words(text: str) -> bytes:
    """The secret of a sheet whose words somebody typed.

    Raises WordsError as `read_words` does, and `altered` where they are all words but not those of
    one sheet.
    """
    bits = read_words(text, WORDS)
    secret = (bits >> CHECK_BITS).to_bytes(SECRET_BYTES, "big")
    require_check(secret, bits)
    return secret


def with_check(checked: bytes, bits: int) -> int:
    """`bits`, followed by the first four of the hash of `checked`."""
    return bits << CHECK_BITS | sha256(checked)[0] >> (8 - CHECK_BITS)


def require_check(checked: bytes, bits: int) -> None:
    """Raises WordsError `altered` unless `bits` end with the check of `checked`."""
    if with_check(checked, bits >> CHECK_BITS) != bits:
        raise WordsError(SealCode.ALTERED, "nothing was written with these words")


def write_words(bits: int, count: int, language: str) -> list[str]:
    """`count` words for a number of 11 bits for each."""
    shifts = range((count - 1) * BITS, -1, -BITS)
    return [word_list(language)[bits >> shift & (2**BITS - 1)] for shift in shifts]


def read_words(text: str, count: int) -> int:
    """The number that `count` words stand for which somebody typed.

    Accents, capitals and what stands between the words do not matter.

    Raises WordsError `bad_form` for another number of words or an unknown one.
    """
    typed = re.findall("[a-z]+", _plain(text))
    if len(typed) != count:
        raise WordsError(SealCode.BAD_FORM, f"{len(typed)} words")
    language = max(LANGUAGES, key=lambda each: _known(typed, each))
    places = _places(language)
    for at, word in enumerate(typed, 1):
        if word not in places:
            raise WordsError(SealCode.BAD_FORM, "an unknown word", at, _nearest(word, language))
    bits = 0
    for word in typed:
        bits = bits << BITS | places[word]
    return bits


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if unicodedata.category(c)[0] != "M").lower()


@functools.cache
def _places(language: str) -> dict[str, int]:
    return {_plain(word): at for at, word in enumerate(word_list(language))}


def _known(typed: list[str], language: str) -> int:
    return sum(word in _places(language) for word in typed)


def _nearest(typed: str, language: str) -> str:
    """The word that begins so (four letters tell all apart), or else with fewest other letters."""
    printed = word_list(language)
    for word, at in _places(language).items():
        if len(typed) >= _PREFIX and word.startswith(typed):
            return printed[at]
    distance, at = min((_distance(typed, word), at) for word, at in _places(language).items())
    return printed[at] if distance < _FAR else ""


def _distance(one: str, other: str) -> int:
    """Letters to put in, take out or change (Levenshtein)."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, row = row, [i]
        for j, against in enumerate(other, 1):
            row.append(min(last[j] + 1, row[-1] + 1, last[j - 1] + (letter != against)))
    return row[-1]
