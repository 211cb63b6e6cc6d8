"""Permits that say whose they are: what is sent reaches the practice, and others by links."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from client.api import blobs
from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api, Request
from client.documents.files import Said, Sending, SentFiles
from client.documents.links import Opening
from client.documents.patience import Patience
from client.documents.permits import Allowed, look_behind, open_arrived
from client.documents.receiving_files import fetch_outside
from client.documents.sources import source_of
from client.host.desk import Desk
from client.host.permits import Permits
from client.mail.address import Address
from client.mail.post import write_to
from client.sealing.encoding import b64u, b64u_decode
from client.sealing.handed import Outside
from client.sealing.mail import Mail, mail
from client.sealing.permit import Permit
from client.sealing.sealed_link import SealedLink
from client.vault import Keeper, Memory
from signaling.wire import ErrorCode
from tests.integration.large import write
from tests.integration.people import Person, Practice, doctor, practice
from tests.integration.running import BIN
from tests.integration.serving import ServerProcess, serving

DAY = 24 * 3600
MIB = 1024 * 1024


@dataclass
class World:
    server: ServerProcess
    at: Practice
    api: Api
    host: Person[Desk]
    folder: Path

    async def permit(self, length: int = MIB, links: int = 3) -> Permit:
        allowed = Allowed(length, int(time.time()) + DAY, links)
        return await self.host.model.permit("Laboratory", allowed)

    def sending(self, permit: Permit, kept: Keeper, *readers: str) -> Sending:
        file = self.folder / "scan.bin"
        if not file.exists():
            write(file, 100_000)
        return Sending(permit, source_of([file]), Said("Labo", 2, readers), kept, os.urandom)

    async def send(self, permit: Permit, *readers: str, kept: Keeper | None = None) -> SentFiles:
        sending = self.sending(permit, kept or Memory(), *readers)
        return await sending.run(self.api, lambda _done: None, Patience(0))

    async def run(self, *words: str | Path) -> tuple[int, str, str]:
        running = await asyncio.create_subprocess_exec(
            *(str(BIN / "aparte"), *map(str, words), "--state", str(self.folder / "state")),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, trouble = await running.communicate()
        return running.returncode or 0, said.decode(), trouble.decode()

    def stored(self) -> list[Path]:
        return sorted(file for file in (self.server.data / "blobs").rglob("*") if file.is_file())


class Cut(Api):
    """Gets so many answers, and then none."""

    left = 0

    async def answer(self, request: Request) -> bytes:
        if self.left == 0:
            raise ServerUnreachable("cut")
        self.left -= 1
        return await super().answer(request)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    (tmp_path / "server").mkdir()
    async with serving(tmp_path / "server") as server, aiohttp.ClientSession() as http:
        api, at = Api(server.origin, http, os.urandom), await practice(server)
        async with doctor(server.origin, at) as host:
            yield World(server, at, api, host, tmp_path)


async def _content(world: World, found: Mail) -> bytes:
    """Open what a letter brought, and fetch it."""
    handed = await open_arrived(world.api, found)
    content, statement = handed.content, handed.authorship.statement
    assert isinstance(content, Outside)
    folder = world.folder / "kept"
    folder.mkdir(exist_ok=True)
    patience = Patience(0)
    (file,) = await fetch_outside(
        world.api, content, statement, folder, told=lambda *_: lambda _done: None, patience=patience
    )
    return file.read_bytes()


async def test_a_stranger_sends_and_the_practice_opens_without_words(world: World) -> None:
    permit = await world.permit()
    url = permit.url(world.server.origin)
    file = write(world.folder / "scan.bin", 100_000)
    behind = await look_behind(world.api, permit)
    assert (behind.record.card.card.name, behind.asked) == ("Dr Camille Démo", True)
    options = ("--name", "Labo Démo", "--link", "Dr Autre", "--link", "Łukasz", "--json")
    code, said, trouble = await world.run("send", url, file, *options)
    assert code == 0, trouble
    assert "It goes to Dr Camille Démo, Médecin" in trouble
    assert "checked by nobody" in trouble
    told = json.loads(said)
    assert (told["practice"]["name"], told["practice"]["asked"]) == ("Dr Camille Démo", True)
    assert [one["to"] for one in told["links"]] == ["Dr Autre", "Łukasz"]
    found = await world.host.mailed("files")
    assert (found.value["name"], found.value["size"]) == ("scan.bin", 100_000)
    assert await _content(world, found) == file.read_bytes()
    (given,) = world.host.model.permits.all
    assert given.came == found.value
    # The others have links and words of their own, and counts of their own.
    for one in told["links"]:
        secret = b64u_decode(one["link"].rpartition("#1.")[2], 32)
        handed = await Opening(world.api, SealedLink(secret)).open(" ".join(one["words"]))
        assert handed.authorship.statement.author.name == "Labo Démo"
    assert told["links"][0]["words"] != told["links"][1]["words"]
    code, said, _ = await world.run("sent")
    assert "scan.bin for Dr Camille Démo: opened 1 of 100 times" in said
    assert "scan.bin for Łukasz: opened 1 of 5 times" in said
    # The same again tells nobody twice.
    assert json.loads((await world.run("send", url, file, *options))[1]) == told
    code, _, trouble = await world.run("send", url, file, "--link", "a", *options[2:])
    assert (code, "pays for 2 links" in trouble) == (1, True)


async def test_what_is_done_again_is_the_same_letter(world: World) -> None:
    permit, kept = await world.permit(), Memory()
    await world.send(permit, kept=kept)
    first = await world.host.mailed("files")
    # As a process leaves it that was killed before it could note that the letter is there.
    kept.erase("posted")
    await world.send(permit, kept=kept)
    other = await world.permit()
    await world.send(other)
    second = await world.host.mailed("files")
    assert second.value["permit"] == b64u(other.id)
    assert first.value["permit"] == b64u(permit.id)
    assert [given.came for given in world.host.model.permits.all] == [first.value, second.value]


async def test_an_unused_permit_is_withdrawn_and_its_bytes_are_free(world: World) -> None:
    before = world.stored()
    permit, other = await world.permit(), await world.permit()
    old = await look_behind(world.api, other)
    assert await world.host.model.permits.withdraw(permit)
    # Again changes nothing, and the papers of the other one lie there.
    assert await world.host.model.permits.withdraw(permit)
    assert len(world.stored()) == len(before) + 1
    code, _, trouble = await world.run(
        "send", permit.url(world.server.origin), write(world.folder / "scan.bin", 10)
    )
    assert (code, "has withdrawn this permit" in trouble) == (1, True)
    # Whoever has noted where the practice was writes there no more.
    was = old.papers.destination
    gone = Address(was.mailbox, was.append, was.seal)
    with pytest.raises(ServerRefused) as refused:
        await write_to(world.api, gone, mail("opened", document=b64u(bytes(16))), os.urandom)
    assert refused.value.code is ErrorCode.NOT_FOUND
    new = await look_behind(world.api, other)
    assert new.papers.destination.mailbox == was.mailbox
    assert new.papers.destination.append != was.append
    await world.send(other)
    assert (await world.host.mailed("files")).value["permit"] == b64u(other.id)


async def test_a_used_permit_is_not_withdrawn(world: World) -> None:
    permit = await world.permit()
    sent = await world.send(permit)
    await world.host.mailed("files")
    assert not await world.host.model.permits.withdraw(permit)
    assert (await blobs.counted(world.api, sent.owner, sent.links[0].link.place)).used == 0


async def test_a_withdrawal_that_was_cut_is_gone_on_with(world: World) -> None:
    permit, desk = await world.permit(), world.host.model
    for answers in range(1, 9):
        async with aiohttp.ClientSession() as http:
            cut = Cut(world.server.origin, http, os.urandom)
            cut.left = answers
            permits = Permits(cut, desk.practitioner, desk.post, world.at.keeper, os.urandom)
            with contextlib.suppress(ServerUnreachable):
                assert await permits.withdraw(permit)
    permits = world.host.model.permits
    assert await permits.withdraw(permit)
    assert [given.state for given in permits.all] == ["withdrawn"]
    assert world.stored() == []
