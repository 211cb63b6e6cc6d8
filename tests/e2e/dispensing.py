"""A prescription with a ticket, as patients show it and pharmacies dispense of it in tests."""

from __future__ import annotations

from playwright.async_api import Page

from tests.e2e import steps
from tests.e2e.screens import shot
from tests.e2e.words import say

PHARMACY = "Pharmacie de l’Exemple"


def said(key: str) -> str:
    return say("en", f"dispensing.{key}")


async def ticket_of(patient: Page) -> str:
    """The address that the patient's code holds, read from the link beside it."""
    await patient.get_by_text("Signature verified").wait_for()
    await steps.button(patient, say("en", "documents.atPharmacy")).click()
    await patient.get_by_role("img", name=said("ticketCode")).wait_for()
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


async def dispense(counter: Page, line: int) -> None:
    await counter.locator(".counter-lines > li").nth(line - 1).get_by_role("button").click()
    await steps.textbox(counter, said("byName")).fill(PHARMACY)
    await steps.button(counter, said("dispenseNow")).click()
