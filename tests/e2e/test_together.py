"""Doctor and patient look at a study together, in the consult."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.e2e import axe, browsers, net, screens, steps, viewing
from tests.e2e.canary import Search
from tests.e2e.files import sent
from tests.e2e.server import Server, serving
from tests.imaging.dicoms import Ct, make_ct

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.root,
    pytest.mark.slow,
    pytest.mark.xdist_group("three"),
]

SLICES = 12
CT = Ct(rows=64, columns=64, patient="REPÈRE^Noëlle", description="Thorax fin")


async def test_both_see_the_same_image(host: net.Host, tmp_path: Path) -> None:
    server = Server(host, tmp_path)
    folder = tmp_path / "scan"
    await asyncio.to_thread(make_ct, folder, SLICES, CT)
    scripts = [axe.script()]
    async with (
        serving(server),
        browsers.chromium(host, tmp_path, browsers.DOCTOR, scripts=scripts) as one,
        browsers.chromium(host, tmp_path, browsers.PATIENT, scripts=scripts) as two,
    ):
        doctor, patient = one.page, two.page
        demo = await server.demo()
        await steps.open_desk(doctor, demo)
        made = await sent(doctor, patient, folder, "Moi")
        await steps.join(patient, demo)
        await steps.admit(doctor)
        await steps.button(doctor, viewing.said("lookTogether")).click()
        await steps.textbox(doctor, viewing.said("showLink")).fill(made.url)
        await steps.textbox(doctor, viewing.said("showWords")).fill(made.words)
        assert await axe.violations(doctor) == []
        await screens.shot(doctor, "together-choosing")
        await steps.button(doctor, viewing.said("showOpen")).click()
        await viewing.shown(doctor, 1, SLICES)
        await patient.get_by_text(viewing.said("shown")).wait_for()
        await screens.shot(patient, "together-offered")
        await steps.button(patient, viewing.said("shownLook")).click()
        await viewing.shown(patient, 1, SLICES)
        await viewing.go(doctor, "End", SLICES, SLICES)
        await viewing.shown(patient, SLICES, SLICES)
        await doctor.get_by_role("combobox", name=viewing.said("presets")).select_option("lung")
        await patient.get_by_text("W 1500 · C -600 HU").wait_for()
        await patient.get_by_role("application").click()
        await doctor.locator("svg.imaging-pointed").wait_for()
        await screens.shot(doctor, "together-pointed")
        await viewing.go(patient, "Home", 1, SLICES)
        await viewing.shown(doctor, 1, SLICES)
        assert await axe.violations(patient) == []
        await screens.shot(patient, "together-patient")
        await doctor.keyboard.press("Escape")
        await patient.locator("dialog.imaging").wait_for(state="detached")
        for person in (one, two):
            assert [text for text in person.console if "Content Security Policy" in text] == []
    marks: dict[str, str | bytes] = {"patient": "REPÈRE", "series": CT.description}
    marks |= {"uid": CT.study_uid, "link": made.secret, "words": made.words}
    search = Search(marks)
    assert not search.folder(server.data) | search.data("log", server.log.read_bytes())
