"""Two Python clients over the real server: from the knock to a document, through its death."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from client.documents.receiving import receive_document
from client.documents.sending import Author, Document, Part, Reader, send_document
from client.guest import visit as visits
from client.host import desk as desks
from client.limits import FILES
from client.peer.join import Options, join
from client.sealing.encoding import b64u
from client.sealing.errors import SealCode, SealError
from client.sealing.mail import Mail, mail
from client.sealing.sealed_link import SealedLink, draw_code
from client.sealing.statement import Person as Stated
from client.vault import Memory, open_vault
from signaling.wire import ErrorCode
from tests.integration.people import (
    NOW,
    Person,
    Practice,
    addressed,
    admitted,
    admitted_guest,
    chat,
    doctor,
    patient,
    practice,
    written,
)
from tests.integration.serving import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_knock_admit_and_talk(server: ServerProcess, at: Practice) -> None:
    link = at.room.link(0)
    async with doctor(server.origin, at) as host, patient(server.origin, link) as guest:
        known = await admitted(host, guest)
        assert known.name == "Łukasz Şahin"
        await host.model.send(known, chat("Bonjour"))
        await guest.model.send(chat("Bonjour docteur"))
        await guest.hears("Bonjour")
        await host.hears("Bonjour docteur")
        assert host.string == guest.string
        await host.model.end()
        assert (await guest.kind(visits.Over)).why == "ended"
        assert (await host.kind(desks.Over)).why == "ended"
        assert [value["t"] for value in guest.said("bye")] == ["bye"]


async def test_a_server_killed_in_the_consult_loses_and_repeats_nothing(
    server: ServerProcess, at: Practice
) -> None:
    link = at.room.link(0)
    async with doctor(server.origin, at) as host, patient(server.origin, link) as guest:
        known = await admitted(host, guest)
        await guest.model.send(chat("0"))
        await host.hears("0")
        await server.kill()
        for number in range(1, 4):
            await guest.model.send(chat(str(number)))
            await host.model.send(known, chat(f"h{number}"))
        await asyncio.sleep(0.5)
        await server.start()
        await host.hears("3")
        await guest.hears("h3")
        assert [value["text"] for value in host.said()] == ["0", "1", "2", "3"]
        assert [value["text"] for value in guest.said()] == ["h1", "h2", "h3"]
        assert not any(isinstance(event, desks.Knocked) for event in host.told[4:])


async def test_a_server_killed_in_the_waiting_room(server: ServerProcess, at: Practice) -> None:
    link = at.room.link(0)
    async with patient(server.origin, link) as guest:
        await guest.kind(visits.Waiting)
        await server.kill()
        await server.start()
        await guest.kind(visits.Waiting)
        async with doctor(server.origin, at) as host:
            await admitted(host, guest)


async def test_both_come_back_from_what_they_kept(server: ServerProcess, tmp_path: Path) -> None:
    host_vault = open_vault(tmp_path / "host", "correct horse", os.urandom)
    at = await practice(server, host_vault)
    guest_vault = open_vault(tmp_path / "guest", None, os.urandom)
    link = at.room.link(0)
    async with (
        doctor(server.origin, at) as host,
        patient(server.origin, link, guest_vault) as guest,
    ):
        known = await admitted(host, guest)
        string = host.string
        await guest.model.send(chat("1"))
        await host.hears("1")
    async with doctor(server.origin, at) as host:
        (known,) = await _guests(host)
        await host.model.send(known, chat("while you were away"))
        async with patient(server.origin, link, guest_vault) as guest:
            await guest.hears("while you were away")
            await guest.model.send(chat("2"))
            await host.hears("2")
            assert guest.string == string
            assert [value["text"] for value in host.said()] == ["2"]
            assert not any(isinstance(event, desks.Knocked) for event in host.told)
    for file in (tmp_path / "host").iterdir():
        assert file.stat().st_mode & 0o077 == 0


async def _guests(host: Person[desks.Desk]) -> list[desks.Guest]:
    await host.kind(desks.Seen)
    return list(host.model.guests.values())


async def test_a_lost_accept_is_sent_again(server: ServerProcess, at: Practice) -> None:
    link, keeper = at.room.link(0), Memory()
    async with doctor(server.origin, at) as host:
        async with patient(server.origin, link, keeper) as guest:
            waiting = (await host.kind(desks.Knocked)).guest
        await host.until(lambda e: isinstance(e, desks.Seen) and not e.guest.connected)
        await host.model.admit(waiting)
        accept = waiting.accept
        # The relay keeps it for a while; a server that dies forgets it.
        await asyncio.sleep(0.3)
        await server.kill()
        await server.start()
        async with patient(server.origin, link, keeper) as guest:
            await guest.kind(visits.Admitted)
            await guest.model.send(chat("here"))
            await host.hears("here")
            assert waiting.accept == accept


async def test_a_guest_that_lost_everything_is_not_let_in_by_itself(
    server: ServerProcess, at: Practice
) -> None:
    link = at.room.link(0)
    async with doctor(server.origin, at) as host:
        async with patient(server.origin, link) as guest:
            first = await admitted(host, guest)
        async with patient(server.origin, link, name="Somebody else") as other:
            second = (await host.kind(desks.Knocked)).guest
            assert second.seat_taken
            assert second.key != first.key
            await host.model.admit(second)
            trouble = await host.kind(desks.Trouble)
            assert trouble.code == ErrorCode.SEAT_TAKEN
            await host.model.admit(second, take_over=True)
            await other.kind(visits.Admitted)
            await other.model.send(chat("wiped phone"))
            await host.hears("wiped phone")


async def test_refused_and_sent_back(server: ServerProcess, at: Practice) -> None:
    link = at.room.link(0)
    async with doctor(server.origin, at) as host, patient(server.origin, link) as guest:
        known = await admitted(host, guest)
        await host.model.send_back(known)
        await guest.kind(visits.Held)
        again = (await host.kind(desks.Knocked)).guest
        await host.model.refuse(again)
        assert (await guest.kind(visits.Over)).why == "refused"


async def _send(
    host: Person[desks.Desk], guest: desks.Guest, at: Practice, files: tuple[Part, ...]
) -> Mail:
    author = Author(
        at.practitioner.device,
        at.practitioner.certificate,
        Stated("Dr Camille Démo", {"profession": "Médecin"}),
    )
    reader = Reader(guest.key, at.room.room)
    document = Document("prescription", NOW, Stated("Łukasz Şahin"), files)
    sent = await send_document(host.model.api, author, reader, document, os.urandom)
    await addressed(host, guest)
    await host.model.write(guest, sent)
    return sent


async def test_a_document_arrives_and_is_verified(
    server: ServerProcess, at: Practice, tmp_path: Path
) -> None:
    link = at.room.link(0)
    plain = os.urandom(300_000)
    parts = (
        Part("ordonnance.pdf", "application/pdf", written(tmp_path, "a", plain)),
        Part("../../evil name.json", "application/fhir+json", written(tmp_path, "b", b"{}")),
    )
    async with doctor(server.origin, at) as host, patient(server.origin, link) as guest:
        known = await admitted(host, guest)
        await _send(host, known, at, parts)
        found = await guest.mailed("document")
        folder = tmp_path / "received"
        received = await receive_document(
            guest.model.api,
            found,
            reader=guest.model.key.public,
            room=link.room,
            sender=at.room.identity,
            folder=folder,
        )
        assert received.author == at.room.identity
        assert [file.name for file in received.files] == ["ordonnance.pdf", "evil_name.json"]
        assert received.files[0].read_bytes() == plain
        for reader, room, sender, code in (
            (os.urandom(32), link.room, at.room.identity, SealCode.WRONG_RECIPIENT),
            (guest.model.key.public, os.urandom(16), at.room.identity, SealCode.WRONG_RECIPIENT),
            (guest.model.key.public, link.room, os.urandom(32), SealCode.BAD_SIGNATURE),
        ):
            with pytest.raises(SealError) as refusal:
                await receive_document(
                    guest.model.api,
                    found,
                    reader=reader,
                    room=room,
                    sender=sender,
                    folder=tmp_path / "nothing",
                )
            assert refusal.value.code == code
        assert not (tmp_path / "nothing").exists()


async def test_a_guest_sends_a_document(
    server: ServerProcess, at: Practice, tmp_path: Path
) -> None:
    link = at.room.link(0)
    async with doctor(server.origin, at) as host, patient(server.origin, link) as guest:
        known = await admitted(host, guest)
        author = Author(guest.model.key, None, Stated("Łukasz Şahin"))
        part = Part("photo.txt", "text/plain", written(tmp_path, "photo", b"hello"))
        document = Document("file", NOW, None, (part,))
        reader = Reader(at.room.identity, link.room)
        sent = await send_document(guest.model.api, author, reader, document, os.urandom)
        await addressed(host, known)
        await guest.model.write(sent)
        found = await host.mailed("document")
        received = await receive_document(
            host.model.api,
            found,
            reader=at.room.identity,
            room=link.room,
            sender=guest.model.key.public,
            folder=tmp_path / "received",
        )
        assert received.files[0].read_bytes() == b"hello"


async def test_one_document_too_many_is_refused_aloud(
    server: ServerProcess, at: Practice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = Options("Łukasz", "", tmp_path / "kept", 1, events=True, leave_after=None)
    async with doctor(server.origin, at) as host:
        joined = asyncio.create_task(join(server.origin, at.room.link(0), options, Memory()))
        known = await admitted_guest(host)
        ids = [b64u(os.urandom(16)) for _ in range(FILES + 2)]
        await addressed(host, known)
        for identifier in ids:
            sent = mail("document", id=identifier, at=NOW, statement="AAAA", envelope="AAAA")
            await host.model.write(known, sent)
        told = [(await host.mailed("delivered")).value for _ in ids]
        assert [value["document"] for value in told] == ids
        assert not any(value["verified"] for value in told)
        await host.model.end()
        assert await joined
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    codes = [line["code"] for line in lines if line["event"] == "refused"]
    assert codes.count("too_many_files") == 2
    assert len(codes) == len(ids)


async def test_a_letter_about_files_is_told_once(
    server: ServerProcess, at: Practice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = Options("Łukasz", "", tmp_path / "kept", 1, events=True, leave_after=None)
    link, code = SealedLink(os.urandom(32)), draw_code(os.urandom)
    said = {"name": "IRM\x1b[2J.zip", "size": 12, "until": "2099-01-01T00:00:00Z"}
    secrets = {"link": b64u(link.secret), "code": b64u(code)}
    letter = mail("files", id=b64u(os.urandom(16)), at=NOW, **secrets, **said)
    async with doctor(server.origin, at) as host:
        joined = asyncio.create_task(join(server.origin, at.room.link(0), options, Memory()))
        known = await admitted_guest(host)
        await addressed(host, known)
        await host.model.write(known, letter)
        await host.model.write(known, letter)
        # What comes behind them is answered: both were taken by then.
        behind = mail("document", id=b64u(os.urandom(16)), at=NOW, statement="AAAA", envelope="")
        await host.model.write(known, behind)
        await host.mailed("delivered")
        await host.model.end()
        assert await joined
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (told,) = [line for line in lines if line["event"] == "files"]
    assert told["url"] == link.url(server.origin)
    assert link.read_words(told["words"]) == code


async def test_another_link_reaches_nothing(server: ServerProcess, at: Practice) -> None:
    link = at.room.link(0)
    wrong = type(link)(link.room, os.urandom(32), link.hash)
    async with patient(server.origin, wrong) as guest:
        over = await guest.kind(visits.Over)
        assert over.why == str(ErrorCode.NOT_FOUND)
    swapped = type(link)(link.room, link.secret, os.urandom(16))
    async with patient(server.origin, swapped) as guest:
        trouble = await guest.kind(visits.Trouble)
        assert trouble.code == SealCode.WRONG_HOST
        assert (await guest.kind(visits.Over)).why == SealCode.WRONG_HOST


async def test_ice_servers_are_an_empty_list_without_turn(
    server: ServerProcess, at: Practice
) -> None:
    async with doctor(server.origin, at) as host:
        await host.kind(desks.Away)
        channel = host.model.channel
        assert channel is not None
        assert await host.model._socket.ice_servers(channel) == []
