"""Who is in a consult of more than two, as its host signs it (Rosters)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from client.sealing.certificate import Certificate
from client.sealing.encoding import b64u, b64u_decode, json_bytes, json_object
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import KEY_BYTES, Signer, require_key
from client.sealing.objects import Purpose, read_object, sign_object
from client.sealing.profile import text_member

MAX_MEMBERS = 3
NAME_UNITS = 120
_ROOM_BYTES = 16


@dataclass(frozen=True)
class RosterMember:
    """An admitted guest: its key, and the name that it stated to the host."""

    key: bytes
    name: str


@dataclass(frozen=True)
class Roster:
    """The admitted guests of a room. `version` goes up with every roster of the room."""

    room: bytes
    version: int
    members: tuple[RosterMember, ...]

    def encode(self) -> bytes:
        """The payload of the signed object. Raises `bad_form` or `bad_key`, as readers do."""
        members = [{"key": b64u(member.key), "name": member.name} for member in self.members]
        payload = json_bytes(
            {"v": 1, "room": b64u(self.room), "version": self.version, "members": members}
        )
        read_payload(payload)
        return payload

    def require(self, key: bytes) -> None:
        """Raises `wrong_guest` for a key that is no member's."""
        if all(member.key != key for member in self.members):
            raise SealError(SealCode.WRONG_GUEST, "not in the roster")


def _member(value: object) -> RosterMember:
    if not isinstance(value, dict):
        raise SealError(SealCode.BAD_FORM, "a member is not an object")
    key = b64u_decode(text_member(value, "key", 4 * KEY_BYTES), KEY_BYTES)
    require_key(key)
    name = text_member(value, "name", NAME_UNITS)
    try:
        name.encode()
    except UnicodeEncodeError:
        # Read, but never written again: neither stored nor shown.
        raise SealError(SealCode.BAD_FORM, "half a surrogate pair") from None
    return RosterMember(key, name)


def _version(value: dict[str, Any]) -> int:
    found = value.get("version")
    if not isinstance(found, int) or isinstance(found, bool) or not 1 <= found < 2**53:
        raise SealError(SealCode.BAD_FORM, "a version is not a number from 1")
    return found


def read_payload(payload: bytes) -> Roster:
    """Read a payload whose signature is checked elsewhere.

    Raises `bad_form`, `bad_key`, or `bad_suite` for another version of the format.
    """
    value = json_object(payload)
    if value.get("v") != 1 or isinstance(value.get("v"), bool):
        raise SealError(SealCode.BAD_SUITE)
    listed = value.get("members")
    if not isinstance(listed, list) or not 1 <= len(listed) <= MAX_MEMBERS:
        raise SealError(SealCode.BAD_FORM, "a list of 1 to 3 members is wanted")
    room = b64u_decode(text_member(value, "room", 4 * _ROOM_BYTES), _ROOM_BYTES)
    members = tuple(_member(one) for one in listed)
    if len({member.key for member in members}) < len(members):
        raise SealError(SealCode.BAD_FORM, "a member stands twice")
    return Roster(room, _version(value), members)


def sign_roster(roster: Roster, device: Signer, certificate: Certificate) -> bytes:
    """The host's signed object. Raises `bad_form` or `bad_key`."""
    return sign_object(Purpose.ROSTER, roster.encode(), device, certificate)


def read_roster(raw: bytes, *, identity: bytes, room: bytes, guest: bytes, last: int) -> Roster:
    """Check a roster as one of its members does; `last` is the version taken before, or 0.

    Raises what `read_object` and `read_payload` raise, `wrong_host` (another identity than the
    link's), `wrong_room`, `replayed` (not newer), `wrong_guest` (the reader is no member).
    """
    signed = read_object(Purpose.ROSTER, raw)
    if signed.certificate is None or signed.author != identity:
        raise SealError(SealCode.WRONG_HOST)
    roster = read_payload(signed.payload)
    if roster.room != room:
        raise SealError(SealCode.WRONG_ROOM)
    if roster.version <= last:
        raise SealError(SealCode.REPLAYED, "a roster that is not newer")
    roster.require(guest)
    return roster
