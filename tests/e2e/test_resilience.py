"""What goes wrong in a consult, and how it comes back by itself."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e import browsers, net, steps
from tests.e2e.chat import shows_lines
from tests.e2e.conftest import Consult
from tests.e2e.server import Server, serving

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow, pytest.mark.alone]

# A decoder may pause for a moment on a busy machine; a connection that was lost takes seconds.
STILL = 1.5


async def test_a_killed_server_costs_neither_picture_nor_messages(consult: Consult) -> None:
    await consult.begin()
    doctor, patient = consult.doctor.page, consult.patient.page
    async with browsers.watching(patient) as here, browsers.watching(doctor) as there:
        for number in range(2):
            await steps.write(doctor, f"message {number}")
        await consult.server.kill()
        for number in range(2, 5):
            await steps.write(doctor, f"message {number}")
        await asyncio.sleep(3)
        await consult.server.serve()
        await steps.write(doctor, "message 5")
        await shows_lines(patient, 6)
        seen = await here(), await there()
    for watched, other in zip(seen, (consult.doctor, consult.patient), strict=True):
        assert watched.longest < STILL, watched
        assert watched.identities == (other.identity,)
        assert watched.moved > 30
    await steps.write(patient, "and back")
    await steps.reads(doctor, "and back")


@pytest.mark.parametrize("who", ["doctor", "patient"])
async def test_a_reloaded_page_is_back_without_admission(consult: Consult, who: str) -> None:
    await consult.begin()
    await steps.write(consult.patient.page, "before")
    await steps.reads(consult.doctor.page, "before")
    person = consult.doctor if who == "doctor" else consult.patient
    other = consult.patient if who == "doctor" else consult.doctor
    for _ in range(2):
        started = time.monotonic()
        await person.page.reload()
        await browsers.sees(person.page, other.identity, 5 - (time.monotonic() - started))
        await browsers.sees(other.page, person.identity, 5)
        assert await steps.button(consult.doctor.page, "Admit").count() == 0
    await steps.write(person.page, "after")
    await steps.reads(other.page, "after")


@contextlib.asynccontextmanager
async def apart(network: net.Network, folder: Path) -> AsyncIterator[tuple[net.Host, Consult]]:
    """Server, doctor and patient on networks of their own; gives the patient's machine too."""
    away, home, phone = (
        network.host(name, address)
        for name, address in (
            ("server", "203.0.113.10/28"),
            ("doctor", "198.51.100.10/28"),
            ("patient", "192.0.2.10/28"),
        )
    )
    server = Server(away, folder, address=away.address, name=away.address)
    async with (
        serving(server),
        browsers.chromium(home, folder, browsers.DOCTOR, origins=[server.origin]) as doctor,
        browsers.chromium(phone, folder, browsers.PATIENT, origins=[server.origin]) as patient,
    ):
        yield phone, Consult(server, await server.demo(), doctor, patient)


async def test_a_phone_that_changes_networks_is_back(network: net.Network, tmp_path: Path) -> None:
    async with apart(network, tmp_path) as (phone, consult):
        await consult.begin()
        moved = time.monotonic()
        phone.move("192.0.2.42/28")
        patient, doctor = consult.patient, consult.doctor
        # Until now the old picture may still stand there: wait for what is sent from now on.
        await asyncio.sleep(1)
        await browsers.sees(doctor.page, patient.identity, 12 - (time.monotonic() - moved))
        await browsers.sees(patient.page, doctor.identity, 12 - (time.monotonic() - moved))
        await steps.write(patient.page, "here again")
        await steps.reads(doctor.page, "here again")
