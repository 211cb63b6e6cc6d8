"""A link for somebody without an address, which opens together with spoken words (Sealed links)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from client.sealing.derived import Derived
from client.sealing.encoding import b64u, fields
from client.sealing.handshake import Random
from client.sealing.kdf import hkdf, stretch
from client.sealing.lock import LEAST_MEMORY, LEAST_PASSES
from client.sealing.our_links import read_fragment, split_url
from client.sealing.words import CHECK_BITS, read_words, require_check, with_check, write_words
from client.sealing.xwing import KemKey

PAGE = "/link/"
SECRET_BYTES = 32
WORDS = 5
CODE_BYTES = 7
# Five words have 55 bits: four are a check, the others stand at the beginning of the seven bytes.
_UNUSED = 5


@dataclass(frozen=True)
class SealedLink(Derived):
    """What a link says."""

    LABEL: ClassVar[str] = "sealed link"

    def url(self, origin: str) -> str:
        return f"{origin}{PAGE}#1.{b64u(self.secret)}"

    def words(self, code: bytes, language: str) -> list[str]:
        """How a code is said aloud with this link."""
        return write_words(with_check(self._checked(code), _number(code)), WORDS, language)

    def read_words(self, text: str) -> bytes:
        """The code that somebody typed.

        Raises WordsError as `words.read_words` does, and `altered` for words that were, in 15 of 16
        cases, not made with this link.
        """
        bits = read_words(text, WORDS)
        code = (bits >> CHECK_BITS << _UNUSED).to_bytes(CODE_BYTES, "big")
        require_check(self._checked(code), bits)
        return code

    def key(self, code: bytes) -> KemKey:
        """What opens the blob. Takes a moment and 64 MiB, so that guessing does."""
        stretched = stretch(code, self._derived("salt"), LEAST_MEMORY, LEAST_PASSES)
        return KemKey(hkdf(self.secret + stretched, b"", "aparte/1 sealed link key"))

    def _checked(self, code: bytes) -> bytes:
        return fields("aparte/1 sealed link words", self.secret, code)


def draw_code(random: Random) -> bytes:
    """51 bits, in seven bytes of which the last five bits are zero. Draws seven bytes."""
    drawn = int.from_bytes(random(CODE_BYTES), "big")
    return (drawn >> _UNUSED << _UNUSED).to_bytes(CODE_BYTES, "big")


def _number(code: bytes) -> int:
    return int.from_bytes(code, "big") >> _UNUSED


def parse_sealed_fragment(fragment: str) -> SealedLink:
    """Read what follows the `#`. Raises `bad_link`."""
    return SealedLink(read_fragment(fragment, SECRET_BYTES))


def parse_sealed_url(url: str) -> tuple[str, SealedLink]:
    """Give the origin and the link. Raises `bad_link`."""
    origin, fragment = split_url(url, PAGE)
    return origin, parse_sealed_fragment(fragment)
