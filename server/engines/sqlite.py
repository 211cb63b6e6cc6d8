"""SQLite: one writer, many readers, and nothing to install.

SQLite before 3.51.3 can damage a WAL with several writing connections, so there is one, with a lock
before it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine


class Sqlite:
    """The database in one file. Parameters are what people sent: no error's text has them."""

    def __init__(self, file: Path) -> None:
        self._file = file
        url = f"sqlite+aiosqlite:///{file}"
        self._writer = create_async_engine(url, pool_size=1, max_overflow=0, hide_parameters=True)
        self._reader = create_async_engine(url, pool_size=4, max_overflow=0, hide_parameters=True)
        _prepare(self._writer.sync_engine, read_only=False)
        _prepare(self._reader.sync_engine, read_only=True)
        self._turn = asyncio.Lock()

    @property
    def reader(self) -> AsyncEngine:
        return self._reader

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        async with self._turn, self._writer.begin() as connection:
            yield connection

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
        await self._reader.dispose()
        await self._writer.dispose()


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
