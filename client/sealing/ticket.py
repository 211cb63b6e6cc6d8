"""The ticket of a prescription: who holds it may read it, and dispense it (Dispensing)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from client.sealing.cell import CellKeys
from client.sealing.derived import Derived
from client.sealing.encoding import (
    SUITE,
    b64u,
    fields,
    lv,
    padded,
    require_head,
    require_zeros,
    sha256,
    take_fields,
    u8,
)
from client.sealing.errors import SealCode, SealError
from client.sealing.handshake import Random
from client.sealing.kdf import CHACHA, TAG_BYTES, ZERO_NONCE, hkdf
from client.sealing.keys import SigningKey
from client.sealing.our_links import read_fragment, split_url
from client.sealing.xwing import KemKey

PAGE = "/dispense/"
NOTE_KIND = 18
SECRET_BYTES = 32
_SALT = 32
_START = 2 + _SALT
# The larger fits into the value of a cell.
_SIZES = (1_024, 4_000)


@dataclass(frozen=True)
class Ticket(Derived):
    """T, in a QR code. `place` is the prescription's; `reader` reads the cells too."""

    LABEL: ClassVar[str] = "dispensing"

    def url(self, origin: str) -> str:
        return f"{origin}{PAGE}#1.{b64u(self.secret)}"

    @property
    def hash(self) -> bytes:
        """By which a statement names the ticket."""
        return sha256(fields("aparte/1 dispensing ticket", self.secret))

    @property
    def key(self) -> KemKey:
        """What opens the blob."""
        return KemKey(self._derived("key"))

    @property
    def claim(self) -> SigningKey:
        """What claims the cells."""
        return SigningKey(self._derived("claim"))

    @property
    def box(self) -> bytes:
        """The id of the mailbox where receipts lie: 16 bytes."""
        return self._derived("box", 16)

    @property
    def box_owner(self) -> SigningKey:
        return SigningKey(self._derived("box owner"))

    @property
    def append(self) -> SigningKey:
        """What adds a receipt to the mailbox."""
        return SigningKey(self._derived("append"))

    def cell(self, line: int, step: int, owner: bytes) -> CellKeys:
        """The cell of one step of a line; both count from 1."""
        info = fields("aparte/1 dispensing cell", u8(line), u8(step))
        place = hkdf(self.secret, b"", info, 16)
        return CellKeys(place, owner, self.reader.public, self.claim.public)

    def seal(self, place: bytes, plain: bytes, random: Random) -> bytes:
        """What lies at that place (a cell's or the mailbox's id). Draws 32 bytes.

        Raises `too_long`.
        """
        start = u8(SUITE) + u8(NOTE_KIND) + random(_SALT)
        body = padded(lv(plain), _SIZES)
        return start + CHACHA.seal(self._note_key(start, place), ZERO_NONCE, start, body)

    def open(self, place: bytes, sealed: bytes) -> bytes:
        """Raises `bad_suite`, `bad_form`, `cannot_open`."""
        require_head(sealed, NOTE_KIND)
        if len(sealed) < _START + TAG_BYTES:
            raise SealError(SealCode.BAD_FORM, "a note cut short")
        start = sealed[:_START]
        key = self._note_key(start, place)
        (plain,), rest = take_fields(CHACHA.open(key, ZERO_NONCE, start, sealed[_START:]), 1)
        require_zeros(rest)
        return plain

    def _note_key(self, start: bytes, place: bytes) -> bytes:
        return hkdf(self.secret, start[2:], fields("aparte/1 dispensing note", place))


def parse_ticket_fragment(fragment: str) -> Ticket:
    """Read what follows the `#`. Raises `bad_link`."""
    return Ticket(read_fragment(fragment, SECRET_BYTES))


def parse_ticket_url(url: str) -> tuple[str, Ticket]:
    """Give the origin and the ticket. Raises `bad_link`."""
    origin, fragment = split_url(url, PAGE)
    return origin, parse_ticket_fragment(fragment)
