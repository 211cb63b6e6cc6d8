"""The signed bytes of cells: links, claims, and what the server signs (docs/protocol.md, 7)."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

from server.limits import CELL_BYTES
from server.requests.ed25519 import is_key, verifies
from server.requests.refusals import Refused
from signaling.errors import ErrorCode
from signaling.wire import KEY_BYTES, fields

_LAYOUT = struct.Struct(">B16s32s32s32sQB32s32s64s")
LINK_BYTES = _LAYOUT.size
SIGNED_BYTES = LINK_BYTES - 64
_CLAIM = struct.Struct(">32s32s64s")
CLAIM_BYTES = _CLAIM.size
_LABEL = b"aparte/1 cell"
_CLAIM_LABEL = b"aparte/1 claim"
ACCEPTED = b"aparte/1 cell accepted"
CLAIM_ACCEPTED = b"aparte/1 claim accepted"
_CLOSED = 1
NOBODY = bytes(KEY_BYTES)
START = bytes(32)
# What fits into the database, and no cell ever reaches.
_MOST_VERSIONS = 2**62


def hash_of(link: bytes) -> bytes:
    """What the next link names."""
    return hashlib.sha256(link).digest()


@dataclass(frozen=True, slots=True)
class Link:
    """One version of a cell: `raw` is the link as it was signed, 250 bytes."""

    raw: bytes
    id: bytes
    owner: bytes
    read: bytes
    claim: bytes
    version: int
    closed: bool
    previous: bytes
    value_hash: bytes

    @property
    def hash(self) -> bytes:
        return hash_of(self.raw)


def read_version(body: bytes) -> tuple[Link, bytes]:
    """Take a link and its value apart. Raises `bad_request`, `bad_signature`."""
    if not LINK_BYTES <= len(body) <= LINK_BYTES + CELL_BYTES:
        sentence = f"The body should be a link of {LINK_BYTES} bytes, and a value."
        raise Refused(ErrorCode.BAD_REQUEST, sentence)
    raw, value = body[:LINK_BYTES], body[LINK_BYTES:]
    one, cell, owner, read, claim, version, flags, previous, hashed, signature = _LAYOUT.unpack(raw)
    keys = (owner, *(key for key in (read, claim) if key != NOBODY))
    if one != 1 or flags > _CLOSED or not all(map(is_key, keys)):
        raise Refused(ErrorCode.BAD_REQUEST, "The form of the link is wrong.")
    if not 1 <= version <= _MOST_VERSIONS or hashlib.sha256(value).digest() != hashed:
        raise Refused(ErrorCode.BAD_REQUEST, "The link is not of this value.")
    if not verifies(owner, fields(_LABEL, raw[:SIGNED_BYTES]), signature):
        raise Refused(ErrorCode.BAD_SIGNATURE, "The link's signature does not hold.")
    link = Link(raw, cell, owner, read, claim, version, bool(flags & 1), previous, hashed)
    return link, value


@dataclass(frozen=True, slots=True)
class Claim:
    """`raw`: claimant key, receipt hash and the signature with the claim key, 128 bytes."""

    raw: bytes
    claimant: bytes
    receipt: bytes


def read_claim(body: bytes, cell: bytes, claim_key: bytes) -> Claim:
    """Raises `bad_request`, `bad_signature`."""
    if len(body) != CLAIM_BYTES:
        raise Refused(ErrorCode.BAD_REQUEST, f"A claim has {CLAIM_BYTES} bytes.")
    claimant, receipt, signature = _CLAIM.unpack(body)
    if not is_key(claimant):
        raise Refused(ErrorCode.BAD_REQUEST, "The claimant is no Ed25519 key.")
    if not verifies(claim_key, fields(_CLAIM_LABEL, cell, claimant, receipt), signature):
        raise Refused(ErrorCode.BAD_SIGNATURE, "The claim's signature does not hold.")
    return Claim(body, claimant, receipt)
