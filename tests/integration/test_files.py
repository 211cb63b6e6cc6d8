"""Files of any size, by a link and words: sealed as they go up, checked as they come down."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import time
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from client.api.http import Api
from client.documents.downloading import Download
from client.documents.files import Said, Sending, SentFiles, withdraw
from client.documents.links import Opening
from client.documents.patience import Patience
from client.documents.permits import Allowed, make_permit
from client.documents.sources import SourceChanged, source_of
from client.documents.uploading import PIECE_BYTES
from client.sealing.errors import SealCode, SealError
from client.sealing.handed import Handed, Outside
from client.sealing.permit import Permit
from client.sealing.streamed import Shape
from client.sealing.xwing import KemKey
from client.vault import Memory
from tests.integration.large import pattern, write
from tests.integration.people import Practice, practice
from tests.integration.running import BIN
from tests.integration.serving import ServerProcess, serving

DAY = 24 * 3600
MIB = 1024 * 1024


@dataclass
class World:
    server: ServerProcess
    at: Practice
    api: Api
    folder: Path

    async def permit(self, length: int = 8 * MIB) -> Permit:
        until = int(time.time()) + DAY
        device, allowed = self.at.practitioner.device, Allowed(length, until)
        return await make_permit(self.api, device, allowed, os.urandom)

    def command(self, *words: str | Path) -> list[str]:
        state = ("--state", str(self.folder / "state")) if words[0] != "receive" else ()
        return [str(BIN / "aparte"), *map(str, words), *state]

    async def run(self, *words: str | Path, typed: str = "") -> tuple[int, str, str]:
        """Exit code, and what the command says."""
        running = await asyncio.create_subprocess_exec(
            *self.command(*words),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, trouble = await running.communicate(typed.encode())
        return running.returncode or 0, said.decode(), trouble.decode()

    async def send(self, content: bytes, openings: int = 3) -> SentFiles:
        file = self.folder / "scan.bin"
        file.write_bytes(content)
        permit = await self.permit(len(content))
        sending = Sending(permit, source_of([file]), Said("Labo", openings), Memory(), os.urandom)
        return await sending.run(self.api, lambda _done: None, Patience(0))

    async def open(self, sent: SentFiles) -> Handed:
        words = " ".join(sent.links[0].link.words(sent.links[0].code, "english"))
        return await Opening(self.api, sent.links[0].link).open(words)

    def stored(self) -> list[Path]:
        """The files of blobs at the server."""
        return sorted(file for file in (self.server.data / "blobs").rglob("*") if file.is_file())


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    (tmp_path / "server").mkdir()
    async with serving(tmp_path / "server") as server, aiohttp.ClientSession() as http:
        api = Api(server.origin, http, os.urandom)
        yield World(server, await practice(server), api, tmp_path)


async def test_a_folder_arrives_as_a_zip_and_says_who_nobody_knows(world: World) -> None:
    folder = world.folder / "étude"
    (folder / "série 1").mkdir(parents=True)
    (folder / "série 1" / "a.dcm").write_bytes(os.urandom(100_000))
    (folder / "vide.txt").write_bytes(b"")
    permit = await world.permit()
    url = permit.url(world.server.origin)
    code, said, trouble = await world.run("send", url, folder, "--name", "Labo Démo", "--json")
    assert (code, trouble) == (0, "")
    told = json.loads(said)
    kept = world.folder / "kept"
    words = " ".join(told["links"][0]["words"])
    code, said, trouble = await world.run(
        "receive", told["links"][0]["link"], "--folder", kept, "--json", typed=words
    )
    assert code == 0, trouble
    found = json.loads(said)
    assert (found["identity"], found["name"]) == (None, "Labo Démo")
    (file,) = (Path(name) for name in found["files"])
    assert file.name == "étude.zip"
    assert [one.name for one in kept.iterdir()] == ["étude.zip"]
    with zipfile.ZipFile(file) as made:
        assert made.testzip() is None
        assert made.read("étude/série 1/a.dcm") == (folder / "série 1" / "a.dcm").read_bytes()
        assert made.read("étude/vide.txt") == b""
    code, said, _ = await world.run("sent")
    assert "étude.zip: opened 1 of 5 times" in said
    assert world.stored() != []
    code, said, _ = await world.run("sent", "--take-back", "1")
    assert "taken back" in said
    assert world.stored() == []


async def test_a_permit_pays_once(world: World) -> None:
    url = (await world.permit()).url(world.server.origin)
    one, other = write(world.folder / "one", 1000), write(world.folder / "other", 1000)
    code, said, _ = await world.run("send", url, one, "--json")
    assert code == 0
    # The same again is the same sending.
    assert json.loads((await world.run("send", url, one, "--json"))[1]) == json.loads(said)
    code, _, trouble = await world.run("send", url, other)
    assert code == 1
    assert "has changed since it was begun" in trouble
    shutil.rmtree(world.folder / "state")
    code, _, trouble = await world.run("send", url, other)
    assert code == 1
    assert "used already" in trouble


async def test_what_a_permit_does_not_pay_for_is_not_begun(world: World) -> None:
    url = (await world.permit(1000)).url(world.server.origin)
    code, _, trouble = await world.run("send", url, write(world.folder / "large", MIB))
    assert code == 1
    assert "longer than is allowed" in trouble
    assert world.stored() == []
    (world.folder / "empty").mkdir()
    code, _, trouble = await world.run("send", url, world.folder / "empty")
    assert (code, "no file is there" in trouble) == (1, True)
    code, _, trouble = await world.run("send", f"{url}A", world.folder / "large")
    assert (code, "incomplete" in trouble) == (1, True)


@pytest.mark.parametrize("length", [0, 1, 65_536, 65_537, 8 * MIB, 8 * MIB + 1, 17 * MIB])
async def test_any_length_arrives(world: World, length: int) -> None:
    content = b"".join(pattern(length))
    sent = await world.send(content)
    handed = await world.open(sent)
    assert isinstance(handed.content, Outside)
    (part,), (info,) = handed.content.parts, handed.authorship.statement.parts
    file = world.folder / "found"
    download = Download(world.api, part, info, KemKey(handed.content.key))
    await download.run(file, lambda _done: None, Patience(0))
    assert file.read_bytes() == content
    assert world.stored() != []
    await withdraw(world.api, sent)
    assert world.stored() == []


async def test_a_changed_file_is_never_sealed_again(world: World) -> None:
    """The number of a chunk is its nonce."""
    length = 2 * PIECE_BYTES + MIB
    file, kept = write(world.folder / "scan.bin", length), Memory()
    permit = await world.permit(length)

    class Cut(Exception):
        pass

    def cut(done: int) -> None:
        if done:
            raise Cut

    sending = Sending(permit, source_of([file]), Said("Labo", 1), kept, os.urandom)
    with pytest.raises(Cut):
        await sending.run(world.api, cut, Patience(0))
    before = file.stat()
    with file.open("r+b") as target:
        # Within the piece that was sealed while the first was on its way.
        target.seek(PIECE_BYTES)
        target.write(b"another")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    again = Sending(permit, source_of([file]), Said("Labo", 1), kept, os.urandom)
    with pytest.raises(SourceChanged):
        await again.run(world.api, lambda _done: None, Patience(0))


async def test_a_flipped_byte_is_refused_in_its_chunk_and_only_there(world: World) -> None:
    content = b"".join(pattern(5 * 65_536 + 100))
    sent = await world.send(content)
    handed = await world.open(sent)
    assert isinstance(handed.content, Outside)
    (part,), (info,) = handed.content.parts, handed.authorship.statement.parts
    key, shape = KemKey(handed.content.key), Shape(info.length)
    # Chunks and leaves went up as pieces of their own, and stand in files of their own.
    sizes = {file.stat().st_size: file for file in world.stored()}
    chunks, rest = sizes[shape.content], sizes[shape.blob - shape.content]
    as_they_were = {file: file.read_bytes() for file in (chunks, rest)}

    def flip(offset: int) -> None:
        for file, content in as_they_were.items():
            file.write_bytes(content)
        file, at = (rest, offset - shape.content) if offset >= shape.content else (chunks, offset)
        bent = bytearray(as_they_were[file])
        bent[at] ^= 1
        file.write_bytes(bent)

    async def received() -> int:
        """How many bytes come before it is refused, or all."""
        file = world.folder / "found"
        file.unlink(missing_ok=True)
        refusal = None
        try:
            await Download(world.api, part, info, key).run(file, lambda _: None, Patience(0))
        except SealError as error:
            refusal = error.code
        # The stanza's name is a header's alone.
        refused = (SealCode.ALTERED, SealCode.MIXED_RECIPIENTS)
        whole = file.stat().st_size == len(content)
        assert refusal is None if whole else refusal in refused
        assert content.startswith(file.read_bytes())
        return file.stat().st_size

    flipped = [(shape.begin(n) + at, n) for n in range(shape.chunks) for at in (0, 50, 115)]
    wanted = [(offset, shape.plain(n)) for offset, n in flipped]
    # In the header, or in the leaves, it is refused before anything is shown.
    wanted += [(at, 0) for at in (0, 30, 900, 1600, 1640, shape.content, shape.blob - 1)]
    for offset, left in wanted:
        flip(offset)
        padding = offset >= shape.content + shape.leaves
        assert await received() == (len(content) if padding else left), offset
    flip(shape.begin(2) + 5)
    file = world.folder / "rest"
    file.write_bytes(content[: shape.plain(3)])
    # Whoever has the third chunk from elsewhere gets all that follows.
    await Download(world.api, part, info, key).run(file, lambda _: None, Patience(0))
    assert file.read_bytes() == content
    as_it_was = as_they_were[chunks]
    swapped = bytearray(as_it_was)
    one, two, three = (shape.begin(n) for n in (1, 2, 3))
    swapped[one:three] = as_it_was[two:three] + as_it_was[one:two]
    chunks.write_bytes(swapped)
    assert await received() == shape.plain(1)
