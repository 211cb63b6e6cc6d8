"""A server and its PostgreSQL, and what stands between them: it counts, and strikes."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

_SOCKET = ".s.PGSQL.5432"
_CHUNK = 1 << 16


@dataclass
class Between:
    """`passed` counts what has gone by, either way. With number `at` it strikes.

    What it strikes with comes no further: the database never sees it, or the server never hears
    that it was done.
    """

    strike: Callable[[], None] = lambda: None
    at: int | None = None
    passed: int = 0

    def struck(self) -> bool:
        """Whether this is where it ends."""
        self.passed += 1
        if self.passed != self.at:
            return False
        self.strike()
        return True

    async def carry(self, source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await source.read(_CHUNK):
                if self.struck():
                    break
                to.write(chunk)
                await to.drain()
        to.close()


@contextlib.asynccontextmanager
async def between(url: str) -> AsyncIterator[tuple[Between, str]]:
    """Stand before the database of this URL; gives the URL that leads through."""
    path, _, where = url.partition("?host=")
    made = Between()
    running: set[asyncio.Task[None]] = set()

    async def connected(source: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        there, to = await asyncio.open_unix_connection(f"{where}/{_SOCKET}")
        for pair in ((source, to), (there, back)):
            task = asyncio.create_task(made.carry(*pair))
            running.add(task)
            task.add_done_callback(running.discard)

    # Paths of sockets are short.
    with tempfile.TemporaryDirectory(prefix="aparte-between-") as folder:
        async with await asyncio.start_unix_server(connected, f"{folder}/{_SOCKET}"):
            try:
                yield made, f"{path}?host={folder}"
            finally:
                for task in running:
                    task.cancel()
                await asyncio.gather(*running, return_exceptions=True)
