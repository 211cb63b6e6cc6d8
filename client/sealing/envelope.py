"""What a sender puts a document in for one reader (Documents, Envelope)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from client.sealing.encoding import b64u, json_bytes
from client.sealing.errors import SealCode, SealError
from client.sealing.objects import SignedObject
from client.sealing.statement import (
    Statement,
    bytes_member,
    natural_member,
    parts_member,
    read_statement,
    versioned,
)
from client.sealing.ticket import Ticket


@dataclass(frozen=True)
class SealedPart:
    """Where a part's sealed bytes are: `length` and `hash` are theirs, `read` opens the blob."""

    blob: bytes
    length: int
    hash: bytes
    read: bytes = field(repr=False)

    def members(self) -> dict[str, object]:
        at = {"blob": b64u(self.blob), "read": b64u(self.read)}
        return at | {"length": self.length, "hash": b64u(self.hash)}


@dataclass(frozen=True)
class Leaves:
    """The sealed leaf hashes, behind the sealed bytes of their part: length and SHA-256."""

    length: int
    hash: bytes


@dataclass(frozen=True)
class StreamedPart:
    """Where a part is of which any chunk opens alone: no hash is over all of its sealed bytes."""

    blob: bytes
    length: int
    leaves: Leaves
    read: bytes = field(repr=False)

    def members(self) -> dict[str, object]:
        leaves = {"length": self.leaves.length, "hash": b64u(self.leaves.hash)}
        at = {"blob": b64u(self.blob), "read": b64u(self.read)}
        return at | {"length": self.length, "leaves": leaves}


@dataclass(frozen=True)
class Envelope:
    """A document on its way to one reader; `key` is the document key's X-Wing seed.

    With a ticket the reader may have a prescription dispensed.
    """

    statement: bytes
    to: bytes
    room: bytes
    parts: tuple[SealedPart | StreamedPart, ...]
    key: bytes = field(repr=False)
    ticket: Ticket | None = None

    def encode(self) -> bytes:
        return json_bytes(
            {
                "v": 1,
                "statement": b64u(self.statement),
                "to": b64u(self.to),
                "room": b64u(self.room),
                "key": b64u(self.key),
                "parts": [part.members() for part in self.parts],
                **({"ticket": b64u(self.ticket.secret)} if self.ticket else {}),
            }
        )


def read_part(value: dict[str, Any]) -> SealedPart:
    """Read a part that is checked as a whole: of an envelope, or of a photo. Raises `bad_form`."""
    return SealedPart(
        bytes_member(value, "blob", 16),
        natural_member(value, "length"),
        bytes_member(value, "hash", 32),
        bytes_member(value, "read", 32),
    )


def read_streamed(value: dict[str, Any]) -> StreamedPart:
    """Read a part of which any chunk opens alone. Raises `bad_form`."""
    leaves = value.get("leaves")
    if not isinstance(leaves, dict) or "hash" in value:
        raise SealError(SealCode.BAD_FORM, "either leaves or a hash is wanted")
    return StreamedPart(
        bytes_member(value, "blob", 16),
        natural_member(value, "length"),
        Leaves(natural_member(leaves, "length"), bytes_member(leaves, "hash", 32)),
        bytes_member(value, "read", 32),
    )


def read_envelope(payload: bytes) -> Envelope:
    """Read an envelope's payload, its signature being checked elsewhere. Raises `bad_form`."""
    value = versioned(payload)
    return Envelope(
        statement=bytes_member(value, "statement", 32),
        to=bytes_member(value, "to", 32),
        room=bytes_member(value, "room", 16),
        parts=tuple(
            read_streamed(part) if "leaves" in part else read_part(part)
            for part in parts_member(value)
        ),
        key=bytes_member(value, "key", 32),
        ticket=Ticket(bytes_member(value, "ticket", 32)) if "ticket" in value else None,
    )


def match(envelope: Envelope, statement: SignedObject, *, reader: bytes, room: bytes) -> Statement:
    """Check that an envelope is for this reader in this room, and holds this statement.

    Raises `wrong_recipient`, `wrong_statement`, or what `read_statement` raises.
    """
    if envelope.to != reader or envelope.room != room:
        raise SealError(SealCode.WRONG_RECIPIENT)
    if envelope.statement != statement.hash:
        raise SealError(SealCode.WRONG_STATEMENT)
    said = read_statement(statement.payload)
    if len(said.parts) != len(envelope.parts):
        raise SealError(SealCode.WRONG_STATEMENT, "another number of parts")
    if envelope.ticket:
        named = said.dispensing and said.dispensing.ticket
        if named != envelope.ticket.hash:
            raise SealError(SealCode.WRONG_STATEMENT, "another prescription's ticket")
    return said
