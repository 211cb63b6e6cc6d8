"""The server as an operator starts it: on a host of the test, killed and started again at will."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.e2e import net
from tests.integration.front import front
from tests.integration.services import NODES, shared
from tests.patience import PATIENCE

PORT = 8480
BIN = Path(sys.executable).parent


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
    """One `aparte-server` at a time, over one data folder: a process, or several behind a front.

    `nodes` is how many; `redis` is the URL of a Redis of the test's own.
    """

    host: net.Host
    folder: Path
    address: str = "127.0.0.1"
    name: str = "localhost"
    port: int = PORT
    env: Mapping[str, str] = field(default_factory=dict)
    nodes: int = NODES
    redis: str = ""
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)
    _front: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

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
        port = self._ports[0]
        where = ("--port", str(port), "--host", self.address, "--data", str(self.data))
        process = await self._start(port, "demo", "--json", *where)
        for other in self._ports[1:]:
            await self._start(other, "serve")
        await self._open()
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            line = await process.stdout.readline()
        if not line:
            raise RuntimeError(f"the demo did not start:\n{self.log.read_text()[-3000:]}")
        links = json.loads(line)
        return Links(links["doctor"], links["patient"])

    async def serve(self) -> None:
        """Start on what the data folder holds, and wait until it answers."""
        for port in self._ports:
            await self._start(port, "serve")
        await self._open()
        for port in self._ports:
            await self._answers(port)

    async def enrolled(self) -> Links:
        """As `demo`, with the operator's and the practitioner's processes apart.

        The server process then never sees the links that the demo prints.
        """
        await self.serve()
        code = await self.code()
        line = await self.run("aparte", "demo-host", "--server", self.origin, stdin=code)
        links = json.loads(line)
        return Links(links["doctor"], links["patient"])

    async def code(self) -> str:
        """A one-time enrolment code."""
        return (await self.run("aparte-server", "enrol")).rpartition("#enrol=")[2].split()[0]

    async def run(self, program: str, *arguments: str, stdin: str = "") -> str:
        """Run a program to its end and give what it printed."""
        process = await asyncio.create_subprocess_exec(
            *self.host.command(str(BIN / program), *arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._environment(),
        )
        async with asyncio.timeout(PATIENCE):
            printed, complaints = await process.communicate(stdin.encode())
        assert process.returncode == 0, complaints.decode()
        return printed.decode()

    @property
    def _ports(self) -> list[int]:
        """Where the processes listen; the front has the server's own port."""
        return [self.port] if self.nodes == 1 else [self.port + 100 + n for n in range(self.nodes)]

    def _environment(self, port: int = 0) -> dict[str, str]:
        own = {
            "APARTE_ORIGIN": self.origin,
            "APARTE_LISTEN": f"{self.address}:{port or self.port}",
            "APARTE_DATA": str(self.data),
        }
        if self.nodes > 1:
            for name, value in shared(self.data).items():
                own[f"APARTE_{name.upper()}"] = value
            own |= {"APARTE_REDIS": self.redis} if self.redis else {}
        return {**os.environ, **own, **self.env}

    async def _dial(self, port: int) -> socket.socket:
        with self.host.entered():
            made = net.tcp_socket()
        try:
            await asyncio.get_running_loop().sock_connect(made, (self.address, port))
        except BaseException:
            made.close()
            raise
        return made

    async def _open(self) -> None:
        if self.nodes > 1:
            with self.host.entered():
                listener = net.listener(self.address, self.port)
            dials = [partial(self._dial, port) for port in self._ports]
            await self._front.enter_async_context(front(listener, dials))

    async def _answers(self, port: int) -> None:
        # Long for a machine that draws pictures for several browsers meanwhile.
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                (await self._dial(port)).close()
            except OSError:
                await asyncio.sleep(0.05)
            else:
                return
            if any(process.returncode is not None for process in self.processes):
                break
        raise RuntimeError(f"the server does not answer:\n{self.log.read_text()[-3000:]}")

    async def _start(self, port: int, *arguments: str) -> asyncio.subprocess.Process:
        assert len(self.processes) < self.nodes
        self.data.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *self.host.command(str(BIN / "aparte-server"), *arguments),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=self._environment(port),
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    async def kill(self) -> None:
        """`kill -9`, the helper processes too."""
        await self._front.aclose()
        while self.processes:
            await self.kill_one(0)

    async def kill_one(self, which: int) -> None:
        process = self.processes.pop(which)
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
