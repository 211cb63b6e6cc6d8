"""In the consult doctor and patient show images from a disk, and the patient what a link holds."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.e2e import axe, browsers, net, screens, steps, viewing
from tests.e2e.canary import Search
from tests.e2e.files import said as file_said
from tests.e2e.files import sent
from tests.e2e.server import Server, serving
from tests.e2e.words import say
from tests.imaging.dicoms import Ct, make_ct

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.root,
    pytest.mark.slow,
    pytest.mark.xdist_group("three"),
]

SLICES, MORE = 12, 80
DOCTORS = Ct(rows=64, columns=64, patient="REPÈRE^Noëlle", description="Thorax fin")
PATIENTS = Ct(rows=512, columns=512, study=2, patient="REPÈRE^Noëlle", description="Genou droit")
MOST_HEAP = 250_000_000


async def drop(page: Page, path: Path) -> None:
    """Drop a folder from the desktop on the picture of the call, as a hand does."""
    box = await page.locator(".call-stage").bounding_box()
    assert box is not None
    session = await page.context.new_cdp_session(page)
    at = {"x": box["x"] + 40, "y": box["y"] + 40}
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        await session.send("Input.dispatchDragEvent", {"type": kind, **at, "data": data})


async def pick(page: Page, folder: Path) -> None:
    """Choose a folder in the dialog that shows images."""
    await page.get_by_label(file_said("chooseFolder")).set_input_files(folder)
    await page.get_by_text("medical images").first.wait_for()


async def doctor_shows(doctor: Page, patient: Page, folder: Path) -> None:
    await drop(doctor, folder)
    await doctor.get_by_text(f"{SLICES} medical images").wait_for()
    assert await axe.violations(doctor) == []
    await screens.shot(doctor, "disk-dropped")
    await steps.button(doctor, viewing.said("diskSend")).click()
    await viewing.shown(doctor, 1, SLICES)
    await patient.get_by_text(viewing.said("shown")).wait_for()
    await steps.button(patient, viewing.said("shownNotNow")).click()
    await screens.shot(patient, "disk-aside")
    await viewing.go(doctor, "End", SLICES, SLICES)
    await steps.button(patient, viewing.said("shownLook")).click()
    await viewing.shown(patient, SLICES, SLICES)


async def point_with_keys(doctor: Page, patient: Page) -> None:
    pointed = doctor.locator("svg.imaging-pointed circle.dot")
    await patient.get_by_role("application").focus()
    await patient.keyboard.press("p")
    await patient.get_by_text(viewing.said("pointing")).wait_for(state="attached")
    await pointed.wait_for()
    before = await pointed.get_attribute("cx")
    for _ in range(4):
        await patient.keyboard.press("ArrowRight")
    await browsers.until(lambda: moved(doctor, before), "the pointer")
    assert await axe.violations(patient) == []
    await screens.shot(patient, "disk-pointing")
    await patient.keyboard.press("Escape")
    await pointed.wait_for(state="detached")
    await viewing.shown(patient, SLICES, SLICES)


async def moved(page: Page, before: str | None) -> bool:
    pointed = page.locator("svg.imaging-pointed circle.dot")
    return await pointed.get_attribute("cx") != before


async def patient_asks(doctor: Page, patient: Page, folder: Path) -> None:
    """Ask once in vain, and once more."""
    await steps.button(patient, viewing.said("showImages")).click()
    await pick(patient, folder)
    assert await axe.violations(patient) == []
    await screens.shot(patient, "disk-chosen-by-patient")
    await steps.button(patient, viewing.said("diskAsk")).click()
    await patient.get_by_text(viewing.said("diskAsking")).wait_for()
    await screens.shot(patient, "disk-asking")
    await doctor.get_by_text(f"{steps.NAME} would like to show you images").wait_for()
    assert await axe.violations(doctor) == []
    await screens.shot(doctor, "disk-asked")
    await steps.button(doctor, viewing.said("askDecline")).click()
    await patient.get_by_text(viewing.said("diskRefused_declined")).wait_for()
    await screens.shot(patient, "disk-declined")
    await steps.button(patient, viewing.said("diskOthers")).click()
    await steps.button(patient, viewing.said("diskAsk")).click()
    await steps.button(doctor, viewing.said("askGrant")).click()
    await doctor.get_by_text(viewing.said("askGranted", name=steps.NAME)).wait_for()
    await screens.shot(doctor, "disk-granted")


async def is_empty(server: Server) -> bool:
    """Whether no study lies at the server: what else rests there is small."""

    def look() -> bool:
        files = [path for path in (server.data / "blobs").rglob("*") if path.is_file()]
        return all(path.stat().st_size < 100_000 for path in files)

    return await asyncio.to_thread(look)


async def test_images_from_a_disk(host: net.Host, tmp_path: Path) -> None:
    server = Server(host, tmp_path)
    first, second = tmp_path / "scan", tmp_path / "knee"
    await asyncio.to_thread(make_ct, first, SLICES, DOCTORS)
    await asyncio.to_thread(make_ct, second, MORE, PATIENTS)
    scripts = [axe.script()]
    async with (
        serving(server),
        browsers.chromium(host, tmp_path, browsers.DOCTOR, scripts=scripts) as one,
        browsers.chromium(host, tmp_path, browsers.PATIENT, scripts=scripts) as two,
    ):
        doctor, patient = one.page, two.page
        demo = await server.demo()
        await steps.open_desk(doctor, demo)
        await steps.join(patient, demo)
        await steps.admit(doctor)
        await steps.button(doctor, viewing.said("lookTogether")).wait_for()
        await doctor_shows(doctor, patient, first)
        await point_with_keys(doctor, patient)
        await doctor.keyboard.press("Escape")
        await patient.locator("dialog.imaging").wait_for(state="detached")
        async with viewing.heap(patient) as sent, viewing.heap(doctor) as shown:
            await patient_asks(doctor, patient, second)
            await viewing.shown(patient, 1, MORE)
            await doctor.get_by_text(viewing.said("shownBy", name=steps.NAME)).wait_for()
            await screens.shot(doctor, "disk-offered")
            await steps.button(doctor, viewing.said("shownLook")).click()
            await viewing.shown(doctor, 1, MORE)
            await viewing.go(patient, "End", MORE, MORE)
            await viewing.shown(doctor, MORE, MORE)
            await doctor.get_by_role("application").focus()
            await viewing.go(doctor, "Home", 1, MORE)
            await viewing.shown(patient, 1, MORE)
        assert max(sent) < MOST_HEAP
        assert max(shown) < MOST_HEAP
        await patient.keyboard.press("Escape")
        await doctor.locator("dialog.imaging").wait_for(state="detached")
        await steps.button(patient, viewing.said("showImages")).click()
        await steps.button(patient, viewing.said("showNow")).click()
        await viewing.shown(patient, 1, MORE)
        await patient.keyboard.press("Escape")
        assert not await is_empty(server)
        await steps.button(doctor, say("en", "consult.endConsult")).click()
        await steps.button(doctor, say("en", "desk.endConfirm")).click()
        await browsers.until(lambda: is_empty(server), "what was shown is taken back")
        for person in (one, two):
            assert [text for text in person.console if "Content Security Policy" in text] == []
    marks: dict[str, str | bytes] = {"patient": "REPÈRE", "series": PATIENTS.description}
    marks |= {"uid": PATIENTS.study_uid, "other": DOCTORS.study_uid}
    marks |= {"pixels": PATIENTS.pixels(0).tobytes()[:64]}
    search = Search(marks)
    assert not search.folder(server.data) | search.data("log", server.log.read_bytes())


async def test_a_patient_shows_what_a_hospital_sent_by_a_link(
    host: net.Host, tmp_path: Path
) -> None:
    server = Server(host, tmp_path)
    folder = tmp_path / "scan"
    await asyncio.to_thread(make_ct, folder, SLICES, DOCTORS)
    async with (
        serving(server),
        browsers.chromium(host, tmp_path, browsers.DOCTOR) as one,
        browsers.chromium(host, tmp_path, browsers.PATIENT) as two,
    ):
        doctor, patient = one.page, two.page
        demo = await server.demo()
        await steps.open_desk(doctor, demo)
        made = await sent(doctor, patient, folder, "Patient")
        await steps.join(patient, demo)
        await steps.admit(doctor)
        await steps.button(patient, viewing.said("showImages")).click()
        await steps.textbox(patient, viewing.said("showLink")).fill(made.url)
        await steps.textbox(patient, viewing.said("showWords")).fill(made.words)
        await steps.button(patient, viewing.said("showOpen")).click()
        await viewing.shown(patient, 1, SLICES)
        await steps.button(doctor, viewing.said("shownLook")).click()
        await viewing.shown(doctor, 1, SLICES)
        await viewing.go(doctor, "End", SLICES, SLICES)
        await viewing.shown(patient, SLICES, SLICES)
        # Two who show at once: what the doctor shows is looked at.
        await doctor.keyboard.press("Escape")
        await steps.button(doctor, viewing.said("lookTogether")).click()
        await pick(doctor, folder)
        await steps.button(doctor, viewing.said("diskSend")).click()
        await steps.button(doctor, viewing.said("showNow")).click()
        await viewing.shown(doctor, 1, SLICES)
        await steps.button(patient, viewing.said("shownLook")).click()
        await viewing.shown(patient, 1, SLICES)
