"""Enrolled practitioners: their papers as they signed them, and which device is whose."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    LargeBinary,
    String,
    Table,
    delete,
    insert,
    select,
    update,
)

from server.engines.database import Database, metadata
from server.practitioners.papers import Card, Devices, read_card, read_devices
from server.practitioners.words import keys_of

practitioners = Table(
    "practitioners",
    metadata,
    Column("identity", LargeBinary(32), primary_key=True),
    Column("card", LargeBinary, nullable=False),
    # Of this very card.
    Column("attestation", LargeBinary, nullable=True),
    Column("devices", LargeBinary, nullable=False),
    # What the card is found by, by who wants to be.
    Column("listed", Boolean, nullable=False, index=True),
    Column("name_key", String, nullable=False),
    Column("profession_key", String, nullable=False),
    Column("place_key", String, nullable=False),
    Column("languages", String, nullable=False),
)
# What the lists say, for looking up whose a key is.
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
    # 0 while it is in force.
    Column("until", BigInteger, nullable=False),
)
used_codes = Table(
    "used_codes",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    # From then on the code would not be good anyway.
    Column("forget", BigInteger, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Papers:
    """What is shown of a practitioner."""

    card: Card
    attestation: bytes | None
    devices: Devices


class Practitioners:
    """Whose device a key is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def identity_of(self, device: bytes) -> bytes | None:
        """Give the identity key that a device in force belongs to. Raises StorageFailed."""
        in_force = (devices.c.device == device) & (devices.c.until == 0)
        query = select(devices.c.identity).where(in_force)

        def read(connection: Connection) -> bytes | None:
            return connection.execute(query).scalar_one_or_none()

        return await self._database.read(read)

    async def is_anybody_enrolled(self) -> bool:
        """Raises StorageFailed."""
        query = select(practitioners.c.identity).limit(1)
        return await self._database.read(lambda c: c.execute(query).first()) is not None


def was_used(connection: Connection, code_hash: bytes) -> bool:
    query = select(used_codes.c.hash).where(used_codes.c.hash == code_hash)
    return connection.execute(query).first() is not None


def use(connection: Connection, code_hash: bytes, forget: float) -> None:
    connection.execute(insert(used_codes).values(hash=code_hash, forget=int(forget)))


def find(connection: Connection, identity: bytes) -> Papers | None:
    query = select(practitioners).where(practitioners.c.identity == identity)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Papers(read_card(row.card), row.attestation, read_devices(row.devices))


def is_known_device(connection: Connection, device: bytes) -> bool:
    """Whether a key is, or was, some practitioner's device."""
    query = select(devices.c.device).where(devices.c.device == device)
    return connection.execute(query).first() is not None


def add(connection: Connection, card: Card, listed: Devices) -> None:
    values = {"card": card.raw, "attestation": None, "devices": listed.raw} | keys_of(card)
    connection.execute(insert(practitioners).values(identity=card.identity, **values))
    add_devices(connection, listed.identity, [one.key for one in listed.entries])


def add_devices(connection: Connection, identity: bytes, keys: list[bytes]) -> None:
    for key in keys:
        connection.execute(insert(devices).values(device=key, identity=identity, until=0))


def set_card(connection: Connection, card: Card) -> None:
    """Replace a card; what was attested of the last one is gone with it."""
    _set(connection, card.identity, card=card.raw, attestation=None, **keys_of(card))


def set_attestation(connection: Connection, identity: bytes, attestation: bytes) -> None:
    _set(connection, identity, attestation=attestation)


def set_devices(connection: Connection, listed: Devices) -> None:
    """Replace a list; its new devices must have been added."""
    _set(connection, listed.identity, devices=listed.raw)
    for one in listed.entries:
        connection.execute(
            update(devices).where(devices.c.device == one.key).values(until=one.until)
        )


def _set(connection: Connection, identity: bytes, **values: bytes | str | bool | None) -> None:
    connection.execute(
        update(practitioners).where(practitioners.c.identity == identity).values(**values)
    )


def forget_used_codes(connection: Connection, now: float) -> None:
    connection.execute(delete(used_codes).where(used_codes.c.forget <= int(now)))
