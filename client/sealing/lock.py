"""The lock of a practitioner's device: one master, and what rests under it (Lock).

A passphrase alone protects only what lies on a device.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import IntEnum

from client.sealing.encoding import SUITE, fields, require_head, u8, u32
from client.sealing.errors import SealCode, SealError
from client.sealing.handshake import Random
from client.sealing.kdf import CHACHA, TAG_BYTES, ZERO_NONCE, hkdf, stretch

LOCK_KIND, RESTING_KIND = 14, 15
# Of Argon2id: KiB of memory, and passes over it. Anything less is refused.
LEAST_MEMORY, LEAST_PASSES = 65_536, 3
_MOST_MEMORY, _MOST_PASSES = 1_048_576, 16
_SALT, _WAY, _SEALED, _LONGEST_ID = 32, 3, 32 + TAG_BYTES, 1_023
_FIXED = _WAY + _SALT


class Kind(IntEnum):
    """What opens a lock."""

    PASSPHRASE = 1
    PASSKEY = 2


@dataclass(frozen=True)
class Passphrase:
    """A passphrase that is stretched so."""

    salt: bytes
    memory: int = LEAST_MEMORY
    passes: int = LEAST_PASSES

    def stretch(self, passphrase: str) -> bytes:
        """The secret that it gives: 32 bytes, slowly."""
        typed = unicodedata.normalize("NFKC", passphrase).encode()
        return stretch(typed, self.salt, self.memory, self.passes)

    @property
    def head(self) -> bytes:
        return _head(Kind.PASSPHRASE, self.salt) + u32(self.memory) + u32(self.passes)


@dataclass(frozen=True)
class Passkey:
    """The passkey with this id; its secret is what its PRF gives."""

    salt: bytes
    id: bytes = field(repr=False)

    @property
    def head(self) -> bytes:
        return _head(Kind.PASSKEY, self.salt) + self.id


Way = Passphrase | Passkey


def _head(kind: Kind, salt: bytes) -> bytes:
    return u8(SUITE) + u8(LOCK_KIND) + u8(kind) + salt


def seal_lock(way: Way, secret: bytes, master: bytes) -> bytes:
    """The master (32 bytes) under a secret of 32 bytes that the way gives. Raises `bad_form`."""
    head = way.head
    read_lock(head + bytes(_SEALED))
    return head + CHACHA.seal(_key(way, secret), ZERO_NONCE, head, master)


def read_lock(raw: bytes) -> Way:
    """What is to be asked for. Raises `bad_suite`, `bad_form` (also for what costs too little)."""
    require_head(raw, LOCK_KIND)
    if len(raw) <= _FIXED + _SEALED:
        raise SealError(SealCode.BAD_FORM, "a lock that is too short")
    salt, more = raw[_WAY:_FIXED], raw[_FIXED:-_SEALED]
    if raw[2] == Kind.PASSKEY:
        if len(more) > _LONGEST_ID:
            raise SealError(SealCode.BAD_FORM, "an id that is too long")
        return Passkey(salt, more)
    if raw[2] != Kind.PASSPHRASE or len(more) != 8:
        raise SealError(SealCode.BAD_FORM, "an unknown way")
    memory, passes = int.from_bytes(more[:4], "big"), int.from_bytes(more[4:], "big")
    if not (LEAST_MEMORY <= memory <= _MOST_MEMORY and LEAST_PASSES <= passes <= _MOST_PASSES):
        raise SealError(SealCode.BAD_FORM, "costs too little, or too much")
    return Passphrase(salt, memory, passes)


def open_lock(raw: bytes, secret: bytes) -> bytes:
    """The master. Raises as `read_lock` does, and `cannot_open` for another secret."""
    key = _key(read_lock(raw), secret)
    return CHACHA.open(key, ZERO_NONCE, raw[:-_SEALED], raw[-_SEALED:])


def _key(way: Way, secret: bytes) -> bytes:
    kind = Kind.PASSKEY if isinstance(way, Passkey) else Kind.PASSPHRASE
    return hkdf(secret, way.salt, fields("aparte/1 lock", u8(kind)))


def seal_resting(master: bytes, scope: str, name: str, secret: bytes, random: Random) -> bytes:
    """One thing that a device keeps, as it rests under the master."""
    salt = random(_SALT)
    sealed = CHACHA.seal(_resting_key(master, salt, scope, name), ZERO_NONCE, b"", secret)
    return u8(SUITE) + u8(RESTING_KIND) + salt + sealed


def open_resting(master: bytes, scope: str, name: str, raw: bytes) -> bytes:
    """Raises `bad_suite`, `bad_form`; `cannot_open` for another place or another master's."""
    require_head(raw, RESTING_KIND)
    end = 2 + _SALT
    if len(raw) < end + TAG_BYTES:
        raise SealError(SealCode.BAD_FORM, "shorter than its seal")
    key = _resting_key(master, raw[2:end], scope, name)
    return CHACHA.open(key, ZERO_NONCE, b"", raw[end:])


def _resting_key(master: bytes, salt: bytes, scope: str, name: str) -> bytes:
    return hkdf(master, salt, fields("aparte/1 resting", scope, name))
