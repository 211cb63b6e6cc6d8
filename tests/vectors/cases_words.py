"""Words of sheets: written in two languages, and read however somebody types them."""

from __future__ import annotations

import unicodedata

from client.sealing.words import WordsError, read_sheet_words, sheet_words
from tests.vectors.forge import Case, drawn, good, refused, sealed

SECRET = drawn("sheet", 16)
FRENCH = " ".join(sheet_words(SECRET, "french"))
ENGLISH = " ".join(sheet_words(SECRET, "english"))
ACCENTS = next(
    words
    for words in (" ".join(sheet_words(drawn(f"accents {n}", 16), "french")) for n in range(1000))
    if sum(not word.isascii() for word in words.split()) > 3
)


def _typed(name: str, text: str) -> Case:
    return good(name, sealed(text=text), sealed(secret=read_sheet_words(text)))


def _written(name: str, secret: bytes, language: str) -> Case:
    text = " ".join(sheet_words(secret, language))
    return good(name, sealed(text=text, language=language), sealed(secret=secret))


def _wrong(name: str, text: str) -> Case:
    try:
        read_sheet_words(text)
    except WordsError as error:
        said = sealed(text=text, at=error.at, nearest=error.nearest)
        return refused(name, "words", error.code, said)
    raise AssertionError(name)


def _with(words: str, at: int, word: str) -> str:
    listed = words.split()
    return " ".join([*listed[:at], word, *listed[at + 1 :]])


def words() -> list[Case]:
    swapped = " ".join([FRENCH.split()[1], FRENCH.split()[0], *FRENCH.split()[2:]])
    return [
        _written("French words", SECRET, "french"),
        _written("English words", SECRET, "english"),
        _written("zeros", bytes(16), "english"),
        _written("ones", b"\xff" * 16, "french"),
        _written("accents", read_sheet_words(ACCENTS), "french"),
        _typed("accents decomposed", unicodedata.normalize("NFD", ACCENTS)),
        _typed("no accents", "".join(
            c for c in unicodedata.normalize("NFD", ACCENTS) if not unicodedata.combining(c))),
        _typed("capitals with accents", ACCENTS.upper()),
        _typed("letters of full width",
               "".join(chr(ord(c) + 0xFEE0) if c != " " else c for c in ENGLISH)),
        _typed("spaces, lines and no-break spaces",
               f"  {ENGLISH.replace(' ', chr(10), 3).replace(' ', chr(0xA0) + ' ')}\t"),
        _typed("numbered, with commas",
               ", ".join(f"{n}. {word}" for n, word in enumerate(FRENCH.split(), 1))),
        _wrong("nothing", ""),
        _wrong("eleven words", FRENCH.rpartition(" ")[0]),
        _wrong("thirteen words", f"{FRENCH} {FRENCH.split()[0]}"),
        _wrong("other letters alone", "абв " * 12),
        _wrong("one letter wrong", _with(ENGLISH, 4, ENGLISH.split()[4][:-1] + "q")),
        _wrong("one letter missing", _with(FRENCH, 11, FRENCH.split()[11][1:])),
        _wrong("the beginning of a word", _with(FRENCH, 2, "chim")),
        _wrong("like no word", _with(FRENCH, 0, "xxxxxxxxxx")),
        _wrong("two unknown words: the first is named", _with(_with(FRENCH, 3, "poizon"), 8, "xq")),
        _wrong("a word of the other language", _with(FRENCH, 6, "zebra")),
        _wrong("another word", _with(ENGLISH, 0, "zoo")),
        _wrong("two words exchanged", swapped),
    ]  # fmt: skip
