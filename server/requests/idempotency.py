"""The same write sent twice is one write: answers are remembered for a day, in its transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from aiohttp import web
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Row,
    String,
    Table,
    bindparam,
    delete,
    insert,
    select,
)

from server.engines.database import metadata
from server.requests.refusals import Refused
from server.requests.signatures import Signed
from server.services import Services
from signaling.errors import ErrorCode

answers = Table(
    "answers",
    metadata,
    Column("signer", LargeBinary(32), nullable=False),
    Column("token", LargeBinary(16), nullable=False),
    Column("request_hash", LargeBinary(32), nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("media", String(40), nullable=False),
    Column("expires", BigInteger, nullable=False, index=True),
    PrimaryKeyConstraint("signer", "token"),
    # Rows are short, and looked up by their key alone.
    sqlite_with_rowid=False,
)

# Every write runs these. They are put together once: building one takes as long as running it.
_OF = (answers.c.signer == bindparam("of")) & (answers.c.token == bindparam("named"))
_FIND = select(answers).where(_OF)
_FORGET = delete(answers).where(_OF)
_KEEP = insert(answers)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write answered, the first time and every time. `body` is of that type, or empty."""

    status: int
    body: bytes = b""
    media: str = "application/json"

    def response(self) -> web.Response:
        if not self.body:
            return web.Response(status=self.status)
        return web.Response(status=self.status, body=self.body, content_type=self.media)


async def once(
    services: Services,
    signed: Signed,
    write: Callable[[Connection, float], Answer],
) -> Answer:
    """Do a write in one transaction, with its answer; or give the answer that it got before.

    `write` takes the connection and the time, and changes nothing else: it may be done again. What
    it raises undoes all of it. Raises `idempotency_conflict`, and StorageFailed.
    """

    def perform(connection: Connection, now: float) -> tuple[Answer, None]:
        return write(connection, now), None

    answer, _ = await first(services, signed, perform)
    return answer


async def first(
    services: Services,
    signed: Signed,
    write: Callable[[Connection, float], tuple[Answer, T]],
) -> tuple[Answer, T | None]:
    """As `once`, for writes that have something to do afterwards: it comes with the first answer.

    None comes with the answer to a repeat.
    """
    now = services.clock()

    def perform(connection: Connection) -> tuple[Answer, T | None]:
        row = _find(connection, signed)
        earlier = _answer(row, signed, now)
        if earlier is not None:
            return earlier, None
        answer, fact = write(connection, now)
        expires = now + services.config.limits.idempotency_seconds
        if row is not None:
            connection.execute(_FORGET, _names(signed))
        _remember(connection, signed, answer, expires)
        return answer, fact

    return await services.database.write(perform)


def recall(connection: Connection, signed: Signed, now: float) -> Answer | None:
    """Give the answer that this very request got before. Raises `idempotency_conflict`."""
    return _answer(_find(connection, signed), signed, now)


def _names(signed: Signed) -> dict[str, bytes | None]:
    return {"of": signed.key, "named": signed.idempotency}


def _find(connection: Connection, signed: Signed) -> Row[Any] | None:
    return connection.execute(_FIND, _names(signed)).one_or_none()


def _answer(row: Row[Any] | None, signed: Signed, now: float) -> Answer | None:
    if row is None or row.expires <= int(now):
        return None
    if row.request_hash != signed.request_hash:
        raise Refused(ErrorCode.IDEMPOTENCY_CONFLICT)
    return Answer(row.status, row.body, row.media)


def _remember(connection: Connection, signed: Signed, answer: Answer, expires: float) -> None:
    connection.execute(
        _KEEP,
        {
            "signer": signed.key,
            "token": signed.idempotency,
            "request_hash": signed.request_hash,
            "status": answer.status,
            "body": answer.body,
            "media": answer.media,
            "expires": int(expires),
        },
    )


def forget_old(connection: Connection, now: float) -> None:
    connection.execute(delete(answers).where(answers.c.expires <= int(now)))
