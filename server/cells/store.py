"""Cells, the links of their versions, and the ids that may not be taken again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    delete,
    insert,
    select,
    update,
)

from server.cells.links import Link
from server.engines.database import metadata
from server.limits import LINKS_AT_ONCE, LINKS_KEPT

cells = Table(
    "cells",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    Column("owner", LargeBinary(32), nullable=False),
    # 32 zero bytes: nobody.
    Column("read", LargeBinary(32), nullable=False),
    Column("claim", LargeBinary(32), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("closed", Boolean, nullable=False),
    # SHA-256 of the newest link: what the next one must name.
    Column("newest", LargeBinary(32), nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("accepted", LargeBinary(72), nullable=False),
    Column("claimed", LargeBinary(200), nullable=True),
    Column("voucher", LargeBinary(32), nullable=False),
    Column("expires", BigInteger, nullable=False, index=True),
)
links = Table(
    "links",
    metadata,
    Column("cell", ForeignKey("cells.id", ondelete="CASCADE"), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("link", LargeBinary(250), nullable=False),
    PrimaryKeyConstraint("cell", "version"),
)
# Cells that were erased after they were claimed: made again they could be claimed again.
tombs = Table(
    "tombs",
    metadata,
    Column("cell", LargeBinary(16), primary_key=True),
    Column("expires", BigInteger, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """`accepted` and `claimed` as docs/protocol.md, section 7, lays them out."""

    id: bytes
    owner: bytes
    read: bytes
    claim: bytes
    version: int
    closed: bool
    newest: bytes
    value: bytes
    accepted: bytes
    claimed: bytes | None
    voucher: bytes
    expires: int


def find(connection: Connection, cell: bytes, now: float) -> Cell | None:
    """Give a cell that has not expired."""
    query = select(cells).where(cells.c.id == cell, cells.c.expires > int(now))
    row = connection.execute(query).one_or_none()
    return None if row is None else Cell(*row)


def is_taken(connection: Connection, cell: bytes) -> bool:
    """Whether there is a cell of that id, or was one that was claimed and then erased."""
    held = select(cells.c.id).where(cells.c.id == cell)
    buried = select(tombs.c.cell).where(tombs.c.cell == cell)
    return connection.execute(held.union_all(buried)).first() is not None


def create(connection: Connection, new: Cell, link: Link) -> None:
    connection.execute(
        insert(cells).values(
            id=new.id,
            owner=new.owner,
            read=new.read,
            claim=new.claim,
            version=new.version,
            closed=new.closed,
            newest=new.newest,
            value=new.value,
            accepted=new.accepted,
            claimed=None,
            voucher=new.voucher,
            expires=new.expires,
        )
    )
    _add(connection, link)


def advance(connection: Connection, link: Link, value: bytes, accepted: bytes) -> None:
    """Put the next version in the place of the newest."""
    connection.execute(
        update(cells)
        .where(cells.c.id == link.id)
        .values(
            version=link.version,
            closed=link.closed,
            newest=link.hash,
            value=value,
            accepted=accepted,
        )
    )
    _add(connection, link)
    old = links.c.version <= link.version - LINKS_KEPT
    connection.execute(delete(links).where(links.c.cell == link.id, old))


def _add(connection: Connection, link: Link) -> None:
    connection.execute(insert(links).values(cell=link.id, version=link.version, link=link.raw))


def claim(connection: Connection, cell: bytes, claimed: bytes) -> None:
    connection.execute(update(cells).where(cells.c.id == cell).values(claimed=claimed))


def renew(connection: Connection, cell: bytes, voucher: bytes, expires: int) -> None:
    """Have another voucher (its hash) pay for it, until then."""
    connection.execute(
        update(cells).where(cells.c.id == cell).values(voucher=voucher, expires=expires)
    )


def links_after(connection: Connection, cell: bytes, after: int) -> list[bytes]:
    """The links of the versions after one, in order, as many as an answer may hold."""
    query = (
        select(links.c.link)
        .where(links.c.cell == cell, links.c.version > after)
        .order_by(links.c.version)
        .limit(LINKS_AT_ONCE)
    )
    return list(connection.execute(query).scalars())


def remove(connection: Connection, cell: bytes) -> None:
    connection.execute(delete(links).where(links.c.cell == cell))
    connection.execute(delete(cells).where(cells.c.id == cell))


def bury(connection: Connection, found: Cell) -> None:
    """Keep the id of a cell that is removed from being taken again for as long as it was to be."""
    connection.execute(insert(tombs).values(cell=found.id, expires=found.expires))


def forget_expired(connection: Connection, now: float) -> list[bytes]:
    """Delete what has expired, and give its ids."""
    old = cells.c.expires <= int(now)
    gone = list(connection.execute(select(cells.c.id).where(old)).scalars())
    connection.execute(delete(links).where(links.c.cell.in_(select(cells.c.id).where(old))))
    connection.execute(delete(cells).where(old))
    connection.execute(delete(tombs).where(tombs.c.expires <= int(now)))
    return gone
