"""Delivered messages per CPU-second of the server, 50 pairs, 1 KiB each way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import aiohttp

from bench import load, peers, processes

PAIRS = 50
SECONDS = 6.0
Serving = Callable[[Path], AbstractAsyncContextManager[peers.Running]]


async def measure(serving: Serving, folder: Path) -> float:
    """Thousands of messages delivered per second of the server's CPU time."""
    connector = aiohttp.TCPConnector(limit=0)
    async with serving(folder) as running, aiohttp.ClientSession(connector=connector) as session:
        pairs = [await running.pair(session) for _ in range(PAIRS)]
        delivered, before, after = await load.run(
            pairs, SECONDS, lambda: processes.cpu_seconds(running.pid)
        )
        for pair in pairs:
            for end in pair:
                await end.socket.close()
    return delivered / (after - before) / 1000
