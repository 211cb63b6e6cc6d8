"""`POST /v1/practitioners`."""

from __future__ import annotations

from aiohttp import web

from server.engines.database import Database
from server.practitioners import rules, store
from server.practitioners.store import Practitioners
from server.requests import idempotency
from server.requests.idempotency import Answer
from server.requests.refusals import Refused
from server.requests.signatures import CONFIG, signed
from signaling.errors import ErrorCode

PRACTITIONERS = web.AppKey("practitioners", Practitioners)
DATABASE = web.AppKey("database", Database)


async def enrol(request: web.Request) -> web.Response:
    """Enrol an identity and its first device. 201, empty."""
    head = await signed(request)
    wanted = rules.read(head.body, head.key)
    async with request.app[DATABASE].write() as connection:
        earlier = await idempotency.recall(connection, head)
        if earlier is not None:
            return earlier.response()
        if not await store.take_code(connection, wanted.code):
            raise Refused(ErrorCode.BAD_CODE)
        if await store.is_known(connection, wanted.identity, wanted.device):
            raise Refused(ErrorCode.ALREADY_EXISTS)
        await store.add(connection, wanted.identity, wanted.device)
        seconds = request.app[CONFIG].limits.idempotency_seconds
        answer = await idempotency.remember(connection, head, Answer(201), seconds)
    return answer.response()


def setup(app: web.Application) -> None:
    app[PRACTITIONERS] = Practitioners(app[DATABASE])
    app.router.add_post("/v1/practitioners", enrol)
