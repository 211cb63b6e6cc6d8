"""What passes between two screens with a code (Adding a device, Helpers)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from client.sealing.encoding import (
    SUITE,
    b64u,
    b64u_decode,
    fields,
    lv,
    padded,
    require_head,
    require_zeros,
    sha256,
    take_fields,
    u8,
    utf16_units,
)
from client.sealing.errors import SealCode, SealError
from client.sealing.handshake import Random
from client.sealing.kdf import CHACHA, TAG_BYTES, ZERO_NONCE, hkdf
from client.sealing.keys import KEY_BYTES, SIGNATURE_BYTES, Signer, SigningKey, require_key, verify
from client.sealing.xwing import PUBLIC_BYTES

REQUEST_KIND, REPLY_KIND = 12, 13
LABEL_UNITS = 40
RANDOM_BYTES = 32
BODY_BYTES = 1_536
REQUEST_BYTES = 2 + RANDOM_BYTES + BODY_BYTES + TAG_BYTES
REPLY_BYTES = 2 + 2 * RANDOM_BYTES + SIGNATURE_BYTES
_START = 2 + RANDOM_BYTES
_SIGNED = KEY_BYTES + PUBLIC_BYTES


class Use(StrEnum):
    """What a link is for: a device more, asking for help, or getting back what a helper has."""

    ADD = "add"
    HELP = "help"
    BACK = "back"

    def label(self, what: str) -> str:
        """Of what is signed or derived."""
        return f"aparte/1 {self.value} {what}"


class Direction(IntEnum):
    """Where a mailbox of the two leads."""

    ASKING = 0
    ANSWERING = 1


@dataclass(frozen=True)
class AddingLink:
    """What the QR holds: S, and the public key of who shows it, 32 bytes each."""

    secret: bytes = field(repr=False)
    adder: bytes
    use: Use = Use.ADD

    def fragment(self) -> str:
        """What stands behind the `#`."""
        return ".".join((f"{self.use.value}=1", b64u(self.secret), b64u(self.adder)))

    def _derived(self, what: str, direction: Direction, length: int = 32) -> bytes:
        return hkdf(self.secret, b"", fields(self.use.label(what), u8(direction)), length)

    def place(self, direction: Direction) -> bytes:
        """The id of a mailbox: 16 bytes."""
        return self._derived("place", direction, 16)

    def owner(self, direction: Direction) -> SigningKey:
        """What reads a mailbox."""
        return SigningKey(self._derived("owner", direction))

    def append(self, direction: Direction) -> SigningKey:
        """What writes to a mailbox."""
        return SigningKey(self._derived("append", direction))


_USES = {f"{use.value}=1": use for use in Use}


def parse_adding(fragment: str) -> AddingLink:
    """Read a fragment, without or with its `#`. Raises `bad_link`, or `bad_key` for the adder's."""
    parts = fragment.removeprefix("#").split(".")
    use = _USES.get(parts[0])
    if len(parts) != 3 or use is None:
        raise SealError(SealCode.BAD_LINK)
    try:
        secret, adder = (b64u_decode(part, KEY_BYTES) for part in parts[1:])
    except SealError:
        raise SealError(SealCode.BAD_LINK) from None
    require_key(adder)
    return AddingLink(secret, adder, use)


@dataclass(frozen=True)
class Request:
    """`device`: Ed25519, `seal`: X-Wing public key; `label` is what who asks calls the device."""

    device: bytes
    seal: bytes
    label: str
    raw: bytes
    use: Use = Use.ADD


def make_request(
    link: AddingLink, device: Signer, seal: bytes, label: str, random: Random
) -> Request:
    """What the new device asks with. Draws 32 bytes. Raises `too_long`."""
    if utf16_units(label) > LABEL_UNITS:
        raise SealError(SealCode.TOO_LONG, "a device's name")
    chance, named = random(RANDOM_BYTES), label.encode("utf-8")
    signature = device.sign(link.use.label("request"), link.secret, link.adder, chance, seal, named)
    body = padded(device.public + seal + signature + lv(named), (BODY_BYTES,))
    start = u8(SUITE) + u8(REQUEST_KIND) + chance
    raw = start + CHACHA.seal(_request_key(link, chance), ZERO_NONCE, start, body)
    return Request(device.public, seal, label, raw, link.use)


def read_request(link: AddingLink, raw: bytes) -> Request:
    """Raises `bad_suite`, `bad_form`, `cannot_open` for another S, `bad_key`, `bad_signature`."""
    require_head(raw, REQUEST_KIND, REQUEST_BYTES)
    start, chance = raw[:_START], raw[2:_START]
    body = CHACHA.open(_request_key(link, chance), ZERO_NONCE, start, raw[_START:])
    device, seal = body[:KEY_BYTES], body[KEY_BYTES:_SIGNED]
    signature, rest = body[_SIGNED:][:SIGNATURE_BYTES], body[_SIGNED + SIGNATURE_BYTES :]
    (named,), zeros = take_fields(rest, 1)
    require_zeros(zeros)
    try:
        label = named.decode("utf-8")
    except UnicodeDecodeError:
        raise SealError(SealCode.BAD_FORM, "a name that is not UTF-8") from None
    if utf16_units(label) > LABEL_UNITS:
        raise SealError(SealCode.BAD_FORM, "a name is too long")
    request = link.use.label("request")
    verify(device, signature, request, link.secret, link.adder, chance, seal, named)
    return Request(device, seal, label, raw, link.use)


def _request_key(link: AddingLink, chance: bytes) -> bytes:
    """Drawn for each request: several are made with one S."""
    return hkdf(link.secret, chance, link.use.label("request"))


def make_reply(adder: Signer, request: Request, chance: bytes) -> bytes:
    """The answer to the one request of a link; `chance` is drawn once for the link, 32 bytes."""
    signed = u8(SUITE) + u8(REPLY_KIND) + sha256(request.raw) + chance
    return signed + adder.sign(request.use.label("reply"), signed)


def read_reply(link: AddingLink, request: Request, raw: bytes) -> str:
    """The code to show.

    Raises `bad_suite`, `bad_form`, `bad_signature`, or `wrong_recipient` for an answer to somebody
    else's request.
    """
    require_head(raw, REPLY_KIND, REPLY_BYTES)
    verify(link.adder, raw[-SIGNATURE_BYTES:], link.use.label("reply"), raw[:-SIGNATURE_BYTES])
    if raw[2 : 2 + RANDOM_BYTES] != sha256(request.raw):
        raise SealError(SealCode.WRONG_RECIPIENT)
    return code_of(link, request, raw[2 + RANDOM_BYTES : -SIGNATURE_BYTES])


def code_of(link: AddingLink, request: Request, chance: bytes) -> str:
    """Six digits, which both screens know and the person carries from one to the other."""
    drawn = hkdf(link.secret + chance, sha256(request.raw), link.use.label("code"), 8)
    return f"{int.from_bytes(drawn, 'big') % 1_000_000:06d}"
