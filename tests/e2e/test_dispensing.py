"""A prescription at the counter of a pharmacy, through the pages of all three."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from client.sealing.encoding import b64u
from client.sealing.keys import SigningKey
from tests.e2e import axe, browsers, net, prescription, steps
from tests.e2e.canary import Search
from tests.e2e.conftest import Consult, consulting
from tests.e2e.dispensing import (
    PHARMACIST,
    PHARMACY,
    REGISTER,
    STRETCHING,
    attest,
    dispense,
    enrol_pharmacist,
    issued,
    said,
    take_back,
    ticket_of,
    unlock,
)
from tests.e2e.screens import shot
from tests.e2e.words import say

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]

REASON = "Allergie au second médicament"


async def two_lines(doctor: Page) -> None:
    """The prescription of every test, and a narcotic in a zone of its own."""
    await prescription.write(doctor)
    await steps.button(doctor, say("en", "prescription.addLine")).click()
    second = doctor.locator(".rx-line").nth(1)

    def field(key: str) -> str:
        return say("en", f"prescription.{key}")

    for key, text in (
        ("substance", "Paracétamol"),
        ("strength", "500 mg"),
        ("dose", "1"),
        ("count", "3"),
        ("duration", "5"),
    ):
        await second.get_by_role("textbox", name=field(key), exact=True).fill(text)
    await second.get_by_label(field("form"), exact=True).select_option("tablet")
    await second.get_by_label(field("narcotic"), exact=True).check()
    await doctor.get_by_label(field("twoZones"), exact=True).check()
    for at, zone in enumerate(("ald", "other")):
        await doctor.get_by_label(field("zone"), exact=True).nth(at).select_option(zone)
    await shot(doctor, "dispensing-0-written")
    await prescription.review(doctor)
    await prescription.sign(doctor)


async def test_from_the_consult_to_the_pharmacy(
    consult: Consult, host: net.Host, tmp_path: Path
) -> None:
    await consult.begin()
    doctor, patient = consult.doctor.page, consult.patient.page
    await two_lines(doctor)
    url = await ticket_of(patient, on_paper=True)
    async with browsers.chromium(
        host, tmp_path, browsers.COMPANION, scripts=[axe.script()]
    ) as third:
        counter = third.page
        await counter.goto(url.replace("#", "?lang=en#"))
        lines = counter.locator(".counter-lines > li")
        await expect(lines).to_have_count(2)
        await expect(counter).not_to_have_url(re.compile("#"))
        await expect(lines.nth(0)).to_contain_text("Amoxicilline 500 mg")
        await expect(lines.nth(0)).to_contain_text("2 deliveries of 2 are left.")
        await expect(counter.locator("main")).to_contain_text("Łukasz Şahin")
        await expect(lines.nth(0)).to_contain_text("Long-term illness (ALD)")
        await expect(lines.nth(1)).to_contain_text("Another illness")
        await expect(lines.nth(1)).to_contain_text("Paracétamol cinq cents milligrammes")
        await shot(counter, "dispensing-2-counter")
        await dispense(counter, 1)
        await expect(counter.get_by_text(said("outcome_dispensed"))).to_be_visible()
        await expect(lines.nth(0)).to_contain_text(PHARMACY)
        await shot(counter, "dispensing-3-dispensed")
        assert await axe.violations(counter) == []

        # The doctor sees it, and takes the second line back while the pharmacist thinks it over.
        await lines.nth(1).get_by_role("button").click()
        desk = await take_back(doctor, 2, REASON)
        await expect(desk.nth(0)).to_contain_text(PHARMACY)
        await shot(doctor, "dispensing-4-desk")

        # Their page is told, and refuses what they said yes to, in words.
        await expect(lines.nth(1)).to_contain_text(REASON)
        await steps.button(counter, said("dispenseNow")).click()
        await expect(counter.get_by_text(said("outcome_revoked"))).to_be_visible()
        await expect(lines.nth(1)).to_contain_text(REASON)
        await shot(counter, "dispensing-5-revoked")

        # The patient sees both.
        await counter.goto("about:blank")
        await counter.goto(url.replace("#", "?see&lang=en#"))
        await expect(lines.nth(0)).to_contain_text(PHARMACY)
        await expect(lines.nth(1)).to_contain_text(said("state_revoked"))
        await expect(steps.button(counter, said("dispense"))).to_have_count(0)

    server = consult.server
    secret = url.rpartition("#1.")[2]
    search = Search({"ticket": secret, "pharmacy": PHARMACY, "reason": REASON})
    assert not search.folder(server.data) | search.data("log", server.log.read_bytes())


async def test_an_attested_pharmacist_dispenses_from_a_device_that_is_locked(
    host: net.Host, tmp_path: Path
) -> None:
    registrar = SigningKey(bytes(range(32)))
    env = {"APARTE_REGISTRAR": b64u(registrar.public)}
    async with (
        consulting(host, tmp_path, env) as consult,
        browsers.chromium(host, tmp_path, browsers.COMPANION, scripts=[axe.script()]) as pharmacist,
    ):
        await consult.begin()
        doctor, patient = consult.doctor.page, consult.patient.page
        await two_lines(doctor)
        url = await ticket_of(patient)
        desk = pharmacist.page
        await enrol_pharmacist(desk, consult.server)
        await attest(pharmacist, consult.server, registrar, tmp_path)

        # At the counter a page that was just opened knows nobody before the lock is open.
        counter = await pharmacist.another_tab()
        await counter.goto(url.replace("#", "?lang=en#"))
        first = counter.locator(".counter-lines > li").nth(0)
        await first.get_by_role("button").click()
        await expect(counter.get_by_text(said("cardLocked"))).to_be_visible()
        assert PHARMACIST["First and last name"] not in await counter.content()
        await shot(counter, "dispensing-7-locked")
        await steps.button(counter, said("cardUnlock")).click()
        await unlock(counter)
        # Nothing is signed by that: whose name will stand there is read first.
        by = said("cardAttested").replace("{{registrar}}", REGISTER)
        await expect(counter.get_by_text(by)).to_be_visible(timeout=STRETCHING)
        await expect(counter.get_by_text("Alix Fictive, Pharmacien, Paris")).to_be_visible()
        await expect(first).to_contain_text(said("state_open"))
        await shot(counter, "dispensing-8-whose")
        assert await axe.violations(counter) == []
        await steps.button(counter, said("dispenseNow")).click()
        await expect(counter.get_by_text(said("outcome_dispensed"))).to_be_visible()

        # The doctor, the patient and who comes next read whose card it was, and who has checked it.
        attested = said("given_attested").replace("{{registrar}}", REGISTER)
        seen = await consult.patient.another_tab()
        await seen.goto(url.replace("#", "?see&lang=en#"))
        for lines in (
            counter.locator(".counter-lines > li"),
            await issued(doctor),
            seen.locator(".counter-lines > li"),
        ):
            await expect(lines.nth(0)).to_contain_text("Alix Fictive, Pharmacien, Paris")
            await expect(lines.nth(0)).to_contain_text(attested)
        await shot(doctor, "dispensing-9-attested")


async def test_with_a_card_the_receipt_shows_whose_it_is(consult: Consult) -> None:
    """Dispensed in the browser of somebody who has one, whom no registrar has attested."""
    await consult.begin()
    doctor, patient = consult.doctor.page, consult.patient.page
    await two_lines(doctor)
    url = await ticket_of(patient)
    counter = await doctor.context.new_page()
    await counter.goto(url.replace("#", "?lang=en#"))
    first = counter.locator(".counter-lines > li").nth(0)
    await first.get_by_role("button").click()
    await expect(counter.get_by_text(said("cardUnattested"))).to_be_visible()
    await expect(steps.textbox(counter, said("byName"))).to_have_count(0)
    await shot(counter, "dispensing-6-card")
    await steps.button(counter, said("dispenseNow")).click()
    await expect(first).to_contain_text(said("given_unattested"))
    seen = await patient.context.new_page()
    await seen.goto(url.replace("#", "?see&lang=en#"))
    await expect(seen.locator(".counter-lines > li").nth(0)).to_contain_text(
        said("given_unattested")
    )
