"""`GET` and `POST …/renewal`: what a voucher paid for is paid for by another, and ends later.

Each primitive brings what it knows of its own; docs/protocol.md, section 5.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from aiohttp import web
from sqlalchemy import Connection

from server.requests import idempotency
from server.requests.idempotency import Answer
from server.requests.queries import Query, id_of
from server.requests.refusals import Refused
from server.requests.signatures import check_head, signed
from server.services import SERVICES
from server.vouchers import store
from server.vouchers.store import Voucher
from signaling.errors import ErrorCode
from signaling.wire import KEY_BYTES


@dataclass(frozen=True, slots=True)
class Renewable:
    """What a primitive knows of its own.

    `find` takes id, signer and time, and gives what pays for it now, with the bytes that it has to
    pay for; it raises `not_found` for whoever is not the owner. `renew` puts another in its place.
    """

    find: Callable[[Connection, bytes, bytes, float], Voucher]
    renew: Callable[[Connection, bytes, Voucher], None]


def setup(app: web.Application, path: str, things: Renewable) -> None:
    """Let things of one kind be renewed; `path` is theirs, with its `{id}`."""

    async def get(request: web.Request) -> web.Response:
        """Tell the owner when it ends. 200 `{"expires"}`."""
        services = request.app[SERVICES]
        head = check_head(request)
        Query(request)
        wanted, now = id_of(request), services.clock()
        found = await services.database.read(
            lambda connection: things.find(connection, wanted, head.key, now)
        )
        return _said(found.expires).response()

    async def post(request: web.Request) -> web.Response:
        """Renew it. 200 `{"expires"}`, the same for every retry with that voucher.

        Raises besides the signature's codes `not_found`, `bad_voucher`, `quota_exceeded`.
        """
        services = request.app[SERVICES]
        voucher = Query(request, "voucher").binary("voucher", KEY_BYTES)
        wanted = id_of(request)
        head = await signed(request)
        if voucher is None:
            raise Refused(ErrorCode.BAD_REQUEST, "A voucher should say until when.")

        def write(connection: Connection, now: float) -> Answer:
            found = things.find(connection, wanted, head.key, now)
            if hashlib.sha256(voucher).digest() == found.hash:
                return _said(found.expires)
            paid = store.exchange(connection, found, voucher, now)
            things.renew(connection, wanted, paid)
            return _said(paid.expires)

        return (await idempotency.once(services, head, write)).response()

    app.router.add_get(f"{path}/renewal", get, allow_head=False)
    app.router.add_post(f"{path}/renewal", post)


def _said(expires: int) -> Answer:
    return Answer(200, msgspec.json.encode({"expires": expires}))
