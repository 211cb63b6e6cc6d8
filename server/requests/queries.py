"""Ids in paths and what stands behind the `?`: each name at most once, and none that is unknown."""

from __future__ import annotations

import re

from aiohttp import web

from server.requests.encoding import decode
from server.requests.refusals import Refused
from signaling.errors import ErrorCode
from signaling.wire import ID_BYTES

# No leading zero, and nothing that a database could not hold.
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")


def id_of(request: web.Request) -> bytes:
    """The `{id}` of a path. Raises `bad_request`."""
    return decode(request.match_info["id"], ID_BYTES)


class Query:
    """The query of a request that may have these names. Raises `bad_request`, here and below."""

    def __init__(self, request: web.Request, *allowed: str) -> None:
        self._given = request.query
        names = set(self._given)
        if len(self._given) != len(names) or names - set(allowed):
            sentence = "The query has something that does not belong there."
            raise Refused(ErrorCode.BAD_REQUEST, sentence)

    def binary(self, name: str, length: int) -> bytes | None:
        """So many bytes in base64url, or None where the name is not there."""
        return decode(self._given[name], length) if name in self._given else None

    def text(self, name: str) -> str:
        """What was typed; nothing where the name is not there."""
        return self._given.get(name, "")

    def number(self, name: str) -> int | None:
        """A whole number, or None where the name is not there."""
        if name not in self._given:
            return None
        if not _NUMBER.fullmatch(self._given[name]):
            raise Refused(ErrorCode.BAD_REQUEST, f"{name} should be a whole number.")
        return int(self._given[name])
