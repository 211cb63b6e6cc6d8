"""A doctor's own large files: one upload for a known person and for somebody with a link."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import zipfile
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.e2e import axe, browsers, files, links, net, screens, steps
from tests.e2e.canary import Search
from tests.e2e.conftest import Consult, begun
from tests.e2e.server import Server, serving
from tests.e2e.test_keeping import documents, keep
from tests.e2e.words import say
from tests.integration.large import MIB, write

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.root,
    pytest.mark.slow,
    pytest.mark.xdist_group("three"),
]

FOLDER = "Étude de Łukasz"
COLLEAGUE = "Confrère Exemple"
PATIENCE = 120_000


def study(folder: Path) -> Path:
    """Two files of 70 MiB together."""
    made = folder / FOLDER
    made.mkdir()
    write(made / "a.bin", 40 * MIB)
    write(made / "b.bin", 30 * MIB)
    return made


def digests(folder: Path) -> dict[str, str]:
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.glob("*.bin")
    }


def beginning(file: Path) -> bytes:
    with file.open("rb") as content:
        return content.read(64)


def zipped(file: Path) -> dict[str, str]:
    """What is in a zip, by the last part of its names."""
    with zipfile.ZipFile(file) as found:
        return {
            name.rpartition("/")[2]: hashlib.sha256(found.read(name)).hexdigest()
            for name in found.namelist()
        }


async def send(server: Server, doctor: Page, folder: Path) -> None:
    """Send it to the person seen and to a colleague, the server being killed in the middle."""
    await links.open_dialog(doctor)
    await files.choose(doctor, folder)
    person = doctor.get_by_role("group", name="Recipient 1")
    await person.get_by_role("combobox", name=links.said("way")).select_option(index=1)
    await steps.button(doctor, links.said("addRecipient")).click()
    colleague = doctor.get_by_role("group", name="Recipient 2")
    await steps.button(doctor, links.said("make")).click()
    await doctor.get_by_text(links.said("toMissing")).wait_for()
    await colleague.get_by_role("textbox", name=links.said("to")).fill(COLLEAGUE)
    assert await axe.violations(doctor) == []
    await screens.shot(doctor, "outgoing-chosen")
    await steps.button(doctor, links.said("make")).click()
    await files.under_way(doctor)
    await server.kill()
    await doctor.get_by_text(files.said("waiting")).wait_for()
    assert await axe.violations(doctor) == []
    await screens.shot(doctor, "outgoing-waiting")
    await server.serve()
    await links.line(doctor, COLLEAGUE).last.wait_for(timeout=PATIENCE)
    assert await axe.violations(doctor) == []
    await screens.shot(doctor, "outgoing-sent")


async def download(page: Page, saved: Path) -> dict[str, str]:
    """Fetch what was opened; give what is in it."""
    await page.get_by_role("region", name=links.said("writtenBy")).wait_for()
    await page.get_by_text("Dr Camille Démo").first.wait_for()
    async with page.expect_download(timeout=PATIENCE) as began:
        await steps.button(page, files.said("download")).click()
    await (await began.value).save_as(saved)
    return await asyncio.to_thread(zipped, saved)


@pytest.mark.timeout(500)
async def test_one_upload_reaches_two_people(host: net.Host, tmp_path: Path) -> None:
    scripts = [axe.script()]
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(Server(host, tmp_path)))
        identities = (browsers.DOCTOR, browsers.PATIENT)
        people = [browsers.chromium(host, tmp_path, one, scripts=scripts) for one in identities]
        demo, (doctor, patient) = await begun(stack, server, people)
        third = browsers.chromium(host, tmp_path, 0x5C, scripts=scripts)
        reader = await stack.enter_async_context(third)
        await reaches(Consult(server, demo, doctor, patient), reader.page, tmp_path)
        for person in (doctor, patient, reader):
            assert [text for text in person.console if "Content Security Policy" in text] == []


async def reaches(consult: Consult, reader: Page, tmp_path: Path) -> None:
    server, doctor = consult.server, consult.doctor.page
    folder = await asyncio.to_thread(study, tmp_path)
    wanted = await asyncio.to_thread(digests, folder)
    await consult.begin()
    await keep(consult)
    await consult.patient.page.goto("about:blank")
    await send(server, doctor, folder)

    # Who keeps what they are sent finds it, and opens it with one tap.
    patient = await documents(consult, 1)
    section = patient.get_by_role("region", name=say("en", "keeping.files"))
    await section.get_by_text(f"{FOLDER}.zip").first.wait_for()
    assert await axe.violations(patient) == []
    await screens.shot(patient, "outgoing-listed")
    await section.get_by_role("button", name=say("en", "keeping.open"), exact=True).click()
    assert await download(patient, tmp_path / "patient.zip") == wanted
    assert await axe.violations(patient) == []
    await screens.shot(patient, "outgoing-opened")

    # Once the link is taken back from the other one, it opens nothing for them.
    line = links.line(doctor, COLLEAGUE).last
    await line.get_by_role("button", name=links.said("show")).click()
    made = await links.shown(doctor)
    await links.visit(reader, made)
    await links.give(reader, made.words)
    assert await download(reader, tmp_path / "reader.zip") == wanted
    assert await axe.violations(reader) == []
    await steps.button(doctor, links.said("back")).click()
    await line.get_by_text("opened 1 of 3 times").wait_for()
    await line.get_by_role("button", name=links.said("withdraw"), exact=True).click()
    confirmed = doctor.get_by_role("dialog", name=links.said("withdrawTitle"))
    await confirmed.get_by_role("button", name=links.said("withdraw"), exact=True).click()
    await line.get_by_text(links.said("state_withdrawn")).wait_for()
    # What was opened here stays open here until it is erased.
    await steps.button(reader, files.said("eraseHere")).click()
    await steps.button(reader, files.said("download")).wait_for()
    await links.visit(reader, made)
    await reader.get_by_text("was taken back").wait_for()
    # The other one goes on, in a page that is opened anew.
    patient = await documents(consult, 1)
    await section.get_by_role("button", name=say("en", "keeping.open"), exact=True).click()
    assert await download(patient, tmp_path / "again.zip") == wanted

    # The server has the bytes: neither names, nor words, nor a piece of what they say.
    marks: dict[str, str | bytes] = {"folder": FOLDER, "colleague": COLLEAGUE, "words": made.words}
    marks |= {"link": made.secret, "content": await asyncio.to_thread(beginning, folder / "a.bin")}
    search = Search(marks)
    assert not search.folder(server.data) | search.data("log", server.log.read_bytes())
