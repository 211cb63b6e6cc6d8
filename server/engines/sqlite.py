"""SQLite: one writer, many readers, and nothing to install.

SQLite before 3.51.3 can damage a WAL with several writing connections, so there is one, in a thread
of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DBAPIError

from server.engines.database import Work

_READERS = 4

T = TypeVar("T")


class Sqlite:
    """The database in one file. Parameters are what people sent: no error's text has them."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._writer = self._engine(1, read_only=False)
        self._reader = self._engine(_READERS, read_only=True)
        self._turn = ThreadPoolExecutor(1, "writer")
        self._readers = ThreadPoolExecutor(_READERS, "reader")

    def _engine(self, size: int, *, read_only: bool) -> Engine:
        url = f"sqlite:///{self._file}"
        engine = create_engine(url, pool_size=size, max_overflow=0, hide_parameters=True)
        _prepare(engine, read_only=read_only)
        return engine

    async def read(self, work: Work[T]) -> T:
        return await _within(self._readers, self._reader, work)

    async def write(self, work: Work[T]) -> T:
        return await _within(self._turn, self._writer, work)

    def is_rivalry(self, _fault: DBAPIError) -> bool:
        """Never: writers take turns."""
        return False

    async def migrate(self, upgrade: Callable[[Connection], None]) -> None:
        await asyncio.to_thread(self._migrate, upgrade)

    def _migrate(self, upgrade: Callable[[Connection], None]) -> None:
        # A connection of its own: a file that cannot be opened leaves no thread behind.
        engine = create_engine(f"sqlite:///{self._file}", poolclass=NullPool, hide_parameters=True)
        _prepare(engine, read_only=False)
        with engine.begin() as connection:
            upgrade(connection)
        engine.dispose()

    async def dispose(self) -> None:
        await asyncio.to_thread(self._dispose)

    def _dispose(self) -> None:
        for threads, engine in ((self._readers, self._reader), (self._turn, self._writer)):
            threads.shutdown()
            engine.dispose()


async def _within(threads: ThreadPoolExecutor, engine: Engine, work: Work[T]) -> T:
    """One transaction in one of these threads."""

    def run() -> T:
        with engine.begin() as connection:
            return work(connection)

    return await asyncio.get_running_loop().run_in_executor(threads, run)


def _prepare(engine: Engine, *, read_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:  # noqa: ANN401 - it has no type
        # SQLAlchemy begins transactions itself, below: IMMEDIATE, so that a writer never upgrades.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "busy_timeout=5000",
            *(() if read_only else ("journal_mode=WAL",)),
            "synchronous=FULL",
            "foreign_keys=ON",
            # What was deleted is overwritten, not only forgotten.
            "secure_delete=ON",
            # KiB of pages for each of the five connections; the system keeps the file in memory.
            "cache_size=-256",
            f"query_only={'ON' if read_only else 'OFF'}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
