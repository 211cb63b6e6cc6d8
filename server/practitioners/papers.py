"""What practitioners and the registrar sign, as far as a server reads it (docs/sealed-formats.md).

A server checks what it would not be believed without: who signed, and what follows what.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, Literal

import msgspec

from server.limits import CARD_BYTES, DEVICES
from server.requests.ed25519 import is_key, verifies
from server.requests.encoding import decode
from server.requests.refusals import Refused
from signaling.errors import ErrorCode
from signaling.wire import KEY_BYTES, fields

SIGNATURE_BYTES = 64
# What every client can count.
_MOST = 2**53 - 1
_HEAD = struct.Struct(">B32sQQB")
_ENTRY = struct.Struct(">32sQQ")
LIST_BYTES = _HEAD.size + DEVICES * _ENTRY.size + SIGNATURE_BYTES
# A payload, and what stands around it.
CARD_OBJECT_BYTES = CARD_BYTES + 2 + 4 + KEY_BYTES + 4 + SIGNATURE_BYTES


class Kind(IntEnum):
    """Whose key signs an object."""

    IDENTITY = 2
    REGISTRAR = 3


_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
_Text = Annotated[str, msgspec.Meta(max_length=120)]
_Language = Annotated[str, msgspec.Meta(pattern="^[a-z]{2,3}$")]


class CardText(msgspec.Struct):
    """The payload of a card."""

    v: Literal[1]
    version: Annotated[int, msgspec.Meta(ge=1, le=_MOST)]
    name: _Name
    profession: _Text
    speciality: _Text
    place: _Text
    languages: Annotated[list[_Language], msgspec.Meta(max_length=8)]
    listed: bool


class _AttestationText(msgspec.Struct):
    v: Literal[1]
    card: str


@dataclass(frozen=True, slots=True)
class Card:
    """`raw`: the whole signed object, `hash` its SHA-256."""

    raw: bytes
    identity: bytes
    text: CardText

    @property
    def hash(self) -> bytes:
        return hashlib.sha256(self.raw).digest()


@dataclass(frozen=True, slots=True)
class Attestation:
    """`card`: the SHA-256 of the card that was checked."""

    raw: bytes
    registrar: bytes
    card: bytes


@dataclass(frozen=True, slots=True)
class Device:
    """Unix seconds; `until` is 0 while the device is in force."""

    key: bytes
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Devices:
    """A practitioner's list. `raw` is what was signed."""

    raw: bytes
    identity: bytes
    version: int
    entries: tuple[Device, ...]

    @property
    def hash(self) -> bytes:
        return hashlib.sha256(self.raw).digest()


def read_card(raw: bytes) -> Card:
    """Raises `bad_request`, `bad_signature`."""
    identity, payload = _signed_object(b"aparte/1 card", Kind.IDENTITY, raw)
    try:
        text = msgspec.json.decode(payload, type=CardText)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        text = None
    if text is None or len(payload) > CARD_BYTES:
        raise Refused(ErrorCode.BAD_REQUEST, "The form of the card is wrong.")
    return Card(raw, identity, text)


def read_attestation(raw: bytes) -> Attestation:
    """Raises `bad_request`, `bad_signature`."""
    registrar, payload = _signed_object(b"aparte/1 attestation", Kind.REGISTRAR, raw)
    try:
        text = msgspec.json.decode(payload, type=_AttestationText)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Refused(ErrorCode.BAD_REQUEST, "The form of the attestation is wrong.") from None
    return Attestation(raw, registrar, decode(text.card, 32))


def registrar_of(raw: bytes) -> bytes:
    """Who signed an attestation that was read before."""
    return raw[6 : 6 + KEY_BYTES]


def text_of(raw: bytes) -> str:
    """What a card or an attestation says, for people: JSON, and nothing that moves a terminal."""
    start = 6 + KEY_BYTES + 4
    said = raw[start:-SIGNATURE_BYTES].decode("utf-8", "replace")
    return "".join(character for character in said if character.isprintable())


def read_devices(raw: bytes) -> Devices:
    """Raises `bad_request`, `bad_signature`."""
    wrong = Refused(ErrorCode.BAD_REQUEST, "The form of the list of devices is wrong.")
    if len(raw) < _HEAD.size:
        raise wrong
    one, identity, version, issued, count = _HEAD.unpack_from(raw)
    end = _HEAD.size + count * _ENTRY.size
    if one != 1 or not 1 <= count <= DEVICES or len(raw) != end + SIGNATURE_BYTES:
        raise wrong
    entries = tuple(Device(*entry) for entry in _ENTRY.iter_unpack(raw[_HEAD.size : end]))
    numbers = (version, issued, *(n for entry in entries for n in (entry.since, entry.until)))
    twice = len({entry.key for entry in entries}) < count
    if twice or version < 1 or max(numbers) > _MOST:
        raise wrong
    if not all(map(is_key, (identity, *(entry.key for entry in entries)))):
        raise wrong
    if not verifies(identity, fields(b"aparte/1 devices", raw[:end]), raw[end:]):
        sentence = "The signature of the list of devices does not hold."
        raise Refused(ErrorCode.BAD_SIGNATURE, sentence)
    return Devices(raw, identity, version, entries)


def _signed_object(label: bytes, kind: Kind, raw: bytes) -> tuple[bytes, bytes]:
    """The signer's key and the payload of a signed object whose signature holds."""
    wrong = Refused(
        ErrorCode.BAD_REQUEST, "This is no signed object of the kind that belongs here."
    )
    head = bytes([1, kind]) + KEY_BYTES.to_bytes(4, "big")
    start = len(head) + KEY_BYTES
    if not raw.startswith(head) or len(raw) < start + 4 + SIGNATURE_BYTES:
        raise wrong
    signer, payload = raw[len(head) : start], raw[start + 4 : -SIGNATURE_BYTES]
    if int.from_bytes(raw[start : start + 4], "big") != len(payload) or not is_key(signer):
        raise wrong
    said = fields(label, bytes([kind]), signer, payload)
    if not verifies(signer, said, raw[-SIGNATURE_BYTES:]):
        raise Refused(ErrorCode.BAD_SIGNATURE, "The signature of what was sent does not hold.")
    return signer, payload
