"""Memory of a server per connection that is open and says nothing."""

from __future__ import annotations

import asyncio
import resource
from pathlib import Path

import aiohttp

from bench import aparte, peers, processes
from signaling import wire
from signaling.wire import Type

CONNECTIONS = 3000
_SETTLE_SECONDS = 3.0
_PING_EVERY = 500


def _allow_files() -> None:
    """Each connection is an open file, here and in the server that is started from here."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536), hard))


async def _growth(pid: int, before: float, opened: int) -> float:
    await asyncio.sleep(_SETTLE_SECONDS)
    return (processes.resident_kib(pid) - before) / opened


async def measure_ours(folder: Path) -> float:
    """KiB a connection: half of them hosts, half guests admitted to a room each."""
    _allow_files()
    # As in a browser, a WebSocket has a connection of its own, not one that carried requests.
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with (
        aparte.serving(folder) as ours,
        aiohttp.ClientSession(connector=connector) as session,
    ):
        # One of each first: what the server loads once is not what a connection costs.
        await ours.admitted(session)
        before = processes.resident_kib(ours.pid)
        # Kept, because a connection that nobody refers to is closed.
        kept: list[aparte.Client] = []
        while len(kept) < CONNECTIONS:
            kept += await ours.admitted(session)
            if len(kept) % _PING_EVERY == 0:
                await _ping(kept)
        growth = await _growth(ours.pid, before, len(kept))
        # The server closes who is silent: what is closed costs nothing, and would not count.
        await _ping(kept)
        return growth


async def _ping(clients: list[aparte.Client]) -> None:
    """Say something on every connection, and hear it back."""
    for client in clients:
        await client.socket.send_bytes(wire.pack(Type.PING, 0, 0))
    for client in clients:
        await client.wait_for(Type.PING)


async def measure_bare(folder: Path) -> float:
    """KiB a connection of the bare relay."""
    connector = aiohttp.TCPConnector(limit=0)
    async with (
        peers.bare(folder) as running,
        aiohttp.ClientSession(connector=connector) as session,
    ):
        await running.pair(session)
        before = processes.resident_kib(running.pid)
        kept = [await running.pair(session) for _ in range(CONNECTIONS // 2)]
        return await _growth(running.pid, before, 2 * len(kept))
