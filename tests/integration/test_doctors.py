"""A guest in Python learns who the doctor is, and leaves a device that was revoked."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_asyncio

from client.api.errors import ServerRefused
from client.api.http import Api
from client.api.practitioners import put_card, put_devices
from client.documents.receiving import receive_document
from client.documents.sending import Author, Document, Part, Reader, send_document
from client.guest import visit as visits
from client.guest.doctor import Checked, Doctor
from client.guest.place import KeptDoctor, Place
from client.host import desk as desks
from client.host.practitioner import kept_identity
from client.sealing import certificate as certificates
from client.sealing.card import sign_card
from client.sealing.devices import Device, make_devices
from client.sealing.encoding import b64u, b64u_decode, sha256, u64
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import SigningKey
from client.sealing.statement import Person as Stated
from client.vault import Memory
from tests.integration.people import (
    NOW,
    Practice,
    admitted,
    chat,
    connected,
    doctor,
    patient,
    written,
)
from tests.integration.serving import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Identity:
    """What a practitioner's identity key does, in one sitting."""

    api: Api
    at: Practice
    version: int = 1

    @property
    def key(self) -> SigningKey:
        return kept_identity(self.at.keeper)

    async def list(self, *entries: Device) -> None:
        self.version += 1
        now = int(time.time())
        await put_devices(self.api, self.key, make_devices(self.key, self.version, now, entries))

    @property
    def first(self) -> Device:
        return self.at.practitioner.devices.devices[0]

    def second_device(self) -> Practice:
        """Another device of the same practitioner, with what opens the room."""
        device = SigningKey(os.urandom(32))
        issued = certificates.issue(self.key, device.public, int(time.time()))
        other = replace(self.at.practitioner, device=device, certificate=issued)
        return Practice(other, self.at.room, Memory())


@pytest_asyncio.fixture(loop_scope="module")
async def identity(server: ServerProcess, at: Practice) -> AsyncIterator[Identity]:
    async with connected(server.origin) as (api, _):
        yield Identity(api, at)


async def test_the_card_is_there_before_anybody_lets_us_in(
    server: ServerProcess, at: Practice
) -> None:
    async with patient(server.origin, at.room.link(0)) as guest:
        standing = (await guest.kind(visits.Met)).standing
        assert standing.checked is Checked.FRESH
        assert standing.record.card.card.name == at.practitioner.card.card.name
        assert standing.record.attestation is None
        async with doctor(server.origin, at) as host:
            await admitted(host, guest)
            assert guest.told[-1].checked is Checked.FRESH


async def test_a_guest_leaves_a_device_that_is_revoked_meanwhile(
    server: ServerProcess, at: Practice, identity: Identity
) -> None:
    phone = identity.second_device()
    entry = Device(phone.practitioner.device.public, phone.practitioner.certificate.issued)
    await identity.list(identity.first, entry)
    async with patient(server.origin, at.room.link(0)) as guest:
        async with doctor(server.origin, at) as host:
            known = await admitted(host, guest)
            await host.model.send(known, chat("Bonjour"))
            await guest.hears("Bonjour")
            await identity.list(replace(identity.first, until=int(time.time())), entry)
            await guest.until(lambda event: getattr(event, "code", "") == SealCode.REVOKED)
            assert guest.model.conversation is None
        async with doctor(server.origin, phone) as host:
            known = await admitted(host, guest)
            await host.model.send(known, chat("Me revoilà"))
            await guest.hears("Me revoilà")


async def test_a_new_name_on_the_card_is_the_one_shown(
    server: ServerProcess, at: Practice, identity: Identity
) -> None:
    card = replace(at.practitioner.card.card, version=2, name="Dr Camille Démo-Exemple")
    await put_card(identity.api, identity.key, sign_card(card, identity.key))
    async with doctor(server.origin, at) as host, patient(server.origin, at.room.link(0)) as guest:
        await admitted(host, guest)
        assert guest.told[-1].host_name == "Dr Camille Démo-Exemple"


