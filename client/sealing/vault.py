"""Vaults: records that the devices of one person share, sealed at a server (Vaults)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise

from client.sealing.cell import NOBODY, CellKeys
from client.sealing.certificate import Certificate
from client.sealing.encoding import (
    SUITE,
    b64u,
    b64u_decode,
    fields,
    json_bytes,
    json_object,
    padded,
    require_head,
    require_zeros,
    sha256,
    u8,
    u32,
    u64,
)
from client.sealing.errors import SealCode, SealError
from client.sealing.handshake import Random
from client.sealing.kdf import CHACHA, TAG_BYTES, ZERO_NONCE, hkdf
from client.sealing.keys import KEY_BYTES, Signer, SigningKey
from client.sealing.letter import open_letter, seal_letter
from client.sealing.objects import Purpose, SignedObject, read_object, sign_object
from client.sealing.profile import text_member
from client.sealing.xwing import Encapsulate, KemKey, encapsulate

HEAD_KIND = 11
RECORDS = 4_096
KIND_UNITS = 20
SIZES = (4_096, 16_384, 65_536, 262_144, 1_048_576)
ID_BYTES = 16
_SALT, _HASH, _LENGTH_BYTES = 32, 32, 4
_MOST = 2**53 - 1
_BODY = 1 + ID_BYTES + 8 + _HASH
HEAD_BYTES = 2 + _SALT + _BODY + TAG_BYTES


@dataclass(frozen=True)
class VaultKey:
    """V, 32 bytes, and everything that follows from it."""

    secret: bytes = field(repr=False)

    @property
    def place(self) -> bytes:
        """The id of the cell: 16 bytes."""
        return hkdf(self.secret, b"", "aparte/1 vault place", ID_BYTES)

    @property
    def owner(self) -> SigningKey:
        """What writes the cell and the blobs."""
        return SigningKey(hkdf(self.secret, b"", "aparte/1 vault owner"))

    @property
    def reader(self) -> SigningKey:
        """What reads them."""
        return SigningKey(hkdf(self.secret, b"", "aparte/1 vault read"))

    @property
    def cell(self) -> CellKeys:
        """The cell's keys; nobody claims it."""
        return CellKeys(self.place, self.owner.public, self.reader.public, NOBODY)

    def head_key(self, salt: bytes, version: int) -> bytes:
        """Of one version's head: a server that moves it to another version is found out."""
        info = fields("aparte/1 vault head", self.place, u64(version))
        return hkdf(self.secret, salt, info)

    def page_key(self, salt: bytes, blob: bytes) -> bytes:
        return hkdf(self.secret, salt, fields("aparte/1 vault page", blob))


class HeadKind(IntEnum):
    """What the blob of a head is."""

    PAGE = 0
    MOVED = 1


@dataclass(frozen=True)
class Head:
    """Where the newest state lies: `length` and `hash` (SHA-256) are of the blob's first bytes.

    `salt` is 32 bytes drawn for this version.
    """

    kind: HeadKind
    salt: bytes
    blob: bytes
    length: int
    hash: bytes

    def require(self, blob: bytes) -> bytes:
        """The blob's bytes without what pads them. Raises `altered` where they are others."""
        held = blob[: self.length]
        if len(held) != self.length or sha256(held) != self.hash:
            raise SealError(SealCode.ALTERED, "another blob than the head tells of")
        return held


def head_of(kind: HeadKind, salt: bytes, blob_id: bytes, blob: bytes) -> Head:
    """The head that tells of these sealed bytes."""
    return Head(kind, salt, blob_id, len(blob), sha256(blob))


def seal_head(key: VaultKey, version: int, head: Head) -> bytes:
    """The value of that version of the cell: 107 bytes."""
    start = u8(SUITE) + u8(HEAD_KIND) + head.salt
    body = u8(head.kind) + head.blob + u64(head.length) + head.hash
    return start + CHACHA.seal(key.head_key(head.salt, version), ZERO_NONCE, start, body)


def open_head(key: VaultKey, version: int, raw: bytes) -> Head:
    """Raises `bad_suite`, `bad_form`, `cannot_open`: also of another version of the cell."""
    require_head(raw, HEAD_KIND, HEAD_BYTES)
    start, sealed = raw[: 2 + _SALT], raw[2 + _SALT :]
    body = CHACHA.open(key.head_key(start[2:], version), ZERO_NONCE, start, sealed)
    length = int.from_bytes(body[1 + ID_BYTES : -_HASH], "big")
    if body[0] not in tuple(HeadKind) or not 1 <= length <= _MOST:
        raise SealError(SealCode.BAD_FORM, "a head of another kind")
    return Head(HeadKind(body[0]), start[2:], body[1 : 1 + ID_BYTES], length, body[-_HASH:])


@dataclass(frozen=True)
class Record:
    """`n` counts its changes, from 1; `data` is what its kind gives a meaning to, None: erased."""

    id: bytes
    n: int
    kind: str
    data: str | None = field(repr=False)

    def encode(self) -> bytes:
        return json_bytes(self.members())

    def members(self) -> dict[str, object]:
        return {"id": b64u(self.id), "n": self.n, "kind": self.kind, "data": self.data}


