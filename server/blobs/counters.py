"""Blobs whose openings are counted: how many there may be, were, and are under way."""

from __future__ import annotations

from dataclasses import astuple, dataclass

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
    insert,
    select,
    update,
)

from server.blobs.store import Blob
from server.engines.database import metadata
from server.limits import Limits

counters = Table(
    "counters",
    metadata,
    # No foreign key: that a blob was taken back, or is over, is said when its bytes are gone.
    Column("blob", LargeBinary(16), primary_key=True),
    Column("owner", LargeBinary(32), nullable=False),
    Column("read", LargeBinary(32), nullable=False),
    Column("most", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("forget", BigInteger, nullable=False, index=True),
)
openings = Table(
    "openings",
    metadata,
    Column("blob", ForeignKey("counters.blob", ondelete="CASCADE"), nullable=False),
    # 16 random bytes of who opens: the same ones again are the same opening.
    Column("opening", LargeBinary(16), nullable=False),
    Column("until", BigInteger, nullable=False, index=True),
    PrimaryKeyConstraint("blob", "opening"),
)
_COLUMNS = tuple(column.name for column in counters.columns)


@dataclass(frozen=True, slots=True)
class Counter:
    """`expires` and `forget` in Unix seconds: when the bytes go, and when this row does."""

    blob: bytes
    owner: bytes
    read: bytes
    most: int
    used: int
    withdrawn: bool
    expires: int
    forget: int


def create(connection: Connection, blob: Blob, most: int, now: float, limits: Limits) -> None:
    """Count the openings of a new blob.

    What is said afterwards is said no longer than the blob was there: so there are never many more
    of these rows than a practitioner may have vouchers.
    """
    after = min(limits.epitaph_seconds, blob.lasts - int(now))
    forget = blob.lasts + after
    new = Counter(blob.id, blob.owner, blob.read, most, 0, False, blob.lasts, forget)
    connection.execute(insert(counters).values(dict(zip(_COLUMNS, astuple(new), strict=True))))


def find(connection: Connection, blob: bytes) -> Counter | None:
    row = connection.execute(select(counters).where(counters.c.blob == blob)).one_or_none()
    return None if row is None else Counter(*row)


def is_taken(connection: Connection, blob: bytes) -> bool:
    return find(connection, blob) is not None


def is_open(connection: Connection, blob: bytes, opening: bytes, now: float) -> int | None:
    """Until when an opening lasts (Unix seconds), or None where there is none."""
    query = select(openings.c.until).where(
        openings.c.blob == blob, openings.c.opening == opening, openings.c.until > int(now)
    )
    found: int | None = connection.execute(query).scalar_one_or_none()
    return found


def open_once(connection: Connection, blob: bytes, opening: bytes, until: int) -> bool:
    """Count one more opening, which lasts until then; False where there were as many as may be."""
    counted = connection.execute(
        update(counters)
        .where(counters.c.blob == blob, counters.c.used < counters.c.most)
        .values(used=counters.c.used + 1)
        .returning(counters.c.used)
    )
    if counted.one_or_none() is None:
        return False
    # One of that id that is over, and was not swept yet.
    connection.execute(
        delete(openings).where(openings.c.blob == blob, openings.c.opening == opening)
    )
    connection.execute(insert(openings).values(blob=blob, opening=opening, until=until))
    return True


def withdraw(connection: Connection, blob: bytes) -> None:
    """Its owner has taken it back: the bytes are gone, and every opening with them."""
    connection.execute(delete(openings).where(openings.c.blob == blob))
    connection.execute(update(counters).where(counters.c.blob == blob).values(withdrawn=True))


def forget_old(connection: Connection, now: float) -> None:
    connection.execute(delete(openings).where(openings.c.until <= int(now)))
    old = select(counters.c.blob).where(counters.c.forget <= int(now))
    connection.execute(delete(openings).where(openings.c.blob.in_(old)))
    connection.execute(delete(counters).where(counters.c.forget <= int(now)))
