"""A permit to send files, which a practice gives to somebody (Permits)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from client.sealing.derived import Derived
from client.sealing.encoding import b64u, fields, sha256, u8, u64
from client.sealing.errors import SealCode, SealError
from client.sealing.kdf import hkdf
from client.sealing.our_links import read_fragment, split_url
from client.sealing.xwing import KemKey

PAGE = "/send/"
SECRET_BYTES = 32
# What a voucher of a link pays for: the blob that the link opens.
LINK_BYTES = 256 * 1024
# And the one of the practice's papers.
PAPERS_BYTES = 64 * 1024
MOST_LINKS = 8
_PRACTICE_BYTES = 16
_NOBODY = bytes(_PRACTICE_BYTES)
_LENGTH = SECRET_BYTES + 8 + 8 + 1 + _PRACTICE_BYTES
_MOST = 2**53


def practice_of(identity: bytes) -> bytes:
    """By which a permit names whose it is: 16 bytes."""
    return sha256(fields("aparte/1 permit of", identity))[:_PRACTICE_BYTES]


@dataclass(frozen=True)
class Permit(Derived):
    """Pays for files of `size` bytes, as they are stored, until `until` (Unix seconds).

    And for so many `links` to them. `practice` is whose papers lie there, as `practice_of` gives
    it; nothing where none do, and what is sent goes to nobody by itself.
    """

    LABEL: ClassVar[str] = "permit"

    size: int
    until: int
    links: int = 1
    practice: bytes = b""

    def url(self, origin: str) -> str:
        numbers = u64(self.size) + u64(self.until) + u8(self.links)
        said = self.secret + numbers + (self.practice or _NOBODY)
        return f"{origin}{PAGE}#1.{b64u(said)}"

    def _voucher(self, number: int) -> bytes:
        return hkdf(self.secret, b"", fields("aparte/1 sending voucher", u8(number)))

    @property
    def files(self) -> bytes:
        """The voucher that pays for the files."""
        return self._voucher(1)

    def link(self, number: int) -> bytes:
        """The voucher that pays for the blob of a link, the first of which is 1."""
        return self._voucher(1 + number)

    @property
    def vouchers(self) -> dict[bytes, int]:
        """All of them, and how many bytes each pays for; that of the files is the first."""
        links = {self.link(number): LINK_BYTES for number in range(1, self.links + 1)}
        return {self.files: self.size} | links

    @property
    def id(self) -> bytes:
        """By which letters name it: 16 bytes. Who knows it can not send with it."""
        return self._derived("id", 16)

    @property
    def key(self) -> KemKey:
        """What opens the practice's papers."""
        return KemKey(self._derived("key"))


def parse_permit_fragment(fragment: str) -> Permit:
    """Read what follows the `#`. Raises `bad_link`."""
    raw = read_fragment(fragment, _LENGTH)
    numbers, practice = raw[SECRET_BYTES:-_PRACTICE_BYTES], raw[-_PRACTICE_BYTES:]
    size, until = (int.from_bytes(numbers[at : at + 8], "big") for at in (0, 8))
    links = numbers[16]
    if not 0 < size < _MOST or not 0 < until < _MOST or not 1 <= links <= MOST_LINKS:
        raise SealError(SealCode.BAD_LINK)
    whose = b"" if practice == _NOBODY else practice
    return Permit(raw[:SECRET_BYTES], size, until, links, whose)


def parse_permit_url(url: str) -> tuple[str, Permit]:
    """Give the origin and the permit. Raises `bad_link`."""
    origin, fragment = split_url(url, PAGE)
    return origin, parse_permit_fragment(fragment)
