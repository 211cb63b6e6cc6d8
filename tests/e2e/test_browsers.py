"""The harness itself, on the bare prototype page: it must tell one picture from another."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e import browsers, net
from tests.e2e.firefox import firefox

pytestmark = [pytest.mark.e2e, pytest.mark.root]
PORT = 8481
ORIGIN = f"http://localhost:{PORT}"
_BARE = Path(__file__).resolve().parents[2] / "bench" / "bare.py"


@contextlib.asynccontextmanager
async def bare(host: net.Host) -> AsyncIterator[None]:
    command = host.command(sys.executable, str(_BARE), "127.0.0.1", str(PORT))
    process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL)
    try:
        await asyncio.sleep(1)
        assert process.returncode is None
        yield
    finally:
        await net.stop(process)


async def test_two_chromiums_see_and_hear_each_other(tmp_path: Path) -> None:
    with net.network() as network:
        host = network.host("all", "192.0.2.10/28")
        async with (
            bare(host),
            browsers.chromium(host, tmp_path, browsers.DOCTOR) as doctor,
            browsers.chromium(host, tmp_path, browsers.PATIENT) as patient,
        ):
            for person in (doctor, patient):
                await person.page.goto(f"{ORIGIN}/?room")
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
            assert seen.moved > 10
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
            bare(host),
            browsers.chromium(host, tmp_path, browsers.DOCTOR) as doctor,
            firefox(host, tmp_path, browsers.PATIENT) as patient,
        ):
            await doctor.page.goto(f"{ORIGIN}/?room")
            await doctor.page.evaluate("() => ready")
            await patient.open(f"{ORIGIN}/?room")
            await patient.evaluate("return ready")
            await doctor.page.evaluate("() => call()")
            await patient.sees(browsers.DOCTOR)
