"""SQLite: one writer, many readers, and nothing to install.

SQLite before 3.51.3 can damage a WAL with several writing connections, so there is one, in a thread
of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DBAPIError

from server.engines.database import Work
from server.engines.faults import StorageFailed
from server.engines.threads import Threads

_READERS = 4
_PATIENCE = "busy_timeout=5000"
# Pages of the log after which a commit moves them into the file, and whoever asked waits for it:
# 16 MiB. The sweeper does it more often than that where there is less to do.
_LOG_PAGES = 4096

T = TypeVar("T")


class Sqlite:
    """The database in one file. Parameters are what people sent: no error's text has them."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._writer = Threads(self._engine(1, read_only=False), "writer")
        self._readers = Threads(self._engine(_READERS, read_only=True), "reader", _READERS)

    def _engine(self, size: int, *, read_only: bool) -> Engine:
        url = f"sqlite:///{self._file}"
        engine = create_engine(url, pool_size=size, max_overflow=0, hide_parameters=True)
        _prepare(engine, read_only=read_only)
        return engine

    async def read(self, work: Work[T]) -> T:
        return await self._readers.transact(work)

    async def write(self, work: Work[T]) -> T:
        return await self._writer.transact(work)

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

    async def settle(self) -> None:
        await self._writer.alone(_empty_log)

    async def dispose(self) -> None:
        for threads in (self._readers, self._writer):
            await asyncio.to_thread(threads.stop)


def _empty_log(connection: Connection) -> None:
    """Move the log into the file and cut it off; where somebody reads just now, the next time.

    What was deleted is then nowhere any more. SQLite alone would keep it in the log until that is
    written over.
    """
    # Below SQLAlchemy, which would begin a transaction.
    with contextlib.closing(connection.connection.cursor()) as cursor:
        cursor.execute("PRAGMA busy_timeout=0")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as fault:
            raise StorageFailed from fault
        finally:
            cursor.execute(f"PRAGMA {_PATIENCE}")


def _prepare(engine: Engine, *, read_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:  # noqa: ANN401 - it has no type
        # SQLAlchemy begins transactions itself, below: IMMEDIATE, so that a writer never upgrades.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            _PATIENCE,
            *(() if read_only else ("journal_mode=WAL",)),
            "synchronous=FULL",
            "foreign_keys=ON",
            # What was deleted is overwritten, not only forgotten.
            "secure_delete=ON",
            # KiB of pages for each of the five connections; the system keeps the file in memory.
            "cache_size=-256",
            f"wal_autocheckpoint={_LOG_PAGES}",
            f"query_only={'ON' if read_only else 'OFF'}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
