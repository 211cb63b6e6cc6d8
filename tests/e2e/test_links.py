"""A document for somebody who has nothing: made at the desk, opened on a phone, taken back."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import axe, browsers, files, links, net, screens, steps
from tests.e2e.server import BIN, Server, serving

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]

CONTENT = b"%PDF-1.7 what only the reader may see"
NAME = "compte rendu été.pdf"
PHONE: Any = {"width": 360, "height": 740}


async def test_a_link_and_five_words_open_a_document(host: net.Host, tmp_path: Path) -> None:
    server = Server(host, tmp_path)
    scripts = [axe.script()]
    async with (
        serving(server),
        browsers.chromium(host, tmp_path, browsers.DOCTOR, scripts=scripts) as one,
        browsers.chromium(host, tmp_path, browsers.PATIENT, scripts=scripts, viewport=PHONE) as two,
    ):
        doctor, reader = one.page, two.page
        await steps.open_desk(doctor, await server.demo())
        made = await links.make(
            doctor, {"name": NAME, "mimeType": "application/pdf", "buffer": CONTENT}
        )
        assert await axe.violations(doctor) == []
        await screens.shot(doctor, "links-made")

        # Looking counts nothing, nor do words that cannot be right.
        await links.visit(reader, made)
        await reader.get_by_text("can be opened 3 more times").wait_for()
        assert "#" not in reader.url
        assert await reader.get_by_text("Démo").count() == 0
        await links.give(reader, made.words.rpartition(" ")[0])
        await reader.get_by_text("There are 4 words here").wait_for()
        assert await axe.violations(reader) == []
        await steps.button(doctor, links.said("back")).click()
        await links.line(doctor, NAME).get_by_text("opened 0 of 3 times").wait_for()

        await links.give(reader, made.words.upper())
        await reader.get_by_role("region", name=links.said("writtenBy")).wait_for()
        await reader.get_by_text("Dr Camille Démo").first.wait_for()
        assert await axe.violations(reader) == []
        await screens.shot(reader, "links-opened")
        async with reader.expect_download() as began:
            await steps.button(reader, files.said("download")).click()
        saved = tmp_path / "saved.pdf"
        await (await began.value).save_as(saved)
        assert saved.read_bytes() == CONTENT

        # The same at a terminal.
        folder = tmp_path / "received"
        told = await receive(server, made, folder)
        assert [content_of(file) for file in told.files] == [CONTENT]
        assert told.name == "Dr Camille Démo"
        await doctor.keyboard.press("Escape")
        await links.open_dialog(doctor)
        await links.line(doctor, NAME).get_by_text("opened 2 of 3 times").wait_for()

        await steps.button(doctor, links.said("withdraw")).click()
        confirmed = doctor.get_by_role("dialog", name=links.said("withdrawTitle"))
        await confirmed.get_by_role("button", name=links.said("withdraw")).click()
        await links.line(doctor, NAME).get_by_text(links.said("state_withdrawn")).wait_for()
        # What was opened here stays open here until it is erased.
        await steps.button(reader, files.said("eraseHere")).click()
        await steps.button(reader, files.said("download")).wait_for()
        await links.visit(reader, made)
        await reader.get_by_text("was taken back").wait_for()
        assert await axe.violations(reader) == []
        for person in (one, two):
            assert [text for text in person.console if "Content Security Policy" in text] == []


@dataclass(frozen=True)
class Told:
    """What `aparte receive` says."""

    files: list[str]
    name: str


def content_of(file: str) -> bytes:
    return Path(file).read_bytes()


async def receive(server: Server, made: links.Made, folder: Path) -> Told:
    process = await asyncio.create_subprocess_exec(
        *server.host.command(
            str(BIN / "aparte"), "receive", made.url, "--folder", str(folder), "--json"
        ),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaints = await process.communicate(made.words.encode() + b"\n")
    assert process.returncode == 0, complaints.decode()
    said = json.loads(printed)
    return Told(said["files"], said["name"])
