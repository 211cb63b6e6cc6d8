"""A device more, between two screens of one person (Adding a device)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from client.sealing import certificate as certificates
from client.sealing.certificate import Certificate
from client.sealing.encoding import (
    SUITE,
    b64u,
    b64u_decode,
    fields,
    json_bytes,
    json_object,
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
from client.sealing.letter import open_letter, seal_letter
from client.sealing.xwing import PUBLIC_BYTES, Encapsulate, KemKey, encapsulate

REQUEST_KIND, REPLY_KIND = 12, 13
LABEL_UNITS = 40
RANDOM_BYTES = 32
BODY_BYTES = 1_536
REQUEST_BYTES = 2 + RANDOM_BYTES + BODY_BYTES + TAG_BYTES
REPLY_BYTES = 2 + 2 * RANDOM_BYTES + SIGNATURE_BYTES
_VERSION = "add=1"
_START = 2 + RANDOM_BYTES
_SIGNED = KEY_BYTES + PUBLIC_BYTES
_REQUEST, _REPLY, _GRANT = "aparte/1 add request", "aparte/1 add reply", "aparte/1 add grant"


class Direction(IntEnum):
    """Where a mailbox of the two leads."""

    ASKING = 0
    ANSWERING = 1


@dataclass(frozen=True)
class AddingLink:
    """What the QR holds: S, and the public key of who shows it, 32 bytes each."""

    secret: bytes = field(repr=False)
    adder: bytes

    def fragment(self) -> str:
        """What stands behind the `#`."""
        return ".".join((_VERSION, b64u(self.secret), b64u(self.adder)))

    def _derived(self, what: str, direction: Direction, length: int = 32) -> bytes:
        return hkdf(self.secret, b"", fields(f"aparte/1 add {what}", u8(direction)), length)

    def place(self, direction: Direction) -> bytes:
        """The id of a mailbox: 16 bytes."""
        return self._derived("place", direction, 16)

    def owner(self, direction: Direction) -> SigningKey:
        """What reads a mailbox."""
        return SigningKey(self._derived("owner", direction))

    def append(self, direction: Direction) -> SigningKey:
        """What writes to a mailbox."""
        return SigningKey(self._derived("append", direction))


def parse_adding(fragment: str) -> AddingLink:
    """Read a fragment, without or with its `#`. Raises `bad_link`, or `bad_key` for the adder's."""
    parts = fragment.removeprefix("#").split(".")
    if len(parts) != 3 or parts[0] != _VERSION:
        raise SealError(SealCode.BAD_LINK)
    try:
        secret, adder = (b64u_decode(part, KEY_BYTES) for part in parts[1:])
    except SealError:
        raise SealError(SealCode.BAD_LINK) from None
    require_key(adder)
    return AddingLink(secret, adder)


@dataclass(frozen=True)
class Request:
    """`device`: Ed25519, `seal`: X-Wing public key; `label` is what its owner calls the device."""

    device: bytes
    seal: bytes
    label: str
    raw: bytes


def make_request(
    link: AddingLink, device: Signer, seal: bytes, label: str, random: Random
) -> Request:
    """What the new device asks with. Draws 32 bytes. Raises `too_long`."""
    if utf16_units(label) > LABEL_UNITS:
        raise SealError(SealCode.TOO_LONG, "a device's name")
    chance, named = random(RANDOM_BYTES), label.encode("utf-8")
    signature = device.sign(_REQUEST, link.secret, link.adder, chance, seal, named)
    body = padded(device.public + seal + signature + lv(named), (BODY_BYTES,))
    start = u8(SUITE) + u8(REQUEST_KIND) + chance
    raw = start + CHACHA.seal(_request_key(link, chance), ZERO_NONCE, start, body)
    return Request(device.public, seal, label, raw)


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
    verify(device, signature, _REQUEST, link.secret, link.adder, chance, seal, named)
    return Request(device, seal, label, raw)


def _request_key(link: AddingLink, chance: bytes) -> bytes:
    """Drawn for each request: several are made with one S."""
    return hkdf(link.secret, chance, _REQUEST)


