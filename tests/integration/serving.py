"""A real server in a process of its own, killed and started again at will."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp

from tests.integration.ports import free_port
from tests.integration.services import backends

_PROGRAM = Path(sys.executable).with_name("aparte-server")


class ServerProcess:
    """`origin` is what people's pages and clients name; by default it is where it listens."""

    def __init__(self, folder: Path, origin: str | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"http://localhost:{self.port}"
        self.origin = origin or self.address
        self._process: asyncio.subprocess.Process | None = None

    @property
    def _environment(self) -> dict[str, str]:
        own = {"origin": self.origin, "listen": f"127.0.0.1:{self.port}"}
        given = own | {"data": str(self.folder / "data")} | backends(self.folder / "data")
        return os.environ | {f"APARTE_{name.upper()}": value for name, value in given.items()}

    async def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                _PROGRAM,
                "serve",
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        async with asyncio.timeout(60), aiohttp.ClientSession() as http:
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    async with http.get(f"{self.address}/healthz") as answer:
                        if answer.status == 200:
                            return
                assert self._process.returncode is None, (self.folder / "server.log").read_text()
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """`kill -9`: nothing is flushed, nobody is told."""
        if self._process and self._process.returncode is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()

    async def code(self) -> str:
        """A one-time enrolment code, as the operator would hand it to a practitioner."""
        done = await asyncio.create_subprocess_exec(
            _PROGRAM, "enrol", env=self._environment, stdout=asyncio.subprocess.PIPE
        )
        printed, _ = await done.communicate()
        assert done.returncode == 0
        return printed.decode().rpartition("#enrol=")[2].split()[0]


@contextlib.asynccontextmanager
async def serving(folder: Path, origin: str | None = None) -> AsyncIterator[ServerProcess]:
    server = ServerProcess(folder, origin)
    try:
        await server.start()
        yield server
    finally:
        await server.kill()
