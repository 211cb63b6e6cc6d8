"""What an author signs about a document (Documents, Statement)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from client.sealing.dispensing import Dispensing, read_dispensing
from client.sealing.encoding import b64u, b64u_decode, is_time, json_bytes, json_object
from client.sealing.errors import SealCode, SealError
from client.sealing.profile import text_member

MAX_PARTS = 16
Kind = Literal["prescription", "file", "imaging", "report"]
_KINDS: tuple[Kind, ...] = get_args(Kind)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class PartInfo:
    """One part as its author describes it: `length` in bytes, `tree` over the plaintext."""

    name: str
    media: str
    length: int
    tree: bytes


@dataclass(frozen=True)
class Person:
    """An author or a subject: what is stated of them."""

    name: str
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Statement:
    kind: Kind
    issued: str
    random: bytes
    author: Person
    subject: Person | None
    parts: tuple[PartInfo, ...]
    # Of a prescription that is dispensed with a ticket.
    dispensing: Dispensing | None = None

    def encode(self) -> bytes:
        """The payload of the signed object. Raises `bad_form` for what no reader would take."""
        payload = json_bytes(
            {
                "v": 1,
                "kind": self.kind,
                "issued": self.issued,
                "random": b64u(self.random),
                "author": {"name": self.author.name, **self.author.details},
                "subject": self.subject and {"name": self.subject.name, **self.subject.details},
                "parts": [
                    {"name": p.name, "media": p.media, "length": p.length, "tree": b64u(p.tree)}
                    for p in self.parts
                ],
                **({"dispensing": self.dispensing.members()} if self.dispensing else {}),
            }
        )
        read_statement(payload)
        return payload


def _member(value: dict[str, Any], name: str) -> dict[str, Any]:
    found = value.get(name)
    if not isinstance(found, dict):
        raise SealError(SealCode.BAD_FORM, f"{name} is not an object")
    return found


def bytes_member(value: dict[str, Any], name: str, length: int) -> bytes:
    return b64u_decode(text_member(value, name, 4 * length), length)


def natural_member(value: dict[str, Any], name: str) -> int:
    found = value.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < 2**53:
        raise SealError(SealCode.BAD_FORM, f"{name} is not a length")
    return found


def parts_member(value: dict[str, Any]) -> list[dict[str, Any]]:
    found = value.get("parts")
    if not isinstance(found, list) or not 1 <= len(found) <= MAX_PARTS:
        raise SealError(SealCode.BAD_FORM, "a list of 1 to 16 parts is wanted")
    if not all(isinstance(part, dict) for part in found):
        raise SealError(SealCode.BAD_FORM, "a part is not an object")
    return found


def versioned(payload: bytes) -> dict[str, Any]:
    value = json_object(payload)
    if value.get("v") != 1 or isinstance(value.get("v"), bool):
        raise SealError(SealCode.BAD_SUITE)
    return value


def _person(value: dict[str, Any], details: tuple[str, ...]) -> Person:
    given = {name: text_member(value, name, 200) for name in details if name in value}
    name = text_member(value, "name", 200)
    if not name:
        raise SealError(SealCode.BAD_FORM, "a person without a name")
    return Person(name, given)


def _text(value: dict[str, Any], name: str, holds: Callable[[str], object]) -> str:
    found = text_member(value, name, 40)
    if not holds(found):
        raise SealError(SealCode.BAD_FORM, f"{name} has another form")
    return found


def _kind(value: dict[str, Any]) -> Kind:
    found = value.get("kind")
    for kind in _KINDS:
        if found == kind:
            return kind
    raise SealError(SealCode.BAD_FORM, "a document of an unknown kind")


def read_statement(payload: bytes) -> Statement:
    """Read a statement's payload, its signature being checked elsewhere.

    Raises `bad_form`, or `bad_suite` for another version.
    """
    value = versioned(payload)
    subject = None
    if value.get("subject") is not None:
        stated = _member(value, "subject")
        if "birth" in stated:
            _text(stated, "birth", _DATE.fullmatch)
        subject = _person(stated, ("birth", "sex"))
    kind, dispensing = _kind(value), None
    if "dispensing" in value:
        dispensing = read_dispensing(value["dispensing"])
        if kind != "prescription":
            raise SealError(SealCode.BAD_FORM, "only prescriptions are dispensed")
    return Statement(
        kind=kind,
        issued=_text(value, "issued", is_time),
        random=bytes_member(value, "random", 32),
        author=_person(_member(value, "author"), ("profession", "speciality", "rpps")),
        subject=subject,
        parts=tuple(
            PartInfo(
                text_member(part, "name", 200),
                text_member(part, "media", 100),
                natural_member(part, "length"),
                bytes_member(part, "tree", 32),
            )
            for part in parts_member(value)
        ),
        dispensing=dispensing,
    )
