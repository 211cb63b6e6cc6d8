"""Keyrings: one root under pairs of means, none of which opens anything alone (Keyrings)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from client.sealing.encoding import (
    SUITE,
    b64u,
    b64u_decode,
    fields,
    is_time,
    json_bytes,
    json_object,
    padded,
    require_head,
    require_zeros,
    sha256,
    u8,
    u32,
)
from client.sealing.errors import SealCode, SealError
from client.sealing.handshake import Random
from client.sealing.kdf import CHACHA, TAG_BYTES, ZERO_NONCE, hkdf
from client.sealing.keys import SigningKey
from client.sealing.profile import text_member

RING_KIND = 10
MEANS, DEVICES = 4, 12
BODY_BYTES = 3_072
LABEL_UNITS = 20
_SALT, _TAG, _WRAPPED = 32, 8, 32 + TAG_BYTES
_FIXED = 2 + _SALT + 1
_LENGTH_BYTES = 4


class Kind(IntEnum):
    """What a secret is of. Of all but a device a cell follows from it."""

    SHEET = 1
    PASSKEY = 2
    HELPER = 3
    DEVICE = 4

    @property
    def length(self) -> int:
        """Bytes of its secret: what is printed has to be typed."""
        return 16 if self is Kind.SHEET else 32


@dataclass(frozen=True)
class Held:
    """A means or a device. `made` as in `2026-03-01T09:30:00Z`; `label` is for its owner."""

    kind: Kind
    secret: bytes = field(repr=False)
    label: str
    made: str

    def _derived(self, label: str, length: int = 32) -> bytes:
        return hkdf(self.secret, b"", fields(label, u8(self.kind)), length)

    @property
    def share(self) -> bytes:
        """Its half of what opens a ring: 32 bytes."""
        return self._derived("aparte/1 share")

    @property
    def place(self) -> bytes:
        """The id of its cell: 16 bytes."""
        return self._derived("aparte/1 ring place", 16)

    @property
    def reader(self) -> SigningKey:
        """What reads its cell."""
        return SigningKey(self._derived("aparte/1 ring read"))


@dataclass(frozen=True)
class Ring:
    """The root, the key of the vault (32 bytes each), and all that holds them.

    At least two means, then devices.
    """

    root: bytes = field(repr=False)
    vault: bytes = field(repr=False)
    held: tuple[Held, ...]

    @property
    def identity(self) -> SigningKey:
        """A practitioner's identity key."""
        return identity_of(self.root)

    def owner(self, place: bytes) -> SigningKey:
        """What writes the cell at a place."""
        return SigningKey(hkdf(self.root, place, "aparte/1 ring owner"))

    @property
    def means(self) -> tuple[Held, ...]:
        return tuple(one for one in self.held if one.kind is not Kind.DEVICE)

    def encode(self) -> bytes:
        """Raises `bad_form` for what no reader would take."""
        held = [
            {
                "kind": one.kind.name.lower(),
                "secret": b64u(one.secret),
                "label": one.label,
                "made": one.made,
            }
            for one in self.held
        ]
        data = json_bytes(
            {"v": 1, "root": b64u(self.root), "vault": b64u(self.vault), "held": held}
        )
        _read(data)
        return data


def identity_of(root: bytes) -> SigningKey:
    """A practitioner's identity key, which follows from their root."""
    return SigningKey(hkdf(root, b"", "aparte/1 identity"))


def seal_ring(ring: Ring, means: Held, random: Random) -> bytes:
    """The value of a means' cell: it opens with that means and any other of the ring, or a device.

    Draws a salt and a key, 32 bytes each. Raises `bad_form`, `too_long`.
    """
    text = ring.encode()
    if means not in ring.means:
        raise SealError(SealCode.BAD_FORM, "no means of this ring")
    body = padded(u32(len(text)) + text, (BODY_BYTES,))
    salt, key = random(_SALT), random(32)
    others = [one for one in ring.held if one != means]
    head = u8(SUITE) + u8(RING_KIND) + salt + u8(len(others))
    for other in others:
        pair = _pair(means.share, other.share, salt, means.place)
        head += _tag(pair) + CHACHA.seal(_wrap(pair), ZERO_NONCE, b"", key)
    return head + CHACHA.seal(_key(key), ZERO_NONCE, sha256(head), body)


