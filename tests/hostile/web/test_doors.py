"""Attacks on the way into a consult, against the patient's page and the doctor's desk."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from signaling.wire import Role
from tests.e2e import browsers, steps
from tests.hostile import papers
from tests.hostile.attacks import Attack, Barred, Repaired, Unmoved, of
from tests.hostile.consults import Front
from tests.hostile.web.pages import consult, each, struck

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.root,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),
]


@each(*of(Barred), *papers.REFUSED)
async def test_nobody_gets_in(browser: tuple[Front, browsers.Person], attack: Attack) -> None:
    assert isinstance(attack.outcome, Barred)
    hostile, person = browser
    tamper = await hostile.attacked_by(attack)
    async with consult(attack.victim, hostile, person) as both:
        async with both.letting_in():
            await struck(tamper)
            await both.sentence(attack.outcome.code).wait_for()
            await both.nothing_shown()
        await expect(steps.button(both.page, "Admit")).to_have_count(0)


@each(*papers.UNCHECKED)
async def test_what_could_not_be_checked_is_said(
    browser: tuple[Front, browsers.Person], attack: Attack
) -> None:
    hostile, person = browser
    tamper = await hostile.attacked_by(attack)
    async with consult(attack.victim, hostile, person) as both:
        await both.begin()
        await struck(tamper)
        await both.converse(1, 2)
        # It says so where the picture is, too; there is none here.
        await both.page.locator("button.badge").click()
        await expect(both.page.get_by_role("dialog")).to_contain_text("could not be checked")


@each(*of(Unmoved))
async def test_only_the_host_lets_people_in(
    browser: tuple[Front, browsers.Person], attack: Attack
) -> None:
    hostile, person = browser
    tamper = await hostile.attacked_by(attack)
    async with consult(attack.victim, hostile, person) as both:
        await both.knocked()
        await struck(tamper)
        await both.nothing_shown()
        if attack.victim is Role.GUEST:
            await both.host.model.admit(both.known)
        else:
            await steps.admit(both.page)
        await both.talking()
        await both.converse(1, 2)


@each(*of(Repaired))
async def test_the_consult_goes_on(browser: tuple[Front, browsers.Person], attack: Attack) -> None:
    hostile, person = browser
    tamper = await hostile.attacked_by(attack)
    async with consult(attack.victim, hostile, person) as both:
        await both.begin()
        await both.converse(1, 4)
        assert tamper.hits
