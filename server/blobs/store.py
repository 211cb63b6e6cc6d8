"""What is known of a blob: a row. Its bytes are the file that the row names."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from sqlalchemy import Column, Integer, LargeBinary, String, Table, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.engines.database import metadata

blobs = Table(
    "blobs",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    Column("file", String(32), nullable=False, unique=True),
    Column("owner", LargeBinary(32), nullable=False),
    Column("read", LargeBinary(32), nullable=False),
    # What the quota counts against: a practitioner's identity, or a room, with a letter before it.
    Column("account", LargeBinary(33), nullable=False, index=True),
    Column("length", Integer, nullable=False),
    Column("expires", Integer, nullable=False, index=True),
)
_COLUMNS = tuple(column.name for column in blobs.columns)


@dataclass(frozen=True, slots=True)
class Blob:
    """`owner` may delete it, `read` may fetch it. `length` in bytes, `expires` in Unix seconds."""

    id: bytes
    file: str
    owner: bytes
    read: bytes
    account: bytes
    length: int
    expires: int


async def find(connection: AsyncConnection, blob: bytes, now: float) -> Blob | None:
    """Give a blob that has not expired."""
    query = select(blobs).where(blobs.c.id == blob, blobs.c.expires > int(now))
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Blob(*row)


async def is_taken(connection: AsyncConnection, blob: bytes) -> bool:
    query = select(blobs.c.id).where(blobs.c.id == blob)
    return (await connection.execute(query)).first() is not None


async def used(connection: AsyncConnection, account: bytes) -> int:
    """Bytes that count against a quota."""
    total = func.coalesce(func.sum(blobs.c.length), 0)
    query = select(total).where(blobs.c.account == account)
    return int((await connection.execute(query)).scalar_one())


async def add(connection: AsyncConnection, blob: Blob) -> None:
    await connection.execute(insert(blobs).values(dict(zip(_COLUMNS, astuple(blob), strict=True))))


async def remove(connection: AsyncConnection, blob: bytes) -> None:
    await connection.execute(delete(blobs).where(blobs.c.id == blob))


async def remove_expired(connection: AsyncConnection, now: float) -> list[str]:
    """Remove what has expired, and give the names of its files."""
    old = blobs.c.expires <= int(now)
    names = list((await connection.execute(select(blobs.c.file).where(old))).scalars())
    await connection.execute(delete(blobs).where(old))
    return names


async def files(connection: AsyncConnection) -> set[str]:
    """The name of every file that a blob stands in."""
    return set((await connection.execute(select(blobs.c.file))).scalars())