async def test_a_revocation_that_was_seen_counts_where_the_server_shows_nothing(
    server: ServerProcess, at: Practice, identity: Identity
) -> None:
    phone = Device(SigningKey(os.urandom(32)).public, 1)
    await identity.list(replace(identity.first, until=int(time.time())), phone)
    keeper, link = Memory(), at.room.link(0)
    async with patient(server.origin, link, keeper) as guest:
        await guest.kind(visits.Met)
    nowhere = Api("http://localhost:1", identity.api.http, os.urandom)
    doctor_ = Doctor(nowhere, Place(keeper, link), lambda _: None)
    with pytest.raises(SealError) as refusal:
        await doctor_.require(at.practitioner.certificate)
    assert refusal.value.code == SealCode.REVOKED
    await doctor_.close()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda kept, newer: replace(kept, devices=newer), SealCode.ROLLED_BACK),
        (lambda kept, _: replace(kept, server=bytes(32)), SealCode.FORKED),
        (lambda kept, _: replace(kept, registrar=b"r" * 32), SealCode.FORKED),
    ],
    ids=["an older list", "another key of the server", "another registrar"],
)
async def test_what_was_seen_before_is_not_forgotten(
    server: ServerProcess, at: Practice, identity: Identity, change: object, code: SealCode
) -> None:
    keeper, link = Memory(), at.room.link(0)
    async with patient(server.origin, link, keeper) as guest:
        await guest.kind(visits.Met)
    kept = Place(keeper, link).doctor()
    assert kept is not None
    newer = make_devices(identity.key, 5, 5, (identity.first,)).raw
    assert callable(change)
    changed = change(kept, newer)
    assert isinstance(changed, KeptDoctor)
    Place(keeper, link).save_doctor(changed)
    async with doctor(server.origin, at) as host, patient(server.origin, link, keeper) as guest:
        known = (await host.kind(desks.Knocked)).guest
        await host.model.admit(known)
        await guest.until(lambda event: getattr(event, "code", "") == code)
        guest.drain()
        assert not [
            event for event in guest.told if isinstance(event, visits.Admitted | visits.Met)
        ]


async def test_what_a_revoked_device_signed_counts_from_before_alone(
    server: ServerProcess, at: Practice, identity: Identity, tmp_path: Path
) -> None:
    me, room = at.practitioner, at.room
    author = Author(me.device, me.certificate, Stated("Dr Camille Démo"))
    part = Part("ordonnance.pdf", "application/pdf", written(tmp_path, "plain.pdf", b"%PDF-1.7"))
    document = Document("prescription", NOW, None, (part,))
    async with patient(server.origin, room.link(0)) as guest:
        await guest.kind(visits.Met)
        key = guest.model.key.public
        reader = Reader(key, room.room)
        sent = await send_document(identity.api, author, reader, document, os.urandom)
        other = await send_document(identity.api, author, reader, document, os.urandom)
        # Receipts count in whole seconds.
        await asyncio.sleep(1.1)
        until = int(time.time())
        phone = Device(SigningKey(os.urandom(32)).public, until)
        await identity.list(replace(identity.first, until=until), phone)

        async def receive(**changes: str | None) -> None:
            said = {key: one for key, one in (sent.value | changes).items() if one is not None}
            await receive_document(
                guest.model.api,
                replace(sent, value=said),
                reader=key,
                room=room.room,
                sender=room.identity,
                folder=tmp_path / "kept",
                judge=guest.model.doctor.judge,
            )

        async def refused(code: SealCode, **changes: str | None) -> None:
            with pytest.raises(SealError) as refusal:
                await receive(**changes)
            assert refusal.value.code == code
            assert not (tmp_path / "kept").exists()

        own = SigningKey((server.data / "server-key").read_bytes())
        hash_ = sha256(b64u_decode(sent.value["statement"]))
        late = u64(until) + own.sign("aparte/1 receipt", hash_, u64(until))
        await refused(SealCode.REVOKED, receipt=b64u(late))
        await refused(SealCode.BAD_SIGNATURE, receipt=other.value["receipt"])
        await refused(SealCode.BAD_FORM, receipt=None)
        with pytest.raises(ServerRefused):
            # Whatever date it writes on it.
            await send_document(identity.api, author, reader, document, os.urandom)
        await receive()
        assert (tmp_path / "kept" / "ordonnance.pdf").exists()
