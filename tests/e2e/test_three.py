"""A doctor and two patients in one consult: each sees, hears and reads the two others."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e import axe, browsers, net, screens, steps
from tests.e2e.conftest import begun
from tests.e2e.server import Links, Server, serving
from tests.e2e.words import LANGUAGES

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.root,
    pytest.mark.slow,
    # Three browsers each: one after the other, or two cores have six to draw for.
    pytest.mark.xdist_group("three"),
]

DOCTOR_NAME, FIRST, SECOND = "Dr Camille Démo", "Alex Exemple", "Nadia Test-Fictive"
IDENTITIES = {
    DOCTOR_NAME: browsers.DOCTOR,
    FIRST: browsers.PATIENT,
    SECOND: browsers.COMPANION,
}


@dataclass
class Three:
    server: Server
    pages: dict[str, Page]
    people: list[browsers.Person]

    @property
    def doctor(self) -> Page:
        return self.pages[DOCTOR_NAME]

    async def all_see_all(self, *names: str) -> None:
        """Each of them recognises every other's picture under the other's name."""
        for name in names:
            for other in names:
                if other != name:
                    await sees(self.pages[name], other)


async def sees(page: Page, name: str) -> None:
    await browsers.sees(page, IDENTITIES[name], label=f"Remote video: {name}")


async def lines(page: Page) -> list[str]:
    """The messages of the log, each with its author where that shows, and without times."""
    found = []
    for line in await page.get_by_role("log").locator(".line").all():
        author = line.locator(".line-author")
        name = await author.inner_text() if await author.count() else ""
        found.append(f"{name}: {await line.locator('.bubble > p').inner_text()}")
    return found


@pytest.fixture
async def three(host: net.Host, tmp_path: Path) -> AsyncIterator[Three]:
    """The doctor has let the first patient in, then added a person, who was let in too."""
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(Server(host, tmp_path)))
        starting = [
            browsers.chromium(host, tmp_path, identity, scripts=[axe.script()])
            for identity in IDENTITIES.values()
        ]
        links, people = await begun(stack, server, starting)
        pages = {name: person.page for name, person in zip(IDENTITIES, people, strict=True)}
        met = Three(server, pages, people)
        await steps.open_desk(met.doctor, links)
        await steps.join(pages[FIRST], links, FIRST)
        await steps.admit(met.doctor)
        await browsers.sees(pages[FIRST], browsers.DOCTOR)
        await steps.button(met.doctor, "Add a person").click()
        link = await steps.textbox(met.doctor, "The patient’s link").input_value()
        await met.doctor.keyboard.press("Escape")
        await steps.join(pages[SECOND], Links(links.doctor, link), SECOND)
        await steps.admit(met.doctor)
        yield met


async def test_three_people_see_and_read_each_other(three: Three) -> None:
    await three.all_see_all(*IDENTITIES)
    first, second, doctor = three.pages[FIRST], three.pages[SECOND], three.doctor
    await expect(first.get_by_text(f"{SECOND} is in this consult now")).to_be_visible()
    await expect(doctor.get_by_role("heading", name=f"{FIRST}, {SECOND}")).to_be_visible()

    await steps.write(doctor, "from the doctor")
    await steps.reads(second, "from the doctor")
    await steps.write(first, "from the first")
    await steps.reads(second, "from the first")
    await steps.write(second, "from the second")
    for page in (first, doctor):
        await steps.reads(page, "from the second")
    wanted = [(DOCTOR_NAME, "doctor"), (FIRST, "first"), (SECOND, "second")]
    for reader, page in three.pages.items():
        assert await lines(page) == [
            f"{'' if name == reader else name}: from the {who}" for name, who in wanted
        ]
    for name, page in (("doctor", doctor), ("guest", first)):
        await screens.shot(page, f"three-{name}")
    for language in LANGUAGES:
        for page in three.pages.values():
            await page.locator(f".languages button[lang={language}]").click()
            await expect(page.locator("html")).to_have_attribute("lang", language)
            assert await axe.violations(page) == []


async def test_one_leaves_and_two_go_on(three: Three) -> None:
    await three.all_see_all(*IDENTITIES)
    first, second = three.pages[FIRST], three.pages[SECOND]
    await steps.write(second, "goodbye")
    await steps.reads(first, "goodbye")
    await steps.button(second, "Leave the consult").click()
    await first.get_by_text(f"{SECOND} has left this consult.").wait_for()
    # Two people again: the one picture has its plain name, and what was written stays.
    await browsers.sees(first, browsers.DOCTOR)
    await browsers.sees(three.doctor, browsers.PATIENT)
    await steps.reads(first, "goodbye")
    assert await first.locator("video").count() == 2


async def test_a_patient_who_loads_anew_and_a_server_that_restarts(three: Three) -> None:
    await three.all_see_all(*IDENTITIES)
    await three.pages[SECOND].reload()
    await three.all_see_all(*IDENTITIES)
    await three.server.restart()
    await steps.write(three.pages[FIRST], "after the restart")
    for name in (DOCTOR_NAME, SECOND):
        await steps.reads(three.pages[name], "after the restart")
    await three.all_see_all(*IDENTITIES)


async def test_a_document_goes_to_the_person_chosen(three: Three) -> None:
    await three.all_see_all(*IDENTITIES)
    doctor = three.doctor
    await steps.button(doctor, "Write a prescription").click()
    panel = doctor.get_by_role("tabpanel", name="Prescription")
    await expect(panel.get_by_text(f"This document goes to {FIRST} alone.")).to_be_visible()
    await steps.button(doctor, SECOND).click()
    await expect(panel.get_by_text(f"This document goes to {SECOND} alone.")).to_be_visible()
    heading = doctor.get_by_role("heading", name=f"Prescription for {SECOND}")
    await expect(heading).to_be_visible()
    await expect(doctor.get_by_role("heading", name=f"Prescription for {FIRST}")).to_have_count(0)
