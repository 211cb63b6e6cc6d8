"""`POST /v1/vouchers`."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import Connection

from server.requests import idempotency
from server.requests.idempotency import Answer
from server.requests.refusals import Refused
from server.requests.signatures import signed
from server.services import SERVICES, IdentityOf
from server.vouchers import rules, store
from signaling.errors import ErrorCode


def setup(app: web.Application, identity_of: IdentityOf) -> None:
    """Let practitioners register vouchers."""

    async def register(request: web.Request) -> web.Response:
        """Register vouchers by their hashes. 201, empty.

        Raises besides the signature's codes `not_enrolled`, `bad_request`, `already_exists`,
        `quota_exceeded`, `idempotency_conflict`, `storage_failed`.
        """
        services = request.app[SERVICES]
        limits = services.config.limits
        head = await signed(request)
        identity = await identity_of(head.key)
        if identity is None:
            raise Refused(ErrorCode.NOT_ENROLLED)
        new = rules.read(head.body, limits, int(services.clock()))

        def write(connection: Connection, _now: float) -> Answer:
            if store.known(connection, [one.hash for one in new]):
                raise Refused(ErrorCode.ALREADY_EXISTS)
            rules.require_room(store.held(connection, identity), new, limits)
            store.add(connection, identity, new)
            return Answer(201)

        return (await idempotency.once(services, head, write)).response()

    app.router.add_post("/v1/vouchers", register)
