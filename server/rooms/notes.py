"""The notes between nodes, byte by byte.

    note = form (1) ‖ from (8) ‖ count (8) ‖ kind (1) ‖ link (8) ‖ rest

`from` is the node that says it, `count` goes up by one with each note between two nodes, `link`
names what is carried. ENTER carries the body of an OPEN; FRAME and TELL carry the type (1) and
peer (4) of a frame, and its body.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from signaling.wire import Open, Type, WireError

NODE_BYTES = 8
LINK_BYTES = 8
# Goes up whenever notes change: processes of two versions side by side do not hear each other.
_FORM = 1
_HEAD = struct.Struct(">B8sQB8s")
_FRAME = struct.Struct(">BI")


class Note(IntEnum):
    ENTER = 1
    FRAME = 2
    LEAVE = 3
    ENTERED = 4
    TELL = 5
    SHUT = 6
    CUT = 7
    BEAT = 8


class BadNote(ValueError):
    """Not a note of this form: another version's, or a stranger's on our bus."""


class Spoken(NamedTuple):
    """A frame, without the number of its channel."""

    kind: Type
    peer: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Heard:
    node: bytes
    count: int
    kind: Note
    link: bytes
    rest: Open | Spoken | None = None


def pack(node: bytes, count: int, kind: Note, link: bytes, rest: bytes = b"") -> bytes:
    return _HEAD.pack(_FORM, node, count, kind, link) + rest


def spoken(kind: Type, peer: int, body: bytes) -> bytes:
    """The rest of FRAME and TELL."""
    return _FRAME.pack(kind, peer) + body


def unpack(note: bytes) -> Heard:
    """Raises BadNote."""
    try:
        form, node, count, number, link = _HEAD.unpack_from(note)
        kind = Note(number)
        if form != _FORM:
            raise BadNote
        return Heard(node, count, kind, link, _rest(kind, note[_HEAD.size :]))
    except (struct.error, ValueError, WireError) as fault:
        raise BadNote from fault


def _rest(kind: Note, rest: bytes) -> Open | Spoken | None:
    if kind is Note.ENTER:
        return Open.unpack(rest)
    if kind in {Note.FRAME, Note.TELL}:
        of, peer = _FRAME.unpack_from(rest)
        return Spoken(Type(of), peer, rest[_FRAME.size :])
    return None
