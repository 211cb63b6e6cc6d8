"""Cells: versions in a signed chain, claims, and what the server accepted (protocol.md, 7)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from itertools import pairwise

from client.sealing.encoding import SUITE, sha256, take_fields
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import Signer, require_key, verify

LINK_BYTES = 250
VALUE_BYTES = 4_096
LINKS_AT_ONCE = 256
NOBODY = bytes(32)
_HEAD = struct.Struct(">B16s32s32s32sQB32s32s")
_ACCEPTED_BYTES, _CLAIMED_BYTES = 72, 200
_START = bytes(32)


@dataclass(frozen=True)
class CellKeys:
    """What never changes of a cell; a key of 32 zero bytes is nobody's."""

    id: bytes
    owner: bytes
    read: bytes = NOBODY
    claim: bytes = NOBODY

    @property
    def raw(self) -> bytes:
        return self.id + self.owner + self.read + self.claim


@dataclass(frozen=True)
class Seen:
    """The newest version that a reader remembers: `hash` is of its link."""

    version: int = 0
    hash: bytes = _START


@dataclass(frozen=True)
class Claimed:
    """Who claimed a cell, for which receipt, and when the server took it (Unix seconds).

    `raw` is all of it, as the server signed it.
    """

    claimant: bytes
    receipt: bytes
    at: int
    raw: bytes = field(repr=False)


@dataclass(frozen=True)
class CellState:
    """The newest version, checked. `accepted`: when the server took it (Unix seconds)."""

    value: bytes
    closed: bool
    accepted: int
    claimed: Claimed | None


@dataclass(frozen=True)
class Part:
    """What one answer showed. `gap`: links between are no longer kept, and went unchecked.

    `state` is None where more links follow: ask again, with `seen` remembered.
    """

    seen: Seen
    gap: bool
    state: CellState | None


def make_version(
    owner: Signer, keys: CellKeys, before: Seen, value: bytes, *, closed: bool = False
) -> tuple[bytes, Seen]:
    """The link and value that follow `before`, to be sent, and what to remember once accepted.

    Raises `too_long`.
    """
    if len(value) > VALUE_BYTES:
        raise SealError(SealCode.TOO_LONG)
    version = before.version + 1
    parts = (keys.id, keys.owner, keys.read, keys.claim, version, closed, before.hash)
    head = _HEAD.pack(SUITE, *parts, sha256(value))
    link = head + owner.sign("aparte/1 cell", head)
    return link + value, Seen(version, sha256(link))


def make_claim(claim_key: Signer, cell: bytes, claimant: bytes, receipt: bytes) -> bytes:
    """A claim by the holder of the claim key for `claimant` and a receipt's hash: 128 bytes."""
    return claimant + receipt + claim_key.sign("aparte/1 claim", cell, claimant, receipt)


def read_claimed(raw: bytes, keys: CellKeys, server: bytes) -> Claimed:
    """Raises `bad_form`, `bad_key`, `bad_signature`."""
    if len(raw) != _CLAIMED_BYTES:
        raise SealError(SealCode.BAD_FORM, "a claim of another length")
    claimant, receipt, time = raw[:32], raw[32:64], raw[128:136]
    require_key(claimant)
    verify(keys.claim, raw[64:128], "aparte/1 claim", keys.id, claimant, receipt)
    said = (keys.id, claimant, receipt, time)
    verify(server, raw[136:], "aparte/1 claim accepted", *said)
    return Claimed(claimant, receipt, int.from_bytes(time, "big"), raw)


def read_accepted(raw: bytes, seen: Seen, server: bytes) -> int:
    """When the server took that version, in Unix seconds. Raises `bad_form`, `bad_signature`."""
    if len(raw) != _ACCEPTED_BYTES:
        raise SealError(SealCode.BAD_FORM, "an acceptance of another length")
    verify(server, raw[8:], "aparte/1 cell accepted", seen.hash, raw[:8])
    return int.from_bytes(raw[:8], "big")


def read_part(body: bytes, keys: CellKeys, server: bytes, before: Seen) -> Part:
    """Check an answer about the links after the version before `before.version`.

    Raises `bad_form`, `bad_signature`, `altered`, `rolled_back`, `forked`.
    """
    (raw, accepted, claimed, value), rest = take_fields(body, 4)
    if rest or len(raw) % LINK_BYTES or len(raw) > LINKS_AT_ONCE * LINK_BYTES:
        raise SealError(SealCode.BAD_FORM, "an answer of another form")
    links = [_Link.read(raw[at : at + LINK_BYTES], keys) for at in range(0, len(raw), LINK_BYTES)]
    if not links:
        raise SealError(SealCode.ROLLED_BACK)
    gap = _require_begin(links[0], before)
    for last, link in pairwise(links):
        _require_follows(last, link)
    newest = links[-1]
    seen = Seen(newest.version, newest.hash)
    if len(links) == LINKS_AT_ONCE and not _is_accepted(accepted, seen, server):
        return Part(seen, gap, None)
    at = read_accepted(accepted, seen, server)
    if sha256(value) != newest.value_hash:
        raise SealError(SealCode.ALTERED)
    taken = read_claimed(claimed, keys, server) if claimed else None
    return Part(seen, gap, CellState(value, newest.closed, at, taken))


def owner_in(body: bytes) -> bytes:
    """Whom an answer names as the cell's owner, unchecked. Raises `rolled_back` without a link."""
    (raw, *_), _ = take_fields(body, 4)
    if len(raw) < LINK_BYTES:
        raise SealError(SealCode.ROLLED_BACK)
    return raw[17:49]


@dataclass(frozen=True)
class _Link:
    version: int
    closed: bool
    previous: bytes
    value_hash: bytes
    hash: bytes

    @classmethod
    def read(cls, raw: bytes, keys: CellKeys) -> _Link:
        """Raises `bad_form`, `bad_suite`, `bad_key`, `bad_signature`."""
        head = raw[: _HEAD.size]
        one, *ids, version, flags, previous, hashed = _HEAD.unpack(head)
        if one != SUITE:
            raise SealError(SealCode.BAD_SUITE)
        if b"".join(ids) != keys.raw or version < 1 or flags > 1:
            raise SealError(SealCode.BAD_FORM, "a link of another cell")
        verify(keys.owner, raw[_HEAD.size :], "aparte/1 cell", head)
        return cls(version, flags == 1, previous, hashed, sha256(raw))


def _require_begin(first: _Link, before: Seen) -> bool:
    """Whether links between what we remember and the first one are missing."""
    if before.version == 0:
        if first.version == 1 and first.previous != _START:
            raise SealError(SealCode.BAD_FORM, "a first version after another")
        return first.version > 1
    if first.version < before.version:
        raise SealError(SealCode.BAD_FORM, "links that were not asked for")
    if first.version == before.version and first.hash != before.hash:
        raise SealError(SealCode.FORKED)
    return first.version > before.version


def _require_follows(last: _Link, link: _Link) -> None:
    if link.version != last.version + 1 or link.previous != last.hash:
        raise SealError(SealCode.BAD_FORM, "links that do not follow each other")
    if last.closed:
        raise SealError(SealCode.BAD_FORM, "a version after the last one")


def _is_accepted(raw: bytes, seen: Seen, server: bytes) -> bool:
    try:
        read_accepted(raw, seen, server)
    except SealError:
        return False
    return True
