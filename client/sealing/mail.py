"""What letters hold: JSON objects whose `t` names the type (Mail)."""

from __future__ import annotations

from dataclasses import dataclass, field

from client.sealing import sealed_link
from client.sealing.encoding import json_bytes, utf16_units
from client.sealing.forms import (
    Form,
    Value,
    is_bool,
    is_bytes,
    is_length,
    is_moment,
    is_text,
    is_vouchers,
    read_tagged,
)
from client.sealing.record import RECEIPT_BYTES

_ID = is_bytes(16)
# What comes with a document for whoever keeps it.
VOUCHERS = 4
# Of the name of files, in UTF-16 units.
NAME_CHARACTERS = 200
FORMS: dict[str, Form] = {
    "document": {
        "id": _ID,
        "at": is_moment,
        "statement": is_bytes(None),
        "envelope": is_bytes(None),
        "receipt?": is_bytes(RECEIPT_BYTES),
        "vouchers?": is_vouchers(VOUCHERS),
    },
    "delivered": {"document": _ID, "verified": is_bool},
    "opened": {"document": _ID},
    "moved": {"address": is_bytes(None)},
    "files": {
        "id": _ID,
        "at": is_moment,
        "link": is_bytes(sealed_link.SECRET_BYTES),
        "code": is_bytes(sealed_link.CODE_BYTES),
        "name": is_text(NAME_CHARACTERS),
        "size": is_length,
        "until": is_moment,
        "permit?": _ID,
        "vouchers?": is_vouchers(VOUCHERS),
    },
}


def shortened(name: str) -> str:
    """A name of files, of at most as many UTF-16 units as one may have."""
    while utf16_units(name) > NAME_CHARACTERS:
        name = name[:-1]
    return name


@dataclass(frozen=True)
class Mail:
    """A mail of a known type and form. `id`: of a document, or files."""

    type: str
    value: Value = field(repr=False)
    id: bytes | None = None

    def encode(self) -> bytes:
        """Raises `bad_message` for a wrong form."""
        data = json_bytes(self.value)
        parse(data)
        return data


def mail(type_: str, /, **members: object) -> Mail:
    """Build one of our own, to be encoded."""
    return Mail(type_, {"t": type_, **members})


def parse(data: bytes) -> Mail | None:
    """Read what a letter held; None for a type that is unknown here. Raises `bad_message`."""
    found = read_tagged(data, FORMS)
    return None if found is None else Mail(*found)
