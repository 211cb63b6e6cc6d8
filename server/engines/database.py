"""The database through SQLAlchemy Core: acknowledged means fsynced, in SQLite or PostgreSQL.

Every store declares its tables on `metadata`; Alembic's migrations make them. Which of the two it
is, is known here and in the two modules beside this one, and nowhere else.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.util import CommandError
from sqlalchemy import Connection, MetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from server.engines.faults import StorageFailed

metadata = MetaData()

_MIGRATIONS = Path(__file__).parent / "migrations"
_ATTEMPTS = 12
_LONGEST_PAUSE = 0.2

T = TypeVar("T")


class Backend(Protocol):
    """One kind of database. Nothing is touched before the first connection."""

    @property
    def reader(self) -> AsyncEngine: ...

    def writing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """One transaction, as if it were alone: serialisable, durable when the block ends."""

    def is_rivalry(self, fault: DBAPIError) -> bool:
        """Whether a transaction failed only because another one was faster."""

    async def migrate(self, upgrade: Callable[[Connection], None]) -> None:
        """Run the migrations in one transaction, in one process at a time."""

    async def dispose(self) -> None: ...


class Database:
    """`read()` sees the last commit, `write()` is one durable transaction."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def open(self) -> None:
        """Bring it to the newest schema, making it if there is none. Raises StorageFailed.

        All of it is one transaction: a migration that fails leaves everything as it was.
        """
        try:
            await self._backend.migrate(_upgrade)
        except (CommandError, DBAPIError, OSError) as fault:
            # CommandError: made by another version than this one.
            await self.close()
            raise StorageFailed from fault

    async def close(self) -> None:
        await self._backend.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Raises StorageFailed."""
        try:
            async with self._backend.reader.connect() as connection:
                yield connection
        except (DBAPIError, OSError) as fault:
            raise StorageFailed from fault

    async def write(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Do `work` in one transaction, undone where it raises, and give what it gives.

        It is done again where another transaction came between, so it must change nothing but the
        database. Raises StorageFailed; for broken constraints too: rules look before they write.
        """
        for attempt in range(_ATTEMPTS):
            try:
                async with self._backend.writing() as connection:
                    return await work(connection)
            except (DBAPIError, OSError) as fault:
                rivalry = isinstance(fault, DBAPIError) and self._backend.is_rivalry(fault)
                if not rivalry or attempt == _ATTEMPTS - 1:
                    raise StorageFailed from fault
            # When to try again is nobody's secret.
            pause = min(_LONGEST_PAUSE, 0.002 * 2**attempt)
            await asyncio.sleep(random.uniform(0, pause))  # noqa: S311
        raise AssertionError("the last attempt gives or raises")


def _upgrade(connection: Connection) -> None:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")
