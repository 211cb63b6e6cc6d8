"""A document for somebody who has no address: a link, and words that are spoken."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from client.api import blobs
from client.api.errors import ServerRefused
from client.api.http import Api
from client.documents.handing import keep
from client.documents.links import Ends, Opening, Sent, send_link
from client.documents.sending import Author, Document, Part
from client.sealing.errors import SealCode, SealError
from client.sealing.sealed_link import SealedLink, draw_code
from client.sealing.statement import Person
from client.sealing.words import WordsError
from signaling.wire import ErrorCode
from tests.integration.people import Practice, practice
from tests.integration.running import BIN
from tests.integration.serving import ServerProcess, serving

CONTENT = b"%PDF-1.7 a letter that nobody else reads" * 50
DAY = 24 * 3600


@dataclass
class World:
    server: ServerProcess
    at: Practice
    api: Api
    folder: Path

    async def send(self, openings: int = 3, content: bytes = CONTENT) -> Sent:
        file = self.folder / "letter.pdf"
        file.write_bytes(content)
        who = self.at.practitioner
        author = Author(who.device, who.certificate, Person(who.profile.name))
        parts = (Part("lettre été.pdf", "application/pdf", file),)
        document = Document("file", "2026-01-02T03:04:05Z", None, parts)
        ends = Ends(int(time.time()) + DAY, openings)
        return await send_link(self.api, author, document, ends, os.urandom)

    def words(self, sent: Sent, language: str = "french") -> str:
        return " ".join(sent.link.words(sent.code, language))

    def opening(self, sent: Sent) -> Opening:
        return Opening(self.api, sent.link)

    async def used(self, sent: Sent) -> int:
        return (await blobs.counted(self.api, sent.owner, sent.link.place)).used

    async def receive(self, sent: Sent, typed: str) -> tuple[int, str, str]:
        """`aparte receive`: exit code, and what it says."""
        link = sent.link.url(self.server.origin)
        process = await asyncio.create_subprocess_exec(
            BIN / "aparte", "receive", link, "--folder", self.folder / "kept", "--json",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said, trouble = await process.communicate(typed.encode())
        return process.returncode or 0, said.decode(), trouble.decode()


def _read(file: str) -> bytes:
    return Path(file).read_bytes()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    (tmp_path / "server").mkdir()
    async with serving(tmp_path / "server") as server, aiohttp.ClientSession() as http:
        api = Api(server.origin, http, os.urandom)
        yield World(server, await practice(server), api, tmp_path)


async def test_the_link_and_the_words_open_it(world: World) -> None:
    sent = await world.send()
    await world.opening(sent).open(world.words(sent, "english"))
    handed = await world.opening(sent).open(world.words(sent, "french").upper())
    assert handed.content == (CONTENT,)
    card = handed.authorship.card
    assert card is not None
    assert card.card.name == world.at.practitioner.profile.name
    assert handed.authorship.signed_at is not None
    assert await world.used(sent) == 2
    (kept,) = keep(handed, (CONTENT,), world.folder / "kept")
    assert (kept.name, kept.read_bytes()) == ("lettre_été.pdf", CONTENT)


async def test_words_that_cannot_be_right_cost_no_opening(world: World) -> None:
    sent = await world.send()
    opening = world.opening(sent)
    words = world.words(sent).split()
    with pytest.raises(WordsError):
        await opening.open(" ".join(words[:4]))
    with pytest.raises(WordsError):
        await opening.open(" ".join([*words[:4], words[4][:-1] + "zz"]))
    assert (await opening.look()).used == 0


async def test_other_words_count_once_and_open_nothing(world: World) -> None:
    sent = await world.send()
    opening = world.opening(sent)
    for _ in range(2):
        other = " ".join(sent.link.words(draw_code(os.urandom), "english"))
        with pytest.raises(SealError) as refused:
            await opening.open(other)
        assert refused.value.code is SealCode.CANNOT_OPEN
    assert (await opening.open(world.words(sent))).content == (CONTENT,)
    assert await world.used(sent) == 1


async def test_what_a_link_says_when_it_opens_nothing(world: World) -> None:
    sent = await world.send(openings=1)
    await world.opening(sent).open(world.words(sent))
    with pytest.raises(ServerRefused) as refused:
        await world.opening(sent).open(world.words(sent))
    assert refused.value.code is ErrorCode.USED_UP
    await blobs.delete(world.api, sent.owner, sent.link.place)
    with pytest.raises(ServerRefused) as refused:
        await world.opening(sent).look()
    assert refused.value.code is ErrorCode.WITHDRAWN
    with pytest.raises(ServerRefused) as refused:
        await Opening(world.api, SealedLink(os.urandom(32))).look()
    assert refused.value.code is ErrorCode.NOT_FOUND


async def test_the_server_holds_nothing_that_opens_it(world: World) -> None:
    sent = await world.send()
    await world.opening(sent).open(world.words(sent))
    held = b"".join(
        file.read_bytes() for file in (world.folder / "server").rglob("*") if file.is_file()
    )
    secrets = [sent.link.secret, sent.code[:6], sent.link.key(sent.code).seed, sent.owner.seed]
    for secret in [*secrets, CONTENT[:40], "lettre été".encode(), world.words(sent).encode()]:
        assert secret not in held


async def test_at_a_terminal(world: World) -> None:
    sent = await world.send(openings=2)
    wrong = " ".join(world.words(sent).split()[:4])
    code, said, trouble = await world.receive(sent, f"{wrong}\n{world.words(sent)}\n")
    assert code == 0, trouble
    told = json.loads(said)
    assert [_read(file) for file in told["files"]] == [CONTENT]
    assert (told["name"], told["attested_by"]) == (world.at.practitioner.profile.name, None)
    assert "Five words" in trouble
    code, said, trouble = await world.receive(sent, "")
    assert (code, said) == (1, "")
    assert await world.used(sent) == 1
    await blobs.delete(world.api, sent.owner, sent.link.place)
    code, _, trouble = await world.receive(sent, world.words(sent))
    assert (code, "withdrawn" in trouble) == (1, True)
