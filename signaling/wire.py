"""The bytes of docs/protocol.md, section 2: frames and their bodies, packed and unpacked.

Pure, and shared by server and client. Whoever unpacks gets values of the documented lengths and
ranges, or a `WireError` that names the code to answer with; what keys and opaque parts mean is for
the caller to check.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

from signaling.errors import ErrorCode
from signaling.limits import ACCEPT_BYTES, FRAME_BYTES, INTRO_BYTES, PING_BYTES

__all__ = [
    "ACCEPT_BYTES",
    "FRAME_BYTES",
    "HASH_BYTES",
    "HEADER",
    "HOST_PEER",
    "ID_BYTES",
    "INTRO_BYTES",
    "KEY_BYTES",
    "NONCE_BYTES",
    "PING_BYTES",
    "PREKEY_BYTES",
    "SIGNATURE_BYTES",
    "SUBPROTOCOL",
    "VERSION",
    "Admit",
    "Error",
    "ErrorCode",
    "Frame",
    "Knock",
    "Member",
    "Open",
    "Opened",
    "Role",
    "State",
    "Type",
    "WireError",
    "accept",
    "exactly",
    "fields",
    "intro",
    "nothing",
    "open_bytes",
    "pack",
    "ping",
    "require",
    "switch",
    "take",
    "unpack",
]

SUBPROTOCOL = "aparte.1"
VERSION = 1
HOST_PEER = 0
ID_BYTES = 16
KEY_BYTES = 32
NONCE_BYTES = 32
HASH_BYTES = 32
SIGNATURE_BYTES = 64
PREKEY_BYTES = 1_216

# version, type, channel, peer
HEADER = struct.Struct(">BBII")
_MAX_U32 = 2**32 - 1
_OPEN = struct.Struct(">B16s32s32s32s64s64s")
_OPEN_LABEL = b"aparte/1 open"
_OPENED = struct.Struct(">BBBQ32s1216s")
_MEMBER = struct.Struct(">32sBBBB")
_ADMIT = struct.Struct(">B32s")
_ERROR = struct.Struct(">HBB")


class WireError(ValueError):
    """The sender's fault: these bytes are not what the protocol allows here."""

    def __init__(self, code: ErrorCode) -> None:
        super().__init__(str(code))
        self.code = code


class Type(IntEnum):
    HELLO = 0x01
    OPEN = 0x02
    OPENED = 0x03
    KNOCK = 0x04
    ADMIT = 0x05
    REFUSE = 0x06
    RELAY = 0x07
    LEAVE = 0x08
    SEND_BACK = 0x09
    LOCK = 0x0A
    SEAT = 0x0B
    END = 0x0C
    PRESENCE = 0x0D
    CLOSE = 0x0E
    ICE = 0x0F
    ERROR = 0x10
    PING = 0x11
    WATCH = 0x12
    CHANGED = 0x13


_TYPES = {int(kind): kind for kind in Type}
_CODES = {int(code): code for code in ErrorCode}


class Role(IntEnum):
    HOST = 0
    GUEST = 1


class State(IntEnum):
    NEW = 0
    WAITING = 1
    ADMITTED = 2
    HOST = 3


class Frame(NamedTuple):
    """A message of either direction. `body` is as its type says, unread."""

    type: Type
    channel: int
    peer: int
    body: bytes


def pack(kind: Type, channel: int, peer: int, body: bytes = b"") -> bytes:
    """Raises `frame_too_large`, and `bad_frame` for a channel or peer that is no 32-bit number."""
    if len(body) > FRAME_BYTES - HEADER.size:
        raise WireError(ErrorCode.FRAME_TOO_LARGE)
    if not (0 <= channel <= _MAX_U32 and 0 <= peer <= _MAX_U32):
        raise WireError(ErrorCode.BAD_FRAME)
    return HEADER.pack(VERSION, kind, channel, peer) + body


def unpack(data: bytes) -> Frame:
    """Raises `frame_too_large`, `bad_frame` or `bad_version`."""
    if len(data) > FRAME_BYTES:
        raise WireError(ErrorCode.FRAME_TOO_LARGE)
    if len(data) < HEADER.size:
        raise WireError(ErrorCode.BAD_FRAME)
    version, number, channel, peer = HEADER.unpack_from(data)
    if version != VERSION:
        raise WireError(ErrorCode.BAD_VERSION)
    kind = _TYPES.get(number)
    if kind is None:
        raise WireError(ErrorCode.BAD_FRAME)
    return Frame(kind, channel, peer, data[HEADER.size :])


def fields(*items: bytes) -> bytes:
    """Join items so that no two different lists give the same bytes: what is signed."""
    return b"".join(len(item).to_bytes(4, "big") + item for item in items)


def require(holds: bool) -> None:
    """Raises `bad_frame`."""
    if not holds:
        raise WireError(ErrorCode.BAD_FRAME)


def take(layout: struct.Struct, body: bytes) -> tuple[Any, ...]:
    """Unpack all of a body. Raises `bad_frame`."""
    require(len(body) == layout.size)
    return layout.unpack(body)


