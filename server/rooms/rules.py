"""Who may make a room, and of what form it must be."""

from __future__ import annotations

import msgspec

from server.limits import Limits
from server.requests.ed25519 import is_key
from server.requests.encoding import decode
from server.requests.refusals import Refused
from signaling.errors import ErrorCode
from signaling.limits import SEATS
from signaling.record import RoomRecord, Seat
from signaling.wire import ID_BYTES, KEY_BYTES, PREKEY_BYTES


class Request(msgspec.Struct, forbid_unknown_fields=True):
    """The body of `POST /v1/rooms`."""

    room: str
    prekey: str
    seats: list[str]
    expires: int | None = None


def read(body: bytes, identity: bytes, limits: Limits, now: int) -> RoomRecord:
    """The record that a request asks for. Raises `bad_request` or `room_full`.

    An expiry beyond the longest life of a room is brought back to it.
    """
    try:
        request = msgspec.json.decode(body, type=Request)
    except msgspec.DecodeError:
        raise Refused(ErrorCode.BAD_REQUEST) from None
    join_keys = [decode(text, KEY_BYTES) for text in request.seats]
    if len(join_keys) > SEATS:
        raise Refused(ErrorCode.ROOM_FULL)
    if not join_keys or len(set(join_keys)) < len(join_keys):
        raise Refused(ErrorCode.BAD_REQUEST)
    if not all(is_key(key) for key in join_keys):
        raise Refused(ErrorCode.BAD_REQUEST)
    latest = now + limits.room_seconds
    expires = latest if request.expires is None else min(request.expires, latest)
    if expires <= now:
        raise Refused(ErrorCode.BAD_REQUEST)
    return RoomRecord(
        id=decode(request.room, ID_BYTES),
        identity=identity,
        prekey=decode(request.prekey, PREKEY_BYTES),
        seats=tuple(Seat(key) for key in join_keys),
        expires=expires,
    )
