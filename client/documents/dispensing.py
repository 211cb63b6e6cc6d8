"""Prescriptions with a ticket: issue one, look at it, dispense of it, take it back (Dispensing)."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from client.api import blobs, mailboxes, vouchers
from client.api.cells import Cells
from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api, Random
from client.documents.first_claims import FirstClaims
from client.documents.handing import hand, take
from client.documents.sending import Author, Document
from client.limits import (
    DISPENSABLE_SECONDS,
    LINK_BYTES,
    RECEIPT_SECONDS,
    TICKET_STAYS_SECONDS,
)
from client.sealing.agefile import open_file, seal_file
from client.sealing.authored import statement_hash
from client.sealing.cell import VALUE_BYTES, CellKeys, CellState, Claimed, Seen
from client.sealing.dispensing import (
    CardSigner,
    Dispensed,
    Dispensing,
    Line,
    LineState,
    Revocation,
    SignedDispensed,
    followed,
    read_dispensed,
    read_revocation,
)
from client.sealing.encoding import sha256
from client.sealing.errors import SealCode, SealError
from client.sealing.handed import Handed
from client.sealing.keys import SigningKey
from client.sealing.ticket import Ticket
from client.vault import Keeper, Memory
from signaling.wire import ErrorCode

# What one request registers, and how many requests are under way at once.
_VOUCHERS, _AT_ONCE = 64, 8
# Eight of the longest receipts for each step: attempts that came to nothing stay beside the others.
_STEP_BYTES, _BOX_BYTES = 32 * 1024, 1024 * 1024
_MESSAGES = 1_024

One = TypeVar("One")
Made = TypeVar("Made")


@dataclass(frozen=True)
class Issued:
    """A prescription that was issued. `owner` takes it back; `statement` is what was signed."""

    ticket: Ticket
    dispensing: Dispensing
    owner: SigningKey = field(repr=False)
    statement: bytes = field(repr=False)


async def _each(work: Callable[[One], Awaitable[Made]], items: Sequence[One]) -> list[Made]:
    """Do it for each, a few at a time; the first failure ends the others, and is raised itself."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(item: One) -> Made:
        async with gate:
            return await work(item)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(item)) for item in items]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in tasks]


def _steps(ticket: Ticket, dispensing: Dispensing, number: int) -> list[CellKeys]:
    line = dispensing.lines[number - 1]
    return [ticket.cell(number, step, dispensing.owner) for step in range(1, line.steps + 1)]


async def issue(
    api: Api,
    author: Author,
    document: Document,
    lines: Sequence[Line],
    until: str,
    random: Random,
) -> Issued:
    """Sign a prescription, and make all that its ticket leads to; the blob comes last.

    `until` is when it may last be dispensed (RFC 3339, in UTC), at most a year from now: all of it
    ends some days after.

    Raises SealError (`too_long` for a later `until`), ServerRefused or ServerUnreachable; what was
    made by then is erased, where that can be done.
    """
    last = int(datetime.fromisoformat(until).timestamp())
    if last > time.time() + DISPENSABLE_SECONDS:
        raise SealError(SealCode.TOO_LONG, "a prescription is dispensed for a year at most")
    ticket, owner = Ticket(random(32)), SigningKey(random(32))
    dispensing = Dispensing(ticket.hash, owner.public, until, tuple(lines))
    handing = await hand(api, author, document, random, dispensing)
    sealed = b"".join(seal_file([handing.plain], ticket.key.public, random))
    keys = [key for at in range(len(lines)) for key in _steps(ticket, dispensing, at + 1)]
    ends = last + TICKET_STAYS_SECONDS
    box = min(_BOX_BYTES, _STEP_BYTES * len(keys))
    sizes = [len(sealed), box, *[VALUE_BYTES] * len(keys)]
    paid = [
        voucher
        for at in range(0, len(sizes), _VOUCHERS)
        for voucher in await vouchers.register(api, author.key, sizes[at : at + _VOUCHERS], ends)
    ]
    cells = Cells(api, (await api.who()).key)
    try:
        await _make(cells, ticket, owner, keys, sealed, paid)
    except (SealError, ServerRefused, ServerUnreachable):
        with contextlib.suppress(ServerRefused, ServerUnreachable):
            await _erase(cells, ticket, owner, keys)
        raise
    return Issued(ticket, dispensing, owner, handing.statement)


