"""What the routes of blobs stand on, and how what nobody needs is erased."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web

from server.blobs import store
from server.blobs.rules import Gate, Reserved
from server.engines.database import Database
from server.engines.files import Files


@dataclass(frozen=True)
class Blobs:
    gate: Gate
    files: Files
    reserved: Reserved = field(default_factory=Reserved)


BLOBS = web.AppKey("blobs", Blobs)


async def erase_strangers(database: Database, files: Files) -> None:
    """Erase files without a row: uploads that a kill cut off. Only before uploads begin."""
    async with database.read() as connection:
        known = await store.files(connection)
    for name in await files.strangers(known):
        await files.remove(name)


async def erase_expired(database: Database, files: Files, now: float) -> None:
    """Erase what has expired: the row first, so that no row points at nothing."""
    async with database.write() as connection:
        names = await store.remove_expired(connection, now)
    for name in names:
        await files.remove(name)
