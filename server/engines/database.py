"""The database through SQLAlchemy Core: acknowledged means fsynced, in SQLite or PostgreSQL.

Every store declares its tables on `metadata`; Alembic's migrations make them. Which of the two it
is, is known here and in the two modules beside this one, and nowhere else.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.util import CommandError
from sqlalchemy import Connection, MetaData
from sqlalchemy.exc import DBAPIError

from server.engines.faults import StorageFailed

metadata = MetaData()

_MIGRATIONS = Path(__file__).parent / "migrations"
_ATTEMPTS = 12
_LONGEST_PAUSE = 0.2

T = TypeVar("T")
# What is done with a connection: at once, and in another thread than the loop's.
Work = Callable[[Connection], T]


class Backend(Protocol):
    """One kind of database. Nothing is touched before the first connection."""

    async def read(self, work: Work[T]) -> T:
        """Do `work` on what was committed last; it changes nothing."""

    async def write(self, work: Work[T]) -> T:
        """One transaction, as if it were alone: serialisable, durable when this returns."""

    def is_rivalry(self, fault: DBAPIError) -> bool:
        """Whether a transaction failed only because another one was faster."""

    async def migrate(self, upgrade: Callable[[Connection], None]) -> None:
        """Run the migrations in one transaction, in one process at a time."""

    async def settle(self) -> None:
        """Leave as little as may be of what was deleted."""

    async def dispose(self) -> None: ...


class Database:
    """`read` sees the last commit, `write` is one durable transaction.

    `work` is a plain function, all of whose statements run in one go: to wait for each of them in
    the loop costs more than most of them take.
    """

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

    async def read(self, work: Work[T]) -> T:
        """Do `work`, which only looks, and give what it gives. Raises StorageFailed."""
        try:
            return await self._backend.read(work)
        except (DBAPIError, OSError) as fault:
            raise StorageFailed from fault

    async def settle(self) -> None:
        """Leave as little as may be of what was deleted. Raises StorageFailed."""
        try:
            await self._backend.settle()
        except (DBAPIError, OSError) as fault:
            raise StorageFailed from fault

    async def write(self, work: Work[T]) -> T:
        """Do `work` in one transaction, undone where it raises, and give what it gives.

        It is done again where another transaction came between, so it must change nothing but the
        database. Raises StorageFailed; for broken constraints too: rules look before they write.
        """
        for attempt in range(_ATTEMPTS):
            try:
                return await self._backend.write(work)
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
