"""Pairs of connections that send each other messages as fast as both sides take them.

Each side of each pair keeps a few messages under way; each one received lets its sender send the
next. So nobody is flooded beyond what it delivers, and the same load fits every server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp

UNDER_WAY = 8
PAYLOAD = 1024


@dataclass
class End:
    """One connection: the message that it sends, and how it knows one that was sent to it."""

    socket: aiohttp.ClientWebSocketResponse
    message: bytes | str
    is_delivery: Callable[[bytes | str], bool]

    async def send(self) -> None:
        if isinstance(self.message, bytes):
            await self.socket.send_bytes(self.message)
        else:
            await self.socket.send_str(self.message)


Pair = tuple[End, End]


@dataclass
class Count:
    delivered: int = 0


async def _receive(here: End, there: End, count: Count, stop: asyncio.Event) -> None:
    async for message in here.socket:
        if message.type not in {aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT}:
            raise RuntimeError(f"the server said {message}")
        if not here.is_delivery(message.data):
            continue
        count.delivered += 1
        if not stop.is_set():
            await there.send()


async def run(
    pairs: list[Pair], seconds: float, clock: Callable[[], float]
) -> tuple[int, float, float]:
    """Give (messages delivered, `clock` at the start, `clock` at the end) of the steady part."""
    count, stop = Count(), asyncio.Event()
    ends = [(a, b) for pair in pairs for a, b in (pair, pair[::-1])]
    tasks = [asyncio.create_task(_receive(here, there, count, stop)) for here, there in ends]
    try:
        for _ in range(UNDER_WAY):
            for here, _there in ends:
                await here.send()
        await asyncio.sleep(1)
        before, first = clock(), count.delivered
        await asyncio.sleep(seconds)
        after, last = clock(), count.delivered
        for task in tasks:
            if task.done():
                task.result()
                raise RuntimeError("a connection was closed under load")
    finally:
        stop.set()
        await asyncio.sleep(0.2)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return last - first, before, after