async def _make(
    cells: Cells,
    ticket: Ticket,
    owner: SigningKey,
    keys: Sequence[CellKeys],
    sealed: bytes,
    paid: Sequence[bytes],
) -> None:
    """`paid`: vouchers for the blob, the mailbox, and each cell."""
    api = cells.api

    async def make(cell: tuple[CellKeys, bytes]) -> None:
        await cells.put(owner, cell[0], Seen(), b"", voucher=cell[1])

    await _each(make, list(zip(keys, paid[2:], strict=True)))
    senders = [ticket.append.public]
    await mailboxes.make(api, ticket.box_owner, ticket.box, senders, paid[1], RECEIPT_SECONDS)
    payer = blobs.Payer(voucher=paid[0])
    await blobs.put(api, owner, ticket.place, ticket.reader.public, sealed, payer)


async def _erase(cells: Cells, ticket: Ticket, owner: SigningKey, keys: Sequence[CellKeys]) -> None:
    """The blob first, so that nobody opens the rest."""
    api = cells.api

    async def erase(cell: CellKeys) -> None:
        await _unless_gone(cells.delete(owner, cell.id))

    await _unless_gone(blobs.delete(api, owner, ticket.place))
    await _each(erase, keys)
    await _unless_gone(mailboxes.delete(api, ticket.box_owner, ticket.box))


async def _unless_gone(erasing: Awaitable[None]) -> None:
    try:
        await erasing
    except ServerRefused as refusal:
        if refusal.code is not ErrorCode.NOT_FOUND:
            raise


@dataclass(frozen=True)
class Attempt:
    """A receipt that was signed and is not known to count yet: kept until `carry_out` ends."""

    line: int
    step: int
    receipt: bytes = field(repr=False)
    claimant: bytes


@dataclass(frozen=True)
class Taken:
    """What a claim came to. `ours` is False where somebody else was faster."""

    ours: bool
    claimed: Claimed | None


