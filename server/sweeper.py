"""What is done every now and then, and once at the start: forgetting what has expired."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import structlog

from server.engines.faults import StorageFailed

Chore = Callable[[float], Awaitable[None]]

_log: structlog.stdlib.BoundLogger = structlog.get_logger()


async def sweep(chores: Sequence[Chore], now: float) -> None:
    """Do every chore as of `now` (Unix seconds); one that fails does not stop the others."""
    for chore in chores:
        try:
            await chore(now)
        except (StorageFailed, OSError):
            _log.exception("sweep_failed")


@contextlib.asynccontextmanager
async def sweeping(
    chores: Sequence[Chore], seconds: float, clock: Callable[[], float]
) -> AsyncIterator[None]:
    """Sweep now, and again every so many seconds while the block runs."""

    async def forever() -> None:
        while True:
            await asyncio.sleep(seconds)
            await sweep(chores, clock())

    await sweep(chores, clock())
    task = asyncio.create_task(forever())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
