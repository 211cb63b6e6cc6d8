"""Every page in every state that a visit goes through: axe, both languages, and the keyboard."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page

from tests.e2e import axe, browsers, keyboard, net, prescription, steps
from tests.e2e.conftest import Consult
from tests.e2e.server import Server, in_language, serving
from tests.e2e.words import LANGUAGES, say

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]


@dataclass
class Findings:
    """All that axe has to say about a visit, by the state it was found in."""

    language: str
    found: dict[str, list[str]] = field(default_factory=dict)

    async def look(self, page: Page, state: str) -> None:
        """Check the page as it stands, light and dark, wide and on a phone."""
        for scheme, width in (("light", 1440), ("dark", 360)):
            await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            await page.set_viewport_size({"width": width, "height": 900})
            violations = await axe.violations(page)
            if violations:
                self.found[f"{state}, {scheme}, {width} px"] = violations
            assert await page.locator("html").get_attribute("lang") == self.language
        await page.emulate_media(color_scheme="light")
        await page.set_viewport_size({"width": 1440, "height": 900})

    def press(self, page: Page, name: str) -> Locator:
        return steps.button(page, say(self.language, name))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_axe_finds_nothing_in_a_whole_visit(
    host: net.Host, tmp_path: Path, language: str
) -> None:
    it = Findings(language)
    async with (
        serving(Server(host, tmp_path)) as server,
        browsers.chromium(host, tmp_path, browsers.DOCTOR, scripts=[axe.script()]) as one,
        browsers.chromium(host, tmp_path, browsers.PATIENT, scripts=[axe.script()]) as two,
    ):
        links = await server.demo()
        doctor, patient = one.page, two.page
        await outside(it, patient, server.origin)
        await steps.open_desk(doctor, links, language)
        await desk(it, doctor)
        await waiting(it, doctor, patient, in_language(links.patient, language))
        await it.press(doctor, "desk.admit").click()
        await talking(it, doctor, patient)
        await ending(it, doctor, patient)
    assert it.found == {}


async def outside(it: Findings, page: Page, origin: str) -> None:
    """The pages that need no link, and a link that is broken."""
    for path, state in (
        (f"/?lang={it.language}", "landing"),
        (f"/directory/?lang={it.language}", "directory"),
        (f"/documents/?lang={it.language}", "documents, nothing kept"),
        (f"/c/?lang={it.language}#1.broken", "broken link"),
        (f"/link/?lang={it.language}#1.broken", "broken sealed link"),
        (f"/desk/?lang={it.language}", "desk without keys"),
        (f"/desk/?lang={it.language}#enrol=AAAA-BBBB", "enrolment"),
    ):
        await page.goto(origin + path)
        await page.get_by_role("heading").first.wait_for()
        await it.look(page, state)


async def desk(it: Findings, doctor: Page) -> None:
    await it.press(doctor, "desk.newConsult").wait_for()
    await it.look(doctor, "desk")
    await it.press(doctor, "desk.newConsult").click()
    await it.look(doctor, "new consult")
    await it.press(doctor, "desk.makeLink").click()
    await it.press(doctor, "desk.copyLink").wait_for()
    await it.look(doctor, "link to hand over")
    await doctor.keyboard.press("Escape")


async def waiting(it: Findings, doctor: Page, patient: Page, link: str) -> None:
    await patient.goto(link)
    await it.press(patient, "guest.continue").wait_for()
    await it.look(patient, "link opened")
    await it.press(patient, "guest.continue").click()
    await it.press(patient, "guest.join").click()
    await it.look(patient, "preview, name missing")
    await steps.textbox(patient, say(it.language, "guest.yourName")).fill(steps.NAME)
    await it.press(patient, "guest.join").click()
    await it.press(doctor, "desk.admit").wait_for()
    await it.look(patient, "waiting room")
    await it.look(doctor, "somebody waits")


async def talking(it: Findings, doctor: Page, patient: Page) -> None:
    label = say(it.language, "consult.remoteVideo")
    await browsers.sees(patient, browsers.DOCTOR, label=label)
    await steps.textbox(patient, say(it.language, "consult.message")).fill("Bonjour")
    await it.press(patient, "consult.send").click()
    await it.look(patient, "consult")
    await it.look(doctor, "consult at the desk")
    await it.press(patient, "consult.badgeSecure").click()
    await it.look(patient, "badge")
    await patient.keyboard.press("Escape")
    await it.press(doctor, "desk.writePrescription").click()
    await it.press(doctor, "prescription.preview").click()
    await it.look(doctor, "prescription, incomplete")
    await doctor.get_by_role("tab", name=say(it.language, "desk.messages")).click()
    await prescription.write(doctor, it.language)
    await it.look(doctor, "prescription")
    await prescription.review(doctor, it.language)
    await it.look(doctor, "prescription to sign")
    await prescription.sign(doctor, it.language)
    verified = patient.get_by_text(say(it.language, "documents.verified"))
    await verified.wait_for()
    await it.look(patient, "prescription received")
    await it.look(doctor, "prescription sent")


async def ending(it: Findings, doctor: Page, patient: Page) -> None:
    await it.press(patient, "consult.leaveConsult").click()
    await it.press(patient, "guest.comeBack").wait_for()
    await it.look(patient, "left")
    await it.press(patient, "guest.comeBack").click()
    await it.press(doctor, "desk.refuse").click()
    await patient.get_by_text(say(it.language, "guest.refusedTitle")).wait_for()
    await it.look(patient, "refused")


async def test_a_visit_by_keyboard_alone(consult: Consult) -> None:
    doctor, patient = consult.doctor.page, consult.patient.page
    await steps.open_desk(doctor, consult.links)
    await patient.goto(in_language(consult.links.patient, "en"))
    await keyboard.press(patient, "Continue")
    await keyboard.type_into(patient, "Your name", steps.NAME)
    await keyboard.press(patient, "Join the waiting room")
    await steps.button(doctor, "Admit").wait_for()
    await keyboard.press(doctor, "Admit")
    await browsers.sees(patient, browsers.DOCTOR)
    await keyboard.type_into(patient, "Message", "by keyboard")
    await keyboard.press(patient, "Send")
    await steps.reads(doctor, "by keyboard")
    await keyboard.press(doctor, "Write a prescription")
    await write_by_keyboard(doctor)
    documents = patient.get_by_role("list", name="Documents", exact=True)
    await documents.get_by_text("Signature verified").wait_for()
    await keyboard.press(patient, "Leave the consult")
    await keyboard.press(patient, "Return to the consult")
    await steps.button(doctor, "Admit").wait_for()


async def write_by_keyboard(doctor: Page) -> None:
    """A short prescription, signed by typing one's name."""
    for name, text in (
        ("Family name", "Şahin"),
        ("First names", "Łukasz"),
        ("Sex", "M"),
        # The second of February, whichever of the two the browser asks for first.
        ("Date of birth", "02021984"),
        ("Active substance (INN)", "Paracétamol"),
        ("Strength", "500 mg"),
        ("Form", "t"),
        ("Dose", "1"),
        ("How often", "3"),
        ("Duration", "5"),
    ):
        await keyboard.type_into(doctor, name, text)
    await keyboard.press(doctor, "Preview and sign")
    # The document is laid out first.
    await doctor.get_by_text("Draw", exact=True).wait_for()
    await keyboard.reach(doctor, "Draw")
    await doctor.keyboard.press("ArrowRight")
    await keyboard.type_into(doctor, "Your name, as a signature", "Camille Démo")
    await keyboard.press(doctor, "Sign and send")
