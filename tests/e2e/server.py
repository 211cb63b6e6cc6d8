"""The server as an operator starts it: on a host of the test, killed and started again at will."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e import net

PORT = 8480
_BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Links:
    doctor: str
    patient: str

    def __repr__(self) -> str:
        return "Links(…)"


def in_language(url: str, language: str) -> str:
    """The same link with ?lang= before its fragment."""
    page, mark, fragment = url.partition("#")
    return f"{page}?lang={language}{mark}{fragment}"


@dataclass
class Server:
    """One `aparte-server` process group at a time, over one data folder."""

    host: net.Host
    folder: Path
    address: str = "127.0.0.1"
    name: str = "localhost"
    port: int = PORT
    env: Mapping[str, str] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None

    @property
    def origin(self) -> str:
        return f"http://{self.name}:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """All that the process has written, both streams, every start."""
        return self.folder / "server.log"

    async def demo(self) -> Links:
        """Start with a fresh demo practitioner and an open consult."""
        where = ("--port", str(self.port), "--host", self.address, "--data", str(self.data))
        process = await self._start("demo", "--json", *where)
        assert process.stdout is not None
        async with asyncio.timeout(60):
            line = await process.stdout.readline()
        if not line:
            raise RuntimeError(f"the demo did not start:\n{self.log.read_text()[-3000:]}")
        links = json.loads(line)
        return Links(links["doctor"], links["patient"])

    async def serve(self) -> None:
        """Start on what the data folder holds, and wait until it answers."""
        await self._start("serve")
        await self.answers()

    async def enrolled(self) -> Links:
        """As `demo`, with the operator's and the practitioner's processes apart.

        The server process then never sees the links that the demo prints.
        """
        await self.serve()
        code = await self.code()
        line = await self._output("aparte", "demo-host", "--server", self.origin, stdin=code)
        links = json.loads(line)
        return Links(links["doctor"], links["patient"])

    async def code(self) -> str:
        """A one-time enrolment code."""
        return (await self._output("aparte-server", "enrol")).rpartition("#enrol=")[2].split()[0]

    async def _output(self, program: str, *arguments: str, stdin: str = "") -> str:
        """Run a program to its end and give what it printed."""
        process = await asyncio.create_subprocess_exec(
            *self.host.command(str(_BIN / program), *arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._environment(),
        )
        async with asyncio.timeout(60):
            printed, complaints = await process.communicate(stdin.encode())
        assert process.returncode == 0, complaints.decode()
        return printed.decode()

    def _environment(self) -> dict[str, str]:
        own = {
            "APARTE_ORIGIN": self.origin,
            "APARTE_LISTEN": f"{self.address}:{self.port}",
            "APARTE_DATA": str(self.data),
        }
        return {**os.environ, **own, **self.env}

    async def answers(self) -> None:
        for _ in range(200):
            with self.host.entered():
                connection = net.tcp_socket()
            try:
                await asyncio.get_running_loop().sock_connect(connection, (self.address, self.port))
            except OSError:
                await asyncio.sleep(0.05)
            else:
                return
            finally:
                connection.close()
            assert self.process is not None
            if self.process.returncode is not None:
                break
        raise RuntimeError(f"the server does not answer:\n{self.log.read_text()[-3000:]}")

    async def _start(self, *arguments: str) -> asyncio.subprocess.Process:
        assert self.process is None
        self.data.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.host.command(str(_BIN / "aparte-server"), *arguments),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=self._environment(),
                start_new_session=True,
            )
        return self.process

    async def kill(self) -> None:
        """`kill -9`, the helper processes too."""
        process, self.process = self.process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.communicate()

    async def restart(self) -> None:
        await self.kill()
        await self.serve()


@contextlib.asynccontextmanager
async def serving(server: Server) -> AsyncIterator[Server]:
    """The server is gone when the block ends, however it was started."""
    try:
        yield server
    finally:
        await server.kill()
