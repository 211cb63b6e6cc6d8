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
from server.services import SERVICES, IdentityOf
from server.vouchers import store
from server.vouchers.store import Voucher
from signaling.errors import ErrorCode
from signaling.wire import KEY_BYTES


@dataclass(frozen=True, slots=True)
class Held:
    """`paid`: the voucher that pays for it now, with the bytes that it has to pay for."""

    owner: bytes
    paid: Voucher


@dataclass(frozen=True, slots=True)
class Renewable:
    """What a primitive knows of its own.

    `find` takes an id and the time; None where nothing of that id is there, or none that may be
    renewed. `renew` puts another voucher in the place of the one that pays.
    """

    find: Callable[[Connection, bytes, float], Held | None]
    renew: Callable[[Connection, bytes, Voucher], None]


def setup(app: web.Application, path: str, things: Renewable, identity_of: IdentityOf) -> None:
    """Let things of one kind be renewed; `path` is theirs, with its `{id}`.

    By their owners, and by the devices of the practitioner who pays: what opens a way back is never
    on a device.
    """

    def find(
        connection: Connection, wanted: bytes, signer: bytes, identity: bytes | None, now: float
    ) -> Voucher:
        found = things.find(connection, wanted, now)
        if found is None:
            raise Refused(ErrorCode.NOT_FOUND)
        pays = identity is not None and store.payer(connection, found.paid.hash) == identity
        if not pays and found.owner != signer:
            raise Refused(ErrorCode.NOT_FOUND)
        return found.paid

    async def get(request: web.Request) -> web.Response:
        """Tell when it ends. 200 `{"expires"}`."""
        services = request.app[SERVICES]
        head = check_head(request)
        Query(request)
        wanted, now = id_of(request), services.clock()
        identity = await identity_of(head.key)
        found = await services.database.read(
            lambda connection: find(connection, wanted, head.key, identity, now)
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
        identity = await identity_of(head.key)

        def write(connection: Connection, now: float) -> Answer:
            found = find(connection, wanted, head.key, identity, now)
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
