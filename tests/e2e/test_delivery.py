"""A document reaches somebody who was away when it was signed."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e import browsers, prescription, steps
from tests.e2e.conftest import Consult

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]

WAITS = "Sent: it waits for the patient’s device"
DELIVERED = "Delivered: the patient’s device has checked the signature"
OPENED = "Opened by the patient"


async def signed_while_away(consult: Consult) -> str:
    """The patient closes the page, and the doctor signs; gives the page's address."""
    doctor, patient = consult.doctor.page, consult.patient.page
    # The practice and the patient have told each other where they can be written to.
    await steps.write(patient, "I have to go")
    await steps.reads(doctor, "I have to go")
    link = patient.url
    await patient.goto("about:blank")
    await prescription.write(doctor)
    await prescription.review(doctor)
    await prescription.sign(doctor)
    return link


async def test_a_document_waits_for_a_patient_who_is_away(consult: Consult) -> None:
    await consult.begin()
    doctor, patient = consult.doctor.page, consult.patient.page
    link = await signed_while_away(consult)
    await doctor.get_by_text(WAITS).wait_for(state="attached")
    # Not even a server that was killed meanwhile has lost it.
    await consult.server.restart()
    assert await doctor.get_by_text(DELIVERED).count() == 0

    await patient.goto(link)
    await browsers.sees(patient, consult.doctor.identity, 30)
    await patient.get_by_text("Signature verified").wait_for()
    await doctor.get_by_text(DELIVERED).wait_for(state="attached")
    # Whether it was read is the patient's to say.
    assert await doctor.get_by_text(OPENED).count() == 0
    await patient.get_by_role("checkbox", name="Tell the doctor when I open a document").check()
    await doctor.get_by_text(OPENED).wait_for(state="attached")
    await expect(patient.get_by_text("Signature verified")).to_have_count(1)


async def test_a_document_signed_at_the_last_moment_arrives(consult: Consult) -> None:
    await consult.begin()
    doctor, patient = consult.doctor.page, consult.patient.page
    await prescription.write(doctor)
    await prescription.review(doctor)
    await prescription.sign(doctor)
    await steps.button(doctor, "End the consult").click()
    await steps.button(doctor, "End for everyone").click()
    await patient.get_by_role("heading", name="The consult is over").wait_for()
    await patient.get_by_text("Signature verified").wait_for()


async def test_a_document_is_there_for_who_opens_the_link_after_the_end(consult: Consult) -> None:
    await consult.begin()
    doctor, patient = consult.doctor.page, consult.patient.page
    link = await signed_while_away(consult)
    await steps.button(doctor, "End the consult").click()
    await steps.button(doctor, "End for everyone").click()
    await doctor.get_by_text("Ended", exact=True).first.wait_for()

    await patient.goto(link)
    await patient.get_by_role("heading", name="The consult is over").wait_for()
    await patient.get_by_text("Signature verified").wait_for()
