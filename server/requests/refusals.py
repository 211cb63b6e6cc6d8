"""Refusals, and the middleware that turns them into answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

import msgspec
import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware

from server.engines.faults import StorageFailed
from server.metrics import Metrics
from signaling.errors import ErrorCode

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_log: structlog.stdlib.BoundLogger = structlog.get_logger()
_STATUSES = {
    404: ErrorCode.NOT_FOUND,
    405: ErrorCode.NOT_FOUND,
    413: ErrorCode.FRAME_TOO_LARGE,
}


class Refused(Exception):
    """A request was refused and changed nothing. The fault is the sender's.

    `sentence` says more than the code's own, and never repeats what was sent.
    """

    def __init__(self, code: ErrorCode, sentence: str | None = None) -> None:
        self.code = code
        self.sentence = sentence or code.sentence
        super().__init__(self.sentence)


def _body(refused: Refused) -> bytes:
    """What docs/protocol.md, section 3, gives every error."""
    return msgspec.json.encode({"error": str(refused.code), "message": refused.sentence})


def answer(refused: Refused) -> web.Response:
    return web.Response(
        body=_body(refused), status=refused.code.http, content_type="application/json"
    )


def answer_bytes(refused: Refused) -> bytes:
    """The whole answer, for a connection that is closed before any request was read."""
    status, body = HTTPStatus(refused.code.http), _body(refused)
    head = (
        f"HTTP/1.1 {status} {status.phrase}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def refusing(metrics: Metrics) -> Middleware:
    """Make the middleware that answers every refusal and every fault with its code."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Refused as refused:
            return await _refuse(request, refused, metrics)
        except web.HTTPException as given:
            if given.status < 400:
                raise
            code = _STATUSES.get(given.status, ErrorCode.BAD_REQUEST)
            return await _refuse(request, Refused(code), metrics)
        except ConnectionError:
            raise
        except Exception as fault:  # noqa: BLE001 - whatever else it is, the fault is ours
            code = ErrorCode.INTERNAL
            if isinstance(fault, StorageFailed):
                code = ErrorCode.STORAGE_FAILED
            metrics.faults.labels(str(code)).inc()
            _log.exception(str(code))
            return await _refuse(request, Refused(code), metrics)

    return middleware


async def _refuse(request: web.Request, refused: Refused, metrics: Metrics) -> web.StreamResponse:
    metrics.refusals.labels(str(refused.code)).inc()
    response = answer(refused)
    if refused.code is ErrorCode.TIMEOUT:
        # The rest of the body is not worth the wait that a server grants a slow reader.
        response.force_close()
        await response.prepare(request)
        await response.write_eof()
        request.protocol.force_close()
    return response
