"""Phones that sleep: for longer than the server keeps a silent connection."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e import browsers, net, steps
from tests.e2e.chat import shows_lines
from tests.e2e.conftest import Consult, consulting

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]

# A server that gives people up sooner than it does by default; clients ping every 15 s.
IMPATIENT = {"APARTE_LIMIT_SILENCE": "20", "APARTE_LIMIT_AWAY_SECONDS": "5"}


@pytest.fixture
async def impatient(host: net.Host, tmp_path: Path) -> AsyncIterator[Consult]:
    async with consulting(host, tmp_path, IMPATIENT) as made:
        yield made


async def test_a_phone_that_slept_comes_back_to_its_place(impatient: Consult) -> None:
    """Asleep for longer than the server keeps a silent connection, and what is sent to it."""
    consult = impatient
    await consult.begin()
    doctor, patient = consult.doctor.page, consult.patient.page
    sleepers = consult.patient.processes()
    assert len(sleepers) > 2
    for pid in sleepers:
        os.kill(pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(10)
        await steps.write(doctor, "message 0")
        await asyncio.sleep(25)
    finally:
        for pid in sleepers:
            os.kill(pid, signal.SIGCONT)
    await browsers.sees(patient, browsers.DOCTOR, 30)
    await browsers.sees(doctor, browsers.PATIENT, 30)
    await shows_lines(patient, 1)
    assert await steps.button(doctor, "Admit").count() == 0
    await steps.write(patient, "awake")
    await steps.reads(doctor, "awake")


async def test_a_patient_asleep_in_the_waiting_room_keeps_the_place(impatient: Consult) -> None:
    consult = impatient
    doctor, patient = consult.doctor.page, consult.patient.page
    await steps.open_desk(doctor, consult.links)
    await steps.join(patient, consult.links)
    await steps.button(doctor, "Admit").wait_for()
    sleepers = consult.patient.processes()
    for pid in sleepers:
        os.kill(pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(35)
        assert await steps.button(doctor, "Admit").count() == 1
    finally:
        for pid in sleepers:
            os.kill(pid, signal.SIGCONT)
    await asyncio.sleep(5)
    await steps.admit(doctor)
    await browsers.sees(patient, browsers.DOCTOR)
