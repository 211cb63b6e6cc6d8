"""All that the database holds about a practitioner, room, mailbox, cell or blob, or everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select

from server.blobs.counters import counters, openings
from server.blobs.rules import practitioner_account, room_account, voucher_account, voucher_of
from server.blobs.store import blobs, pieces
from server.cells.store import cells, links, tombs
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

    def add(
        self, connection: Connection, table: Table, which: ColumnElement[bool] | None = None
    ) -> list[Row]:
        """Add the rows of a table that fit, or all of it; gives those."""
        query = select(table) if which is None else select(table).where(which)
        found: list[Row] = [dict(row) for row in connection.execute(query).mappings()]
        held = self.rows.setdefault(table.name, {})
        held.update((tuple(row[key.name] for key in table.primary_key), row) for row in found)
        return found


def _everything(connection: Connection, found: Found, _of: bytes) -> None:
    for table in metadata.sorted_tables:
        found.add(connection, table)


def _practitioner(connection: Connection, found: Found, identity: bytes) -> None:
    found.add(connection, practitioners, practitioners.c.identity == identity)
    theirs = found.add(connection, devices, devices.c.identity == identity)
    for room in found.add(connection, rooms, rooms.c.identity == identity):
        _room(connection, found, room["id"])
    for voucher in found.add(connection, vouchers, vouchers.c.identity == identity):
        _paid(connection, found, voucher["hash"])
    _blobs(connection, found, blobs.c.account == practitioner_account(identity))
    _answers(connection, found, [identity, *(device["device"] for device in theirs)])


def _paid(connection: Connection, found: Found, voucher: bytes) -> None:
    """What a voucher paid for."""
    for mailbox in found.add(connection, mailboxes, mailboxes.c.voucher == voucher):
        _messages(connection, found, mailbox)
    _cells(connection, found, cells.c.voucher == voucher)
    _blobs(connection, found, blobs.c.account == voucher_account(voucher))


def _room(connection: Connection, found: Found, room: bytes) -> None:
    found.add(connection, rooms, rooms.c.id == room)
    placed = found.add(connection, seats, seats.c.room == room)
    _blobs(connection, found, blobs.c.account == room_account(room))
    _answers(connection, found, (seat["guest_key"] for seat in placed if seat["guest_key"]))


def _mailbox(connection: Connection, found: Found, mailbox: bytes) -> None:
    for one in found.add(connection, mailboxes, mailboxes.c.id == mailbox):
        _messages(connection, found, one)
        found.add(connection, vouchers, vouchers.c.hash == one["voucher"])


def _cell(connection: Connection, found: Found, cell: bytes) -> None:
    for one in _cells(connection, found, cells.c.id == cell):
        found.add(connection, vouchers, vouchers.c.hash == one["voucher"])
    found.add(connection, tombs, tombs.c.cell == cell)


def _cells(connection: Connection, found: Found, which: ColumnElement[bool]) -> list[Row]:
    those = found.add(connection, cells, which)
    for cell in those:
        found.add(connection, links, links.c.cell == cell["id"])
        _answers(connection, found, [cell["owner"], cell["claim"]])
    return those


def _messages(connection: Connection, found: Found, mailbox: Row) -> None:
    found.add(connection, messages, messages.c.mailbox == mailbox["id"])
    senders = mailbox["append"]
    keys = [senders[at : at + 32] for at in range(0, len(senders), 32)]
    _answers(connection, found, [mailbox["owner"], *keys])


def _blob(connection: Connection, found: Found, blob: bytes) -> None:
    _counted(connection, found, blob)
    for one in _blobs(connection, found, blobs.c.id == blob):
        voucher = voucher_of(one["account"])
        if voucher is not None:
            found.add(connection, vouchers, vouchers.c.hash == voucher)


def _blobs(connection: Connection, found: Found, which: ColumnElement[bool]) -> list[Row]:
    those = found.add(connection, blobs, which)
    for blob in those:
        found.add(connection, pieces, pieces.c.blob == blob["id"])
        _counted(connection, found, blob["id"])
    _answers(connection, found, (blob["owner"] for blob in those))
    return those


def _counted(connection: Connection, found: Found, blob: bytes) -> None:
    """How often it was opened, also of one that is gone."""
    for counter in found.add(connection, counters, counters.c.blob == blob):
        found.add(connection, openings, openings.c.blob == blob)
        _answers(connection, found, [counter["read"]])


def _answers(connection: Connection, found: Found, signers: Iterable[bytes]) -> None:
    for signer in signers:
        found.add(connection, answers, answers.c.signer == signer)


_Ask = Callable[[Connection, Found, bytes], None]
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
    await database.read(lambda connection: QUESTIONS[about](connection, found, which))
    return {name: list(rows.values()) for name, rows in found.rows.items() if rows}
