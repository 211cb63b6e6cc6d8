"""Ids and keys in text: canonical, unpadded base64url, checked by pattern before any use."""

from __future__ import annotations

import base64
import re

from server.requests.refusals import Refused
from signaling.errors import ErrorCode

_PATTERN = re.compile(r"[A-Za-z0-9_-]*")


def b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: object, length: int) -> bytes:
    """Read exactly `length` bytes. Raises `bad_request` for anything but their one encoding."""
    if not isinstance(text, str) or len(text) != -(-length * 4 // 3):
        raise Refused(ErrorCode.BAD_REQUEST)
    return decode_any(text, length)


def decode_any(text: str, most: int) -> bytes:
    """Read up to `most` bytes. Raises `bad_request` for anything but their one encoding."""
    if len(text) > -(-most * 4 // 3) or len(text) % 4 == 1:
        raise Refused(ErrorCode.BAD_REQUEST)
    if not _PATTERN.fullmatch(text):
        raise Refused(ErrorCode.BAD_REQUEST)
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64u(data) != text:
        raise Refused(ErrorCode.BAD_REQUEST)
    return data
