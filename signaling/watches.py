"""The bytes of docs/protocol.md, section 2.6: watching a mailbox or a cell.

Pure, and shared by server and client, as `signaling/wire.py` is.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

from signaling.wire import fields, require, take

_WATCH = struct.Struct(">B16s32sQ32s64s")
_CHANGED = struct.Struct(">Q")
_LABEL = b"aparte/1 watch"


class Kind(IntEnum):
    """What can be watched."""

    MAILBOX = 1
    CELL = 2


def watch_bytes(
    origin: str, kind: Kind, identity: bytes, key: bytes, server_nonce: bytes, client_nonce: bytes
) -> bytes:
    """What the signature of a WATCH is made over. `identity`: the 16 bytes of an id."""
    parts = (bytes((kind,)), identity, key, server_nonce, client_nonce)
    return fields(_LABEL, origin.encode(), *parts)


@dataclass(frozen=True, slots=True)
class Watch:
    """WATCH. `known`: the last sequence number, or version, that the client has."""

    kind: Kind
    id: bytes
    key: bytes
    known: int
    client_nonce: bytes
    signature: bytes

    def pack(self) -> bytes:
        parts = (self.id, self.key, self.known, self.client_nonce, self.signature)
        return _WATCH.pack(self.kind, *parts)

    @classmethod
    def unpack(cls, body: bytes) -> Watch:
        """Raises `bad_frame`."""
        kind, *rest = take(_WATCH, body)
        require(kind in (Kind.MAILBOX, Kind.CELL))
        return cls(Kind(kind), *rest)

    def signed_bytes(self, origin: str, server_nonce: bytes) -> bytes:
        parts = (self.id, self.key, server_nonce, self.client_nonce)
        return watch_bytes(origin, self.kind, *parts)


@dataclass(frozen=True, slots=True)
class Changed:
    """CHANGED. `latest`: newest sequence number or version; `message`: of a mailbox, or empty."""

    latest: int
    message: bytes = b""

    def pack(self) -> bytes:
        return _CHANGED.pack(self.latest) + self.message

    @classmethod
    def unpack(cls, body: bytes) -> Changed:
        """Raises `bad_frame`."""
        (latest,) = take(_CHANGED, body[: _CHANGED.size])
        return cls(latest, body[_CHANGED.size :])
