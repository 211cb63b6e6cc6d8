"""The forms that members of our JSON objects have, and objects whose `t` names their type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from client.sealing.encoding import (
    b64u_decode,
    is_time,
    json_bytes,
    json_object,
    utf16_units,
)
from client.sealing.envelope import read_part
from client.sealing.errors import SealCode, SealError

TEXT_CHARACTERS = 4000

# No window of values is further out, or wider.
WINDOW = 1e9

Value = dict[str, Any]
Check = Callable[[Any], bool]


def is_bytes(length: int | None) -> Check:
    def check(value: object) -> bool:
        if not isinstance(value, str):
            return False
        try:
            b64u_decode(value, length)
        except SealError:
            return False
        return True

    return check


def is_bool(value: object) -> bool:
    return isinstance(value, bool)


def is_true(value: object) -> bool:
    return value is True


def is_text(longest: int) -> Check:
    """A text of at most so many UTF-16 units."""
    return lambda value: isinstance(value, str) and utf16_units(value) <= longest


def is_moment(value: object) -> bool:
    return isinstance(value, str) and is_time(value)


def is_description(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.get("type") in {"offer", "answer"}
        and isinstance(value.get("sdp"), str)
    )


def is_candidate(value: object) -> bool:
    return value is None or (isinstance(value, dict) and isinstance(value.get("candidate"), str))


def is_part(value: object) -> bool:
    try:
        read_part(value if isinstance(value, dict) else {})
    except SealError:
        return False
    return True


def is_jpeg(value: object) -> bool:
    return value == "image/jpeg"


def is_length(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def is_positive(value: object) -> bool:
    return is_length(value) and value != 0


def is_one_of(*words: str) -> Check:
    return lambda value: isinstance(value, str) and value in words


def is_text_of(least: int, most: int) -> Check:
    """A text of so many UTF-16 units."""
    return lambda value: isinstance(value, str) and least <= utf16_units(value) <= most


def is_number(least: float, most: float) -> Check:
    """A finite number within these bounds, both included."""

    def check(value: object) -> bool:
        return isinstance(value, (int, float)) and not is_bool(value) and least <= value <= most

    return check


def is_window(value: object) -> bool:
    """How values become grey, or None for the picture's own."""
    form = {"center": is_number(-WINDOW, WINDOW), "width": is_number(0, WINDOW)}
    return value is None or (isinstance(value, dict) and _fits(value, form))


def is_point(value: object) -> bool:
    """A place in a picture, as fractions of its width and height, or None."""
    form = {"x": is_number(0, 1), "y": is_number(0, 1)}
    return value is None or (isinstance(value, dict) and _fits(value, form))


def is_vouchers(most: int) -> Check:
    """A list of 1 to `most` vouchers."""

    def one(value: object) -> bool:
        return (
            isinstance(value, dict)
            and is_bytes(32)(value.get("voucher"))
            and is_length(value.get("bytes"))
            and value["bytes"] > 0
            and is_moment(value.get("until"))
        )

    return lambda value: (
        isinstance(value, list) and 1 <= len(value) <= most and all(map(one, value))
    )


# What each member must be; one whose name ends with `?` may be missing.
Form = Mapping[str, Check]


def _fits(value: Value, form: Form) -> bool:
    for name, check in form.items():
        member = name.removesuffix("?")
        if member not in value:
            if member == name:
                return False
        elif not check(value[member]):
            return False
    return True


def read_tagged(data: bytes, forms: Mapping[str, Form]) -> tuple[str, Value, bytes | None] | None:
    """Type, members, and the id where its form has one; None for a type that is unknown here.

    Raises `bad_message`.
    """
    value = json_object(data, SealCode.BAD_MESSAGE)
    try:
        # Half a surrogate pair, and a number beyond all numbers, are read but cannot be written.
        json_bytes(value)
    except (ValueError, RecursionError):
        raise SealError(SealCode.BAD_MESSAGE, "what no text holds") from None
    type_ = value.get("t")
    if not isinstance(type_, str):
        raise SealError(SealCode.BAD_MESSAGE, "an object without a type")
    form = forms.get(type_)
    if form is None:
        return None
    if not _fits(value, form):
        raise SealError(SealCode.BAD_MESSAGE)
    return type_, value, b64u_decode(value["id"]) if "id" in form else None
