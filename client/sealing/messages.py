"""Messages inside data frames: JSON objects whose `t` names the type (Messages)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from client.sealing.encoding import (
    b64u_decode,
    is_time,
    json_bytes,
    json_object,
    utf16_units,
)
from client.sealing.errors import SealCode, SealError
from client.sealing.statement import read_part
from client.sealing.traffic import MESSAGE_BYTES

DURABLE = frozenset({"chat", "photo", "document", "opened", "hold", "bye", "roster"})
PASSING = frozenset({"sdp", "ice", "state"})
TEXT_CHARACTERS = 4000

Value = dict[str, Any]
Check = Callable[[Any], bool]


def _is_bytes(length: int | None) -> Check:
    def check(value: object) -> bool:
        if not isinstance(value, str):
            return False
        try:
            b64u_decode(value, length)
        except SealError:
            return False
        return True

    return check


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and utf16_units(value) <= TEXT_CHARACTERS


def _is_time(value: object) -> bool:
    return isinstance(value, str) and is_time(value)


def _is_description(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.get("type") in {"offer", "answer"}
        and isinstance(value.get("sdp"), str)
    )


def _is_candidate(value: object) -> bool:
    return value is None or (isinstance(value, dict) and isinstance(value.get("candidate"), str))


def _is_part(value: object) -> bool:
    try:
        read_part(value if isinstance(value, dict) else {})
    except SealError:
        return False
    return True


def _is_jpeg(value: object) -> bool:
    return value == "image/jpeg"


def _is_length(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


_ID = _is_bytes(16)
FORMS: dict[str, dict[str, Check]] = {
    "sdp": {"description": _is_description, "pc": _is_bytes(8)},
    "ice": {"candidate": _is_candidate, "pc": _is_bytes(8)},
    "state": {"audio": _is_bool, "video": _is_bool, "screen": _is_bool},
    "chat": {"id": _ID, "at": _is_time, "text": _is_text},
    "photo": {
        "id": _ID,
        "at": _is_time,
        "media": _is_jpeg,
        "part": _is_part,
        "key": _is_bytes(32),
        "tree": _is_bytes(32),
        "length": _is_length,
    },
    "document": {
        "id": _ID,
        "at": _is_time,
        "statement": _is_bytes(None),
        "envelope": _is_bytes(None),
    },
    "opened": {"id": _ID, "document": _ID, "verified": _is_bool},
    "hold": {"id": _ID},
    "bye": {"id": _ID},
    "roster": {"id": _ID, "roster": _is_bytes(None)},
}


@dataclass(frozen=True)
class Message:
    """A message of a known type and form; `id` is there for durable ones."""

    type: str
    value: Value = field(repr=False)
    id: bytes | None

    def encode(self) -> bytes:
        """Raises `bad_message` for a wrong form, `too_long` for what no frame holds."""
        data = json_bytes(self.value)
        if len(data) > MESSAGE_BYTES:
            raise SealError(SealCode.TOO_LONG)
        parse(data)
        return data


def message(type_: str, /, **members: object) -> Message:
    """Build one of our own messages, to be encoded."""
    value: Value = {"t": type_, **members}
    identifier = value.get("id")
    return Message(type_, value, b64u_decode(identifier) if isinstance(identifier, str) else None)


def parse(data: bytes) -> Message | None:
    """Read a message; None for a type that is unknown here. Raises `bad_message`."""
    value = json_object(data, SealCode.BAD_MESSAGE)
    try:
        # Half a surrogate pair, and a number beyond all numbers, are read but cannot be written.
        json_bytes(value)
    except (ValueError, RecursionError):
        raise SealError(SealCode.BAD_MESSAGE, "what no text holds") from None
    type_ = value.get("t")
    if not isinstance(type_, str):
        raise SealError(SealCode.BAD_MESSAGE, "a message without a type")
    form = FORMS.get(type_)
    if form is None:
        return None
    if not all(name in value and check(value[name]) for name, check in form.items()):
        raise SealError(SealCode.BAD_MESSAGE)
    return Message(type_, value, b64u_decode(value["id"]) if type_ in DURABLE else None)


def durable_id(data: bytes) -> bytes | None:
    """The id of a message that has to survive a reload, None for all others."""
    try:
        found = parse(data)
    except SealError:
        return None
    return found.id if found else None
