"""Files of any size: a practice allows it, a laboratory sends, somebody else receives.

The server is killed and a page loaded anew in the middle, on either way. FILES_MIB=2048 makes it a
file of 2 GiB (`make soak`).
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from tests.e2e import axe, browsers, links, net, screens, steps, viewing
from tests.e2e.canary import Search
from tests.e2e.files import choose, link_of, permit, said, say_who, under_way
from tests.e2e.server import Server, in_language, serving
from tests.integration.large import MIB, write

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.root,
    pytest.mark.slow,
    pytest.mark.xdist_group("three"),
]

PHONE: Any = {"width": 360, "height": 740}
LENGTH = int(os.environ.get("FILES_MIB", "64")) * MIB
# In the heaps of a page and its workers, with what their typed arrays hold.
MOST_HEAP = 250_000_000
# Milliseconds that the rest of it may take: a megabyte a second, and some.
PATIENCE = 60_000 + LENGTH // MIB * 1000
SENDER = "Laboratoire de l’Exemple"


def _beginning(file: Path) -> bytes:
    with file.open("rb") as content:
        return content.read(64)


def digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


async def send(server: Server, sender: Page, url: str, file: Path) -> links.Made:
    """Send a file, the server being killed and the page loaded anew in the middle."""
    await sender.goto(url)
    await choose(sender, file)
    await steps.button(sender, said("send")).click()
    await sender.get_by_text(said("nameMissing")).wait_for()
    await say_who(sender, SENDER, "Dr Autre")
    assert await axe.violations(sender) == []
    await steps.button(sender, said("send")).click()
    await under_way(sender)
    await server.kill()
    await sender.get_by_text(said("waiting")).wait_for()
    await screens.shot(sender, "files-waiting")
    await server.serve()
    done = await under_way(sender)
    # A page that is loaded anew asks for the same file, and goes on.
    await sender.reload()
    await sender.get_by_text("was begun here").wait_for()
    await choose(sender, file)
    await steps.button(sender, said("goOn")).click()
    assert await under_way(sender) >= done
    await steps.textbox(sender, links.said("linkLabel")).wait_for(timeout=PATIENCE)
    made = await link_of(sender)
    assert await axe.violations(sender) == []
    await screens.shot(sender, "files-sent")
    return made


async def receive(server: Server, reader: Page, made: links.Made, saved: Path) -> None:
    """Receive it, the server being killed and the page opened anew in the middle."""
    await links.visit(reader, made)
    await links.give(reader, made.words)
    await reader.get_by_text(SENDER).wait_for()
    assert await axe.violations(reader) == []
    await steps.button(reader, said("download")).click()
    await under_way(reader)
    await server.kill()
    await reader.get_by_text(said("waiting")).wait_for()
    await screens.shot(reader, "files-download-waiting")
    await server.serve()
    await under_way(reader)
    await links.visit(reader, made)
    await reader.get_by_text("does not count as an opening").wait_for()
    await links.give(reader, made.words)
    async with reader.expect_download(timeout=PATIENCE) as began:
        await steps.button(reader, said("download")).click()
    await (await began.value).save_as(saved)
    await reader.get_by_text(said("saved")).wait_for()
    assert await axe.violations(reader) == []
    await screens.shot(reader, "files-saved")


@pytest.mark.timeout(300 + LENGTH // MIB)
async def test_files_arrive_though_both_ways_are_cut(host: net.Host, tmp_path: Path) -> None:
    server = Server(host, tmp_path)
    file = await asyncio.to_thread(write, tmp_path / "étude-Łukasz.bin", LENGTH)
    saved = tmp_path / "saved.bin"
    scripts = [axe.script()]
    async with (
        serving(server),
        browsers.chromium(host, tmp_path, browsers.DOCTOR, scripts=scripts) as one,
        browsers.chromium(host, tmp_path, browsers.PATIENT, scripts=scripts) as two,
        browsers.chromium(
            *(host, tmp_path, browsers.COMPANION),
            scripts=scripts,
            # A private window has no room for gigabytes: it keeps them in memory.
            profile=tmp_path / "profile",
            viewport=PHONE,
        ) as three,
    ):
        await steps.open_desk(one.page, await server.demo())
        url = in_language(await permit(one.page), "en")
        assert await axe.violations(one.page) == []
        await screens.shot(one.page, "files-permit")
        async with viewing.heap(two.page) as sent:
            made = await send(server, two.page, url, file)
        async with viewing.heap(three.page) as received:
            await receive(server, three.page, made, saved)
        assert max(sent) < MOST_HEAP
        assert max(received) < MOST_HEAP
        assert digest(saved) == digest(file)
        # A permit pays once; somebody else who has the link is told.
        await three.page.goto("about:blank")
        await three.page.goto(url)
        await choose(three.page, file)
        await say_who(three.page, "Somebody")
        await steps.button(three.page, said("send")).click()
        await three.page.get_by_text("used already").wait_for()
        for person in (one, two, three):
            assert [text for text in person.console if "Content Security Policy" in text] == []
    # The server has the bytes, and neither a name, a key nor a piece of what is in them.
    begins = await asyncio.to_thread(_beginning, file)
    marks: dict[str, str | bytes] = {"name": file.name, "sender": SENDER, "content": begins}
    marks |= {"link": made.secret, "permit": url.rpartition("#1.")[2], "words": made.words}
    search = Search(marks)
    assert not search.folder(server.data) | search.data("log", server.log.read_bytes())
    file.unlink()
    saved.unlink()
