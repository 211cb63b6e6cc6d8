"""The durable record of a room: public keys, what the host decided, expiry."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from server.engines.database import Database, metadata
from signaling.record import RoomRecord, Seat

rooms = Table(
    "rooms",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    Column("identity", LargeBinary(32), nullable=False, index=True),
    # Empty once the room has ended.
    Column("prekey", LargeBinary, nullable=False),
    Column("locked", Boolean, nullable=False),
    Column("ended", Boolean, nullable=False),
    Column("expires", BigInteger, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
)
seats = Table(
    "seats",
    metadata,
    Column("room", ForeignKey("rooms.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("join_key", LargeBinary(32), nullable=False),
    Column("guest_key", LargeBinary(32), nullable=True),
    Column("admitted", Boolean, nullable=False),
    PrimaryKeyConstraint("room", "number"),
)


class Superseded(Exception):
    """Another process has changed the room, or it is no longer there: nothing was stored."""


class RoomStore(Protocol):
    """What the live rooms stand on. Each call is one transaction; all raise StorageFailed."""

    async def load(self, room: bytes) -> RoomRecord | None:
        """The record as it was last saved."""

    async def save(self, record: RoomRecord) -> None:
        """Replace the revision before this one. Durable (fsynced) when this returns.

        Raises Superseded where that is not what is stored.
        """

    async def is_admitted(self, room: bytes, guest_key: bytes, now: float) -> bool:
        """Whether a room that neither ended nor expired has this key admitted on a seat."""


class SqlRooms:
    """RoomStore on SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, room: bytes) -> RoomRecord | None:
        return await self._database.read(lambda connection: find(connection, room))

    async def save(self, record: RoomRecord) -> None:
        await self._database.write(lambda connection: _replace(connection, record))

    async def is_admitted(self, room: bytes, guest_key: bytes, now: float) -> bool:
        query = (
            select(seats.c.number)
            .join(rooms, rooms.c.id == seats.c.room)
            .where(
                rooms.c.id == room,
                rooms.c.ended.is_(False),
                rooms.c.expires > now,
                seats.c.guest_key == guest_key,
                seats.c.admitted,
            )
        )
        return await self._database.read(lambda c: c.execute(query).first()) is not None


def _replace(connection: Connection, record: RoomRecord) -> None:
    replaced = connection.execute(
        update(rooms)
        .where(rooms.c.id == record.id, rooms.c.revision == record.revision - 1)
        .values(
            identity=record.identity,
            prekey=record.prekey,
            locked=record.locked,
            ended=record.ended,
            revision=record.revision,
        )
    )
    if replaced.rowcount != 1:
        raise Superseded
    connection.execute(delete(seats).where(seats.c.room == record.id))
    _add_seats(connection, record)


def find(connection: Connection, room: bytes) -> RoomRecord | None:
    row = connection.execute(select(rooms).where(rooms.c.id == room)).one_or_none()
    if row is None:
        return None
    held = connection.execute(
        select(seats.c.join_key, seats.c.guest_key, seats.c.admitted)
        .where(seats.c.room == room)
        .order_by(seats.c.number)
    )
    return RoomRecord(
        id=row.id,
        identity=row.identity,
        prekey=row.prekey,
        seats=tuple(Seat(*seat) for seat in held),
        expires=row.expires,
        locked=row.locked,
        ended=row.ended,
        revision=row.revision,
    )


def create(connection: Connection, record: RoomRecord) -> None:
    """Add a room whose id is free, in the transaction of the request that makes it."""
    connection.execute(
        insert(rooms).values(
            id=record.id,
            identity=record.identity,
            prekey=record.prekey,
            locked=record.locked,
            ended=record.ended,
            expires=record.expires,
            revision=record.revision,
        )
    )
    _add_seats(connection, record)


def _add_seats(connection: Connection, record: RoomRecord) -> None:
    rows = [
        {
            "room": record.id,
            "number": number,
            "join_key": seat.join_key,
            "guest_key": seat.guest_key,
            "admitted": seat.admitted,
        }
        for number, seat in enumerate(record.seats)
    ]
    connection.execute(insert(seats), rows)


def count_open(connection: Connection, identity: bytes, now: int) -> int:
    """How many rooms of a practitioner neither ended nor expired."""
    query = (
        select(func.count())
        .select_from(rooms)
        .where(rooms.c.identity == identity, rooms.c.ended.is_(False), rooms.c.expires > now)
    )
    return int(connection.execute(query).scalar_one())


def forget_expired(connection: Connection, now: float, epitaph: float) -> None:
    """Delete rooms that expired `epitaph` seconds ago. Until then their links can say so."""
    before = now - epitaph
    old = select(rooms.c.id).where(rooms.c.expires < before)
    connection.execute(delete(seats).where(seats.c.room.in_(old)))
    connection.execute(delete(rooms).where(rooms.c.expires < before))
