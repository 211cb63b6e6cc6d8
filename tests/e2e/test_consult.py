"""Two people, two browsers, one consult: all that a first visit is made of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e import browsers, prescription, steps
from tests.e2e.conftest import Consult
from tests.e2e.screens import shot
from tests.e2e.server import Links, in_language

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]


async def test_from_the_link_to_the_prescription(consult: Consult, tmp_path: Path) -> None:
    doctor, patient = consult.doctor.page, consult.patient.page
    await arrive(doctor, patient, consult.links)
    await meet(doctor, patient)
    await prescribe(doctor)
    documents = patient.get_by_role("list", name="Documents", exact=True)
    await receive(documents, tmp_path / "prescription.pdf")
    await shot(patient, "patient-5-prescription")
    await shot(doctor, "doctor-6-sent")
    await report(doctor)
    await read_report(documents, tmp_path / "report.pdf")
    await shot(patient, "patient-5-report")
    numbers = [await authentication_string(page) for page in (doctor, patient)]
    assert numbers[0] == numbers[1]
    assert len(numbers[0]) == 12

    await steps.button(doctor, "End the consult").click()
    await steps.button(doctor, "End for everyone").click()
    await patient.get_by_role("heading", name="The consult is over").wait_for()
    await shot(patient, "patient-6-over")
    # The secret has left the address bar; the documents stay until the page is closed.
    await expect(patient).not_to_have_url(re.compile("#"))
    await expect(documents).to_contain_text("Signature verified")
    for person in (consult.doctor, consult.patient):
        assert not [line for line in person.console if "uncaught" in line.lower()], person.console


async def arrive(doctor: Page, patient: Page, links: Links) -> None:
    """The doctor at the desk, the patient through the link into the waiting room."""
    await steps.open_desk(doctor, links)
    await steps.button(doctor, "New consult").wait_for()
    await shot(doctor, "doctor-1-desk")
    await patient.goto(in_language(links.patient, "en"))
    await steps.button(patient, "Continue").wait_for()
    await shot(patient, "patient-1-link")
    await steps.button(patient, "Continue").click()
    await browsers.sees(patient, browsers.PATIENT, label="Your video")
    await shot(patient, "patient-2-preview")
    await steps.textbox(patient, "Your name").fill(steps.NAME)
    await steps.button(patient, "Join the waiting room").click()
    await steps.button(doctor, "Admit").wait_for()
    await shot(patient, "patient-3-waiting")
    await shot(doctor, "doctor-2-waiting")


async def meet(doctor: Page, patient: Page) -> None:
    """They see, hear and write to each other."""
    await steps.admit(doctor)
    await browsers.sees(patient, browsers.DOCTOR)
    await browsers.sees(doctor, browsers.PATIENT)
    await browsers.sees(doctor, browsers.DOCTOR, label="Your video")
    await browsers.hears(patient)
    await browsers.hears(doctor)
    await steps.write(patient, "Bonjour docteur")
    await steps.reads(doctor, "Bonjour docteur")
    await steps.write(doctor, "Bonjour, je vous écoute")
    await steps.reads(patient, "Bonjour, je vous écoute")
    await shot(patient, "patient-4-consult")
    await shot(doctor, "doctor-3-consult")


async def prescribe(doctor: Page) -> None:
    await prescription.write(doctor)
    await shot(doctor, "doctor-4-prescription")
    await prescription.review(doctor)
    await shot(doctor, "doctor-5-signature")
    await prescription.sign(doctor)


async def receive(documents: Locator, path: Path) -> None:
    """The patient reads what was signed, and finds all of it in the PDF."""
    await documents.get_by_text("Signature verified").wait_for()
    for said in ("Łukasz", "Şahin", "Amoxicilline", "not the national e-prescription service"):
        await expect(documents).to_contain_text(said)
    stated = "Signed by the doctor who sent your link; name and RPPS as stated by them."
    await expect(documents).to_contain_text(stated)
    async with documents.page.expect_download() as downloading:
        await documents.get_by_role("button", name="Save PDF").click()
    await (await downloading.value).save_as(path)
    text = prescription.pdf_text(path)
    missing = [word for word in prescription.PRINTED if word.lower() not in text.lower()]
    assert not missing, text


async def report(doctor: Page) -> None:
    """The doctor writes what was found, and signs it."""
    await steps.button(doctor, "Report or letter").click()
    await doctor.get_by_role("textbox", name="Conclusion", exact=True).fill("Bronchite aiguë.")
    await shot(doctor, "doctor-7-report")
    await prescription.review(doctor)
    await prescription.sign(doctor)
    await doctor.get_by_role("heading", name="Signed and sent").wait_for()


async def read_report(documents: Locator, path: Path) -> None:
    """The patient reads the sections, and finds them in the PDF."""
    item = documents.get_by_role("listitem").filter(
        has=documents.page.get_by_role("heading", name="Consultation report")
    )
    for said in ("Signature verified", "Conclusion", "Bronchite aiguë."):
        await expect(item).to_contain_text(said)
    async with documents.page.expect_download() as downloading:
        await item.get_by_role("button", name="Save PDF").click()
    await (await downloading.value).save_as(path)
    text = prescription.pdf_text(path)
    for printed in ("COMPTE RENDU DE CONSULTATION", "Bronchite aiguë.", "Téléconsultation du"):
        assert printed in text, text


async def authentication_string(page: Page) -> str:
    await steps.button(page, "Private").click()
    number = await page.get_by_role("dialog").locator(".number").inner_text()
    await page.keyboard.press("Escape")
    return "".join(number.split())


async def test_a_patient_who_leaves_can_come_back(consult: Consult) -> None:
    await consult.begin()
    doctor, patient = consult.doctor.page, consult.patient.page
    await steps.button(patient, "Leave the consult").click()
    await steps.button(patient, "Return to the consult").click()
    await steps.admit(doctor)
    await browsers.sees(patient, browsers.DOCTOR)
    await browsers.sees(doctor, browsers.PATIENT)
