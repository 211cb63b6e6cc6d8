"""Delivered messages per CPU-second of the server, 50 pairs, 1 KiB each way."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bench import aparte, load, peers, processes

PAIRS = 50
# The two servers take turns, so that what the machine does besides falls on both.
TURNS = 3
SECONDS = 3.0
Serving = Callable[[Path], AbstractAsyncContextManager[peers.Running]]


@dataclass
class _Server:
    running: peers.Running
    load: load.Load
    delivered: int = 0
    seconds: float = 0.0

    async def turn(self) -> None:
        delivered, spent = await self.load.turn(
            SECONDS, lambda: processes.cpu_seconds(self.running.pid)
        )
        self.delivered += delivered
        self.seconds += spent

    @property
    def value(self) -> float:
        return self.delivered / self.seconds / 1000


async def measure(serving: Serving, folder: Path) -> tuple[float, float]:
    """1000 messages delivered per second of a server's CPU time: ours, and the other's."""
    async with contextlib.AsyncExitStack() as stack:
        servers = []
        for one in (aparte.ours, serving):
            connector = aiohttp.TCPConnector(limit=0)
            session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
            running = await stack.enter_async_context(one(folder))
            pairs = [await running.pair(session) for _ in range(PAIRS)]
            servers.append(_Server(running, load.Load(pairs)))
            stack.callback(servers[-1].load.close)
        for server in servers * TURNS:
            await server.turn()
    ours, other = servers
    return ours.value, other.value
