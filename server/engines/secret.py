"""The server's own secret: it makes nonces recognisable, and opens nothing."""

from __future__ import annotations

import secrets

from sqlalchemy import Column, LargeBinary, String, Table, insert, select

from server.engines.database import Database, metadata

_table = Table(
    "secrets",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", LargeBinary(32), nullable=False),
)


async def nonce_secret(database: Database) -> bytes:
    """Give 32 bytes that all nodes over this database share, made at the first start."""
    async with database.write() as connection:
        found = await connection.execute(select(_table.c.value).where(_table.c.name == "nonce"))
        value = found.scalar_one_or_none()
        if value is None:
            value = secrets.token_bytes(32)
            await connection.execute(insert(_table).values(name="nonce", value=value))
    return bytes(value)
