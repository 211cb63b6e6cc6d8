"""Messages inside data frames: JSON objects whose `t` names the type (Messages)."""

from __future__ import annotations

from dataclasses import dataclass, field

from client.sealing.encoding import b64u_decode, json_bytes
from client.sealing.errors import SealCode, SealError
from client.sealing.forms import (
    TEXT_CHARACTERS,
    Form,
    Value,
    is_bool,
    is_bytes,
    is_candidate,
    is_description,
    is_jpeg,
    is_length,
    is_moment,
    is_one_of,
    is_part,
    is_point,
    is_positive,
    is_text,
    is_text_of,
    is_true,
    is_vouchers,
    is_window,
    read_tagged,
)
from client.sealing.traffic import MESSAGE_BYTES
from client.sealing.xwing import PUBLIC_BYTES

_ID = is_bytes(16)
# As many as are registered at once.
VOUCHERS = 64
# Why a guest is given no permit to show images; the last is the guest's, who asks no more.
WHY_NOT = ("declined", "large", "many", "unpaid", "unable", "withdrawn")
# Those with an id are durable.
FORMS: dict[str, Form] = {
    "sdp": {"description": is_description, "pc": is_bytes(8)},
    "ice": {"candidate": is_candidate, "pc": is_bytes(8)},
    "state": {"audio": is_bool, "video": is_bool, "screen": is_bool},
    "mail": {},
    "chat": {"id": _ID, "at": is_moment, "text": is_text(TEXT_CHARACTERS)},
    "photo": {
        "id": _ID,
        "at": is_moment,
        "media": is_jpeg,
        "part": is_part,
        "key": is_bytes(32),
        "tree": is_bytes(32),
        "length": is_length,
    },
    "address": {
        "id": _ID,
        "mailbox": is_bytes(16),
        "append": is_bytes(32),
        "seal": is_bytes(PUBLIC_BYTES),
        "voucher?": is_bytes(32),
        "since?": is_length,
        "lasts?": is_true,
    },
    "hold": {"id": _ID},
    "bye": {"id": _ID},
    "roster": {"id": _ID, "roster": is_bytes(None)},
    "keep": {"id": _ID},
    "supply": {"id": _ID, "vouchers": is_vouchers(VOUCHERS)},
    "show": {"show": _ID, "handed": is_bytes(None)},
    "look": {
        "show": _ID,
        "n": is_length,
        "series": is_length,
        "picture": is_length,
        "frame": is_length,
        "window": is_window,
        "inverted": is_bool,
        "point": is_point,
    },
    "hide": {"show": _ID},
    "ask-permit": {"ask": _ID, "bytes": is_positive},
    "permit": {"ask": _ID, "permit": is_text_of(1, 512)},
    "no-permit": {"ask": _ID, "why": is_one_of(*WHY_NOT)},
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
    found = read_tagged(data, FORMS)
    return None if found is None else Message(*found)


def durable_id(data: bytes) -> bytes | None:
    """The id of a message that has to survive a reload, None for all others."""
    try:
        found = parse(data)
    except SealError:
        return None
    return found.id if found else None
