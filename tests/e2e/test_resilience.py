"""What goes wrong in a consult, and how it comes back by itself."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from signaling.wire import Role
from tests.e2e import browsers, net, steps
from tests.e2e.chat import shows_lines
from tests.e2e.conftest import Consult, consulting
from tests.e2e.nonces import Nonces
from tests.e2e.server import Server, serving
from tests.hostile.attacks import AdmitLater
from tests.hostile.relay import Relay, relaying

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


async def test_no_key_is_used_twice_with_a_counter(consult: Consult) -> None:
    """Across chat, reloads, a server restart, and a tab that is a copy of another."""
    nonces = Nonces()
    doctor, patient = consult.doctor.page, consult.patient.page
    nonces.watch(doctor, "host")
    nonces.watch(patient, "guest")
    consult.patient.context.on("page", lambda page: nonces.watch(page, "guest"))
    await consult.begin()
    await steps.write(patient, "one")
    await steps.reads(doctor, "one")

    await patient.reload()
    await browsers.sees(patient, browsers.DOCTOR)
    await steps.write(patient, "two")
    await steps.reads(doctor, "two")

    await consult.server.restart()
    await steps.write(patient, "three")
    await steps.reads(doctor, "three", 30)

    # window.open copies sessionStorage, as "duplicate this tab" does.
    async with consult.patient.context.expect_page() as opened:
        await patient.evaluate("() => { window.open(location.href); }")
    copy = await opened.value
    consult.patient.listen(copy)
    await browsers.sees(copy, browsers.DOCTOR)
    await steps.write(copy, "four")
    await steps.reads(doctor, "four")
    await steps.button(patient, "Continue here").click()
    await browsers.sees(patient, browsers.DOCTOR)
    await steps.write(patient, "five")
    await steps.reads(doctor, "five")

    assert len(nonces.exchanges) >= 4
    assert nonces.reused == []


async def test_a_replayed_accept_starts_no_counter_anew(host: net.Host, tmp_path: Path) -> None:
    """The relay delivers the accept again with every frame, and after a reload."""
    front, back = 8480, 8479
    origin = f"http://localhost:{front}"
    nonces = Nonces()
    accepts = AdmitLater()
    server = Server(host, tmp_path, port=back, env={"APARTE_ORIGIN": origin})
    relay = Relay(f"http://127.0.0.1:{back}", Role.GUEST, accepts)
    # This thread works inside the namespace, so that the relay stands there.
    with host.entered():
        async with (
            serving(server),
            relaying(relay, "127.0.0.1", front),
            browsers.chromium(host, tmp_path, browsers.DOCTOR) as doctor,
            browsers.chromium(host, tmp_path, browsers.PATIENT) as patient,
        ):
            nonces.watch(patient.page, "guest")
            nonces.watch(doctor.page, "host")
            consult = Consult(server, await server.demo(), doctor, patient)
            await consult.begin()
            for number in range(3):
                await steps.write(patient.page, f"message {number}")
            await shows_lines(doctor.page, 3)
            await patient.page.reload()
            await browsers.sees(patient.page, browsers.DOCTOR)
            await steps.write(patient.page, "message 3")
            await shows_lines(doctor.page, 4)
    assert accepts.hits > 10
    assert len(nonces.exchanges) >= 2
    assert nonces.reused == []


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