def _at_most(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise WireError(ErrorCode.FRAME_TOO_LARGE)
    return body


def nothing(body: bytes) -> None:
    """The body of a type that has none. Raises `bad_frame`, as all below do."""
    require(not body)


def exactly(body: bytes, length: int) -> bytes:
    """A nonce (HELLO) or a key (SEAT)."""
    require(len(body) == length)
    return body


def switch(body: bytes) -> bool:
    """One byte, `0` or `1`: LOCK, and PRESENCE about the host."""
    require(body in (b"\0", b"\1"))
    return body == b"\1"


def ping(body: bytes) -> bytes:
    require(len(body) <= PING_BYTES)
    return body


def intro(body: bytes) -> bytes:
    """KNOCK of a guest. Raises `frame_too_large` as well."""
    require(bool(body))
    return _at_most(body, INTRO_BYTES)


def accept(body: bytes) -> bytes:
    """ADMIT as the guest gets it. Raises `frame_too_large` as well."""
    require(bool(body))
    return _at_most(body, ACCEPT_BYTES)


def open_bytes(
    origin: str,
    role: Role,
    room: bytes,
    key: bytes,
    join_key: bytes,
    server_nonce: bytes,
    client_nonce: bytes,
) -> bytes:
    """What both signatures of an OPEN are made over (section 2.3). The host's join key is zeros."""
    parts = (bytes((role,)), room, key, join_key, server_nonce, client_nonce)
    return fields(_OPEN_LABEL, origin.encode(), *parts)


@dataclass(frozen=True, slots=True)
class Open:
    """OPEN. The host sends zeros for `join_key` and `join_signature`."""

    role: Role
    room: bytes
    key: bytes
    join_key: bytes
    client_nonce: bytes
    signature: bytes
    join_signature: bytes

    def pack(self) -> bytes:
        keys = (self.key, self.join_key, self.client_nonce)
        return _OPEN.pack(self.role, self.room, *keys, self.signature, self.join_signature)

    @classmethod
    def unpack(cls, body: bytes) -> Open:
        role, *rest = take(_OPEN, body)
        require(role in (Role.HOST, Role.GUEST))
        found = cls(Role(role), *rest)
        joins = any(found.join_key) or any(found.join_signature)
        require(found.role == Role.GUEST or not joins)
        return found

    def signed_bytes(self, origin: str, server_nonce: bytes) -> bytes:
        keys = (self.key, self.join_key)
        return open_bytes(origin, self.role, self.room, *keys, server_nonce, self.client_nonce)


@dataclass(frozen=True, slots=True)
class Opened:
    """OPENED. `seat_taken`: the seat belongs to another guest key. `expires` in Unix seconds."""

    state: State
    locked: bool
    seat_taken: bool
    host_connected: bool
    expires: int
    identity: bytes
    prekey: bytes

    def pack(self) -> bytes:
        flags = self.locked | self.seat_taken << 1
        head = (self.state, flags, self.host_connected, self.expires)
        return _OPENED.pack(*head, self.identity, self.prekey)

    @classmethod
    def unpack(cls, body: bytes) -> Opened:
        state, flags, host_connected, expires, identity, prekey = take(_OPENED, body)
        require(state <= State.HOST and flags <= 3 and host_connected <= 1)
        bits = (bool(flags & 1), bool(flags & 2), bool(host_connected))
        return cls(State(state), *bits, expires, identity, prekey)


@dataclass(frozen=True, slots=True)
class Member:
    """PRESENCE about a guest, and the head of KNOCK to the host."""

    key: bytes
    seat: int
    state: State
    connected: bool
    seat_taken: bool

    def pack(self) -> bytes:
        return _MEMBER.pack(self.key, self.seat, self.state, self.connected, self.seat_taken)

    @classmethod
    def unpack(cls, body: bytes) -> Member:
        key, seat, state, connected, flags = take(_MEMBER, body)
        require(state <= State.ADMITTED and connected <= 1 and flags <= 1)
        return cls(key, seat, State(state), bool(connected), bool(flags))


@dataclass(frozen=True, slots=True)
class Knock:
    """KNOCK as the host gets it."""

    member: Member
    intro: bytes

    def pack(self) -> bytes:
        return self.member.pack() + self.intro

    @classmethod
    def unpack(cls, body: bytes) -> Knock:
        return cls(Member.unpack(body[: _MEMBER.size]), intro(body[_MEMBER.size :]))


@dataclass(frozen=True, slots=True)
class Admit:
    """ADMIT as the host sends it. `take_over`: the seat is to change its owner."""

    take_over: bool
    intro_hash: bytes
    accept: bytes

    def pack(self) -> bytes:
        return _ADMIT.pack(self.take_over, self.intro_hash) + self.accept

    @classmethod
    def unpack(cls, body: bytes) -> Admit:
        flags, intro_hash = take(_ADMIT, body[: _ADMIT.size])
        require(flags <= 1)
        return cls(bool(flags), intro_hash, accept(body[_ADMIT.size :]))


@dataclass(frozen=True, slots=True)
class Error:
    """ERROR. `of` is the number of the type answered, `0` where no frame was.

    `fatal`: the channel is closed, on channel 0 the connection.
    """

    code: ErrorCode
    of: int
    fatal: bool

    def pack(self) -> bytes:
        return _ERROR.pack(self.code, self.of, self.fatal)

    @classmethod
    def unpack(cls, body: bytes) -> Error:
        code, of, fatal = take(_ERROR, body)
        require(code in _CODES and fatal <= 1)
        return cls(_CODES[code], of, bool(fatal))
