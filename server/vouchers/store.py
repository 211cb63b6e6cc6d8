"""The vouchers that are good, or have paid for something that is still here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    LargeBinary,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from server.engines.database import metadata
from server.requests.refusals import Refused
from signaling.errors import ErrorCode

vouchers = Table(
    "vouchers",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    # Whose quota it counts against.
    Column("identity", LargeBinary(32), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False, index=True),
    Column("spent", Boolean, nullable=False),
    # All that is read to know how many one has, and for how much: no row is looked at for it.
    Index("ix_vouchers_held", "identity", "bytes"),
)


@dataclass(frozen=True, slots=True)
class Voucher:
    """`bytes`: what it pays for at most; `expires`: until when, in Unix seconds."""

    hash: bytes
    bytes: int
    expires: int


def spend(connection: Connection, voucher: bytes, now: float) -> Voucher:
    """Spend a voucher (its 32 secret bytes) in the transaction of what it pays for.

    Raises `bad_voucher`.
    """
    found = hashlib.sha256(voucher).digest()
    spent = connection.execute(
        update(vouchers)
        .where(
            vouchers.c.hash == found,
            vouchers.c.spent.is_(False),
            vouchers.c.expires > int(now),
        )
        .values(spent=True)
        .returning(vouchers.c.hash, vouchers.c.bytes, vouchers.c.expires)
    )
    row = spent.one_or_none()
    if row is None:
        raise Refused(ErrorCode.BAD_VOUCHER)
    return Voucher(*row)


def exchange(connection: Connection, before: Voucher, voucher: bytes, now: float) -> Voucher:
    """Spend a voucher in the place of one that is released; `before` says for how many bytes.

    Raises `bad_voucher` for one that does not end later, or that somebody else would pay for;
    `quota_exceeded` for one that pays for fewer bytes.
    """
    paid = spend(connection, voucher, now)
    if paid.expires <= before.expires:
        raise Refused(ErrorCode.BAD_VOUCHER, "The voucher does not end later than what it renews.")
    if paid.bytes < before.bytes:
        raise Refused(ErrorCode.QUOTA_EXCEEDED, "The voucher pays for fewer bytes.")
    if payer(connection, before.hash) != payer(connection, paid.hash):
        # Else two practices would be known to be one person's.
        raise Refused(ErrorCode.BAD_VOUCHER, "Another practitioner pays for it.")
    release(connection, before.hash)
    return paid


def payer(connection: Connection, voucher: bytes) -> bytes | None:
    """The identity key of whoever registered a voucher (its hash); None where it is not known."""
    query = select(vouchers.c.identity).where(vouchers.c.hash == voucher)
    found: bytes | None = connection.execute(query).scalar_one_or_none()
    return found


def release(connection: Connection, voucher: bytes) -> None:
    """Free what a voucher (its hash) paid for, when that is gone."""
    connection.execute(delete(vouchers).where(vouchers.c.hash == voucher))


def empty(connection: Connection, voucher: bytes) -> None:
    """Free the bytes of what a voucher (its hash) paid for, of which something is still said."""
    connection.execute(update(vouchers).where(vouchers.c.hash == voucher).values(bytes=0))


def held(connection: Connection, identity: bytes) -> tuple[int, int]:
    """How many vouchers a practitioner has, and what they pay for in all, in bytes."""
    query = select(func.count(), func.coalesce(func.sum(vouchers.c.bytes), 0)).where(
        vouchers.c.identity == identity
    )
    count, total = connection.execute(query).one()
    return int(count), int(total)


def known(connection: Connection, hashes: list[bytes]) -> bool:
    """Whether one of them is registered already."""
    query = select(vouchers.c.hash).where(vouchers.c.hash.in_(hashes)).limit(1)
    return connection.execute(query).first() is not None


def add(connection: Connection, identity: bytes, new: list[Voucher]) -> None:
    rows = [
        {
            "hash": one.hash,
            "identity": identity,
            "bytes": one.bytes,
            "expires": one.expires,
            "spent": False,
        }
        for one in new
    ]
    connection.execute(insert(vouchers), rows)


def forget_expired(connection: Connection, now: float) -> None:
    connection.execute(delete(vouchers).where(vouchers.c.expires <= int(now)))
