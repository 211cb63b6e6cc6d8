"""Logs for an operator: what kind of thing happened, one JSON object a line on standard error.

No ids, no addresses, no content: what our own code logs names none, and of what a library or an
exception says only its kind and the place in the code are kept.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog
from aiohttp.http_exceptions import HttpProcessingError


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def describe(fault: BaseException) -> list[dict[str, object]]:
    """The kinds of an exception and of its causes, and where each was raised; never their text."""
    found: list[dict[str, object]] = []
    seen: set[int] = set()
    cause: BaseException | None = fault
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        found.append({"kind": type(cause).__name__, "at": _places(cause.__traceback__)})
        cause = cause.__cause__ or cause.__context__
    return found


def _without_text(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    given = event.pop("exc_info", None)
    fault = sys.exception() if given is True else given
    if isinstance(fault, BaseException):
        event["fault"] = describe(fault)
    return event


class _Library(logging.Handler):
    """What a library logs may name a peer or a path: its template is kept, without the values."""

    def emit(self, record: logging.LogRecord) -> None:
        fault = record.exc_info[1] if record.exc_info else None
        if isinstance(fault, HttpProcessingError):
            # Garbage that was answered with 400: no stranger fills our disk with lines.
            return
        text = record.msg if record.args and isinstance(record.msg, str) else "a message"
        _log.log(record.levelno, "library", source=record.name, template=text, exc_info=fault)


_log: structlog.stdlib.BoundLogger = structlog.get_logger()


def configure() -> None:
    """Set up structlog and the standard library's logging for the whole process."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_text,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers = [_Library()]
    root.setLevel(logging.WARNING)
