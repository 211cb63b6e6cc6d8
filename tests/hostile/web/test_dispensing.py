"""A prescription at the counter of a pharmacy, whose page stands behind a hostile server."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from client.host.practitioner import make
from client.sealing.two_claims import read_two_claims
from client.vault import Memory
from tests.e2e import browsers, steps
from tests.e2e.dispensing import dispense, said
from tests.hostile.consults import Front
from tests.hostile.dispensing import (
    ATTACKS,
    PHARMACY,
    Attack,
    Beaten,
    Blocked,
    Counter,
    Lied,
    Misled,
    Named,
    Unopened,
    counter,
)
from tests.hostile.web.pages import SENTENCES
from tests.integration.dispensing import PHARMACIST

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.root,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
async def test_nothing_is_dispensed_that_the_server_made_up(
    browser: tuple[Front, browsers.Person], attack: Attack, tmp_path: Path
) -> None:
    hostile, person = browser
    async with counter(hostile, tmp_path) as one, person.afresh() as victim:
        page = victim.page
        await attack.before(one)
        if not attack.fresh:
            await opened(page, one)
        await attack.arm(one)
        one.tamper.armed = True
        if attack.fresh:
            await page.goto(address(one))
        await comes_of_it(page, one, attack)
        assert one.tamper.hits


@pytest.mark.parametrize("withheld", [True, False], ids=["withheld", "another's"])
async def test_no_other_card_is_shown_for_who_dispensed(
    browser: tuple[Front, browsers.Person], tmp_path: Path, *, withheld: bool
) -> None:
    hostile, person = browser
    async with counter(hostile, tmp_path) as one, person.afresh() as victim:
        await one.given_with_card(1, make(PHARMACIST, Memory(), os.urandom, 1_700_000_000))
        tamper = await one.papers(withheld=withheld)
        await opened(victim.page, one)
        first = lines(victim.page).nth(0)
        await expect(first).to_contain_text(said("given_unasked"))
        # What the receipt states, and nobody's card.
        await expect(first).to_contain_text(PHARMACY)
        await expect(first).not_to_contain_text(hostile.at.practitioner.profile.name)
        assert tamper.hits


def address(one: Counter) -> str:
    return one.url.replace("#", "?lang=en#")


def lines(page: Page) -> Locator:
    return page.locator(".counter-lines > li")


async def opened(page: Page, one: Counter) -> None:
    await page.goto(address(one))
    await expect(lines(page)).to_have_count(2)


async def comes_of_it(page: Page, one: Counter, attack: Attack) -> None:
    outcome = attack.outcome
    if isinstance(outcome, Unopened):
        await page.get_by_text(said("overForged"), exact=True).wait_for()
        await expect(lines(page)).to_have_count(0)
        return
    again = steps.button(page, said("refresh"))
    if isinstance(outcome, Misled | Beaten):
        await dispense(page, outcome.line)
    else:
        await again.click()
    match outcome:
        case Named(code) | Misled(_, code):
            await page.get_by_text(SENTENCES[code], exact=True).wait_for()
            await expect(page.get_by_text(said("outcome_dispensed"))).to_have_count(0)
        case Blocked(line):
            await expect(page.get_by_text(said("state_unknown"))).to_have_count(1)
            await expect(lines(page).nth(line - 1)).to_contain_text(said("state_unknown"))
            await expect(lines(page).nth(line - 1).get_by_role("button")).to_have_count(0)
        case Beaten(line, how):
            shown = lines(page).nth(line - 1).get_by_text(said(f"outcome_{how}"))
            await shown.wait_for()
        case Lied(proven):
            await page.get_by_text(said("lied"), exact=True).wait_for()
            await expect(lines(page).get_by_role("button")).to_have_count(0)
            await keeps_proof(page, one, proven=proven)
        case _:
            raise AssertionError(outcome)


async def keeps_proof(page: Page, one: Counter, *, proven: bool) -> None:
    save = page.get_by_role("button", name=said("proofSave").replace("{{number}}", "1"))
    if not proven:
        await expect(save).to_have_count(0)
        return
    # The page loaded anew has it from the start, though the server is honest again.
    one.tamper.armed = False
    await page.goto("about:blank")
    await opened(page, one)
    await page.get_by_text(said("lied"), exact=True).wait_for()
    async with page.expect_download() as saving:
        await save.click()
    proof = read_two_claims((await (await saving.value).path()).read_bytes())
    assert (proof.server, proof.origin) == (one.server, one.hostile.origin)
