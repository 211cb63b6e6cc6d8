"""What is known of a blob: a row, and one for each piece, which names the file of its bytes."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from server.engines.database import metadata

blobs = Table(
    "blobs",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    Column("owner", LargeBinary(32), nullable=False),
    Column("read", LargeBinary(32), nullable=False),
    # What it counts against: a practitioner, a room or a voucher, with a letter before it.
    Column("account", LargeBinary(33), nullable=False, index=True),
    Column("length", BigInteger, nullable=False),
    # Where the next piece begins; the length, when all are there.
    Column("offset", BigInteger, nullable=False),
    # When it is erased if nothing more comes, and when it is once it is complete.
    Column("expires", BigInteger, nullable=False, index=True),
    Column("lasts", BigInteger, nullable=False),
)
pieces = Table(
    "pieces",
    metadata,
    Column("blob", ForeignKey("blobs.id", ondelete="CASCADE"), nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("file", String(32), nullable=False, unique=True),
    PrimaryKeyConstraint("blob", "offset"),
)
_COLUMNS = tuple(column.name for column in blobs.columns)


@dataclass(frozen=True, slots=True)
class Blob:
    """`owner` may go on with it and delete it, `read` may fetch it.

    `length` and `offset` in bytes, `expires` and `lasts` in Unix seconds.
    """

    id: bytes
    owner: bytes
    read: bytes
    account: bytes
    length: int
    offset: int
    expires: int
    lasts: int

    @property
    def is_complete(self) -> bool:
        return self.offset == self.length


@dataclass(frozen=True, slots=True)
class Piece:
    offset: int
    length: int
    file: str


def find(connection: Connection, blob: bytes, now: float) -> Blob | None:
    """Give a blob that has not expired, complete or not."""
    query = select(blobs).where(blobs.c.id == blob, blobs.c.expires > int(now))
    row = connection.execute(query).one_or_none()
    return None if row is None else Blob(*row)


def is_taken(connection: Connection, blob: bytes) -> bool:
    query = select(blobs.c.id).where(blobs.c.id == blob)
    return connection.execute(query).first() is not None


def used(connection: Connection, account: bytes) -> int:
    """Bytes that count against a quota."""
    total = func.coalesce(func.sum(blobs.c.length), 0)
    query = select(total).where(blobs.c.account == account)
    return int(connection.execute(query).scalar_one())


def create(connection: Connection, blob: Blob) -> None:
    connection.execute(insert(blobs).values(dict(zip(_COLUMNS, astuple(blob), strict=True))))


def renew(connection: Connection, blob: bytes, account: bytes, expires: int) -> None:
    """Have a complete one count against another voucher, until then."""
    connection.execute(
        update(blobs)
        .where(blobs.c.id == blob)
        .values(account=account, expires=expires, lasts=expires)
    )


def add_piece(connection: Connection, blob: bytes, piece: Piece, expires: int) -> None:
    """Put a piece where the blob ends so far; from now on it expires then."""
    connection.execute(
        insert(pieces).values(blob=blob, offset=piece.offset, length=piece.length, file=piece.file)
    )
    connection.execute(
        update(blobs)
        .where(blobs.c.id == blob)
        .values(offset=piece.offset + piece.length, expires=expires)
    )


def pieces_of(connection: Connection, blob: bytes) -> list[Piece]:
    """In order."""
    query = (
        select(pieces.c.offset, pieces.c.length, pieces.c.file)
        .where(pieces.c.blob == blob)
        .order_by(pieces.c.offset)
    )
    return [Piece(*row) for row in connection.execute(query)]


def remove(connection: Connection, blob: bytes) -> list[str]:
    """Remove a blob, and give the names of its files."""
    names = [piece.file for piece in pieces_of(connection, blob)]
    connection.execute(delete(pieces).where(pieces.c.blob == blob))
    connection.execute(delete(blobs).where(blobs.c.id == blob))
    return names


def expired(connection: Connection, now: float) -> list[Blob]:
    query = select(blobs).where(blobs.c.expires <= int(now))
    return [Blob(*row) for row in connection.execute(query)]


def files(connection: Connection) -> set[str]:
    """The name of every file that a blob stands in."""
    return set(connection.execute(select(pieces.c.file)).scalars())
