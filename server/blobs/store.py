"""Where blobs stand: rows in the database, bytes in files."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.engines.database import metadata

blobs = Table(
    "blobs",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    Column("owner", LargeBinary(32), nullable=False),
    Column("read_key", LargeBinary(32), nullable=False),
    # What the quota counts against: a practitioner's identity, or a room.
    Column("account", LargeBinary(32), nullable=False, index=True),
    Column("length", BigInteger, nullable=False),
    Column("expires", Integer, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Blob:
    id: bytes
    owner: bytes
    read_key: bytes
    account: bytes
    length: int
    expires: int


async def find(connection: AsyncConnection, blob: bytes) -> Blob | None:
    """Give a blob that has not expired."""
    row = (await connection.execute(select(blobs).where(blobs.c.id == blob))).one_or_none()
    if row is None or row.expires <= time.time():
        return None
    return Blob(row.id, row.owner, row.read_key, row.account, row.length, row.expires)


async def exists(connection: AsyncConnection, blob: bytes) -> bool:
    found = await connection.execute(select(blobs.c.id).where(blobs.c.id == blob))
    return found.first() is not None


async def used(connection: AsyncConnection, account: bytes) -> int:
    """Bytes that count against a quota."""
    found = await connection.execute(
        select(func.coalesce(func.sum(blobs.c.length), 0)).where(blobs.c.account == account)
    )
    return int(found.scalar_one())


async def add(connection: AsyncConnection, blob: Blob) -> None:
    await connection.execute(
        insert(blobs).values(
            id=blob.id,
            owner=blob.owner,
            read_key=blob.read_key,
            account=blob.account,
            length=blob.length,
            expires=blob.expires,
        )
    )


async def remove(connection: AsyncConnection, blob: bytes) -> None:
    await connection.execute(delete(blobs).where(blobs.c.id == blob))


async def expired(connection: AsyncConnection, most: int) -> list[bytes]:
    found = await connection.execute(
        select(blobs.c.id).where(blobs.c.expires <= int(time.time())).limit(most)
    )
    return list(found.scalars())
