"""The doctor's Chromium with a patient in Firefox, and with the native peer."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e import browsers, net, prescription, steps
from tests.e2e.browsers import Person
from tests.e2e.firefox import Firefox, firefox
from tests.e2e.server import Links, Server, in_language, serving

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]


@contextlib.asynccontextmanager
async def desk(host: net.Host, folder: Path) -> AsyncIterator[tuple[Person, Links]]:
    async with (
        serving(Server(host, folder)) as server,
        browsers.chromium(host, folder, browsers.DOCTOR) as doctor,
    ):
        links = await server.demo()
        await steps.open_desk(doctor.page, links)
        yield doctor, links


async def firefox_joins(patient: Firefox, links: Links) -> None:
    await patient.open(in_language(links.patient, "en"))
    await patient.click("Continue")
    await patient.fill("Your name", steps.NAME)
    await patient.click("Join the waiting room")


async def test_a_patient_in_firefox(host: net.Host, tmp_path: Path) -> None:
    async with (
        desk(host, tmp_path) as (doctor, links),
        firefox(host, tmp_path, browsers.PATIENT) as patient,
    ):
        await firefox_joins(patient, links)
        await steps.admit(doctor.page)
        await patient.sees(browsers.DOCTOR)
        await browsers.sees(doctor.page, browsers.PATIENT)
        await browsers.hears(doctor.page)
        await steps.write(doctor.page, "from Chromium")

        async def arrived() -> bool:
            return "from Chromium" in await patient.text()

        await browsers.until(arrived, "the message in Firefox")
        await patient.fill("Message", "from Firefox")
        await patient.click("Send")
        await steps.reads(doctor.page, "from Firefox")


async def test_the_native_peer(host: net.Host, tmp_path: Path) -> None:
    saved = tmp_path / "documents"
    async with desk(host, tmp_path) as (doctor, links):
        program = str(Path(sys.executable).with_name("aparte"))
        options = ("--name", steps.NAME, "--documents", str(saved))
        with (tmp_path / "peer.log").open("wb") as log:
            peer = await asyncio.create_subprocess_exec(
                *host.command(program, "join", links.patient, *options),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            page = doctor.page
            await steps.admit(page)
            # Its test picture moves: any picture whose frames differ will do here.
            async with browsers.watching(page) as finish:
                await steps.write(page, "are you there?")
                await page.get_by_role("log").locator(".line:not(.mine)").first.wait_for()
                await asyncio.sleep(2)
                assert (await finish()).moved > 5
            await prescription.write(page)
            await prescription.review(page)
            await prescription.sign(page)
            verified = page.get_by_text("Delivered: the patient’s device has checked the signature")
            await verified.wait_for(state="attached")
            (pdf,) = saved.rglob("*.pdf")
            assert "Amoxicilline" in prescription.pdf_text(pdf)
        finally:
            await net.stop(peer)
