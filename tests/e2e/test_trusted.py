"""A patient's way back lies in the browser of somebody whom they trust, who keeps nothing else."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from client.sealing.adding import Use, parse_adding
from client.sealing.words import read_sheet_words
from tests.e2e import browsers, steps
from tests.e2e.canary import Search
from tests.e2e.conftest import Consult
from tests.e2e.server import in_language
from tests.e2e.test_devices import Sheet, make_sheet, show_sheet
from tests.e2e.test_keeping import keep
from tests.e2e.test_patient_devices import opened, read

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]

# No words of the pages: what the one calls the other.
SON, MOTHER, CALLED = "Zéphyrin Qx", "Ana d’Ostrevent", "Maman Qx"


async def digits(shown: Page, typed: Page, confirm: str) -> None:
    """What the one screen shows goes to the other by voice."""
    code = await shown.locator(".adding-code output").inner_text()
    await steps.textbox(typed, "Six digits from their screen").fill(code)
    await steps.button(typed, confirm).click()


async def asked(page: Page, helper: Page) -> tuple[Sheet, bytes]:
    """Make a sheet, and ask the helper; gives the sheet and the link's S."""
    await steps.button(page, "Ways back").click()
    sheet = await make_sheet(page, "Printed sheet")
    await page.locator(".way-choice", has_text="A trusted person’s device").click()
    await steps.textbox(page, "What do you call them?").fill(SON)
    await steps.textbox(page, "Your name, as they know you").fill(MOTHER)
    await steps.button(page, "Make the link").click()
    link = await steps.textbox(page, "Address to send them").input_value()
    await helper.goto(in_language(link, "en"))
    await steps.button(helper, "Compare").click()
    await digits(helper, page, "It is this person")
    await helper.get_by_text(f"“{MOTHER}” asks you to keep one of their ways back.").wait_for()
    await steps.textbox(helper, "Their name in your list").fill(CALLED)
    await steps.button(helper, "Accept").click()
    await helper.get_by_text("It is kept in this browser, and nowhere else.").wait_for()
    await page.locator(".way", has_text=SON).wait_for()
    await steps.button(helper, "Close").last.click()
    await steps.button(page, "Finish").click()
    await page.get_by_text("Your ways back are in place.").wait_for()
    parsed = parse_adding(link.partition("#")[2])
    assert parsed.use is Use.HELP
    return sheet, parsed.secret


async def given_back(helper: Page) -> str:
    """The helper, whose page was closed meanwhile, shows a link: its address."""
    await helper.reload()
    await helper.get_by_role("heading", name="People I help").wait_for()
    await steps.button(helper, f"Help them back in {CALLED}").click()
    await helper.get_by_text("exactly the attack to fear").wait_for()
    await steps.button(helper, "I am talking to them, go on").click()
    return await steps.textbox(helper, "Address to send them").input_value()


async def test_a_son_brings_his_mother_back(consult: Consult) -> None:
    server, page = consult.server, consult.patient.page
    await consult.begin()
    await keep(consult)
    await opened(page, server.origin, 1)
    documents = await read(page, 1)
    async with consult.patient.afresh() as son:
        helper = son.page
        sheet, secret = await asked(page, helper)
        await browsers.wipe(page, server.origin)
        link = await given_back(helper)
        await page.goto("about:blank")
        await page.goto(in_language(link, "en"))
        await digits(page, helper, "Give it back")
        await helper.get_by_text(f"{CALLED} has received their way back").wait_for()
        await show_sheet(page, sheet)
        await page.get_by_role("heading", name="My documents").wait_for()
        assert await read(page, 1) == documents

        # Nothing is left for the mother from here on.
        await steps.button(helper, "Close").click()
        await steps.button(helper, f"Stop helping “{CALLED}”").click()
        await steps.button(helper, "Remove").click()
        await helper.get_by_role("heading", name="People I help").wait_for(state="detached")

    # What the two called each other, and what their links held, passed through the server.
    search = Search(
        {
            "sheet": read_sheet_words(sheet.typed),
            "asked": secret,
            "given": parse_adding(link.partition("#")[2]).secret,
            "son": SON,
            "mother": MOTHER,
            "called": CALLED,
        }
    )
    assert not search.folder(server.data) | search.data("log", server.log.read_bytes())