def make_reply(adder: Signer, request: Request, chance: bytes) -> bytes:
    """The answer to the one request of a link; `chance` is drawn once for the link, 32 bytes."""
    signed = u8(SUITE) + u8(REPLY_KIND) + sha256(request.raw) + chance
    return signed + adder.sign(_REPLY, signed)


def read_reply(link: AddingLink, request: Request, raw: bytes) -> str:
    """The code to show.

    Raises `bad_suite`, `bad_form`, `bad_signature`, or `wrong_recipient` for an answer to somebody
    else's request.
    """
    require_head(raw, REPLY_KIND, REPLY_BYTES)
    verify(link.adder, raw[-SIGNATURE_BYTES:], _REPLY, raw[:-SIGNATURE_BYTES])
    if raw[2 : 2 + RANDOM_BYTES] != sha256(request.raw):
        raise SealError(SealCode.WRONG_RECIPIENT)
    return code_of(link, request, raw[2 + RANDOM_BYTES : -SIGNATURE_BYTES])


def code_of(link: AddingLink, request: Request, chance: bytes) -> str:
    """Six digits, which both screens know and the person carries from one to the other."""
    drawn = hkdf(link.secret + chance, sha256(request.raw), "aparte/1 add code", 8)
    return f"{int.from_bytes(drawn, 'big') % 1_000_000:06d}"


@dataclass(frozen=True)
class PersonGrant:
    """The vault's key, 32 bytes."""

    vault: bytes = field(repr=False)

    def encode(self) -> bytes:
        return json_bytes({"v": 1, "t": "person", "vault": b64u(self.vault)})


@dataclass(frozen=True)
class PractitionerGrant:
    """`secret` is what the ring holds for the new device; keys are 32 bytes."""

    certificate: Certificate
    secret: bytes = field(repr=False)
    vault: bytes = field(repr=False)

    def encode(self) -> bytes:
        return json_bytes(
            {
                "v": 1,
                "t": "practitioner",
                "identity": b64u(self.certificate.identity),
                "certificate": b64u(self.certificate.raw),
                "secret": b64u(self.secret),
                "vault": b64u(self.vault),
            }
        )


Grant = PersonGrant | PractitionerGrant


def _context(request: Request) -> bytes:
    return fields("add", sha256(request.raw))


def make_grant(
    adder: Signer,
    request: Request,
    grant: Grant,
    random: Random,
    kem: Encapsulate = encapsulate,
) -> bytes:
    """What the new device gets once the person has typed its code. Raises `bad_key`."""
    content = grant.encode()
    signature = adder.sign(_GRANT, sha256(request.raw), content)
    return seal_letter([request.seal], _context(request), signature + content, random, kem)


def read_grant(link: AddingLink, request: Request, key: KemKey, raw: bytes) -> Grant:
    """Raises as `open_letter`, and `bad_signature`, `bad_form`, `wrong_recipient`, `wrong_host`."""
    message = open_letter(key, _context(request), raw)
    signature, content = message[:SIGNATURE_BYTES], message[SIGNATURE_BYTES:]
    verify(link.adder, signature, _GRANT, sha256(request.raw), content)
    value = json_object(content)
    if value.get("v") != 1 or isinstance(value.get("v"), bool):
        raise SealError(SealCode.BAD_SUITE)
    vault = _member(value, "vault", KEY_BYTES)
    match value.get("t"):
        case "person":
            return PersonGrant(vault)
        case "practitioner":
            secret = _member(value, "secret", KEY_BYTES)
            identity = _member(value, "identity", KEY_BYTES)
            certificate = certificates.read(_member(value, "certificate", None))
            if certificate.device != request.device:
                raise SealError(SealCode.WRONG_RECIPIENT, "another device's certificate")
            if certificate.identity != identity:
                raise SealError(SealCode.WRONG_HOST, "another practitioner's certificate")
            return PractitionerGrant(certificate, secret, vault)
        case _:
            raise SealError(SealCode.BAD_FORM, "a grant of another type")


def _member(value: dict[str, object], name: str, length: int | None) -> bytes:
    text = value.get(name)
    if not isinstance(text, str):
        raise SealError(SealCode.BAD_FORM, f"{name} is missing")
    return b64u_decode(text, length)
