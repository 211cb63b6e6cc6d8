"""Every error that the wire and HTTP know: docs/protocol.md, section 4, is the same list.

A code's name, number and status never change once released; sentences may.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Self


class ErrorCode(IntEnum):
    """A stable code. Its value is the number on the wire; `str()` gives the name used in JSON."""

    http: int
    sentence: str

    def __new__(cls, number: int, http: int, sentence: str) -> Self:
        code = int.__new__(cls, number)
        code._value_ = number
        code.http = http
        code.sentence = sentence
        return code

    @property
    def number(self) -> int:
        return int(self)

    def __str__(self) -> str:
        return self.name.lower()

    BAD_FRAME = 1, 400, "This is not a frame of this protocol."
    BAD_VERSION = 2, 400, "This is another version of the protocol; load the page again."
    FRAME_TOO_LARGE = 3, 413, "The frame is longer than a frame may be."
    BAD_CHANNEL = 4, 400, "The channel is not open, or it already is."
    NOT_ALLOWED = 5, 403, "This role may not do that."
    NOT_FOUND = 6, 404, "There is no such thing for this key."
    ROOM_ENDED = 7, 410, "The host has ended the consult."
    ROOM_EXPIRED = 8, 410, "The link has expired; ask for a new one."
    ROOM_LOCKED = 9, 403, "The host has locked the room."
    ROOM_FULL = 10, 429, "The room has as many members or seats as it may have."
    SEAT_TAKEN = 11, 409, "Another key owns this seat."
    STALE_KNOCK = 12, 409, "The guest has knocked again meanwhile; look at the newer knock."
    NO_SUCH_PEER = 13, 404, "That is not a member, or not one who can receive this."
    NOT_ADMITTED = 14, 403, "Only admitted members can do that."
    KNOCK_TOO_SOON = (
        15,
        429,
        "That was too many knocks, or too soon after a refusal; wait a little.",
    )
    TOO_FAST = 16, 429, "That was over the rate of frames or bytes."
    TOO_SLOW = 17, 429, "The receiver does not read its frames."
    DISPLACED = 18, 409, "The same key opened the room elsewhere, or the seat was given away."
    TOO_MANY_CHANNELS = 19, 429, "One connection may not have more channels."
    TOO_MANY_CONNECTIONS = 20, 429, "Too many connections of this address; try again shortly."
    BAD_REQUEST = 21, 400, "The form of the request is wrong."
    BAD_SIGNATURE = 22, 401, "The signature does not hold."
    STALE_NONCE = 23, 401, "The nonce is old or not ours; take the one in this answer."
    BAD_DIGEST = 24, 400, "The body is not what was signed."
    NOT_ENROLLED = 25, 403, "The key is not an enrolled practitioner's."
    BAD_CODE = 26, 403, "The enrolment code is wrong, used or old."
    IDEMPOTENCY_CONFLICT = 27, 409, "The idempotency key stood for another request."
    ALREADY_EXISTS = 28, 409, "The id is taken."
    BLOB_TOO_LARGE = 29, 413, "This is larger than a blob may be."
    QUOTA_EXCEEDED = 30, 507, "No space is left for this key."
    STORAGE_FAILED = 31, 503, "The disk refused; nothing was stored. Try again."
    TIMEOUT = 32, 408, "The request took too long to arrive."
    BAD_ORIGIN = 33, 403, "This comes from a page of another origin."
    INTERNAL = 34, 500, "This is a fault of ours; try again."
    BAD_VOUCHER = 35, 403, "The voucher is not registered, is spent, or has expired."
    STALE_VERSION = 36, 409, "Another version came first; take it, and try again."
    ALREADY_CLAIMED = 37, 409, "Somebody else has claimed it."
    CELL_CLOSED = 38, 410, "Its owner has closed it."
    BAD_OFFSET = 39, 409, "The upload goes on at another offset; ask for it."
    BAD_RANGE = 40, 416, "The range is not within the blob."
    USED_UP = 41, 410, "It was opened as often as it may be."
    WITHDRAWN = 42, 410, "Its owner has taken it back."
    EXPIRED = 43, 410, "Its time is over."
