"""Altered words, documents and letters, against the patient's page and the doctor's desk."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import expect

from signaling.wire import Role
from tests.e2e import browsers
from tests.hostile.attacks import MAIL, Attack, MailAttack, Refused, Spoiled, SpoilMail, of
from tests.hostile.consults import Front, from_doctor, mailbox_of, photo_from_patient
from tests.hostile.web.pages import PHOTO_FAILED, consult, each, struck
from tests.integration.people import addressed, chat

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.root,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),
]


@each(*of(Refused))
async def test_what_was_altered_does_not_show(
    browser: tuple[Front, browsers.Person], attack: Attack
) -> None:
    assert isinstance(attack.outcome, Refused)
    hostile, person = browser
    tamper = await hostile.attacked_by(attack)
    tamper.armed = attack.outcome.from_start
    async with consult(attack.victim, hostile, person) as both:
        await both.begin()
        tamper.armed = True
        altered = 0 if attack.outcome.from_start else 1
        if altered:
            await both.say(chat("said 1"))
        await struck(tamper)
        await both.sentence(attack.outcome.code).wait_for()
        assert not await both.shown()
        tamper.armed = False
        await both.converse(altered + 1, altered + 2)


@each(*of(Spoiled))
async def test_nothing_of_a_spoiled_document_shows(
    browser: tuple[Front, browsers.Person], attack: Attack, tmp_path: Path
) -> None:
    assert isinstance(attack.outcome, Spoiled)
    hostile, person = browser
    tamper = await hostile.attacked_by(attack)
    async with consult(attack.victim, hostile, person) as both:
        await both.begin()
        if attack.victim is Role.GUEST:
            sent = await from_doctor(both.host, both.known, hostile.at, tmp_path)
            await addressed(both.host, both.known)
            await both.host.model.write(both.known, sent)
            refused = both.sentence(attack.outcome.code)
        else:
            await both.say(await photo_from_patient(both.guest, hostile.at, tmp_path))
            refused = both.page.get_by_text(PHOTO_FAILED, exact=True)
        await struck(tamper)
        await refused.wait_for()
        await expect(both.page.get_by_text("Signature verified")).to_have_count(0)
        await expect(both.page.get_by_role("button", name="Save")).to_have_count(0)
        await expect(both.page.get_by_role("log").locator("img")).to_have_count(0)


@pytest.mark.parametrize("attack", MAIL, ids=lambda attack: attack.name)
async def test_what_lies_in_a_mailbox_shows_once_if_it_is_genuine(
    browser: tuple[Front, browsers.Person], attack: MailAttack, tmp_path: Path
) -> None:
    hostile, person = browser
    await hostile.left_alone()
    tamper = SpoilMail(attack.change)
    hostile.relay.tamper = tamper
    async with consult(Role.GUEST, hostile, person) as both:
        await both.begin()
        sent = await from_doctor(both.host, both.known, hostile.at, tmp_path)
        await addressed(both.host, both.known)
        tamper.spared = await mailbox_of(both.host.model)
        await both.host.model.write(both.known, sent)
        verified = both.page.get_by_text("Signature verified")
        if attack.arrives:
            await verified.wait_for()
            assert (await both.host.mailed("delivered")).value["verified"]
        await struck(tamper)
        # Longer than an honest delivery takes.
        await asyncio.sleep(1.5)
        await expect(verified).to_have_count(int(attack.arrives))
