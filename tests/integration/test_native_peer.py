"""`aparte join` with a Python doctor over the real server, in a network of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import net
from tests.patience import PATIENCE

pytestmark = [pytest.mark.e2e, pytest.mark.root]

BIN = Path(sys.executable).parent
ORIGIN = "http://localhost:8480"


@contextlib.asynccontextmanager
async def program(
    host: net.Host, log: Path, *command: str, **environment: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    with log.open("wb") as complaints:
        process = await asyncio.create_subprocess_exec(
            *host.command(*command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=complaints,
            env=os.environ | environment,
        )
    try:
        yield process
    finally:
        await net.stop(process)


async def lines(process: asyncio.subprocess.Process) -> list[str]:
    """Everything that it still prints, until it ends by itself."""
    async with asyncio.timeout(PATIENCE):
        printed, _ = await process.communicate()
    return printed.decode().splitlines()


async def code(host: net.Host, environment: dict[str, str]) -> str:
    for _ in range(100):
        command = host.command(str(BIN / "aparte-server"), "enrol")
        done = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, env=os.environ | environment
        )
        printed, _ = await done.communicate()
        if done.returncode == 0:
            return printed.decode().rpartition("#enrol=")[2].split()[0]
        await asyncio.sleep(0.1)
    raise AssertionError("no enrolment code")


async def test_a_whole_consult_between_two_native_programs(tmp_path: Path) -> None:
    (tmp_path / "plain.pdf").write_bytes(b"%PDF-1.7 plain")
    environment = {
        "APARTE_ORIGIN": ORIGIN,
        "APARTE_LISTEN": "127.0.0.1:8480",
        "APARTE_DATA": str(tmp_path / "data"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    with net.network() as network:
        host = network.host("a", "192.0.2.10/28")
        serve = (str(BIN / "aparte-server"), "serve")
        async with program(host, tmp_path / "server.log", *serve, **environment):
            doctor = (
                *(sys.executable, "-m", "tests.integration.doctor"),
                *(ORIGIN, await code(host, environment), str(tmp_path)),
            )
            await consult(host, tmp_path, doctor, environment)


async def consult(
    host: net.Host, folder: Path, doctor: tuple[str, ...], environment: dict[str, str]
) -> None:
    documents = folder / "documents"
    async with program(host, folder / "doctor.log", *doctor, **environment) as desk:
        assert desk.stdout is not None
        async with asyncio.timeout(PATIENCE):
            link = (await desk.stdout.readline()).decode().strip()
        assert link, (folder / "doctor.log").read_text()
        joining = (str(BIN / "aparte"), "join", link, "--json", "--documents", str(documents))
        async with program(host, folder / "patient.log", *joining) as patient:
            told, seen = await asyncio.gather(lines(patient), lines(desk))
            assert patient.returncode == 0, (folder / "patient.log").read_text()
    assert seen, (folder / "doctor.log").read_text()
    result: dict[str, Any] = json.loads(seen[-1])
    assert result["answers"] == ["I read: Bonjour"]
    assert result["delivered"] is True
    assert "connected" in result["states"]
    assert result["identity"] == 0x39
    events = [json.loads(line) for line in told]
    names = [event["event"] for event in events]
    assert names[-1] == "over"
    assert "document" in names
    assert {"event": "media", "state": "connected"} in events
    assert [event["identity"] for event in events if event["event"] == "picture"][:1] == [0xA6]
    assert (documents / "ordonnance.pdf").read_bytes() == b"%PDF-1.7 plain"
    assert (documents / "ordonnance.pdf").stat().st_mode & 0o077 == 0
