"""`POST /v1/practitioners`."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import Connection

from server.practitioners import rules, store
from server.practitioners.codes import Codes, hash_of
from server.requests import idempotency
from server.requests.idempotency import Answer
from server.requests.refusals import Refused
from server.requests.signatures import signed
from server.services import SERVICES
from signaling.errors import ErrorCode

CODES = web.AppKey("codes", Codes)


async def enrol(request: web.Request) -> web.Response:
    """Enrol an identity and its first device. 201, empty."""
    services, codes = request.app[SERVICES], request.app[CODES]
    limits = services.config.limits
    head = await signed(request)
    wanted = rules.read(head.body, head.key)
    good = await codes.is_good(wanted.code, services.clock())
    code_hash = hash_of(wanted.code)

    def write(connection: Connection, now: float) -> Answer:
        if not good or store.was_used(connection, code_hash):
            raise Refused(ErrorCode.BAD_CODE)
        if store.is_known(connection, wanted.identity, wanted.device):
            raise Refused(ErrorCode.ALREADY_EXISTS)
        store.use(connection, code_hash, now + limits.enrolment_seconds)
        store.add(connection, wanted.identity, wanted.device)
        return Answer(201)

    answer = await idempotency.once(services, head, write)
    await codes.remove(wanted.code)
    return answer.response()


def setup(app: web.Application, codes: Codes) -> None:
    app[CODES] = codes
    app.router.add_post("/v1/practitioners", enrol)
