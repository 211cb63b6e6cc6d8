"""A link for somebody without an address, which opens together with spoken words (Sealed links)."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from client.sealing.encoding import (
    SUITE,
    all_fields,
    b64u,
    b64u_decode,
    fields,
    lv,
    require_head,
    require_zeros,
    take_fields,
    u8,
)
from client.sealing.errors import SealCode, SealError
from client.sealing.handshake import Random
from client.sealing.kdf import hkdf, same, stretch
from client.sealing.kept import Authorship, Proof, check_kept
from client.sealing.keys import SigningKey
from client.sealing.lock import LEAST_MEMORY, LEAST_PASSES
from client.sealing.objects import Purpose, read_object
from client.sealing.padme import padme
from client.sealing.statement import read_statement
from client.sealing.words import CHECK_BITS, read_words, require_check, with_check, write_words
from client.sealing.xwing import KemKey

HANDED_KIND = 16
PAGE = "/link/"
SECRET_BYTES = 32
WORDS = 5
CODE_BYTES = 7
# Five words have 55 bits: four are a check, the others stand at the beginning of the seven bytes.
_UNUSED = 5
_FIELDS = 5


@dataclass(frozen=True)
class SealedLink:
    """What a link says: a secret of 32 bytes, from which all else follows."""

    secret: bytes = field(repr=False)

    def url(self, origin: str) -> str:
        return f"{origin}{PAGE}#1.{b64u(self.secret)}"

    def _derived(self, what: str, length: int = 32) -> bytes:
        return hkdf(self.secret, b"", f"aparte/1 sealed link {what}", length)

    @property
    def place(self) -> bytes:
        """The id of the blob: 16 bytes."""
        return self._derived("place", 16)

    @property
    def reader(self) -> SigningKey:
        """What reads the blob."""
        return SigningKey(self._derived("read"))

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
    version, _, secret = fragment.partition(".")
    if version != "1":
        raise SealError(SealCode.BAD_LINK)
    try:
        return SealedLink(b64u_decode(secret, SECRET_BYTES))
    except SealError:
        raise SealError(SealCode.BAD_LINK) from None


def parse_sealed_url(url: str) -> tuple[str, SealedLink]:
    """Give the origin and the link. Raises `bad_link`."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        raise SealError(SealCode.BAD_LINK) from None
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path != PAGE:
        raise SealError(SealCode.BAD_LINK, "not a sealed link")
    return f"{parts.scheme}://{parts.netloc}", parse_sealed_fragment(parts.fragment)


def write_handed(proof: Proof, parts: list[bytes]) -> bytes:
    """The plaintext of a sealed link's blob."""
    beside = (proof.statement, proof.receipt, proof.record, proof.server, proof.registrar)
    raw = b"".join((u8(SUITE), u8(HANDED_KIND), lv(fields(*beside)), *parts))
    return raw.ljust(padme(len(raw)), b"\0")


def read_handed(
    raw: bytes, server: bytes, registrar: bytes | None
) -> tuple[Proof, list[bytes], Authorship]:
    """Take it apart, and check who wrote it.

    `server` and `registrar` are the keys of the server where it lay: whoever sealed it chose those
    that it brings. Raises `bad_suite`, `bad_form`, `wrong_host` for another server's papers,
    `wrong_registrar`, and what `check_kept` does.
    """
    require_head(raw, HANDED_KIND)
    (beside,), rest = take_fields(raw[2:], 1)
    items = all_fields(beside)
    if len(items) != _FIELDS:
        raise SealError(SealCode.BAD_FORM, "other than five fields")
    proof = Proof(*items)
    if not proof.record:
        raise SealError(SealCode.BAD_FORM, "nothing says who wrote it")
    if not same(proof.server, server):
        raise SealError(SealCode.WRONG_HOST, "another server's papers")
    if proof.registrar and proof.registrar != registrar:
        raise SealError(SealCode.WRONG_REGISTRAR)
    signed = read_object(Purpose.STATEMENT, proof.statement)
    parts: list[bytes] = []
    for part in read_statement(signed.payload).parts:
        if part.length > len(rest):
            raise SealError(SealCode.ALTERED, "a part is cut off")
        parts.append(rest[: part.length])
        rest = rest[part.length :]
    require_zeros(rest)
    return proof, parts, check_kept(proof, parts)
