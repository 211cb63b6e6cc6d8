"""What people say of themselves in *intro* and *accept*: stated, never proven."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from client.sealing.encoding import json_bytes, json_object, utf16_units
from client.sealing.errors import SealCode, SealError

PROFILE_BYTES = 600


def text_member(value: dict[str, Any], name: str, longest: int) -> str:
    """Give a member that must be text of at most `longest` UTF-16 units. Raises `bad_form`."""
    text = value.get(name, "")
    if not isinstance(text, str) or utf16_units(text) > longest:
        raise SealError(SealCode.BAD_FORM, f"{name} is not a text, or is too long")
    return text


def _write(value: dict[str, Any]) -> bytes:
    data = json_bytes(value)
    if len(data) > PROFILE_BYTES:
        raise SealError(SealCode.TOO_LONG, "a profile is too long")
    return data


def _read(data: bytes) -> dict[str, Any]:
    if len(data) > PROFILE_BYTES:
        raise SealError(SealCode.BAD_FORM, "a profile is too long")
    return json_object(data)


@dataclass(frozen=True)
class GuestProfile:
    name: str
    reason: str = ""
    lang: str = "fr"

    def encode(self) -> bytes:
        value = {"name": self.name, "reason": self.reason, "lang": self.lang}
        for member, longest in (("name", 120), ("reason", 200), ("lang", 16)):
            text_member(value, member, longest)
        return _write(value)


@dataclass(frozen=True)
class HostProfile:
    name: str
    profession: str = ""
    rpps: str = ""

    def encode(self) -> bytes:
        return _write({"name": self.name, "profession": self.profession, "rpps": self.rpps})


def read_guest(data: bytes) -> GuestProfile:
    value = _read(data)
    return GuestProfile(
        text_member(value, "name", 120),
        text_member(value, "reason", 200),
        text_member(value, "lang", 16),
    )


def read_host(data: bytes) -> HostProfile:
    value = _read(data)
    return HostProfile(
        text_member(value, "name", 120),
        text_member(value, "profession", 120),
        text_member(value, "rpps", 20),
    )
