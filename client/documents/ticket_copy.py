"""What a server answered about a ticket, kept in a file: to check it again without the server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

import aiohttp

from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api, Random, Request
from client.limits import COPY_BYTES
from client.sealing.agefile import open_file, seal_file
from client.sealing.encoding import (
    SUITE,
    all_fields,
    fields,
    require_head,
    require_lengths,
    u8,
    u64,
)
from client.sealing.errors import SealCode, SealError
from client.sealing.ticket import Ticket
from signaling.wire import ErrorCode

COPY_KIND = 19
_CELLS = "/v1/cells/"


@dataclass
class Copy:
    """`sealed` is the blob, `answers` what was answered to each request that only reads.

    Nothing in it was checked: whoever reads it asks it as if it were the server.
    """

    saved: int
    sealed: bytes = field(default=b"", repr=False)
    answers: dict[str, bytes] = field(default_factory=dict, repr=False)

    def keep(self, target: str, answer: bytes) -> None:
        self.answers[_named(target)] = answer

    def seal(self, ticket: Ticket, random: Random) -> bytes:
        """The file: closed to whoever has not seen the code."""
        said = [item for pair in self.answers.items() for item in pair]
        plain = u8(SUITE) + u8(COPY_KIND) + fields(u64(self.saved), self.sealed, fields(*said))
        return b"".join(seal_file([plain], ticket.key.public, random))


def _named(target: str) -> str:
    """A cell's answer stands for all that is asked about it."""
    return target.partition("?")[0] if target.startswith(_CELLS) else target


def open_copy(raw: bytes, ticket: Ticket) -> Copy:
    """Raises `cannot_open` for another ticket's, `bad_suite`, `bad_form`, `too_long`."""
    if len(raw) > COPY_BYTES:
        raise SealError(SealCode.TOO_LONG)
    plain = b"".join(open_file([raw], ticket.key))
    require_head(plain, COPY_KIND)
    items = all_fields(plain[2:])
    require_lengths(items, 8, None, None)
    saved, sealed, said = items
    pairs = all_fields(said)
    if len(pairs) % 2:
        raise SealError(SealCode.BAD_FORM, "a question without an answer")
    try:
        names = [name.decode("ascii") for name in pairs[::2]]
    except UnicodeDecodeError:
        raise SealError(SealCode.BAD_FORM, "a question that is none") from None
    answers = dict(zip(names, pairs[1::2], strict=True))
    return Copy(int.from_bytes(saved, "big"), sealed, answers)


class Copying(Api):
    """A server whose answers are kept as they come."""

    def __init__(
        self, origin: str, http: aiohttp.ClientSession, random: Random, copy: Copy
    ) -> None:
        super().__init__(origin, http, random)
        self._copy = copy

    async def open(self, target: str) -> bytes:
        body = await super().open(target)
        self._copy.keep(target, body)
        return body

    async def answer(self, request: Request) -> bytes:
        body = await super().answer(request)
        if request.method == "GET":
            self._copy.keep(request.target, body)
        return body


class Offline(Api):
    """Answers from a copy, and nothing else: no request leaves this device."""

    def __init__(
        self, origin: str, http: aiohttp.ClientSession, random: Random, copy: Copy
    ) -> None:
        super().__init__(origin, http, random)
        self._copy = copy

    async def open(self, target: str) -> bytes:
        """Raises ServerRefused (`not_found`) for what is not in the copy."""
        found = self._copy.answers.get(_named(target))
        if found is None:
            raise ServerRefused(ErrorCode.NOT_FOUND)
        return found

    async def answer(self, request: Request) -> bytes:
        return await self.open(request.target)

    def made(self, request: Request, idempotency: str | None) -> NoReturn:
        """Raises ServerUnreachable."""
        del request, idempotency
        raise ServerUnreachable("offline, nothing is asked of the server")
