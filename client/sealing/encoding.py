"""Lengths, lists, base64url and JSON, written and read one way only (Notation)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from client.sealing.errors import SealCode, SealError

SUITE = 1
_B64U = re.compile(r"[A-Za-z0-9_-]*")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def u8(value: int) -> bytes:
    return value.to_bytes(1, "big")


def u32(value: int) -> bytes:
    return value.to_bytes(4, "big")


def u64(value: int) -> bytes:
    return value.to_bytes(8, "big")


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def lv(item: bytes) -> bytes:
    return u32(len(item)) + item


def fields(*items: bytes | str) -> bytes:
    """Join items so that no two different lists give the same bytes; text stands for its ASCII."""
    return b"".join(lv(item.encode("ascii") if isinstance(item, str) else item) for item in items)


def take_fields(data: bytes, count: int) -> tuple[list[bytes], bytes]:
    """Read `count` items and give them with what is left. Raises `bad_form`."""
    items: list[bytes] = []
    offset = 0
    for _ in range(count):
        start = offset + 4
        end = start + int.from_bytes(data[offset:start], "big")
        if end > len(data) or start > len(data):
            raise SealError(SealCode.BAD_FORM, "a length points past the end")
        items.append(data[start:end])
        offset = end
    return items, data[offset:]


def all_fields(data: bytes) -> list[bytes]:
    """Read a list of any number of items that fills `data`. Raises `bad_form`."""
    items: list[bytes] = []
    while data:
        (item,), data = take_fields(data, 1)
        items.append(item)
    return items


def padded(data: bytes, sizes: Sequence[int]) -> bytes:
    """Fill `data` with zero bytes to the smallest of `sizes` (ascending). Raises `too_long`."""
    for size in sizes:
        if len(data) <= size:
            return data.ljust(size, b"\0")
    raise SealError(SealCode.TOO_LONG, f"{len(data)} bytes do not fit into {sizes[-1]}")


def require_zeros(rest: bytes) -> None:
    if rest.strip(b"\0"):
        raise SealError(SealCode.BAD_FORM, "padding that is not zero")


def require_lengths(items: Sequence[bytes], *lengths: int | None) -> None:
    """Refuse with `bad_form` an item that is not as long as its place says (None: any length)."""
    for item, length in zip(items, lengths, strict=True):
        if length is not None and len(item) != length:
            raise SealError(SealCode.BAD_FORM, "an item of another length")


def require_head(data: bytes, kind: int, length: int | None = None) -> None:
    """Check suite, kind and, where it is fixed, length. Raises `bad_suite` or `bad_form`."""
    if not data:
        raise SealError(SealCode.BAD_FORM, "nothing came")
    if data[0] != SUITE:
        raise SealError(SealCode.BAD_SUITE)
    if data[1:2] != u8(kind) or (length is not None and len(data) != length):
        raise SealError(SealCode.BAD_FORM, "another kind or length")


def b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def b64u_decode(text: str, length: int | None = None) -> bytes:
    """Decode canonical, unpadded base64url; `length` in bytes where it is fixed.

    Raises `bad_form`, also for bits set that the last character should not have.
    """
    if not _B64U.fullmatch(text):
        raise SealError(SealCode.BAD_FORM, "not base64url")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise SealError(SealCode.BAD_FORM, "not base64url") from None
    if b64u(data) != text or (length is not None and len(data) != length):
        raise SealError(SealCode.BAD_FORM, "not canonical base64url, or another length")
    return data


def utf16_units(text: str) -> int:
    """The length of a text as browsers count it, so that both languages refuse the same ones."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def is_time(text: str) -> bool:
    """Whether this is a moment of the calendar, as in `2026-03-01T09:30:00Z`, years 1 to 9999."""
    if not _TIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    # Some versions read it as midnight of the next day.
    return text[11:13] != "24"


def json_bytes(value: dict[str, Any]) -> bytes:
    """Write an object the one way that ours are written: no spaces, UTF-8, keys as given."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def _no_constant(_name: str) -> Any:  # noqa: ANN401 - the signature that json asks for
    raise ValueError


def _number(text: str) -> int | float:
    """JSON has one kind of number, and browsers read it so: 1.0 and 1e0 are 1."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a member stands twice")
    return members


def json_object(data: bytes, code: SealCode = SealCode.BAD_FORM) -> dict[str, Any]:
    """Read a JSON object in UTF-8, without NaN and its like. Raises `code` otherwise.

    Also where a member stands twice: of two values two readers might take different ones.
    """
    try:
        text = data.decode("utf-8")
        value = json.loads(
            text,
            parse_constant=_no_constant,
            parse_float=_number,
            object_pairs_hook=_members,
        )
    except (ValueError, RecursionError):
        raise SealError(code, "not a JSON object") from None
    if not isinstance(value, dict):
        raise SealError(code, "not a JSON object")
    return value
