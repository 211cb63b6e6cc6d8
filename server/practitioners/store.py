"""Enrolled keys. No name, no address: a practitioner is a key."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    LargeBinary,
    Table,
    delete,
    insert,
    select,
)

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
    Column(
        "identity",
        LargeBinary(32),
        ForeignKey("practitioners.identity"),
        nullable=False,
        index=True,
    ),
)
used_codes = Table(
    "used_codes",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    # From then on the code would not be good anyway.
    Column("forget", BigInteger, nullable=False, index=True),
)


class Practitioners:
    """Whose device a key is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def identity_of(self, device: bytes) -> bytes | None:
        """Give the identity key that a device belongs to. Raises StorageFailed."""
        query = select(devices.c.identity).where(devices.c.device == device)

        def read(connection: Connection) -> bytes | None:
            return connection.execute(query).scalar_one_or_none()

        return await self._database.read(read)

    async def is_device(self, key: bytes) -> bool:
        """Raises StorageFailed."""
        return await self.identity_of(key) is not None

    async def is_anybody_enrolled(self) -> bool:
        """Raises StorageFailed."""
        query = select(practitioners.c.identity).limit(1)
        return await self._database.read(lambda c: c.execute(query).first()) is not None


def was_used(connection: Connection, code_hash: bytes) -> bool:
    query = select(used_codes.c.hash).where(used_codes.c.hash == code_hash)
    return connection.execute(query).first() is not None


def use(connection: Connection, code_hash: bytes, forget: float) -> None:
    connection.execute(insert(used_codes).values(hash=code_hash, forget=int(forget)))


def is_known(connection: Connection, identity: bytes, device: bytes) -> bool:
    """Whether either key is enrolled already."""
    for query in (
        select(practitioners.c.identity).where(practitioners.c.identity == identity),
        select(devices.c.device).where(devices.c.device == device),
    ):
        if connection.execute(query).first() is not None:
            return True
    return False


def add(connection: Connection, identity: bytes, device: bytes) -> None:
    connection.execute(insert(practitioners).values(identity=identity))
    connection.execute(insert(devices).values(device=device, identity=identity))


def forget_used_codes(connection: Connection, now: float) -> None:
    connection.execute(delete(used_codes).where(used_codes.c.forget <= int(now)))
