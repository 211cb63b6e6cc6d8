"""No key is used twice with a counter, whatever goes wrong in a consult."""

from __future__ import annotations

from pathlib import Path

import pytest

from signaling.wire import Role
from tests.e2e import browsers, net, steps
from tests.e2e.chat import shows_lines
from tests.e2e.conftest import Consult
from tests.e2e.nonces import Nonces
from tests.e2e.server import Server, serving
from tests.hostile.attacks import AdmitLater
from tests.hostile.relay import Relay, relaying

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]


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
    await steps.reads(doctor, "three")

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
