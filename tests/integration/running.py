"""A real server on loopback, inside the test or as a process of its own, and requests to it."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from server.app import codes_of
from server.config import Config, build
from server.practitioners.codes import CODE_BYTES
from server.serving import listening
from tests.integration.front import front, listener, local
from tests.integration.ports import free_port
from tests.integration.services import NODES, shared
from tests.integration.signing import Identity, Signer
from tests.patience import PATIENCE

BIN = Path(sys.executable).parent


def new_code(data: Path) -> bytes:
    """Make an enrolment code, as `aparte-server enrol` does, and without a second for its start."""
    code = secrets.token_bytes(CODE_BYTES)
    codes_of(data).add(code, time.time() + 3600)
    return code


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def error(self) -> str:
        """The error code, or nothing."""
        return str(self.json().get("error", "")) if self.status >= 400 else ""

    def json(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.body)
        return found


@dataclass
class Client:
    """Sends requests, signed or not, and keeps the newest nonce."""

    origin: str
    data: Path
    session: aiohttp.ClientSession
    nonce: str = field(default="", repr=False)

    @property
    def authority(self) -> str:
        return self.origin.partition("://")[2]

    def signer(self) -> Signer:
        return Signer(self.authority)

    def identity(self) -> Identity:
        return Identity(self.authority)

    async def send(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        data = None if body is None else io.BytesIO(body)
        # The target goes out as it was signed, whatever stands in it.
        url = URL(f"{self.origin}{target}", encoded=True)
        request = self.session.request(
            method, url, data=data, headers=headers, allow_redirects=False
        )
        async with request as response:
            answer = Answer(response.status, response.headers.copy(), await response.read())
        self.nonce = answer.headers.get("Aparte-Nonce", self.nonce)
        return answer

    async def fresh_nonce(self) -> str:
        await self.send("GET", "/v1/nonce")
        return self.nonce

    async def signed(
        self,
        signer: Signer,
        method: str,
        target: str,
        body: bytes | None = None,
        idempotency: str | None = None,
    ) -> Answer:
        nonce = self.nonce or await self.fresh_nonce()
        headers = signer.headers(method, target, nonce, body, idempotency=idempotency)
        return await self.send(method, target, body, headers)

    def code(self) -> bytes:
        return new_code(self.data)

    async def enrolled(self) -> Signer:
        """The first device of a new practitioner."""
        device = self.signer()
        body = self.identity().enrolment(self.code(), device)
        answer = await self.signed(device, "POST", "/v1/practitioners", body)
        assert answer.status == 201, answer.body
        return device


def settings(
    data: Path,
    port: int,
    *,
    origin: str = "",
    nodes: int = NODES,
    more: Mapping[str, str] | None = None,
    **limits: object,
) -> Config:
    given = {
        "origin": origin or f"http://localhost:{port}",
        "listen": f"127.0.0.1:{port}",
        "data": str(data),
    }
    return build(given | dict(more or {}) | (shared(data) if nodes > 1 else {}), limits)


@contextlib.asynccontextmanager
async def client_of(origin: str, data: Path) -> AsyncIterator[Client]:
    # `localhost` may be ::1 as well; the server listens on IPv4.
    resolver = aiohttp.TCPConnector(family=socket.AF_INET, limit=200)
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(connector=resolver, timeout=timeout) as session:
        yield Client(origin, data, session)


@contextlib.asynccontextmanager
async def serving(
    data: Path, *, nodes: int = NODES, more: Mapping[str, str] | None = None, **limits: Any
) -> AsyncIterator[Client]:
    """A server in this process, or several behind a front, with limits of the test's own.

    `more`: other settings.
    """
    port = free_port()
    origin = f"http://localhost:{port}"
    behind = [port] if nodes == 1 else [free_port() for _ in range(nodes)]
    async with contextlib.AsyncExitStack() as stack:
        for own in behind:
            config = settings(data, own, origin=origin, nodes=nodes, more=more, **limits)
            await stack.enter_async_context(listening(config))
        if nodes > 1:
            await stack.enter_async_context(front(listener(port), [local(own) for own in behind]))
        yield await stack.enter_async_context(client_of(origin, data))


@dataclass
class Process:
    """`aparte-server serve` in a process of its own, over one data folder.

    `origin` is what people's pages and clients name; by default it is where it listens.
    """

    data: Path
    port: int = field(default_factory=free_port)
    origin: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    # Put before the program, to watch it or to make its disk fail.
    wrapper: tuple[str, ...] = ()
    process: asyncio.subprocess.Process | None = None

    def __post_init__(self) -> None:
        self.origin = self.origin or f"http://localhost:{self.port}"

    @property
    def log(self) -> Path:
        return self.data.parent / "server.log"

    def environment(self) -> dict[str, str]:
        own = {
            "APARTE_ORIGIN": self.origin,
            "APARTE_LISTEN": f"127.0.0.1:{self.port}",
            "APARTE_DATA": str(self.data),
        }
        return {**os.environ, **own, **self.env}

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(*self.wrapper, str(BIN / "aparte-server"), "serve"),
                env=self.environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
            while True:
                assert self.process.returncode is None, self.log.read_text()
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"http://127.0.0.1:{self.port}/healthz") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.05)

    def peak_memory(self) -> int:
        """The most bytes that the process has ever had in memory."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024

    async def stop(self, number: signal.Signals = signal.SIGKILL) -> int:
        process, self.process = self.process, None
        if process is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        return await process.wait()


@contextlib.asynccontextmanager
async def process(made: Process) -> AsyncIterator[Client]:
    """Start the process, and see that it is gone afterwards."""
    try:
        await made.start()
        async with client_of(made.origin, made.data) as client:
            yield client
    finally:
        await made.stop()
