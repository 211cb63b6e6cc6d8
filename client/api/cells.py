"""Cells: give one a value, read it, claim it; nothing the server says is taken unchecked."""

from __future__ import annotations

from dataclasses import dataclass

from client.api.http import Api, Request
from client.api.signing import RequestSigner
from client.sealing.cell import (
    CellKeys,
    CellState,
    Claimed,
    Part,
    Seen,
    make_claim,
    make_version,
    owner_in,
    read_accepted,
    read_claimed,
    read_part,
)
from client.sealing.encoding import b64u
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import SigningKey


@dataclass(frozen=True)
class Read:
    """The newest version, and what to remember of it. `gap`: links between went unchecked."""

    seen: Seen
    gap: bool
    state: CellState


@dataclass(frozen=True)
class Cells:
    """The cells of one server, whose signing key is `server`."""

    api: Api
    server: bytes

    async def put(
        self,
        owner: SigningKey,
        keys: CellKeys,
        before: Seen,
        value: bytes,
        *,
        closed: bool = False,
        voucher: bytes | None = None,
    ) -> Seen:
        """Give a cell the version after `before`; the first one is paid for with a voucher.

        Refused with `stale_version` where another one came first.
        """
        body, seen = make_version(owner, keys, before, value, closed=closed)
        paid = "" if voucher is None else f"?voucher={b64u(voucher)}"
        request = Request("PUT", _target(keys.id) + paid, owner, body, json=False)
        read_accepted(await self.api.answer(request), seen, self.server)
        return seen

    async def read(self, reader: RequestSigner, keys: CellKeys, before: Seen) -> Read:
        """The newest version, following on what was seen before.

        Raises SealError with `rolled_back` or `forked` where it does not.
        """
        gap = False
        while True:
            part = await self._part(reader, keys, before)
            gap = gap or part.gap
            if part.state is not None:
                return Read(part.seen, gap, part.state)
            before = part.seen

    async def owner(self, reader: RequestSigner, cell: bytes) -> bytes:
        """Who wrote a cell, for a reader that cannot know it yet: it checks that later."""
        return owner_in(await self.api.answer(Request("GET", _target(cell), reader)))

    async def _part(self, reader: RequestSigner, keys: CellKeys, before: Seen) -> Part:
        target = f"{_target(keys.id)}?after={max(before.version - 1, 0)}"
        body = await self.api.answer(Request("GET", target, reader))
        return read_part(body, keys, self.server, before)

    async def claim(
        self, claim_key: SigningKey, keys: CellKeys, claimant: bytes, receipt: bytes
    ) -> Claimed:
        """Claim a cell for a key and a receipt's hash.

        Refused with `already_claimed` or `cell_closed`. Raises SealError, with `altered` for an
        answer about another claim.
        """
        body = make_claim(claim_key, keys.id, claimant, receipt)
        request = Request("POST", _target(keys.id), claim_key, body, json=False)
        claimed = read_claimed(await self.api.answer(request), keys, self.server)
        if (claimed.claimant, claimed.receipt) != (claimant, receipt):
            raise SealError(SealCode.ALTERED, "an answer about another claim")
        return claimed

    async def delete(self, owner: RequestSigner, cell: bytes) -> None:
        await self.api.answer(Request("DELETE", _target(cell), owner))


def _target(cell: bytes) -> str:
    return f"/v1/cells/{b64u(cell)}"
