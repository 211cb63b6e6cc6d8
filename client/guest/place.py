"""What a guest keeps, wrapped, from the tap on the link until the room ends."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from client.mail.address import Address
from client.sealing.encoding import b64u
from client.sealing.handshake import GuestIntro, RoomKeys
from client.sealing.keys import SigningKey
from client.sealing.link import Link
from client.sealing.roster import Roster
from client.sealing.state import SessionState
from client.sealing.xwing import KemKey
from client.vault import Keeper


@dataclass(frozen=True)
class KeptIntro:
    """An intro that may have been sent: resent byte for byte until it is accepted."""

    intro: bytes
    identity: bytes
    prekey: bytes
    ephemeral_seed: bytes = field(repr=False)
    r_guest: bytes = field(repr=False)
    ss1: bytes = field(repr=False)


@dataclass(frozen=True)
class KeptCall:
    """An accepted session, with the hashes of its accept and of the intro which that answered.

    `device`: the certificate of the host's device, as bytes.
    """

    accept: bytes
    intro: bytes
    host_name: str
    device: bytes
    state: SessionState


@dataclass(frozen=True)
class KeptDoctor:
    """The newest papers of the doctor that were seen, and whose word they stood on."""

    card: bytes
    devices: bytes
    server: bytes
    registrar: bytes | None


@dataclass(frozen=True)
class KeptDocument:
    """A document that was taken, and whether its sender knows how it arrived."""

    id: bytes
    verified: bool
    told: bool = False


@dataclass(frozen=True)
class KeptPair:
    """What a guest keeps of another one. The counters outlive the sessions.

    `made` and `taken` count the offers made to and taken from it; `offer` and `seed` wait for an
    answer; `answer` is what the offer with the hash `answered` was given; `owed` was said to
    everybody before there was a session.
    """

    key: bytes
    made: int = 0
    taken: int = 0
    offer: bytes | None = None
    seed: bytes | None = field(default=None, repr=False)
    answered: bytes | None = None
    answer: bytes | None = None
    owed: tuple[bytes, ...] = field(default=(), repr=False)
    state: SessionState | None = None


@dataclass(frozen=True)
class KeptCircle:
    """The roster that was taken last, with the hash of its object, and the other guests."""

    hash: bytes
    roster: Roster
    pairs: tuple[KeptPair, ...] = ()


class Place:
    """One guest's place in one room."""

    def __init__(self, keeper: Keeper, link: Link) -> None:
        self._keeper = keeper
        self._link = link
        # Ids begin with any character of base64url: the prefix makes them names.
        self._name = f"room-{b64u(link.room)}"

    def guest_key(self, seed: bytes) -> SigningKey:
        """The guest key of the room: the one kept, or one made from `seed`."""
        kept = self._keeper.get(f"{self._name}.guest")
        if kept is None:
            self._keeper.put(f"{self._name}.guest", seed)
        return SigningKey(kept or seed)

    def save_intro(self, made: GuestIntro) -> None:
        kept = KeptIntro(
            made.intro,
            made.room.identity,
            made.room.prekey,
            made.ephemeral.seed,
            made.r_guest,
            made.ss1,
        )
        self._keeper.put(f"{self._name}.intro", msgspec.json.encode(kept))

    def intro(self, guest: bytes) -> GuestIntro | None:
        data = self._keeper.get(f"{self._name}.intro")
        if data is None:
            return None
        kept = msgspec.json.decode(data, type=KeptIntro)
        room = RoomKeys(self._link, kept.identity, kept.prekey)
        ephemeral = KemKey(kept.ephemeral_seed)
        return GuestIntro(kept.intro, room, guest, ephemeral, kept.r_guest, kept.ss1)

    def save_call(self, kept: KeptCall) -> None:
        self._keeper.put(f"{self._name}.call", msgspec.json.encode(kept))

    def call(self) -> KeptCall | None:
        data = self._keeper.get(f"{self._name}.call")
        return None if data is None else msgspec.json.decode(data, type=KeptCall)

    def save_circle(self, kept: KeptCircle) -> None:
        self._keeper.put(f"{self._name}.circle", msgspec.json.encode(kept))

    def circle(self) -> KeptCircle | None:
        data = self._keeper.get(f"{self._name}.circle")
        return None if data is None else msgspec.json.decode(data, type=KeptCircle)

    @property
    def mail(self) -> str:
        """What the mailbox of this place is kept under."""
        return f"{self._name}.mail"

    def save_host_address(self, address: Address) -> None:
        self._keeper.put(f"{self._name}.host", msgspec.json.encode(address))

    def host_address(self) -> Address | None:
        data = self._keeper.get(f"{self._name}.host")
        return None if data is None else msgspec.json.decode(data, type=Address)

    def save_room(self, room: RoomKeys) -> None:
        """What the link was checked against: it holds for as long as the link does."""
        self._keeper.put(f"{self._name}.room", msgspec.json.encode((room.identity, room.prekey)))

    def room(self) -> RoomKeys | None:
        data = self._keeper.get(f"{self._name}.room")
        if data is None:
            return None
        identity, prekey = msgspec.json.decode(data, type=tuple[bytes, bytes])
        return RoomKeys(self._link, identity, prekey)

    def save_doctor(self, kept: KeptDoctor) -> None:
        self._keeper.put(f"{self._name}.doctor", msgspec.json.encode(kept))

    def doctor(self) -> KeptDoctor | None:
        data = self._keeper.get(f"{self._name}.doctor")
        return None if data is None else msgspec.json.decode(data, type=KeptDoctor)

    def save_documents(self, kept: list[KeptDocument]) -> None:
        self._keeper.put(f"{self._name}.documents", msgspec.json.encode(kept))

    def documents(self) -> list[KeptDocument]:
        data = self._keeper.get(f"{self._name}.documents")
        return [] if data is None else msgspec.json.decode(data, type=list[KeptDocument])

    def drop_intro(self) -> None:
        self._keeper.erase(f"{self._name}.intro")

    def drop_call(self) -> None:
        self._keeper.erase(f"{self._name}.call")

    def erase(self) -> None:
        """The room is over: nothing secret stays."""
        self.drop_intro()
        self.drop_call()
        for name in ("circle", "mail", "host", "room", "doctor", "documents", "guest"):
            self._keeper.erase(f"{self._name}.{name}")
