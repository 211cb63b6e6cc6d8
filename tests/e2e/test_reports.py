"""A record with the consult's end, for a patient who keeps nothing: it goes by a sealed link."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e import axe, browsers, links, net, prescription, screens, steps
from tests.e2e.conftest import Consult
from tests.e2e.words import say

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]


async def end(doctor: Page) -> None:
    await steps.button(doctor, say("en", "consult.endConsult")).click()
    await steps.button(doctor, say("en", "desk.endConfirm")).click()


async def record(doctor: Page) -> links.Made:
    """Write the record of whoever was there, and sign it: nobody can be sent it any more."""
    await steps.button(doctor, say("en", "desk.pastWrite")).click()
    await expect(doctor.get_by_label(say("en", "reports.kind_record"))).to_be_checked()
    await steps.button(doctor, say("en", "reports.preview")).click()
    await prescription.draw(doctor)
    await expect(steps.button(doctor, say("en", "reports.send"))).to_have_count(0)
    await screens.shot(doctor, "reports-1-record")
    await steps.button(doctor, say("en", "reports.makeLink")).click()
    return await links.shown(doctor)


async def test_a_record_with_its_end_goes_by_a_link(
    consult: Consult, host: net.Host, tmp_path: Path
) -> None:
    await consult.begin()
    doctor = consult.doctor.page
    await end(doctor)
    made = await record(doctor)
    await screens.shot(doctor, "reports-2-handed")
    async with browsers.chromium(
        host, tmp_path, browsers.COMPANION, scripts=[axe.script()]
    ) as somebody:
        reader = somebody.page
        await links.visit(reader, made)
        await links.give(reader, made.words)
        await reader.get_by_text("Signature verified").wait_for()
        await expect(reader.locator("main")).to_contain_text("Déroulement")
        await expect(reader.locator("main")).to_contain_text("Fin :")
        await expect(reader.locator("main")).to_contain_text(steps.NAME)
        assert await axe.violations(reader) == []
        await screens.shot(reader, "reports-3-read")
    # It stays among the practice's links, where it can be taken back.
    await steps.button(doctor, say("en", "reports.close")).last.click()
    await links.open_dialog(doctor)
    await links.line(doctor, "releve-").get_by_text("opened 1 of 3 times").wait_for()
