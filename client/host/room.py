"""A room as its host keeps it: prekey, link secrets, and a record of each admitted guest."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import msgspec

from client.api.http import Api, Random
from client.host.practitioner import Practitioner
from client.mail.address import Address
from client.sealing.encoding import b64u
from client.sealing.link import Link, link_hash
from client.sealing.state import SessionState
from client.sealing.xwing import KemKey
from client.vault import Keeper


@dataclass(frozen=True)
class HostedRoom:
    """What makes a room ours. `secrets` are the links' S, one a seat, in the seats' order.

    `unconfirmed` says how many of the last secrets the server has not said yes to yet.
    `accepted` are the hashes of intros that were shown at the door, or accepted and followed by
    another session. `roster` is the version of the newest roster that guests may have, 0 where
    there is none.
    """

    room: bytes
    identity: bytes
    expires: int
    prekey_seed: bytes = field(repr=False)
    secrets: tuple[bytes, ...] = field(repr=False)
    accepted: tuple[bytes, ...] = ()
    roster: int = 0
    unconfirmed: int = 0

    @property
    def prekey(self) -> KemKey:
        return KemKey(self.prekey_seed)

    def link(self, seat: int) -> Link:
        """Raises IndexError for a seat that the host has not made."""
        digest = link_hash(self.identity, self.prekey.public)
        return Link(self.room, self.secrets[seat], digest)


@dataclass(frozen=True)
class KeptGuest:
    """An admitted guest. `intro` is the hash of the intro that `accept` answers."""

    key: bytes
    seat: int
    name: str
    intro: bytes
    accept: bytes
    renewals: int
    state: SessionState
    address: Address | None = None
    keeps: bool = False


async def make_room(
    api: Api, practitioner: Practitioner, keeper: Keeper, random: Random, seats: int = 1
) -> HostedRoom:
    """Make a room with one link a seat; it is kept before the server hears of it."""
    prekey = KemKey(random(32))
    secrets = tuple(random(32) for _ in range(seats))
    made = HostedRoom(random(16), practitioner.certificate.identity, 0, prekey.seed, secrets)
    save_room(keeper, made)
    joins = [made.link(seat).join_key().public for seat in range(seats)]
    expires = await api.make_room(practitioner.device, made.room, prekey.public, joins)
    made = replace(made, expires=expires)
    save_room(keeper, made)
    return made


def _name(room: bytes) -> str:
    return f"host-{b64u(room)}"


def mail_of(room: bytes) -> str:
    """What the mailbox of a room's host is kept under."""
    return f"{_name(room)}.mail"


def save_room(keeper: Keeper, made: HostedRoom) -> None:
    keeper.put(f"{_name(made.room)}.room", msgspec.json.encode(made))


def load_room(keeper: Keeper, room: bytes) -> HostedRoom | None:
    data = keeper.get(f"{_name(room)}.room")
    return None if data is None else msgspec.json.decode(data, type=HostedRoom)


def save_guests(keeper: Keeper, room: bytes, guests: list[KeptGuest]) -> None:
    keeper.put(f"{_name(room)}.guests", msgspec.json.encode(guests))


def load_guests(keeper: Keeper, room: bytes) -> list[KeptGuest]:
    data = keeper.get(f"{_name(room)}.guests")
    return [] if data is None else msgspec.json.decode(data, type=list[KeptGuest])


def erase_room(keeper: Keeper, room: bytes) -> None:
    """The room is over: prekey, secrets and sessions go."""
    keeper.erase(mail_of(room))
    keeper.erase(f"{_name(room)}.guests")
    keeper.erase(f"{_name(room)}.room")
