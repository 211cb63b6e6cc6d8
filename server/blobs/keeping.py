"""What the routes of blobs stand on, and how what nobody needs is erased."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web
from sqlalchemy import Connection

from server.blobs import counters, store
from server.blobs.rules import Gate, Reserved, voucher_of
from server.blobs.store import Blob
from server.engines.database import Database
from server.engines.files import Files
from server.vouchers import store as vouchers


@dataclass(frozen=True)
class Blobs:
    gate: Gate
    files: Files
    reserved: Reserved = field(default_factory=Reserved)


BLOBS = web.AppKey("blobs", Blobs)


def remove(connection: Connection, blob: Blob) -> list[str]:
    """Remove a blob's rows and what paid for it; give the names of the files left to erase."""
    paid = voucher_of(blob.account)
    if paid is not None:
        vouchers.release(connection, paid)
    return store.remove(connection, blob.id)


def withdraw(connection: Connection, blob: Blob) -> list[str]:
    """As `remove`, for an owner; of a blob whose openings are counted it is said from then on.

    What paid for such a one stays until it expires, of no bytes: it bounds how many are spoken of.
    """
    paid = voucher_of(blob.account)
    if paid is None or not counters.is_taken(connection, blob.id):
        return remove(connection, blob)
    counters.withdraw(connection, blob.id)
    vouchers.empty(connection, paid)
    return store.remove(connection, blob.id)


async def erase_strangers(database: Database, files: Files) -> None:
    """Erase files without a row: uploads that a kill cut off. Only before uploads begin."""
    known = await database.read(store.files)
    for name in await files.strangers(known):
        await files.remove(name)


async def erase_expired(database: Database, files: Files, now: float) -> None:
    """Erase what has expired: the row first, so that no row points at nothing."""

    def forget(connection: Connection) -> list[str]:
        old = store.expired(connection, now)
        return [name for blob in old for name in remove(connection, blob)]

    for name in await database.write(forget):
        await files.remove(name)
