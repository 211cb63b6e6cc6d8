"""A real server in processes of its own, killed and started again at will."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from client.sealing.encoding import b64u
from tests.integration.front import front, listener, local
from tests.integration.ports import free_port
from tests.integration.running import Process, new_code
from tests.integration.services import NODES, shared


class ServerProcess:
    """As many processes as `nodes` says, behind a front where that is more than one.

    `origin` is what people's pages and clients name; by default it is where the server listens.
    `redis` is the URL of a Redis of the test's own; `registrar` who attests cards.
    """

    def __init__(
        self,
        folder: Path,
        origin: str | None = None,
        nodes: int = NODES,
        redis: str = "",
        registrar: bytes = b"",
    ) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()
        self.address = f"http://localhost:{self.port}"
        self.origin = origin or self.address
        ports, settings = [self.port], {}
        if nodes > 1:
            ports = [free_port() for _ in range(nodes)]
            settings = shared(self.data) | ({"redis": redis} if redis else {})
        if registrar:
            settings |= {"registrar": b64u(registrar)}
        env = {f"APARTE_{name.upper()}": value for name, value in settings.items()}
        self.nodes = [Process(self.data, port, self.origin, env) for port in ports]
        self._front = contextlib.AsyncExitStack()

    async def start(self) -> None:
        await asyncio.gather(*(node.start() for node in self.nodes))
        if len(self.nodes) > 1:
            dials = [local(node.port) for node in self.nodes]
            await self._front.enter_async_context(front(listener(self.port), dials))

    async def kill(self) -> None:
        """`kill -9`: nothing is flushed, nobody is told."""
        await asyncio.gather(*(node.stop() for node in self.nodes))
        await self._front.aclose()

    def code(self) -> str:
        """A one-time enrolment code, as the operator would hand it to a practitioner."""
        return b64u(new_code(self.data))


@contextlib.asynccontextmanager
async def serving(
    folder: Path,
    origin: str | None = None,
    nodes: int = NODES,
    redis: str = "",
    registrar: bytes = b"",
) -> AsyncIterator[ServerProcess]:
    server = ServerProcess(folder, origin, nodes, redis, registrar)
    try:
        await server.start()
        yield server
    finally:
        await server.kill()
