"""A real PACS of a test's own: Orthanc with its DICOMweb, in a folder that goes with the test."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.integration.ports import free_port
from tests.patience import PATIENCE

_PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
USER, PASSWORD = "practice", "correct horse"


@dataclass
class Orthanc:
    """`url` is where its DICOMweb is. It wants USER and PASSWORD."""

    folder: Path
    port: int
    http: aiohttp.ClientSession

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.address}/dicom-web"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": aiohttp.encode_basic_auth(USER, PASSWORD)}

    async def put(self, file: bytes) -> None:
        """Take an image in, without DICOMweb."""
        target = f"{self.address}/instances"
        async with self.http.post(target, data=file, headers=self.headers) as answer:
            assert answer.status == 200, await answer.text()

    async def files(self) -> list[bytes]:
        """All that it holds, as it holds it."""
        found = []
        async with self.http.get(f"{self.address}/instances", headers=self.headers) as answer:
            ids = await answer.json()
        for one in ids:
            target = f"{self.address}/instances/{one}/file"
            async with self.http.get(target, headers=self.headers) as answer:
                assert answer.status == 200
                found.append(await answer.read())
        return found


def _set_up(folder: Path, port: int) -> tuple[str, str]:
    """The program, and the file of its settings."""
    program = shutil.which("Orthanc", path="/usr/sbin:/usr/bin")
    assert program, "Orthanc is missing: run `make setup`"
    assert _PLUGIN.exists(), "Orthanc's DICOMweb is missing: run `make setup`"
    folder.mkdir()
    settings = {
        "Name": folder.name,
        "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "index"),
        "HttpPort": port,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": True,
        "RegisteredUsers": {USER: PASSWORD},
        "DicomServerEnabled": False,
        "Plugins": [str(_PLUGIN)],
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
    }
    file = folder / "orthanc.json"
    file.write_text(json.dumps(settings))
    return program, str(file)


@contextlib.asynccontextmanager
async def orthanc(folder: Path) -> AsyncIterator[Orthanc]:
    """Start one that no other machine can see, and that speaks no DICOM but over HTTP."""
    port = free_port()
    program, settings = _set_up(folder, port)
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(program, settings),
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        async with aiohttp.ClientSession() as http:
            made = Orthanc(folder, port, http)
            await _ready(made, process)
            yield made
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _ready(made: Orthanc, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            assert process.returncode is None, (made.folder / "log").read_text()
            with contextlib.suppress(aiohttp.ClientError):
                async with made.http.get(f"{made.url}/studies", headers=made.headers) as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.05)
