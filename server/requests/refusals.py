"""Refusals, and the middleware that turns them into answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from server.engines.faults import StorageFailed
from signaling.errors import ErrorCode

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_log = structlog.get_logger()


class Refused(Exception):
    """A request was refused and changed nothing. The fault is the sender's."""

    def __init__(self, code: ErrorCode) -> None:
        super().__init__(code.sentence)
        self.code = code


def answer(code: ErrorCode) -> web.Response:
    """The JSON body that docs/protocol.md, section 3, gives every error."""
    return web.json_response({"error": str(code), "message": code.sentence}, status=code.http)


_BY_STATUS = {404: ErrorCode.NOT_FOUND, 413: ErrorCode.FRAME_TOO_LARGE}


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refused:
        return answer(refused.code)
    except StorageFailed:
        _log.exception("storage_failed")
        return answer(ErrorCode.STORAGE_FAILED)
    except TimeoutError:
        return answer(ErrorCode.TIMEOUT)
    except web.HTTPClientError as fault:
        return answer(_BY_STATUS.get(fault.status, ErrorCode.BAD_REQUEST))
    except (web.HTTPException, asyncio.CancelledError, ConnectionError):
        raise
    except Exception:  # noqa: BLE001 - whatever else it is, the fault is ours
        # The traceback names code, never what a person sent: exceptions carry no input here.
        _log.exception("internal")
        return answer(ErrorCode.INTERNAL)
