"""A permit that says whose it is: a stranger's browser sends, the desk opens it without words."""

from __future__ import annotations

import asyncio
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from tests.e2e import axe, browsers, links, net, screens, steps
from tests.e2e.canary import Search
from tests.e2e.files import choose, link_of, open_permits, permit, permitted, said, say_who
from tests.e2e.server import Server, in_language, serving
from tests.e2e.words import say

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.root,
    pytest.mark.slow,
    pytest.mark.xdist_group("three"),
]

PHONE: Any = {"width": 360, "height": 740}
SENDER = "Laboratoire de l’Exemple"
LABEL = "IRM de Noëlle Repère"


def _folder(at: Path) -> Path:
    folder = at / "étude"
    (folder / "série").mkdir(parents=True)
    (folder / "série" / "a.txt").write_text("what only the practice may see", encoding="utf-8")
    (folder / "b.txt").write_text("besides", encoding="utf-8")
    return folder


async def _close(doctor: Page) -> None:
    await doctor.keyboard.press("Escape")


async def _open_first(doctor: Page, saved: Path) -> None:
    """Open what came, and download it."""
    await doctor.get_by_text(say("en", "desk.receivedNew_one").replace("{{count}}", "1")).wait_for()
    await open_permits(doctor)
    assert await axe.violations(doctor) == []
    await screens.shot(doctor, "permits-arrived")
    await steps.button(doctor, permitted("open")).click()
    await doctor.get_by_text(SENDER).wait_for()
    async with doctor.expect_download() as began:
        await steps.button(doctor, said("download")).click()
    await (await began.value).save_as(saved)
    await doctor.get_by_text(said("saved")).wait_for()
    assert await axe.violations(doctor) == []
    await screens.shot(doctor, "permits-opened")
    await steps.button(doctor, permitted("back")).click()
    await doctor.get_by_text(permitted("state_used")).wait_for()


async def test_a_stranger_sends_and_the_desk_opens_it(host: net.Host, tmp_path: Path) -> None:
    server, folder = Server(host, tmp_path), _folder(tmp_path)
    scripts = [axe.script()]
    async with (
        serving(server),
        browsers.chromium(host, tmp_path, browsers.DOCTOR, scripts=scripts) as one,
        browsers.chromium(host, tmp_path, browsers.PATIENT, scripts=scripts, viewport=PHONE) as two,
    ):
        doctor, sender = one.page, two.page
        await steps.open_desk(doctor, await server.demo())
        url = in_language(await permit(doctor, LABEL), "en")
        await screens.shot(doctor, "permits-given")
        await _close(doctor)
        # Whose it is stands there before anything is chosen.
        await sender.goto(url)
        await sender.get_by_role("heading", name="To Dr Camille Démo").wait_for()
        await choose(sender, folder)
        await say_who(sender, SENDER, "Dr Autre")
        assert await axe.violations(sender) == []
        await screens.shot(sender, "permits-whose")
        await steps.button(sender, said("send")).click()
        await sender.get_by_text("Dr Camille Démo has been told").wait_for()
        made = await link_of(sender)
        assert await axe.violations(sender) == []
        await screens.shot(sender, "permits-told")
        # A page that is loaded anew tells nobody again.
        await sender.reload()
        await sender.get_by_text("Dr Camille Démo has been told").wait_for()
        assert (await link_of(sender)).words == made.words
        saved = tmp_path / "saved.zip"
        await _open_first(doctor, saved)
        with zipfile.ZipFile(saved) as found:
            text = await asyncio.to_thread(found.read, "étude/série/a.txt")
        assert text.decode() == "what only the practice may see"
        await _withdraw(doctor, sender)
        for person in (one, two):
            assert [text for text in person.console if "Content Security Policy" in text] == []
    marks: dict[str, str | bytes] = {"label": LABEL, "sender": SENDER, "words": made.words}
    marks |= {"link": made.secret, "permit": url.rpartition("#1.")[2], "content": text}
    search = Search(marks)
    assert not search.folder(server.data) | search.data("log", server.log.read_bytes())


async def _withdraw(doctor: Page, sender: Page) -> None:
    """One that nobody has used: refused in words on the sender's page from then on."""
    await _close(doctor)
    url = in_language(await permit(doctor, "Łukasz", "1000"), "en")
    await steps.button(doctor, permitted("back")).click()
    line = links.line(doctor, "Łukasz")
    await line.get_by_role("button", name=permitted("withdraw")).click()
    dialog = doctor.get_by_role("dialog", name=permitted("withdrawTitle"))
    await dialog.get_by_role("button", name=permitted("withdraw")).click()
    await line.get_by_text(permitted("state_withdrawn")).wait_for()
    await screens.shot(doctor, "permits-withdrawn")
    await sender.goto("about:blank")
    await sender.goto(url)
    await sender.get_by_text("has withdrawn this permit").wait_for()
    assert await axe.violations(sender) == []
    await screens.shot(sender, "permits-refused")
