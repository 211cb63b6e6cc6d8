"""Enrolled keys and unused codes. No name, no address: a practitioner is a key."""

from __future__ import annotations

import hashlib
import time

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    delete,
    insert,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from server.engines.database import Database, metadata

practitioners = Table(
    "practitioners",
    metadata,
    Column("identity", LargeBinary(32), primary_key=True),
)
devices = Table(
    "devices",
    metadata,
    Column("device", LargeBinary(32), primary_key=True),
    Column("identity", ForeignKey("practitioners.identity"), nullable=False, index=True),
)
enrolment_codes = Table(
    "enrolment_codes",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("expires", Integer, nullable=False),
)


def _hash(code: bytes) -> bytes:
    return hashlib.sha256(code).digest()


class Practitioners:
    """The store. A code rests as its hash, so that a copy of the database enrols nobody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_code(self, code: bytes, seconds: int) -> None:
        """Make a code (16 random bytes) usable once, for this long."""
        expires = int(time.time()) + seconds
        async with self._database.write() as connection:
            await connection.execute(
                insert(enrolment_codes).values(hash=_hash(code), expires=expires)
            )

    async def identity_of(self, device: bytes) -> bytes | None:
        async with self._database.read() as connection:
            found = await connection.execute(
                select(devices.c.identity).where(devices.c.device == device)
            )
            return found.scalar_one_or_none()


async def take_code(connection: AsyncConnection, code: bytes) -> bool:
    """Use a code up; tell whether it was one."""
    done = await connection.execute(
        delete(enrolment_codes).where(
            enrolment_codes.c.hash == _hash(code), enrolment_codes.c.expires > int(time.time())
        )
    )
    return done.rowcount == 1


async def is_known(connection: AsyncConnection, identity: bytes, device: bytes) -> bool:
    """Whether either key is enrolled already."""
    for query in (
        select(practitioners.c.identity).where(practitioners.c.identity == identity),
        select(devices.c.device).where(devices.c.device == device),
    ):
        if (await connection.execute(query)).first() is not None:
            return True
    return False


async def add(connection: AsyncConnection, identity: bytes, device: bytes) -> None:
    await connection.execute(insert(practitioners).values(identity=identity))
    await connection.execute(insert(devices).values(device=device, identity=identity))


async def forget_old_codes(connection: AsyncConnection) -> None:
    await connection.execute(
        delete(enrolment_codes).where(enrolment_codes.c.expires <= int(time.time()))
    )
