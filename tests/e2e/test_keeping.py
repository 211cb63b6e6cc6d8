"""What a patient keeps: received while away, opened later, exported, and erased."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.async_api import Page

from client.cli import main
from tests.e2e import prescription, steps
from tests.e2e.conftest import Consult
from tests.e2e.test_delivery import DELIVERED

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]


async def sign(doctor: Page, *, another: bool = False) -> None:
    await prescription.write(doctor, another=another)
    await prescription.review(doctor)
    await prescription.sign(doctor)


async def keep(consult: Consult) -> None:
    """The doctor signs a prescription, and the patient keeps it."""
    patient = consult.patient.page
    await sign(consult.doctor.page)
    await patient.get_by_text("Signature verified").wait_for()
    await steps.button(patient, "Keep my documents").click()
    await patient.get_by_text("Kept. You find everything").wait_for()


async def documents(consult: Consult, count: int) -> Page:
    """The patient's page of documents, once it has so many."""
    patient = consult.patient.page
    await patient.goto(f"{consult.server.origin}/documents/?lang=en")
    await patient.get_by_role("heading", name="My documents").wait_for()
    await patient.get_by_role("button", name="Open").nth(count - 1).wait_for()
    return patient


async def exported(page: Page, folder: Path) -> Path:
    """Everything, in clear."""
    await steps.button(page, "Export").click()
    async with page.expect_download() as began:
        await steps.button(page, "Without protection").click()
    target = folder / "exported.zip"
    await (await began.value).save_as(target)
    return target


@pytest.mark.timeout(400)
async def test_documents_are_kept_taken_along_and_erased(consult: Consult, tmp_path: Path) -> None:
    await consult.begin()
    doctor = consult.doctor.page
    await keep(consult)
    await consult.patient.page.goto("about:blank")
    await sign(doctor, another=True)
    page = await documents(consult, 2)
    # The letter is taken, and the doctor told so, without the patient coming back to the consult.
    await doctor.get_by_text(DELIVERED).nth(1).wait_for(state="attached")
    await page.reload()
    await page.get_by_role("button", name="Open").first.click()
    await page.get_by_text("Signature verified").wait_for()

    packed = await exported(page, tmp_path)
    result = CliRunner().invoke(main, ["verify", "--json", str(packed)])
    assert result.exit_code == 0, result.output
    found = [json.loads(line) for line in result.output.splitlines()]
    assert [len(one["files"]) for one in found] == [2, 2]
    assert {one["asked"] for one in found} == {True}

    await steps.button(page, "Erase everything").click()
    await steps.button(page, "Erase for good").click()
    await page.get_by_role("heading", name="Everything is erased").wait_for()
    await page.reload()
    await page.get_by_role("heading", name="No documents are kept on this device").wait_for()


@pytest.mark.timeout(400)
async def test_a_document_is_sent_when_the_consult_is_over(consult: Consult) -> None:
    await consult.begin()
    doctor = consult.doctor.page
    await keep(consult)
    await consult.patient.page.goto("about:blank")
    await steps.button(doctor, "End the consult").click()
    await steps.button(doctor, "End for everyone").click()
    await steps.button(doctor, "Find somebody").click()
    await steps.textbox(doctor, "Search by name").fill(steps.NAME.upper())
    await doctor.get_by_role("button", name=steps.NAME).click()
    await sign(doctor)
    await steps.button(doctor, "Close").click()
    await doctor.get_by_text("Sent: it waits").wait_for()
    page = await documents(consult, 2)
    await doctor.get_by_text(DELIVERED).nth(1).wait_for()
    await page.get_by_role("button", name="Open").first.click()
    await page.get_by_text("Signature verified").wait_for()
    # Another tab of the doctor's knows them too, and forgets them for good.
    await doctor.reload()
    await steps.button(doctor, "Find somebody").click()
    await doctor.get_by_role("button", name=steps.NAME).click()
    await steps.button(doctor, "Forget this person").click()
    await doctor.get_by_role("dialog").get_by_role("button", name="Forget this person").click()
    await doctor.get_by_text("Nobody yet.").wait_for()
