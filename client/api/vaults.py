"""Vaults: read one, and change it on top of what other devices wrote (sealed-formats, Vaults)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from client.api import blobs
from client.api.cells import Cells
from client.api.errors import ServerRefused
from client.sealing.cell import Seen
from client.sealing.errors import SealCode, SealError
from client.sealing.padme import padme
from client.sealing.vault import (
    Head,
    HeadKind,
    Record,
    VaultKey,
    head_of,
    merge,
    open_head,
    open_page,
    seal_head,
    seal_page,
)
from signaling.wire import ErrorCode

# Somebody else was faster, or a page was deleted while it was asked for: so often it is tried.
ATTEMPTS = 8
_CELL_BYTES = 4_096
_NOTHING = Seen()

Records = tuple[Record, ...]
Pay = Callable[[int], Awaitable[bytes]]
"""Gives a voucher for at least so many bytes."""


@dataclass(frozen=True)
class VaultState:
    """The newest that is known, to be remembered. Before any: no head."""

    seen: Seen = _NOTHING
    head: Head | None = None
    records: Records = ()


@dataclass(frozen=True)
class SharedVault:
    """One vault at one server; every call gets what was seen last, and gives what is to be."""

    cells: Cells
    key: VaultKey
    pay: Pay

    async def read(self, known: VaultState) -> VaultState:
        """The newest state.

        Raises SealError, with `rolled_back` or `forked` where it does not follow on what is known,
        ServerRefused, ServerUnreachable.
        """
        for attempt in range(1, ATTEMPTS + 1):
            found = await self.cells.read(self.key.reader, self.key.cell, known.seen)
            if found.seen == known.seen and known.head is not None:
                return known
            head = open_head(self.key, found.seen.version, found.state.value)
            if head.kind is not HeadKind.PAGE or found.state.closed:
                raise SealError(SealCode.BAD_FORM, "a vault that has moved")
            try:
                page = await self._fetch(head)
            except ServerRefused as refusal:
                # It was overtaken, and deleted, between the two answers.
                if refusal.code is not ErrorCode.NOT_FOUND or attempt == ATTEMPTS:
                    raise
                continue
            return VaultState(found.seen, head, open_page(self.key, head, page))
        raise AssertionError("the last attempt returns or raises")

    async def _fetch(self, head: Head) -> bytes:
        api = self.cells.api
        read = blobs.get(api, self.key.reader, head.blob, 0, head.length - 1)
        return b"".join([chunk async for chunk in read])

    async def change(self, known: VaultState, mutate: Callable[[Records], Records]) -> VaultState:
        """Write what `mutate` makes of the newest records; it is asked again if overtaken.

        It gives the records that it changes, each with `n` one more than before. Makes the vault
        where there is none. Raises as `read` does.
        """
        for attempt in range(1, ATTEMPTS + 1):
            if known.head is not None:
                known = await self.read(known)
            try:
                return await self._write(known, merge(known.records, mutate(known.records)))
            except ServerRefused as refusal:
                if refusal.code is not ErrorCode.STALE_VERSION or attempt == ATTEMPTS:
                    raise
        raise AssertionError("the last attempt returns or raises")

    async def _write(self, known: VaultState, records: Records) -> VaultState:
        api, key = self.cells.api, self.key
        salt, blob = api.random(32), api.random(16)
        page = seal_page(key, salt, blob, records)
        body = page.ljust(padme(len(page)), b"\0")
        paid = blobs.Payer(voucher=await self.pay(len(body)))
        await blobs.put(api, key.owner, blob, key.reader.public, body, paid)
        head = head_of(HeadKind.PAGE, salt, blob, page)
        value = seal_head(key, known.seen.version + 1, head)
        first = None if known.head is not None else await self.pay(_CELL_BYTES)
        try:
            seen = await self.cells.put(key.owner, key.cell, known.seen, value, voucher=first)
        except ServerRefused:
            await blobs.delete(api, key.owner, blob)
            raise
        if known.head is not None:
            await blobs.delete(api, key.owner, known.head.blob)
        return replace(known, seen=seen, head=head, records=records)