def open_ring(raw: bytes, means: Held, other: Held) -> Ring:
    """Open what lies in a means' cell, with another means or a device.

    Raises `bad_suite`, `bad_form`, or `cannot_open` where the two are no pair of this ring.
    """
    require_head(raw, RING_KIND)
    count = int.from_bytes(raw[_FIXED - 1 : _FIXED], "big")
    end = _FIXED + count * (_TAG + _WRAPPED)
    if not 1 <= count < MEANS + DEVICES or len(raw) != end + BODY_BYTES + TAG_BYTES:
        raise SealError(SealCode.BAD_FORM, "a ring of another length")
    pair = _pair(means.share, other.share, raw[2 : 2 + _SALT], means.place)
    stanzas = raw[_FIXED:end]
    for at in range(0, len(stanzas), _TAG + _WRAPPED):
        if stanzas[at : at + _TAG] == _tag(pair):
            wrapped = stanzas[at + _TAG : at + _TAG + _WRAPPED]
            key = CHACHA.open(_wrap(pair), ZERO_NONCE, b"", wrapped)
            return _read_body(CHACHA.open(_key(key), ZERO_NONCE, sha256(raw[:end]), raw[end:]))
    raise SealError(SealCode.CANNOT_OPEN, "no pair of this ring")


def _pair(one: bytes, other: bytes, salt: bytes, place: bytes) -> bytes:
    """The same whichever of the two comes first."""
    return hkdf(b"".join(sorted((one, other))), salt, fields("aparte/1 pair of means", place))


def _tag(pair: bytes) -> bytes:
    return hkdf(pair, b"", "aparte/1 pair tag", _TAG)


def _wrap(pair: bytes) -> bytes:
    return hkdf(pair, b"", "aparte/1 pair wrap")


def _key(key: bytes) -> bytes:
    return hkdf(key, b"", "aparte/1 ring key")


def _read_body(body: bytes) -> Ring:
    end = _LENGTH_BYTES + int.from_bytes(body[:_LENGTH_BYTES], "big")
    if end > len(body):
        raise SealError(SealCode.BAD_FORM, "a length points past the end")
    require_zeros(body[end:])
    return _read(body[_LENGTH_BYTES:end])


def _read(data: bytes) -> Ring:
    value = json_object(data)
    if value.get("v") != 1 or isinstance(value.get("v"), bool):
        raise SealError(SealCode.BAD_SUITE)
    listed = value.get("held")
    if not isinstance(listed, list):
        raise SealError(SealCode.BAD_FORM, "nothing holds this ring")
    held = tuple(_held(one) for one in listed)
    devices = sum(one.kind is Kind.DEVICE for one in held)
    if not 2 <= len(held) - devices <= MEANS or devices > DEVICES:
        raise SealError(SealCode.BAD_FORM, "too few or too many hold this ring")
    if len({one.secret for one in held}) < len(held):
        raise SealError(SealCode.BAD_FORM, "a secret stands twice")
    root, vault = (b64u_decode(text_member(value, name, 43), 32) for name in ("root", "vault"))
    return Ring(root, vault, held)


def _held(value: object) -> Held:
    if not isinstance(value, dict):
        raise SealError(SealCode.BAD_FORM, "a means is not an object")
    try:
        kind = Kind[text_member(value, "kind", 16).upper()]
    except KeyError:
        raise SealError(SealCode.BAD_FORM, "an unknown kind of means") from None
    if kind.name.lower() != value["kind"]:
        raise SealError(SealCode.BAD_FORM, "an unknown kind of means")
    secret = b64u_decode(text_member(value, "secret", 43), kind.length)
    label, made = text_member(value, "label", LABEL_UNITS), text_member(value, "made", 20)
    if not is_time(made):
        raise SealError(SealCode.BAD_FORM, "not a moment")
    try:
        label.encode()
    except UnicodeEncodeError:
        raise SealError(SealCode.BAD_FORM, "half a surrogate pair") from None
    return Held(kind, secret, label, made)
