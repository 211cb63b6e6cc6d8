"""Mailboxes and their messages. Which append key signed a message is not written down."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from server.engines.database import metadata

mailboxes = Table(
    "mailboxes",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    Column("owner", LargeBinary(32), nullable=False),
    # The keys that may append, one after the other.
    Column("append", LargeBinary, nullable=False),
    # The number of the last message that was ever accepted.
    Column("last", BigInteger, nullable=False),
    # What the messages may weigh together.
    Column("most", BigInteger, nullable=False),
    Column("voucher", LargeBinary(32), nullable=False),
    Column("expires", BigInteger, nullable=False, index=True),
)
messages = Table(
    "messages",
    metadata,
    Column("mailbox", ForeignKey("mailboxes.id", ondelete="CASCADE"), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("length", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("expires", BigInteger, nullable=False, index=True),
    PrimaryKeyConstraint("mailbox", "sequence"),
    # What is held is counted at every append, without touching a body.
    Index("messages_held", "mailbox", "length"),
)

# What every append runs is put together once: building a statement takes as long as running it.
_FIND = select(mailboxes).where(
    mailboxes.c.id == bindparam("mailbox"), mailboxes.c.expires > bindparam("now")
)
_HELD = select(func.count(), func.coalesce(func.sum(messages.c.length), 0)).where(
    messages.c.mailbox == bindparam("of")
)
_COUNT = (
    update(mailboxes)
    .where(mailboxes.c.id == bindparam("mailbox"))
    .values(last=mailboxes.c.last + 1)
    .returning(mailboxes.c.last)
)
_APPEND = insert(messages)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """`append`: keys that may write; `most`: bytes that it may hold; `expires`: Unix seconds."""

    id: bytes
    owner: bytes
    append: tuple[bytes, ...]
    last: int
    most: int
    voucher: bytes
    expires: int


def find(connection: Connection, mailbox: bytes, now: float) -> Mailbox | None:
    """Give a mailbox that has not expired."""
    row = connection.execute(_FIND, {"mailbox": mailbox, "now": int(now)}).one_or_none()
    if row is None:
        return None
    keys = tuple(row.append[at : at + 32] for at in range(0, len(row.append), 32))
    return Mailbox(row.id, row.owner, keys, row.last, row.most, row.voucher, row.expires)


def is_taken(connection: Connection, mailbox: bytes) -> bool:
    query = select(mailboxes.c.id).where(mailboxes.c.id == mailbox)
    return connection.execute(query).first() is not None


def create(connection: Connection, new: Mailbox) -> None:
    connection.execute(
        insert(mailboxes).values(
            id=new.id,
            owner=new.owner,
            append=b"".join(new.append),
            last=new.last,
            most=new.most,
            voucher=new.voucher,
            expires=new.expires,
        )
    )


def replace_keys(connection: Connection, mailbox: bytes, keys: tuple[bytes, ...]) -> None:
    connection.execute(
        update(mailboxes).where(mailboxes.c.id == mailbox).values(append=b"".join(keys))
    )


def held(connection: Connection, mailbox: bytes) -> tuple[int, int]:
    """How many messages there are, and their bytes in all."""
    count, size = connection.execute(_HELD, {"of": mailbox}).one()
    return int(count), int(size)


def append(connection: Connection, mailbox: bytes, body: bytes, expires: int) -> int:
    """Add a message, and give its number."""
    sequence = int(connection.execute(_COUNT, {"mailbox": mailbox}).scalar_one())
    connection.execute(
        _APPEND,
        {
            "mailbox": mailbox,
            "sequence": sequence,
            "length": len(body),
            "body": body,
            "expires": expires,
        },
    )
    return sequence


def read(
    connection: Connection, mailbox: bytes, after: int, now: float, most: int
) -> list[tuple[int, bytes]]:
    """Number and body of the first `most` messages after a number, in order."""
    query = (
        select(messages.c.sequence, messages.c.body)
        .where(
            messages.c.mailbox == mailbox,
            messages.c.sequence > after,
            messages.c.expires > int(now),
        )
        .order_by(messages.c.sequence)
        .limit(most)
    )
    return [(row.sequence, row.body) for row in connection.execute(query)]


def erase(connection: Connection, mailbox: bytes, through: int) -> None:
    connection.execute(
        delete(messages).where(messages.c.mailbox == mailbox, messages.c.sequence <= through)
    )


def remove(connection: Connection, mailbox: bytes) -> None:
    connection.execute(delete(messages).where(messages.c.mailbox == mailbox))
    connection.execute(delete(mailboxes).where(mailboxes.c.id == mailbox))


def forget_expired(connection: Connection, now: float) -> list[bytes]:
    """Delete what has expired, and give the ids of the mailboxes that are gone."""
    old = mailboxes.c.expires <= int(now)
    gone = list(connection.execute(select(mailboxes.c.id).where(old)).scalars())
    within = messages.c.mailbox.in_(select(mailboxes.c.id).where(old))
    connection.execute(delete(messages).where(within | (messages.c.expires <= int(now))))
    connection.execute(delete(mailboxes).where(old))
    return gone