def merge(*states: Iterable[Record]) -> tuple[Record, ...]:
    """One state of several, in the order of the ids, whatever the order of the states."""
    newest: dict[bytes, Record] = {}
    for record in (record for state in states for record in state):
        before = newest.get(record.id)
        if before is None or (before.n, before.encode()) < (record.n, record.encode()):
            newest[record.id] = record
    return tuple(newest[each] for each in sorted(newest))


def write_records(records: Iterable[Record]) -> bytes:
    """Raises `bad_form` for what no reader would take, and `too_long` for too many of them."""
    members = [record.members() for record in records]
    if len(members) > RECORDS:
        raise SealError(SealCode.TOO_LONG, "more records than a page may have")
    data = json_bytes({"v": 1, "records": members})
    read_records(data)
    return data


def read_records(data: bytes) -> tuple[Record, ...]:
    """Raises `bad_suite`, `bad_form`."""
    value = json_object(data)
    if value.get("v") != 1 or isinstance(value.get("v"), bool):
        raise SealError(SealCode.BAD_SUITE)
    listed = value.get("records")
    if not isinstance(listed, list) or len(listed) > RECORDS:
        raise SealError(SealCode.BAD_FORM, "no list of records, or too many")
    records = tuple(_record(one) for one in listed)
    if any(one.id >= other.id for one, other in pairwise(records)):
        raise SealError(SealCode.BAD_FORM, "records out of order, or one twice")
    return records


def _record(value: object) -> Record:
    if not isinstance(value, dict):
        raise SealError(SealCode.BAD_FORM, "a record is not an object")
    number, data = value.get("n"), value.get("data", 0)
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= _MOST:
        raise SealError(SealCode.BAD_FORM, "a record counts from 1")
    if data is not None and not isinstance(data, str):
        raise SealError(SealCode.BAD_FORM, "a record's data is a text")
    record = Record(
        b64u_decode(text_member(value, "id", 22), ID_BYTES),
        number,
        text_member(value, "kind", KIND_UNITS),
        data,
    )
    try:
        record.encode()
    except UnicodeEncodeError:
        raise SealError(SealCode.BAD_FORM, "half a surrogate pair") from None
    if not record.kind:
        raise SealError(SealCode.BAD_FORM, "a record without a kind")
    return record


def seal_page(key: VaultKey, salt: bytes, blob: bytes, records: Iterable[Record]) -> bytes:
    """The blob of that id, to which a head with the same salt points.

    Raises as `write_records`, and `too_long`.
    """
    text = write_records(records)
    body = padded(u32(len(text)) + text, SIZES)
    return CHACHA.seal(key.page_key(salt, blob), ZERO_NONCE, b"", body)


def open_page(key: VaultKey, head: Head, blob: bytes) -> tuple[Record, ...]:
    """Raises `altered`, `bad_form`, `cannot_open`, `bad_suite`."""
    sealed = head.require(blob)
    if head.kind is not HeadKind.PAGE or len(sealed) - TAG_BYTES not in SIZES:
        raise SealError(SealCode.BAD_FORM, "no page")
    body = CHACHA.open(key.page_key(head.salt, head.blob), ZERO_NONCE, b"", sealed)
    end = _LENGTH_BYTES + int.from_bytes(body[:_LENGTH_BYTES], "big")
    if end > len(body):
        raise SealError(SealCode.BAD_FORM, "a length points past the end")
    require_zeros(body[end:])
    return read_records(body[_LENGTH_BYTES:end])


@dataclass(frozen=True)
class Moved:
    """The new vault, and the device that says so: the reader checks that it is in force."""

    key: VaultKey
    certificate: Certificate
    said: SignedObject


def seal_moved(
    old: VaultKey,
    new: VaultKey,
    recipients: list[bytes],
    device: Signer,
    certificate: Certificate,
    random: Random,
    kem: Encapsulate = encapsulate,
) -> bytes:
    """The letter of the last head, to the X-Wing keys of the devices that stay.

    Raises as `seal_letter`.
    """
    payload = json_bytes({"v": 1, "from": b64u(old.place), "vault": b64u(new.secret)})
    said = sign_object(Purpose.VAULT_MOVED, payload, device, certificate)
    return seal_letter(recipients, fields("vault", old.place), said, random, kem)


def open_moved(old: VaultKey, head: Head, seal: KemKey, blob: bytes) -> Moved:
    """What the letter says, and who says it.

    Raises `altered`, as `open_letter` and `read_object` do, and `bad_form`, `bad_suite`;
    `wrong_recipient` for what was said of another vault.
    """
    letter = head.require(blob)
    if head.kind is not HeadKind.MOVED:
        raise SealError(SealCode.BAD_FORM, "not moved")
    said = read_object(Purpose.VAULT_MOVED, open_letter(seal, fields("vault", old.place), letter))
    value = json_object(said.payload)
    if value.get("v") != 1 or isinstance(value.get("v"), bool):
        raise SealError(SealCode.BAD_SUITE)
    place = b64u_decode(text_member(value, "from", 22), ID_BYTES)
    new = VaultKey(b64u_decode(text_member(value, "vault", 43), KEY_BYTES))
    if said.certificate is None:
        raise SealError(SealCode.BAD_FORM, "not by a device")
    if place != old.place:
        raise SealError(SealCode.WRONG_RECIPIENT, "said of another vault")
    return Moved(new, said.certificate, said)
