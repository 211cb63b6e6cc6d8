"""Studies from one PACS to another, by a permit and a sealed link: as they were, byte for byte."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import io
import json
import os
import shutil
import signal
import time
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import aiohttp
import pydicom
import pytest
import pytest_asyncio
from aiohttp import web

from client.api.http import Api
from client.documents.files import Said, Sending
from client.documents.patience import Patience
from client.documents.permits import Allowed, make_permit
from client.documents.sources import FileSource
from client.imaging.collecting import collect
from client.sealing.permit import Permit
from client.sealing.statement import Kind
from client.vault import Memory
from tests.imaging.dicoms import REAL, Ct, encoded, make_ct
from tests.integration.large import ran
from tests.integration.orthanc import PASSWORD, USER, Orthanc, orthanc
from tests.integration.people import Practice
from tests.integration.ports import free_port
from tests.integration.running import BIN
from tests.integration.serving import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

MIB = 1024 * 1024
CT = Ct(rows=64, columns=64)
# 300 MiB.
LARGE, LARGE_CT = 600, Ct(rows=512, columns=512)
MOST_MEMORY = 250 * MIB
SCOUT = Ct(rows=32, columns=48, number=2, description="Scout")


@dataclass
class World:
    server: ServerProcess
    at: Practice
    api: Api
    folder: Path

    async def permit(self, length: int = 8 * MIB) -> Permit:
        until = int(time.time()) + 24 * 3600
        device, allowed = self.at.practitioner.device, Allowed(length, until)
        return await make_permit(self.api, device, allowed, os.urandom)

    async def run(
        self, *words: str | Path, typed: str = "", password: str = PASSWORD
    ) -> tuple[int, str, str]:
        """Exit code, and what the command says."""
        running = await asyncio.create_subprocess_exec(
            *(str(BIN / "aparte"), *map(str, words)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "HOME": str(self.folder), "APARTE_PACS_PASSWORD": password},
        )
        said, trouble = await running.communicate(typed.encode())
        return running.returncode or 0, said.decode(), trouble.decode()

    async def pull(
        self, pacs: str, study: str, permit: Permit, **more: str
    ) -> tuple[int, str, str]:
        url = permit.url(self.server.origin)
        words = ("imaging", "pull", study, url, "--from", pacs, "--user", USER, "--json")
        return await self.run(*words, **more)

    async def push(self, sent: str, pacs: str, **more: str) -> tuple[int, str, str]:
        told = json.loads(sent)
        words = ("imaging", "push", told["links"][0]["link"], "--to", pacs, "--user", USER)
        return await self.run(*words, typed=" ".join(told["links"][0]["words"]), **more)

    async def send(self, *words: str | Path) -> tuple[str, str]:
        """What it says of the link, and besides."""
        url = (await self.permit()).url(self.server.origin)
        code, said, trouble = await self.run("send", url, *words, "--json")
        assert code == 0, trouble
        return said, trouble

    def pushing(self) -> list[Path]:
        """What a push has left, until it has stored it."""
        return sorted((self.folder / ".local/state/aparte/pushing").glob("*/*"))


@pytest_asyncio.fixture(loop_scope="module")
async def world(server: ServerProcess, at: Practice, tmp_path: Path) -> AsyncIterator[World]:
    async with aiohttp.ClientSession() as http:
        yield World(server, at, Api(server.origin, http, os.urandom), tmp_path)


@pytest_asyncio.fixture(loop_scope="module")
async def pacs(tmp_path: Path) -> AsyncIterator[Orthanc]:
    async with orthanc(tmp_path / "pacs") as made:
        yield made


@contextlib.asynccontextmanager
async def answering(
    handler: Callable[[web.Request], Awaitable[web.Response]],
) -> AsyncIterator[str]:
    """A PACS that answers every request in one way."""
    app = web.Application(client_max_size=64 * MIB)
    app.router.add_route("*", "/{rest:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


async def test_a_study_goes_from_one_pacs_to_another_as_it_was(
    world: World, pacs: Orthanc, tmp_path: Path
) -> None:
    files = [encoded(ct.slice(at)) for ct in (CT, SCOUT) for at in range(3)]
    # Written in another way, and none of this study.
    files.append(encoded(CT.slice(9), "1.2.840.10008.1.2"))
    for file in (*files, encoded(Ct(study=2).slice(0))):
        await pacs.put(file)
    code, sent, trouble = await world.pull(pacs.url, CT.study_uid, await world.permit())
    assert (code, trouble) == (0, "1 study: 2 series, 7 images.\n")
    assert not list(world.folder.rglob("pulled"))
    async with orthanc(tmp_path / "other") as other:
        code, said, trouble = await world.push(sent, other.url)
        assert code == 0, trouble
        assert said == "Stored 7 images at 127.0.0.1.\n"
        found = await other.files()
    assert sorted(found) == sorted(files)
    by_uid = {str(one.SOPInstanceUID): one for one in map(read, found)}
    for at in range(3):
        assert by_uid[CT.uid(at)].pixel_array.tolist() == CT.pixels(at).tolist()
        assert str(by_uid[CT.uid(at)].PatientName) == "ÉCHANTILLON^Zoé"
    assert world.pushing() == []


def read(file: bytes) -> pydicom.FileDataset:
    return pydicom.dcmread(io.BytesIO(file))


async def test_a_real_disc_comes_into_a_pacs(world: World, pacs: Orthanc) -> None:
    sent, trouble = await world.send(REAL, "--name", "Labo Démo")
    assert trouble.splitlines()[0] == "7 studies: 14 series, 81 images."
    code, said, trouble = await world.push(sent, pacs.url)
    assert code == 0, trouble
    assert "by somebody who says to be “Labo Démo”: nobody has checked that" in trouble
    assert said == "Stored 81 images at 127.0.0.1.\n"
    files = [file for file in REAL.rglob("[!DR]*") if file.is_file()]
    mine = {str(one.SOPInstanceUID): one for one in map(pydicom.dcmread, files)}
    for one in map(read, await pacs.files()):
        before = mine.pop(str(one.SOPInstanceUID))
        assert one == before
        assert one.file_meta.TransferSyntaxUID == before.file_meta.TransferSyntaxUID
        assert one.get("PixelData") == before.get("PixelData")
    assert mine == {}


async def test_a_reader_finds_a_study_with_its_index(world: World) -> None:
    make_ct(world.folder / "disc", 3, CT)
    (world.folder / "disc" / "viewer.exe").write_bytes(b"MZ" + bytes(500))
    sent, trouble = await world.send(world.folder / "disc")
    assert trouble == "1 study: 1 series, 3 images.\n1 file left out: 1 not DICOM.\n"
    told = json.loads(sent)
    words = ("receive", told["links"][0]["link"], "--folder", world.folder / "kept", "--json")
    code, said, trouble = await world.run(*words, typed=" ".join(told["links"][0]["words"]))
    assert code == 0, trouble
    (file,) = json.loads(said)["files"]
    with zipfile.ZipFile(file) as made:
        assert made.testzip() is None
        assert made.namelist()[0] == "index.json"
        assert [read(made.read(name)).InstanceNumber for name in made.namelist()[1:]] == [1, 2, 3]
    sent, _ = await world.send(world.folder / "disc", "--as-files")
    told = json.loads(sent)
    code, _, trouble = await world.push(sent, "http://127.0.0.1:1")
    assert (code, "something else: use aparte receive" in trouble) == (1, True)


async def test_what_a_pacs_refuses_is_said(world: World, pacs: Orthanc) -> None:
    await pacs.put(encoded(CT.slice(0)))
    permit = await world.permit()
    code, _, trouble = await world.pull(pacs.url, CT.study_uid, permit, password="wrong")
    assert code == 1
    assert trouble == "Error: The PACS refuses these credentials (401). Nothing was sent.\n"
    code, _, trouble = await world.pull(pacs.url, "1.2.3", permit)
    assert (code, "none of that at this address (404)" in trouble) == (1, True)
    code, _, trouble = await world.pull("http://127.0.0.1:1", CT.study_uid, permit)
    assert trouble == "Error: The PACS at 127.0.0.1 cannot be reached. Nothing was sent.\n"
    code, _, trouble = await world.pull(pacs.url, "../instances", permit)
    assert "the UID of a study has digits and dots" in trouble
    # The permit was not used by all of this.
    code, sent, trouble = await world.pull(pacs.url, CT.study_uid, permit)
    assert code == 0, trouble
    code, said, trouble = await world.push(sent, pacs.url, password="wrong")
    assert (code, said) == (1, "")
    assert "refuses these credentials (401). None of 1 images are stored there." in trouble
    (kept,) = world.pushing()
    code, said, trouble = await world.push(sent, "http://127.0.0.1:1")
    assert "cannot be reached. None of 1 images are stored there." in trouble
    # To go on opens nothing anew.
    code, said, trouble = await world.push(sent, pacs.url)
    assert (code, said) == (0, "Stored 1 images at 127.0.0.1.\n")
    assert not kept.exists()
    assert "opened 1 of 5 times" in (await world.run("sent"))[1]


async def test_a_study_longer_than_its_permit_is_not_fetched(world: World, pacs: Orthanc) -> None:
    await pacs.put(encoded(Ct(rows=300, columns=300).slice(0)))
    permit = await world.permit(1000)
    code, _, trouble = await world.pull(pacs.url, CT.study_uid, permit)
    assert (code, "longer than the permit pays for" in trouble) == (1, True)


async def test_what_was_begun_goes_on_though_it_is_fetched_anew(
    world: World, pacs: Orthanc, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in range(3):
        await pacs.put(encoded(CT.slice(at)))
    url = (await world.permit()).url(world.server.origin)
    state = world.folder / "state"
    pull = [str(BIN / "aparte"), "imaging", "pull", CT.study_uid, url, "--json", "--user", USER]
    pull += ["--from", pacs.url, "--state", str(state)]
    monkeypatch.setenv("APARTE_PACS_PASSWORD", PASSWORD)
    cut = await ran(pull, "", lambda: any(state.glob("*/leaves-*")))
    assert cut.code == -signal.SIGKILL
    sent = await ran(pull, "")
    assert sent.code == 0
    # The same again is the same sending.
    assert await ran(pull, "") == dataclasses.replace(sent, memory=ANY)
    assert not list(state.rglob("pulled"))


async def test_images_that_a_pacs_does_not_take_are_not_said_to_be_there(world: World) -> None:
    make_ct(world.folder / "disc", 3, CT)
    sent, _ = await world.send(world.folder / "disc")

    async def some(request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.Response(status=204)
        assert (await request.read()).count(b"Content-Type: application/dicom\r\n") == 3
        named = {"00081155": {"vr": "UI", "Value": [CT.uid(0)]}}
        failed = {
            "00081155": {"vr": "UI", "Value": [CT.uid(1)]},
            "00081197": {"vr": "US", "Value": [0xA700]},
        }
        said = {
            "00081199": {"vr": "SQ", "Value": [named, {"00081155": {"vr": "UI", "Value": ["9"]}}]},
            "00081198": {"vr": "SQ", "Value": [failed, None, {}]},
        }
        return web.json_response(said, status=202, content_type="application/dicom+json")

    async with answering(some) as url:
        code, said, trouble = await world.push(sent, url)
    assert (code, said) == (1, "")
    wanted = (
        "The PACS has not taken all images: it is out of space. 1 of 3 images are stored there."
    )
    assert wanted in trouble


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"status": 500}, "answers with an error (500)"),
        ({"status": 302, "headers": {"Location": "http://127.0.0.1:1/"}}, "with an error (302)"),
        ({"text": "<html>"}, "does not say what it has stored"),
        ({"text": "[" * 100_000}, "does not say what it has stored"),
        ({"text": "{}"}, "has not taken all images"),
        ({"body": bytes(5 * MIB)}, "at too great a length"),
        ({"text": '{"00081199": {"Value": [{"00081155": 7}, 3]}}'}, "has not taken all images"),
    ],
    ids=["500", "302", "html", "deep", "empty", "long", "another form"],
)
async def test_a_pacs_that_answers_something_else(
    world: World, answer: dict[str, Any], said: str
) -> None:
    make_ct(world.folder / "disc", 1, CT)
    sent, _ = await world.send(world.folder / "disc")

    async def handler(request: web.Request) -> web.Response:
        await request.read()
        return web.Response() if request.method == "GET" else web.Response(**answer)

    async with answering(handler) as url:
        code, _, trouble = await world.push(sent, url)
    assert code == 1
    assert said in trouble
    assert "None of 1 images are stored there" in trouble


def related(*files: bytes, end: bytes = b"--x--\r\n") -> bytes:
    parts = [b"--x\r\nContent-Type: application/dicom\r\n\r\n" + file + b"\r\n" for file in files]
    return b"".join(parts) + end


FILE = encoded(CT.slice(0))
RELATED = 'multipart/related; type="application/dicom"; boundary=x'


@pytest.mark.parametrize(
    ("body", "media", "said"),
    [
        (related(FILE, end=b""), RELATED, "cut off, or damaged"),
        (related(FILE)[:700], RELATED, "cut off, or damaged"),
        (
            related(FILE).replace(b"\r\n\r\n", b"\r\nContent-Length: 9\r\n\r\n", 1),
            RELATED,
            "cut off",
        ),
        (b"", RELATED, "cut off, or damaged"),
        (related(), RELATED, "gives no image"),
        (related(FILE), "multipart/related", "cut off, or damaged"),
        (related(FILE), "application/dicom", "something else than images"),
        (related(b"MZ" + FILE[2:]), RELATED, "no image that can be read"),
        (related(FILE[:200]), RELATED, "no image that can be read"),
        (related(encoded(Ct(study=2).slice(0))), RELATED, "another study"),
        (related(FILE, encoded(Ct(study=2).slice(0))), RELATED, "another study"),
        (related(FILE, bytes(9 * MIB)), RELATED, "longer than the permit pays for"),
    ],
    ids=[
        *("no end", "cut", "other length", "empty", "no parts", "no boundary", "no multipart"),
        *("program", "short", "other study", "one more study", "long"),
    ],
)
async def test_a_pacs_that_gives_something_else(
    world: World, body: bytes, media: str, said: str
) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(body=body, headers={"Content-Type": media})

    permit = await world.permit()
    async with answering(handler) as url:
        code, sent, trouble = await world.pull(url, CT.study_uid, permit)
    assert (code, sent) == (1, "")
    assert said in trouble
    assert "nothing was sent" in trouble.lower()
    assert len(trouble.splitlines()) == 1
    assert not list(world.folder.rglob("pulled"))


class Bent(FileSource):
    """A file that says to be a study."""

    kind: Kind = "imaging"


async def test_a_study_that_is_none_is_not_pushed(world: World) -> None:
    """Whoever seals a link chooses what is in it."""
    make_ct(world.folder / "disc", 3, CT)
    study = collect([world.folder / "disc"])
    assert study is not None
    fine = b"".join(study.source.chunks())
    magic = [at for at in range(len(fine)) if fine.startswith(b"DICM", at)]
    bends = {
        "no zip": b"a letter",
        "no index": b"PK\3\4" + bytes(500),
        "an index without an end": fine[:300],
        "an image that is none": fine[: magic[1]] + b"dicm" + fine[magic[1] + 4 :],
        "a program": fine[: magic[2] - 128] + b"MZ" + fine[magic[2] - 126 :],
        "cut off": fine[: magic[2]],
    }

    async def touched(_request: web.Request) -> web.Response:
        raise AssertionError("nothing is asked of the PACS")

    for name, content in bends.items():
        file = world.folder / "study.zip"
        file.write_bytes(content)
        permit = await world.permit()
        sending = Sending(permit, Bent(file), Said("Labo", 1), Memory(), os.urandom)
        sent = await sending.run(world.api, lambda _done: None, Patience(0))
        link = sent.links[0].link.url(world.server.origin)
        words = sent.links[0].link.words(sent.links[0].code, "english")
        async with answering(touched) as url:
            told = json.dumps({"links": [{"link": link, "words": words}]})
            code, said, trouble = await world.push(told, url)
        assert (code, said) == (1, ""), name
        assert "Error: This was damaged on its way, or not made by Aparté." in trouble, name


async def test_a_study_larger_than_the_memory_that_is_used(
    world: World, pacs: Orthanc, monkeypatch: pytest.MonkeyPatch
) -> None:
    length = 0
    for at in range(LARGE):
        file = encoded(LARGE_CT.slice(at))
        length += len(file)
        await pacs.put(file)
    monkeypatch.setenv("APARTE_PACS_PASSWORD", PASSWORD)
    aparte, state, as_user = str(BIN / "aparte"), str(world.folder / "state"), ("--user", USER)
    url = (await world.permit(length + 8 * MIB)).url(world.server.origin)
    pull = [aparte, "imaging", "pull", "--from", pacs.url, LARGE_CT.study_uid, url, "--json"]
    pulled = await ran([*pull, *as_user, "--state", state], "")
    told = json.loads(pulled.said)
    push = [aparte, "imaging", "push", "--to", pacs.url, told["links"][0]["link"]]
    pushed = await ran([*push, *as_user, "--state", state], " ".join(told["links"][0]["words"]))
    assert pushed.said == f"Stored {LARGE} images at 127.0.0.1.\n"
    assert 0 < pulled.memory < MOST_MEMORY
    assert 0 < pushed.memory < MOST_MEMORY
    assert length > MOST_MEMORY
    # The runner keeps what tests wrote, which is too much of this.
    shutil.rmtree(pacs.folder / "storage")
