"""A permit to send files, which a practice gives to somebody (Permits)."""

from __future__ import annotations

from dataclasses import dataclass, field

from client.sealing.encoding import b64u, fields, u8, u64
from client.sealing.errors import SealCode, SealError
from client.sealing.kdf import hkdf
from client.sealing.our_links import read_fragment, split_url

PAGE = "/send/"
SECRET_BYTES = 32
# What the second voucher pays for: the blob that the link opens.
LINK_BYTES = 256 * 1024
_LENGTH = SECRET_BYTES + 8 + 8
_MOST = 2**53


@dataclass(frozen=True)
class Permit:
    """Pays for files of `size` bytes, as they are stored, until `until` (Unix seconds)."""

    size: int
    until: int
    secret: bytes = field(repr=False)

    def url(self, origin: str) -> str:
        said = self.secret + u64(self.size) + u64(self.until)
        return f"{origin}{PAGE}#1.{b64u(said)}"

    def _voucher(self, number: int) -> bytes:
        return hkdf(self.secret, b"", fields("aparte/1 sending voucher", u8(number)))

    @property
    def files(self) -> bytes:
        """The voucher that pays for the files."""
        return self._voucher(1)

    @property
    def link(self) -> bytes:
        """The voucher that pays for the blob of the link."""
        return self._voucher(2)


def parse_permit_fragment(fragment: str) -> Permit:
    """Read what follows the `#`. Raises `bad_link`."""
    raw = read_fragment(fragment, _LENGTH)
    numbers = raw[SECRET_BYTES:]
    size, until = (int.from_bytes(numbers[at : at + 8], "big") for at in (0, 8))
    if not 0 < size < _MOST or not 0 < until < _MOST:
        raise SealError(SealCode.BAD_LINK)
    return Permit(size, until, raw[:SECRET_BYTES])


def parse_permit_url(url: str) -> tuple[str, Permit]:
    """Give the origin and the permit. Raises `bad_link`."""
    origin, fragment = split_url(url, PAGE)
    return origin, parse_permit_fragment(fragment)
