"""Mailboxes and their messages. Which append key signed a message is not written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Row,
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
    # How many messages there are, and their bytes in all; what these may be at most.
    Column("held", Integer, nullable=False),
    Column("weight", BigInteger, nullable=False),
    Column("most", BigInteger, nullable=False),
    Column("voucher", LargeBinary(32), nullable=False),
    Column("expires", BigInteger, nullable=False, index=True),
    # Seconds that a message rests; nothing: as in every mailbox.
    Column("keep", BigInteger, nullable=True),
)
messages = Table(
    "messages",
    metadata,
    Column("mailbox", ForeignKey("mailboxes.id", ondelete="CASCADE"), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("expires", BigInteger, nullable=False, index=True),
    PrimaryKeyConstraint("mailbox", "sequence"),
)

# What every append runs is put together once: building a statement takes as long as running it.
_FIND = select(mailboxes).where(
    mailboxes.c.id == bindparam("mailbox"), mailboxes.c.expires > bindparam("now")
)
_COUNT = (
    update(mailboxes)
    .where(mailboxes.c.id == bindparam("mailbox"), mailboxes.c.expires > bindparam("now"))
    .values(
        last=mailboxes.c.last + 1,
        held=mailboxes.c.held + 1,
        weight=mailboxes.c.weight + bindparam("length"),
    )
    .returning(mailboxes)
)
_DISCOUNT = (
    update(mailboxes)
    .where(mailboxes.c.id == bindparam("mailbox"))
    .values(
        held=mailboxes.c.held - bindparam("fewer"), weight=mailboxes.c.weight - bindparam("lighter")
    )
)
_APPEND = insert(messages)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """`append`: keys that may write; `held` and `weight`: messages that it holds, and their bytes.

    `most`: bytes that it may hold; `expires`: Unix seconds; `keep`: seconds that a message rests,
    where whoever made it has asked for some.
    """

    id: bytes
    owner: bytes
    append: tuple[bytes, ...]
    last: int
    held: int
    weight: int
    most: int
    voucher: bytes
    expires: int
    keep: int | None


def find(connection: Connection, mailbox: bytes, now: float) -> Mailbox | None:
    """Give a mailbox that has not expired."""
    row = connection.execute(_FIND, {"mailbox": mailbox, "now": int(now)}).one_or_none()
    return None if row is None else _mailbox(row)


def _mailbox(row: Row[Any]) -> Mailbox:
    keys = tuple(row.append[at : at + 32] for at in range(0, len(row.append), 32))
    return Mailbox(
        id=row.id,
        owner=row.owner,
        append=keys,
        last=row.last,
        held=row.held,
        weight=row.weight,
        most=row.most,
        voucher=row.voucher,
        expires=row.expires,
        keep=row.keep,
    )


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
            held=new.held,
            weight=new.weight,
            most=new.most,
            voucher=new.voucher,
            expires=new.expires,
            keep=new.keep,
        )
    )


def replace_keys(connection: Connection, mailbox: bytes, keys: tuple[bytes, ...]) -> None:
    connection.execute(
        update(mailboxes).where(mailboxes.c.id == mailbox).values(append=b"".join(keys))
    )


def renew(connection: Connection, mailbox: bytes, voucher: bytes, most: int, expires: int) -> None:
    """Have another voucher (its hash) pay for it, for so many bytes, until then."""
    connection.execute(
        update(mailboxes)
        .where(mailboxes.c.id == mailbox)
        .values(voucher=voucher, most=most, expires=expires)
    )


def count(connection: Connection, mailbox: bytes, length: int, now: float) -> Mailbox | None:
    """Count a message of that length in, and give the mailbox as it then is: `last` is its number.

    None where there is no such mailbox, or it has expired. Who may not append undoes it.
    """
    named = {"mailbox": mailbox, "now": int(now), "length": length}
    row = connection.execute(_COUNT, named).one_or_none()
    return None if row is None else _mailbox(row)


def append(connection: Connection, counted: Mailbox, body: bytes, expires: int) -> None:
    """Add the message that was counted in."""
    connection.execute(
        _APPEND,
        {"mailbox": counted.id, "sequence": counted.last, "body": body, "expires": expires},
    )


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
    _forget(connection, (messages.c.mailbox == mailbox) & (messages.c.sequence <= through))


def remove(connection: Connection, mailbox: bytes) -> None:
    connection.execute(delete(messages).where(messages.c.mailbox == mailbox))
    connection.execute(delete(mailboxes).where(mailboxes.c.id == mailbox))


def forget_expired(connection: Connection, now: float) -> list[bytes]:
    """Delete what has expired, and give the ids of the mailboxes that are gone."""
    old = mailboxes.c.expires <= int(now)
    gone = list(connection.execute(select(mailboxes.c.id).where(old)).scalars())
    within = messages.c.mailbox.in_(select(mailboxes.c.id).where(old))
    connection.execute(delete(messages).where(within))
    connection.execute(delete(mailboxes).where(old))
    _forget(connection, messages.c.expires <= int(now))
    return gone


def _forget(connection: Connection, which: ColumnElement[bool]) -> None:
    """Delete messages, and count them out of their mailboxes."""
    held = select(
        messages.c.mailbox.label("mailbox"),
        func.count().label("fewer"),
        func.sum(func.length(messages.c.body)).label("lighter"),
    )
    found = connection.execute(held.where(which).group_by(messages.c.mailbox)).mappings().all()
    if found:
        connection.execute(_DISCOUNT, [{**row, "lighter": int(row["lighter"])} for row in found])
        connection.execute(delete(messages).where(which))
