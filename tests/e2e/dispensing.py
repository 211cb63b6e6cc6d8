"""A prescription with a ticket, as patients show it and pharmacies dispense of it in tests."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from client.sealing.card import Attestation, read_card, sign_attestation
from client.sealing.encoding import b64u_decode
from client.sealing.keys import SigningKey
from tests.e2e import steps
from tests.e2e.browsers import Person
from tests.e2e.screens import shot
from tests.e2e.server import Server
from tests.e2e.words import say

PHARMACY = "Pharmacie de l’Exemple"
PHARMACIST = {
    "First and last name": "Alix Fictive",
    "Profession": "Pharmacien",
    "Speciality": "Officine",
    "Town": "Paris",
    "RPPS number": "10003456786",
    "Professional address": "1 place de l’Exemple, 75000 Paris, France",
    "Phone": "+33199000001",
    "E-mail": "alix@example.org",
}
REGISTER = "Registre fictif"
PASSPHRASE = "cheval pile agrafe correct"
# Milliseconds that a passphrase may take to become a key, on a machine that is busy.
STRETCHING = 120_000


def said(key: str) -> str:
    return say("en", f"dispensing.{key}")


async def ticket_of(patient: Page, *, on_paper: bool = False) -> str:
    """The address that the patient's code holds, read from the link beside it."""
    await patient.get_by_text("Signature verified").wait_for()
    await steps.button(patient, say("en", "documents.atPharmacy")).click()
    await patient.get_by_role("img", name=said("ticketCode")).wait_for()
    if on_paper:
        await steps.button(patient, said("paperMake")).click()
        await patient.get_by_text(said("paperReady")).wait_for()
        await shot(patient, "dispensing-1-code")
        async with patient.expect_popup() as opened:
            await steps.button(patient, said("paperOpen")).click()
        await (await opened.value).close()
    seen = await patient.get_by_role("link", name=said("ticketSee")).get_attribute("href")
    assert seen is not None
    await patient.keyboard.press("Escape")
    return seen.replace("/?see#", "/#")


async def dispense(
    counter: Page, line: int, by: str = PHARMACY, place: str = "", what: str = ""
) -> None:
    await counter.locator(".counter-lines > li").nth(line - 1).get_by_role("button").click()
    for key, text in (("byName", by), ("byPlace", place), ("what", what)):
        await steps.textbox(counter, said(key)).fill(text)
    await steps.button(counter, said("dispenseNow")).click()


async def issued(doctor: Page) -> Locator:
    """The lines of the newest prescription that was issued, as the desk shows them."""
    await steps.button(doctor, say("en", "desk.issuedOpen")).click()
    await steps.button(doctor, said("issuedOpen")).click()
    return doctor.get_by_role("dialog").locator(".counter-lines > li")


async def enrol_pharmacist(page: Page, server: Server) -> None:
    """A pharmacist becomes a practitioner, on a device with a lock."""
    await page.goto(f"{server.origin}/desk/?lang=en#enrol={await server.code()}")
    await page.get_by_role("heading", name="Protect this device").wait_for()
    await page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    await page.get_by_label("The same passphrase once more").fill(PASSPHRASE)
    await steps.button(page, "Set this lock").click()
    await page.get_by_role("textbox", name="RPPS number").wait_for(timeout=STRETCHING)
    for name, value in PHARMACIST.items():
        await steps.textbox(page, name).fill(value)
    await steps.button(page, "Use this device").click()
    await page.get_by_role("heading", name="Two ways back").wait_for()


async def attest(person: Person, server: Server, registrar: SigningKey, folder: Path) -> None:
    """The registrar checks the card of whose device this is, and its word is published."""
    (enrolment,) = [one for one in person.requests if one.url.endswith("/v1/practitioners")]
    raw = b64u_decode(json.loads(enrolment.post_data or "")["card"])
    said = Attestation(read_card(raw).hash, "2026-01-02T03:04:05Z", REGISTER, ("identity",))
    card, attestation = folder / "card", folder / "attestation"
    card.write_bytes(raw)
    attestation.write_bytes(sign_attestation(said, registrar))
    files = (str(card), str(attestation))
    await server.run("aparte", "registrar", "publish", "--server", server.origin, *files)


async def unlock(page: Page) -> None:
    """Answers the lock that asks before something is signed."""
    await page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    await steps.button(page, say("en", "lock.confirm")).click(timeout=STRETCHING)


async def take_back(doctor: Page, line: int, reason: str) -> Locator:
    """Of the newest prescription that was issued; give its lines, as the desk shows them."""
    lines = await issued(doctor)
    await lines.nth(line - 1).get_by_role("button", name=said("revoke")).click()
    await steps.textbox(doctor, said("revokeReason")).fill(reason)
    await steps.button(doctor, said("revokeNow")).click()
    await expect(lines.nth(line - 1)).to_contain_text(said("state_revoked"))
    return lines
