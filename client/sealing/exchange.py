"""Hello and answer: how two sides agree on fresh traffic keys under a secret that they share.

Pure functions over bytes. Which secrets are current, and what is stored when, is session.py's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from client.sealing.encoding import SUITE, fields, require_head, sha256, u8
from client.sealing.errors import SealCode, SealError
from client.sealing.handshake import Random
from client.sealing.kdf import hkdf, mac, same

HELLO_KIND, ANSWER_KIND = 4, 5
SLOTS = 5
_SLOT_BYTES = 8 + 32
_HELLO_SIGNED = 2 + 1 + 32
HELLO_BYTES = _HELLO_SIGNED + SLOTS * _SLOT_BYTES
_ANSWER_SIGNED = 2 + 1 + 32 + 32
ANSWER_BYTES = _ANSWER_SIGNED + _SLOT_BYTES


class Side(IntEnum):
    HOST = 0
    GUEST = 1

    @property
    def peer(self) -> Side:
        return Side.GUEST if self is Side.HOST else Side.HOST


def _slot(root: bytes, label: str, signed: bytes) -> bytes:
    tag = hkdf(root, b"", "aparte/1 tag", 8)
    return tag + mac(hkdf(root, b"", "aparte/1 hello mac"), fields(label, signed))


def make_hello(side: Side, roots: Sequence[bytes], random: Random) -> bytes:
    """Write a hello for the current root and the pending ones, newest first (at most 5).

    Draws x (32 bytes), then 40 bytes for every slot left over.
    """
    signed = u8(SUITE) + u8(HELLO_KIND) + u8(side) + random(32)
    slots = [_slot(root, "aparte/1 hello", signed) for root in roots[:SLOTS]]
    slots += [random(_SLOT_BYTES) for _ in range(SLOTS - len(slots))]
    return signed + b"".join(slots)


def _require_side(frame: bytes, side: Side) -> None:
    if frame[2:3] != u8(side):
        raise SealError(SealCode.BAD_FORM, "a frame of the wrong side")


def read_hello(frame: bytes, sender: Side, roots: Sequence[bytes]) -> bytes:
    """Give the root, of our current and pending ones, under which a hello holds.

    Raises `bad_suite`, `bad_form`, or `bad_mac` if there is none.
    """
    require_head(frame, HELLO_KIND, HELLO_BYTES)
    _require_side(frame, sender)
    signed = frame[:_HELLO_SIGNED]
    ours = [(_slot(root, "aparte/1 hello", signed), root) for root in roots]
    for at in range(_HELLO_SIGNED, HELLO_BYTES, _SLOT_BYTES):
        theirs = frame[at : at + _SLOT_BYTES]
        for slot, root in ours:
            if same(slot, theirs):
                return root
    raise SealError(SealCode.BAD_MAC)


def make_answer(side: Side, hello: bytes, root: bytes, random: Random) -> bytes:
    """Write the answer to a hello under the root that it was found under. Draws y, 32 bytes."""
    signed = u8(SUITE) + u8(ANSWER_KIND) + u8(side) + sha256(hello) + random(32)
    return signed + _slot(root, "aparte/1 answer", signed)


def read_answer(frame: bytes, sender: Side, hello: bytes, roots: Sequence[bytes]) -> bytes:
    """Give the root, of those that our newest hello offered, under which an answer holds.

    Raises `bad_suite`, `bad_form`, `stale_exchange` (not to this hello), `bad_mac`.
    """
    require_head(frame, ANSWER_KIND, ANSWER_BYTES)
    _require_side(frame, sender)
    if not same(frame[3:35], sha256(hello)):
        raise SealError(SealCode.STALE_EXCHANGE)
    signed, theirs = frame[:_ANSWER_SIGNED], frame[_ANSWER_SIGNED:]
    for root in roots:
        if same(_slot(root, "aparte/1 answer", signed), theirs):
            return root
    raise SealError(SealCode.BAD_MAC)


@dataclass(frozen=True)
class Exchange:
    """What an exchange gives: its id, R′, and a traffic key per sending side."""

    id: bytes
    ratchet: bytes = field(repr=False)
    host_key: bytes = field(repr=False)
    guest_key: bytes = field(repr=False)

    def key(self, side: Side) -> bytes:
        return self.host_key if side is Side.HOST else self.guest_key


def derive(root: bytes, first: bytes, second: bytes) -> Exchange:
    """Derive from hello and answer, or from accept and open."""
    transcript = sha256(fields("aparte/1 exchange", first, second))
    host, guest = (
        hkdf(root, transcript, fields("aparte/1 traffic", u8(side)))
        for side in (Side.HOST, Side.GUEST)
    )
    return Exchange(transcript[:8], hkdf(root, transcript, "aparte/1 ratchet"), host, guest)
