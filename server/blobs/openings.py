"""`POST` and `GET /v1/blobs/{id}/openings`: a blob that may be opened so many times."""

from __future__ import annotations

import msgspec
from aiohttp import web
from sqlalchemy import Connection

from server.blobs import counters, store
from server.blobs.counters import Counter
from server.requests import idempotency
from server.requests.encoding import decode
from server.requests.idempotency import Answer
from server.requests.queries import Query, id_of
from server.requests.refusals import Refused
from server.requests.signatures import check_head, signed
from server.services import SERVICES
from signaling.errors import ErrorCode
from signaling.wire import ID_BYTES


class Body(msgspec.Struct, forbid_unknown_fields=True):
    opening: str


async def post(request: web.Request) -> web.Response:
    """Open a blob once more, for the holder of the read key. 201 `{"length", "left", "until"}`.

    The same opening again is the same one for as long as it lasts, 200.

    Raises besides the signature's codes `not_found`, `used_up`, `withdrawn`, `expired`.
    """
    services = request.app[SERVICES]
    Query(request)
    blob = id_of(request)
    head = await signed(request)
    opening = _read(head.body)
    lasts = services.config.limits.opening_seconds

    def write(connection: Connection, now: float) -> Answer:
        found = _of_reader(counters.find(connection, blob), head.key)
        length = require_there(connection, found, now)
        until = counters.is_open(connection, blob, opening, now)
        if until is not None:
            return _opened(200, length, found.most - found.used, until)
        until = min(int(now) + lasts, found.expires)
        if not counters.open_once(connection, blob, opening, until):
            raise Refused(ErrorCode.USED_UP)
        return _opened(201, length, found.most - found.used - 1, until)

    return (await idempotency.once(services, head, write)).response()


async def get(request: web.Request) -> web.Response:
    """Tell owner and reader how often it was opened. 200 `{"most", "used", "expires"}`.

    Raises besides the signature's codes `not_found`, `withdrawn`, `expired`.
    """
    services = request.app[SERVICES]
    head = check_head(request)
    Query(request)
    blob, now = id_of(request), services.clock()

    def look(connection: Connection) -> Counter:
        found = counters.find(connection, blob)
        if found is None or head.key not in (found.read, found.owner):
            raise Refused(ErrorCode.NOT_FOUND)
        require_there(connection, found, now)
        return found

    found = await services.database.read(look)
    body = {"most": found.most, "used": found.used, "expires": found.expires}
    return web.Response(body=msgspec.json.encode(body), content_type="application/json")


def require_there(connection: Connection, found: Counter, now: float) -> int:
    """The length of what is there in full. Raises `withdrawn`, `expired`, `not_found`."""
    if found.withdrawn:
        raise Refused(ErrorCode.WITHDRAWN)
    if found.expires <= int(now):
        raise Refused(ErrorCode.EXPIRED)
    blob = store.find(connection, found.blob, now)
    if blob is None or not blob.is_complete:
        raise Refused(ErrorCode.NOT_FOUND)
    return blob.length


def require_open(
    connection: Connection, blob: bytes, reader: bytes, opening: bytes | None, now: float
) -> None:
    """Let a blob be read whose openings are not counted, or under an opening that lasts.

    Raises `not_found`, `withdrawn`, `expired`, `used_up`.
    """
    found = counters.find(connection, blob)
    if found is None:
        if opening is not None:
            raise Refused(ErrorCode.NOT_FOUND)
        return
    _of_reader(found, reader)
    require_there(connection, found, now)
    if opening is None or counters.is_open(connection, blob, opening, now) is None:
        code = ErrorCode.USED_UP if found.used >= found.most else ErrorCode.NOT_FOUND
        raise Refused(code)


def _of_reader(found: Counter | None, signer: bytes) -> Counter:
    if found is None or found.read != signer:
        raise Refused(ErrorCode.NOT_FOUND)
    return found


def _read(body: bytes) -> bytes:
    try:
        return decode(msgspec.json.decode(body, type=Body).opening, ID_BYTES)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        sentence = 'The body should be {"opening": …}.'
        raise Refused(ErrorCode.BAD_REQUEST, sentence) from None


def _opened(status: int, length: int, left: int, until: int) -> Answer:
    return Answer(status, msgspec.json.encode({"length": length, "left": left, "until": until}))
