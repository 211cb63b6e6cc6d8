"""What both hostile test files stand on: the server, its hostile front, and one honest record."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp

from client.api import blobs
from client.api.http import Api
from client.documents.sending import Author, Document, Part, Reader, send_document
from client.guest.visit import Visit
from client.host.desk import Desk, Guest
from client.host.practitioner import kept_identity
from client.host.room import make_room
from client.sealing.agefile import seal_file
from client.sealing.encoding import b64u, sha256
from client.sealing.keys import SigningKey
from client.sealing.mail import Mail
from client.sealing.messages import Message, message
from client.sealing.roster import Roster, RosterMember
from client.sealing.statement import Person as Stated
from client.sealing.tree import tree_hash
from client.sealing.xwing import KemKey
from signaling.wire import Role, Type
from tests.hostile.attacks import MEMBER, Attack, Elsewhere, Introduction, PairAttack
from tests.hostile.relay import Frame, Relay, Tamper, relaying
from tests.integration.people import (
    NOW,
    Person,
    Practice,
    admitted,
    chat,
    doctor,
    enrolled,
    patient,
)
from tests.integration.serving import serving

PLAIN = b"%PDF-1.7 what only the reader may see"


@dataclass
class Front:
    """A hostile front with one practitioner behind it; each attack gets a room of its own."""

    origin: str
    relay: Relay
    at: Practice
    key: SigningKey
    elsewhere: Elsewhere | None = None

    async def left_alone(self) -> None:
        """A new room, and no attack."""
        self.relay.tamper = Tamper()
        async with aiohttp.ClientSession() as http:
            api = Api(self.origin, http, os.urandom)
            room = await make_room(api, self.at.practitioner, self.at.keeper, os.urandom)
        self.at = replace(self.at, room=room)

    async def attacked_among_guests(self, attack: PairAttack) -> Tamper:
        """A new room with the attack in the way of every guest."""
        await self.left_alone()
        self.relay.victim, self.relay.tamper = Role.GUEST, attack.tamper()
        return self.relay.tamper

    async def attacked_by(self, attack: Attack) -> Tamper:
        """A new room with the attack in its way.

        What the attack needs of another consult is recorded once.
        """
        if self.elsewhere is None:
            self.elsewhere = await self._record()
        await self.left_alone()
        self.relay.victim, self.relay.tamper = attack.victim, attack.tamper(self.elsewhere)
        return self.relay.tamper

    async def _record(self) -> Elsewhere:
        guest, host = [await self._recorded(role) for role in (Role.GUEST, Role.HOST)]
        return Elsewhere(
            guest.first(Type.OPENED),
            host.first(Type.KNOCK)[MEMBER:],
            guest.first(Type.ADMIT),
            guest.all(Type.RELAY),
            host.all(Type.RELAY),
            self.key,
            kept_identity(self.at.keeper),
        )

    async def _recorded(self, role: Role) -> _Record:
        await self.left_alone()
        record = _Record()
        self.relay.victim, self.relay.tamper = role, record
        await _talk(self.origin, self.at)
        return record


class _Record(Tamper):
    def __init__(self) -> None:
        super().__init__()
        self._seen: list[Frame] = []

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        self._seen.append(frame)
        return (frame,)

    def all(self, kind: Type) -> list[bytes]:
        return [frame.body for frame in self._seen if frame.type == kind]

    def first(self, kind: Type) -> bytes:
        return next(body for body in self.all(kind) if body)


async def _talk(origin: str, at: Practice) -> None:
    async with doctor(origin, at) as host, patient(origin, at.room.link(0)) as guest:
        known = await admitted(host, guest)
        await host.model.send(known, chat("elsewhere"))
        await guest.model.send(chat("elsewhere too"))
        await guest.hears("elsewhere")
        await host.hears("elsewhere too")


async def from_doctor(host: Person[Desk], known: Guest, at: Practice, folder: Path) -> Mail:
    """A document of one part for this guest, uploaded."""
    me = at.practitioner
    author = Author(me.device, me.certificate, Stated("Dr Camille Démo"))
    return await _sent(host.model.api, author, Reader(known.key, at.room.room), folder)


async def from_patient(guest: Person[Visit], at: Practice, folder: Path) -> Mail:
    author = Author(guest.model.key, None, Stated("Łukasz Şahin"))
    reader = Reader(at.room.identity, at.room.room)
    return await _sent(guest.model.api, author, reader, folder)


async def _sent(api: Api, author: Author, reader: Reader, folder: Path) -> Mail:
    path = folder / "plain.pdf"
    path.write_bytes(PLAIN)
    document = Document("file", NOW, None, (Part("plain.pdf", "application/pdf", path),))
    return await send_document(api, author, reader, document, os.urandom)


async def mailbox_of(desk: Desk) -> str:
    """The id of the practice's own mailbox."""
    address = await desk.post.open()
    assert address is not None
    return b64u(address.mailbox)


def introduction(desk: Desk) -> Introduction:
    """What the host would sign next."""
    members = tuple(RosterMember(one.key, one.name) for one in desk.guests.values())
    roster = Roster(desk.room.room, desk.room.roster + 1, members)
    return Introduction(roster, desk.practitioner.device, desk.practitioner.certificate)


async def photo_from_patient(guest: Person[Visit], at: Practice, folder: Path) -> Message:
    """A photo, uploaded: what the desk shows of what a patient sends."""
    key, read, blob = KemKey(os.urandom(32)), SigningKey(os.urandom(32)), os.urandom(16)
    sealed = b"".join(seal_file([PLAIN], key.public, os.urandom))
    path = folder / "photo"
    path.write_bytes(sealed)
    payer = blobs.Payer(at.room.room)
    await blobs.put(guest.model.api, guest.model.key, blob, read.public, path, payer)
    part = {"blob": b64u(blob), "read": b64u(read.seed), "hash": b64u(sha256(sealed))}
    return message(
        "photo",
        id=b64u(os.urandom(16)),
        at=NOW,
        media="image/jpeg",
        part=part | {"length": len(sealed)},
        key=b64u(key.seed),
        tree=b64u(tree_hash(PLAIN)),
        length=len(PLAIN),
    )


@contextlib.asynccontextmanager
async def front(
    folder: Path, port: int, listeners: Sequence[socket.socket] = ()
) -> AsyncIterator[Front]:
    """A real server, and the hostile one that people reach at localhost:`port`."""
    origin = f"http://localhost:{port}"
    async with serving(folder, origin) as server:
        relay = Relay(server.address, Role.GUEST, Tamper())
        async with relaying(relay, "127.0.0.1", port, listeners):
            key = SigningKey((server.data / "server-key").read_bytes())
            yield Front(origin, relay, await enrolled(origin, server.code()), key)
