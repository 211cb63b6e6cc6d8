"""PostgreSQL, for several server processes over one database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine

from server.engines.database import Work

# serialization_failure, deadlock_detected (PostgreSQL, appendix A).
_RIVALRIES = frozenset({"40001", "40P01"})
# Any number that no other program uses on this database.
_MIGRATING = 0x41706172
_DRIVER = "postgresql+asyncpg"

T = TypeVar("T")


class Postgres:
    """`url` as in `postgresql://user@host/database`. No error's text has what people sent."""

    def __init__(self, url: str) -> None:
        scheme, mark, rest = url.partition("://")
        engine = create_async_engine(
            f"{_DRIVER if scheme == 'postgresql' else scheme}{mark}{rest}",
            pool_size=8,
            max_overflow=4,
            pool_pre_ping=True,
            hide_parameters=True,
            # Whatever the default is: an answer leaves when the log is on the disk.
            connect_args={"server_settings": {"synchronous_commit": "on"}},
        )
        self._engine = engine
        self._writer = engine.execution_options(isolation_level="SERIALIZABLE")

    async def read(self, work: Work[T]) -> T:
        async with self._engine.connect() as connection:
            return await connection.run_sync(work)

    async def write(self, work: Work[T]) -> T:
        async with self._writer.begin() as connection:
            return await connection.run_sync(work)

    def is_rivalry(self, fault: DBAPIError) -> bool:
        """Whether to try again; of two who add the same row one may hear of the row instead."""
        code = getattr(fault.orig, "sqlstate", None)
        return isinstance(fault, IntegrityError) or code in _RIVALRIES

    async def migrate(self, upgrade: Callable[[Connection], None]) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATING})"))
            await connection.run_sync(upgrade)

    async def settle(self) -> None:
        """Nothing: its own housekeeping does it."""

    async def dispose(self) -> None:
        await self._engine.dispose()
