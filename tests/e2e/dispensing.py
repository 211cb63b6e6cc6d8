"""A prescription with a ticket, as patients show it and pharmacies dispense of it in tests."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

from tests.e2e import steps
from tests.e2e.screens import shot
from tests.e2e.words import say

PHARMACY = "Pharmacie de l’Exemple"


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


async def take_back(doctor: Page, line: int, reason: str) -> Locator:
    """Of the newest prescription that was issued; give its lines, as the desk shows them."""
    await steps.button(doctor, say("en", "desk.issuedOpen")).click()
    await steps.button(doctor, said("issuedOpen")).click()
    lines = doctor.get_by_role("dialog").locator(".counter-lines > li")
    await lines.nth(line - 1).get_by_role("button", name=said("revoke")).click()
    await steps.textbox(doctor, said("revokeReason")).fill(reason)
    await steps.button(doctor, said("revokeNow")).click()
    await expect(lines.nth(line - 1)).to_contain_text(said("state_revoked"))
    return lines
