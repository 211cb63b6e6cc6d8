"""SQLite through SQLAlchemy Core: one writer, many readers, acknowledged means fsynced.

Every store declares its tables on `metadata`; Alembic's migrations make them. SQLite before
3.51.3 can damage a WAL with several writing connections, so there is one, with a lock before it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import Connection, Engine, MetaData, NullPool, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from server.engines.faults import StorageFailed

metadata = MetaData()

_MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """Gives connections: `read()` sees the last commit, `write()` is one durable transaction.

    Nothing is touched before `open()`.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        url = f"sqlite+aiosqlite:///{file}"
        # Parameters are what people sent: they have no place in an error's text.
        self._writer = create_async_engine(url, pool_size=1, max_overflow=0, hide_parameters=True)
        self._reader = create_async_engine(url, pool_size=4, max_overflow=0, hide_parameters=True)
        _prepare(self._writer.sync_engine, read_only=False)
        _prepare(self._reader.sync_engine, read_only=True)
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        """Make the file if there is none, with the newest schema. Raises StorageFailed."""
        try:
            await asyncio.to_thread(migrate, self._file)
        except (DBAPIError, OSError) as fault:
            raise StorageFailed from fault

    async def close(self) -> None:
        await self._reader.dispose()
        await self._writer.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Raises StorageFailed."""
        try:
            async with self._reader.connect() as connection:
                yield connection
        except DBAPIError as fault:
            raise StorageFailed from fault

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction, committed and fsynced when the block ends, undone where it raises.

        Raises StorageFailed; for broken constraints too: rules look before they write.
        """
        try:
            async with self._turn, self._writer.begin() as connection:
                yield connection
        except DBAPIError as fault:
            raise StorageFailed from fault


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


def migrate(file: Path) -> None:
    """Bring a database file to the newest schema, making it if there is none.

    All of it is one transaction: a migration that fails leaves the file as it was.
    """
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    engine = create_engine(f"sqlite:///{file}", poolclass=NullPool)
    _prepare(engine, read_only=False)
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
    engine.dispose()
