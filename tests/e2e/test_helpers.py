"""A doctor whose way back lies in a colleague's browser loses everything, and comes back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, Response

from client.sealing.adding import Use, parse_adding
from client.sealing.words import read_sheet_words
from tests.e2e import browsers, net, passkeys, steps
from tests.e2e.canary import Search
from tests.e2e.server import Server, in_language, serving
from tests.e2e.test_devices import (
    DOCTOR,
    Sheet,
    consult,
    enrol,
    make_sheet,
    new_consult,
    own,
    show_sheet,
)

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]

# No words of the pages: what the one calls the other.
COLLEAGUE, CALLED = "Zéphyrine Qx", "Camille d’Ostrevent"
# The one who asks is another person than the one who helps.
NAME = "Dr Jeanne Échantillon"


async def enrol_with_helper(
    page: Page, origin: str, code: str, colleague: Page
) -> tuple[Sheet, bytes]:
    """Set up the desk with a sheet and the colleague; gives the sheet and the link's S."""
    await passkeys.add(page)
    await page.goto(f"{origin}/desk/?lang=en#enrol={code}")
    await passkeys.set_lock(page)
    for name, value in (DOCTOR | {"First and last name": NAME}).items():
        await steps.textbox(page, name).fill(value)
    await steps.button(page, "Use this device").click()
    sheet = await make_sheet(page, "Printed sheet")
    await page.locator(".way-choice", has_text="A colleague’s device").click()
    await steps.textbox(page, "What do you call them?").fill(COLLEAGUE)
    assert await steps.textbox(page, "Your name, as they know you").input_value() == NAME
    await steps.button(page, "Make the link").click()
    link = await steps.textbox(page, "Address to send them").input_value()
    await colleague.goto("about:blank")
    await colleague.goto(in_language(link, "en"))
    await steps.button(colleague, "Unlock").click()
    await steps.button(colleague, "Compare").click()
    digits = await colleague.locator(".adding-code output").inner_text()
    await steps.textbox(page, "Six digits from their screen").fill(digits)
    await steps.button(page, "It is this person").click()
    await colleague.get_by_text(f"“{NAME}” asks you to keep one of their ways back.").wait_for()
    await steps.textbox(colleague, "Their name in your list").fill(CALLED)
    await steps.button(colleague, "Accept").click()
    await page.locator(".way", has_text=COLLEAGUE).wait_for()
    await steps.button(colleague, "Close").last.click()
    await steps.button(page, "Finish").click()
    await steps.button(page, "New consult").wait_for()
    asked = parse_adding(link.partition("#")[2])
    assert asked.use is Use.HELP
    return sheet, asked.secret


async def given_back(colleague: Page, page: Page) -> bytes:
    """The colleague shows a link, the other page reads out its digits. Gives the link's S."""
    await own(colleague, "People I help")
    await steps.button(colleague, f"Help them back in {CALLED}").click()
    await colleague.get_by_text("exactly the attack to fear").wait_for()
    await steps.button(colleague, "I am talking to them, go on").click()
    link = await steps.textbox(colleague, "Address to send them").input_value()
    await page.locator("summary", has_text="A colleague’s device").click()
    await steps.textbox(page, "The address that they send you").fill(link)
    await steps.button(page, "Go on").click()
    digits = await page.locator(".adding-code output").inner_text()
    await steps.textbox(colleague, "Six digits from their screen").fill(digits)
    await steps.button(colleague, "Give it back").click()
    await colleague.get_by_text(f"{CALLED} has received their way back").wait_for()
    return parse_adding(link.partition("#")[2]).secret


def _is_head(answer: Response) -> bool:
    """Whether the practice's vault has another version."""
    return answer.request.method == "PUT" and "/v1/cells/" in answer.url and answer.ok


async def test_a_colleague_brings_a_doctor_back(host: net.Host, tmp_path: Path) -> None:
    async with (
        serving(Server(host, tmp_path)) as server,
        browsers.chromium(host, tmp_path, browsers.DOCTOR) as one,
        browsers.chromium(host, tmp_path, browsers.PATIENT) as two,
    ):
        await server.serve()
        colleague = one.page
        await passkeys.add(colleague)
        others = await enrol(colleague, server.origin, await server.code())
        async with two.afresh() as lost:
            code = await server.code()
            sheet, asked = await enrol_with_helper(lost.page, server.origin, code, colleague)
            # It goes up a second after it was made, perhaps behind something of before.
            async with lost.page.expect_response(_is_head):
                await new_consult(lost.page, "Mme Exemple")
            await lost.page.wait_for_timeout(2500)
        async with two.afresh() as third:
            page = third.page
            await passkeys.add(page)
            await page.goto(f"{server.origin}/desk/?lang=en")
            await steps.button(page, "Get back in with two ways back").click()
            await passkeys.set_lock(page)
            secrets = [read_sheet_words(sheet.typed), asked, await given_back(colleague, page)]
            # It opens nothing with a way of somebody else's, and does with the doctor's own.
            await show_sheet(page, others[0])
            await page.get_by_text("These two do not belong together").wait_for()
            await steps.button(colleague, "Close").last.click()
            await steps.button(colleague, "Close").click()
            secrets.append(await given_back(colleague, page))
            await show_sheet(page, sheet)
            await steps.button(page, "New consult").wait_for()
            await steps.button(page, "Close").click()
            await consult(page, "Mme Exemple").wait_for()

        # What the two called each other, and what their links held, passed through the server.
        search = Search(
            {
                **{f"secret {at}": one for at, one in enumerate(secrets)},
                "called": CALLED,
                "colleague": COLLEAGUE,
            }
        )
        found = search.folder(server.data) | search.data("log", server.log.read_bytes())
        for node in server.processes:
            found |= search.memory(node.pid)
        assert not found
