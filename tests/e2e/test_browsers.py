"""The harness itself, on the bare prototype page: it must tell one picture from another."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bench import peers
from tests.e2e import browsers, net
from tests.e2e.firefox import firefox

pytestmark = [pytest.mark.e2e, pytest.mark.root]


async def test_two_chromiums_see_and_hear_each_other(tmp_path: Path) -> None:
    with net.network() as network:
        host = network.host("all", "192.0.2.10/28")
        async with (
            peers.bare_pages(host, tmp_path) as origin,
            browsers.chromium(host, tmp_path, browsers.DOCTOR) as doctor,
            browsers.chromium(host, tmp_path, browsers.PATIENT) as patient,
        ):
            for person in (doctor, patient):
                await person.page.goto(f"{origin}/?room")
                await person.page.evaluate("() => ready")
            assert await browsers.read(patient.page) is None
            await doctor.page.evaluate("() => call()")
            await browsers.sees(patient.page, browsers.DOCTOR)
            await browsers.sees(doctor.page, browsers.PATIENT)
            await browsers.hears(patient.page)
            await browsers.hears(doctor.page)
            with pytest.raises(AssertionError, match="Remote video of"):
                await browsers.sees(doctor.page, browsers.DOCTOR, seconds=1)
            async with browsers.watching(doctor.page) as finish:
                await asyncio.sleep(1)
                seen = await finish()
            assert seen.identities == (browsers.PATIENT,)
            # Pictures come ten times a second.
            assert seen.moved > 5
            assert seen.longest < 0.9
            assert all(local != "relay" for local, _, _ in await browsers.route(doctor.page))
            # A picture that stops is seen to stop.
            async with browsers.watching(doctor.page) as finish:
                await patient.page.evaluate("() => connection.close()")
                await asyncio.sleep(1.5)
                assert (await finish()).longest > 0.9


async def test_firefox_and_chromium_see_each_other(tmp_path: Path) -> None:
    with net.network() as network:
        host = network.host("all", "192.0.2.10/28")
        async with (
            peers.bare_pages(host, tmp_path) as origin,
            browsers.chromium(host, tmp_path, browsers.DOCTOR) as doctor,
            firefox(host, tmp_path, browsers.PATIENT) as patient,
        ):
            await doctor.page.goto(f"{origin}/?room")
            await doctor.page.evaluate("() => ready")
            await patient.open(f"{origin}/?room")
            await patient.evaluate("return ready")
            await doctor.page.evaluate("() => call()")
            await patient.sees(browsers.DOCTOR)
