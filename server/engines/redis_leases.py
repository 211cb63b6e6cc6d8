"""Leases in Redis, for several server processes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import structlog
from redis.asyncio import Redis

from server.engines.faults import StorageFailed
from server.engines.redis_bus import FAULTS

_log = structlog.get_logger()

# How long others wait for the things of a process that died.
_SECONDS = 10.0
_AT_ONCE = 256

# KEYS: the lease. ARGV: who, milliseconds. Also takes one that is gone: a Redis may forget.
_RENEW = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
"""


class RedisLeases:
    """`me` names this process, `namespace` keeps servers apart that share a Redis."""

    def __init__(
        self, redis: Redis, namespace: bytes, me: bytes, seconds: float = _SECONDS
    ) -> None:
        self._redis = redis
        self._prefix = b"aparte:" + namespace.hex().encode() + b":lease:"
        self._me = me
        self._seconds = seconds
        self._milliseconds = int(seconds * 1000)
        self._held: set[bytes] = set()
        self._released: set[bytes] = set()
        self._lost: list[Callable[[bytes], None]] = []
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._task = asyncio.create_task(self._keep())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._released |= self._held
        self._held.clear()
        with contextlib.suppress(*FAULTS):
            await self._give_back()

    async def holder(self, name: bytes) -> bytes | None:
        self._released.discard(name)
        if name in self._held:
            return None
        try:
            found = await self._redis.set(
                self._prefix + name, self._me, nx=True, px=self._milliseconds, get=True
            )
        except FAULTS as fault:
            raise StorageFailed from fault
        if isinstance(found, bytes) and found != self._me:
            return found
        self._held.add(name)
        return None

    def release(self, name: bytes) -> None:
        self._held.discard(name)
        self._released.add(name)

    def when_lost(self, told: Callable[[bytes], None]) -> None:
        self._lost.append(told)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self._seconds / 3)
            try:
                await self._give_back()
                await self._renew()
            except FAULTS:
                # Nobody else can take them meanwhile: what is in hand goes on.
                _log.warning("leases_not_renewed")

    async def _renew(self) -> None:
        for names in _batches(self._held):
            for name, kept in zip(names, await self._run(_RENEW, names), strict=True):
                if not kept and name in self._held:
                    self._held.discard(name)
                    for told in self._lost:
                        told(name)

    async def _give_back(self) -> None:
        for names in _batches(self._released):
            await self._run(_RELEASE, names)
            self._released.difference_update(names)

    async def _run(self, script: str, names: list[bytes]) -> list[object]:
        async with self._redis.pipeline(transaction=False) as pipeline:
            for name in names:
                asked = (1, self._prefix + name, self._me, self._milliseconds)
                pipeline.execute_command("EVAL", script, *asked)
            return list(await pipeline.execute())


def _batches(names: set[bytes]) -> list[list[bytes]]:
    ordered = list(names)
    return [ordered[at : at + _AT_ONCE] for at in range(0, len(ordered), _AT_ONCE)]
