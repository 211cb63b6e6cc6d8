"""All that the database holds about a practitioner, room, mailbox, cell or blob, or everybody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.blobs.rules import practitioner_account, room_account, voucher_account, voucher_of
from server.blobs.store import blobs, pieces
from server.cells.store import cells, links
from server.engines.database import Database, metadata
from server.mailboxes.store import mailboxes, messages
from server.practitioners.store import devices, practitioners
from server.requests.idempotency import answers
from server.rooms.store import rooms, seats
from server.vouchers.store import vouchers

Row = Mapping[str, Any]


@dataclass
class Found:
    """Rows by table and primary key, in the order in which they were found."""

    rows: dict[str, dict[tuple[Any, ...], Row]] = field(default_factory=dict)

    async def add(
        self, connection: AsyncConnection, table: Table, which: ColumnElement[bool] | None = None
    ) -> list[Row]:
        """Add the rows of a table that fit, or all of it; gives those."""
        query = select(table) if which is None else select(table).where(which)
        found: list[Row] = [dict(row) for row in (await connection.execute(query)).mappings()]
        held = self.rows.setdefault(table.name, {})
        held.update((tuple(row[key.name] for key in table.primary_key), row) for row in found)
        return found


async def _everything(connection: AsyncConnection, found: Found, _of: bytes) -> None:
    for table in metadata.sorted_tables:
        await found.add(connection, table)


async def _practitioner(connection: AsyncConnection, found: Found, identity: bytes) -> None:
    await found.add(connection, practitioners, practitioners.c.identity == identity)
    theirs = await found.add(connection, devices, devices.c.identity == identity)
    # A room that has ended names its host's device alone.
    named = rooms.c.host_key.in_([device["device"] for device in theirs])
    hosted = await found.add(connection, rooms, (rooms.c.identity == identity) | named)
    for room in hosted:
        await _room(connection, found, room["id"])
    for voucher in await found.add(connection, vouchers, vouchers.c.identity == identity):
        await _paid(connection, found, voucher["hash"])
    await _blobs(connection, found, blobs.c.account == practitioner_account(identity))
    await _answers(connection, found, (device["device"] for device in theirs))


async def _paid(connection: AsyncConnection, found: Found, voucher: bytes) -> None:
    """What a voucher paid for."""
    for mailbox in await found.add(connection, mailboxes, mailboxes.c.voucher == voucher):
        await _messages(connection, found, mailbox)
    await _cells(connection, found, cells.c.voucher == voucher)
    await _blobs(connection, found, blobs.c.account == voucher_account(voucher))


async def _room(connection: AsyncConnection, found: Found, room: bytes) -> None:
    await found.add(connection, rooms, rooms.c.id == room)
    placed = await found.add(connection, seats, seats.c.room == room)
    await _blobs(connection, found, blobs.c.account == room_account(room))
    await _answers(connection, found, (seat["guest_key"] for seat in placed if seat["guest_key"]))


async def _mailbox(connection: AsyncConnection, found: Found, mailbox: bytes) -> None:
    for one in await found.add(connection, mailboxes, mailboxes.c.id == mailbox):
        await _messages(connection, found, one)
        await found.add(connection, vouchers, vouchers.c.hash == one["voucher"])


async def _cell(connection: AsyncConnection, found: Found, cell: bytes) -> None:
    for one in await _cells(connection, found, cells.c.id == cell):
        await found.add(connection, vouchers, vouchers.c.hash == one["voucher"])


async def _cells(
    connection: AsyncConnection, found: Found, which: ColumnElement[bool]
) -> list[Row]:
    those = await found.add(connection, cells, which)
    for cell in those:
        await found.add(connection, links, links.c.cell == cell["id"])
        await _answers(connection, found, [cell["owner"], cell["claim"]])
    return those


async def _messages(connection: AsyncConnection, found: Found, mailbox: Row) -> None:
    await found.add(connection, messages, messages.c.mailbox == mailbox["id"])
    senders = mailbox["append"]
    keys = [senders[at : at + 32] for at in range(0, len(senders), 32)]
    await _answers(connection, found, [mailbox["owner"], *keys])


async def _blob(connection: AsyncConnection, found: Found, blob: bytes) -> None:
    for one in await _blobs(connection, found, blobs.c.id == blob):
        voucher = voucher_of(one["account"])
        if voucher is not None:
            await found.add(connection, vouchers, vouchers.c.hash == voucher)


async def _blobs(
    connection: AsyncConnection, found: Found, which: ColumnElement[bool]
) -> list[Row]:
    those = await found.add(connection, blobs, which)
    for blob in those:
        await found.add(connection, pieces, pieces.c.blob == blob["id"])
    await _answers(connection, found, (blob["owner"] for blob in those))
    return those


async def _answers(connection: AsyncConnection, found: Found, signers: Iterable[bytes]) -> None:
    for signer in signers:
        await found.add(connection, answers, answers.c.signer == signer)


_Ask = Callable[[AsyncConnection, Found, bytes], Awaitable[None]]
QUESTIONS: Mapping[str, _Ask] = {
    "all": _everything,
    "practitioner": _practitioner,
    "room": _room,
    "mailbox": _mailbox,
    "cell": _cell,
    "blob": _blob,
}


async def ask(database: Database, about: str, which: bytes) -> dict[str, list[Row]]:
    """Answer one of QUESTIONS about a key or an id. Raises StorageFailed."""
    found = Found()
    async with database.read() as connection:
        await QUESTIONS[about](connection, found, which)
    return {name: list(rows.values()) for name, rows in found.rows.items() if rows}