class Dispensary:
    """What a ticket leads to at one server.

    `kept` holds what proves that the server lied, at most one proof a cell.
    """

    def __init__(
        self,
        api: Api,
        ticket: Ticket,
        server: bytes,
        kept: Keeper | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._api = api
        self._ticket = ticket
        self._cells = Cells(api, server)
        # What was seen of each cell: nobody shows an older one from then on.
        self._seen: dict[bytes, Seen] = {}
        self._first = FirstClaims(api.origin, server, kept or Memory(), clock)

    @property
    def lied(self) -> bool:
        """The server showed another claim of a step than before, or none: nothing is dispensed."""
        return self._first.lied

    @property
    def proofs(self) -> tuple[bytes, ...]:
        """What shows it to others, as files: one of each cell of which two claims were seen."""
        return tuple(self._first.proofs.values())

    def remember(self, other: Dispensary) -> None:
        """Go on from what another has seen of the same ticket."""
        self._seen |= other._seen
        self._first.remember(other._first)

    async def prescription(self) -> Handed:
        """Fetch it, and check who wrote it and that this ticket is its own.

        Raises SealError (`wrong_statement` for another ticket's), ServerRefused,
        ServerUnreachable.
        """
        return await self.opened(await self.sealed())

    async def sealed(self) -> bytes:
        """The blob, unchecked. Raises SealError `too_long`, ServerRefused, ServerUnreachable."""
        sealed = bytearray()
        async for chunk in blobs.get(self._api, self._ticket.reader, self._ticket.place):
            sealed += chunk
            if len(sealed) > LINK_BYTES:
                raise SealError(SealCode.TOO_LONG)
        return bytes(sealed)

    async def opened(self, sealed: bytes) -> Handed:
        """The prescription in a blob, checked as `prescription` says."""
        ticket = self._ticket
        handed = await take(self._api, b"".join(open_file([sealed], ticket.key)))
        dispensing = handed.authorship.statement.dispensing
        if dispensing is None or dispensing.ticket != ticket.hash:
            raise SealError(SealCode.WRONG_STATEMENT, "another ticket's prescription")
        return handed

    async def look(self, dispensing: Dispensing, statement: bytes) -> list[LineState]:
        """What may still be dispensed of each line. Raises as `Cells.read` does."""
        # Cells first: a receipt is there before its claim, never after.
        numbers = range(1, len(dispensing.lines) + 1)
        cells = [await self._read(dispensing, number) for number in numbers]
        receipts = await self._receipts()
        prescription = statement_hash(statement)
        found = [
            followed(line, number, prescription, states, receipts)
            for number, line, states in zip(numbers, dispensing.lines, cells, strict=True)
        ]
        return [replace(one, step=None) for one in found] if self.lied else found

    async def reason(self, dispensing: Dispensing, line: int, step: int) -> Revocation:
        """Why a step was closed. Raises SealError where it was not, or the note is no such one."""
        keys = self._ticket.cell(line, step, dispensing.owner)
        found = await self._state(keys)
        if not found.closed:
            raise SealError(SealCode.BAD_FORM, "a step that is not closed")
        return read_revocation(self._ticket.open(keys.id, found.value))

    def prepare(
        self, said: Dispensed, claimant: SigningKey, by: CardSigner | None = None
    ) -> Attempt:
        """Sign a receipt for the step that it names, with a card where there is one."""
        return Attempt(said.line, said.step, said.sign(claimant, by), claimant.public)

    async def carry_out(self, dispensing: Dispensing, attempt: Attempt) -> Taken:
        """Store the receipt, then claim its step; again after a lost answer, with the same end.

        Raises ServerRefused (`cell_closed` where the line is revoked), ServerUnreachable,
        SealError (`forked` where the server has lied before).
        """
        if self.lied:
            raise SealError(SealCode.FORKED, "a server that lied about a claim")
        ticket = self._ticket
        keys = ticket.cell(attempt.line, attempt.step, dispensing.owner)
        note = ticket.seal(ticket.box, attempt.receipt, self._api.random)
        await mailboxes.append(self._api, ticket.append, ticket.box, note)
        receipt = sha256(attempt.receipt)
        try:
            claimed = await self._cells.claim(ticket.claim, keys, attempt.claimant, receipt)
        except ServerRefused as refusal:
            if refusal.code != ErrorCode.ALREADY_CLAIMED:
                raise
            return Taken(ours=False, claimed=(await self._state(keys)).claimed)
        self._first.see(keys, claimed)
        return Taken(ours=True, claimed=claimed)

    async def _read(self, dispensing: Dispensing, number: int) -> list[CellState]:
        return await _each(self._state, _steps(self._ticket, dispensing, number))

    async def _state(self, keys: CellKeys) -> CellState:
        before = self._seen.get(keys.id, Seen())
        found = await self._cells.read(self._ticket.reader, keys, before)
        self._seen[keys.id] = found.seen
        self._first.see(keys, found.state.claimed)
        return found.state

    async def _receipts(self) -> dict[bytes, SignedDispensed]:
        """All that lie in the mailbox and can be read; what somebody else put there is left out."""
        found: dict[bytes, SignedDispensed] = {}
        after = 0
        for _ in range(_MESSAGES):
            posted = await mailboxes.read(
                self._api, self._ticket.box_owner, self._ticket.box, after
            )
            if not posted:
                return found
            for number, note in posted:
                after = number
                try:
                    receipt = read_dispensed(self._ticket.open(self._ticket.box, note))
                except SealError:
                    continue
                found[receipt.hash] = receipt
        raise ServerUnreachable("the mailbox does not end")


async def revoke(
    api: Api, issued: Issued, numbers: Sequence[int], why: Revocation, server: bytes
) -> None:
    """Close what is not claimed yet of these lines; again after a failure, with the same end.

    Raises ServerRefused, ServerUnreachable, SealError.
    """
    ticket, cells = issued.ticket, Cells(api, server)

    async def close(keys: CellKeys) -> None:
        found = await cells.read(ticket.reader, keys, Seen())
        if found.state.closed or found.state.claimed:
            return
        note = ticket.seal(keys.id, why.encode(), api.random)
        await cells.put(issued.owner, keys, found.seen, note, closed=True)

    # The last steps stay open until the first is closed: nobody finds a later one without it.
    for number in numbers:
        for keys in _steps(ticket, issued.dispensing, number):
            await close(keys)
