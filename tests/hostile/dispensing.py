"""What a server can do to a prescription with a ticket, by name, and what must come of it.

Both clients run through this one table: test_dispensing.py here and in web/. Line 1 of the
prescription may be delivered once, line 2 twice.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp

from client.api.http import Api
from client.documents.dispensing import Dispensary, Issued, Taken, issue, revoke
from client.documents.sending import Author, Document, Part
from client.host.practitioner import Practitioner
from client.sealing.agefile import HEAD_BYTES, open_file, seal_file
from client.sealing.cell import make_claim
from client.sealing.dispensing import (
    START,
    CardSigner,
    Dispensed,
    Line,
    LineState,
    Revocation,
)
from client.sealing.encoding import b64u, fields, sha256, take_fields, u64
from client.sealing.keys import SigningKey
from client.sealing.statement import Person
from client.vault import Keeper
from tests.hostile.consults import Front
from tests.hostile.relay import Tamper, flipped, since
from tests.integration.people import NOW

PHARMACY = "Pharmacie de l’Exemple"
LINES = (Line(1, 3), Line(2, 4))


class Ticketed(Tamper):
    """Keeps what it carries until it is armed, and shows something else from then on."""

    def __init__(self) -> None:
        super().__init__()
        self.armed = False
        # Whole answers, as the honest server gave them last.
        self.kept: dict[str, bytes] = {}
        # Whole answers, and blobs, that are shown in the place of the honest ones.
        self.shown: dict[str, bytes] = {}
        # Whose letters are withheld, and what a claim of a cell is answered.
        self.withheld: set[str] = set()
        self.answers: dict[str, bytes] = {}

    def cell(self, name: str, after: int, body: bytes) -> bytes:
        if not self.armed and after == 0:
            self.kept[name] = body
        return since(self._shown(name, body), after) if self._strikes(name) else body

    def blob(self, name: str, data: bytes) -> bytes:
        if not self.armed:
            self.kept[name] = data
        return self._shown(name, data)

    def letters(self, mailbox: str, letters: list[bytes]) -> list[bytes]:
        if not self.armed or mailbox not in self.withheld:
            return letters
        self.hits += len(letters)
        return []

    def claim(self, name: str, answer: bytes) -> bytes:
        if not self.armed or name not in self.answers:
            return answer
        self.hits += 1
        return self.answers[name]

    def _strikes(self, name: str) -> bool:
        return self.armed and name in self.shown

    def _shown(self, name: str, honest: bytes) -> bytes:
        if not self._strikes(name):
            return honest
        self.hits += 1
        return self.shown[name]


class Papers(Ticketed):
    """Shows one practitioner's papers in the place of every other's, or none."""

    def __init__(self, shown: bytes | None) -> None:
        super().__init__()
        self.papers = shown

    def record(self, data: bytes) -> bytes | None:
        self.hits += 1
        return self.papers


@dataclass
class Counter:
    """A prescription behind a hostile server, and an honest pharmacy that was there first."""

    hostile: Front
    api: Api
    server: bytes
    issued: Issued
    earlier: Issued
    tamper: Ticketed = field(default_factory=Ticketed)

    @property
    def url(self) -> str:
        return self.issued.ticket.url(self.hostile.origin)

    def visit(self, kept: Keeper | None = None) -> Dispensary:
        """Somebody with the ticket, who has seen nothing so far but what is `kept`."""
        return Dispensary(self.api, self.issued.ticket, self.server, kept)

    async def opened(self, by: Dispensary) -> list[LineState]:
        """The prescription, and what may still be dispensed of its lines."""
        await by.prescription()
        return await self.looked(by)

    async def looked(self, by: Dispensary) -> list[LineState]:
        return await by.look(self.issued.dispensing, self.issued.statement)

    def place(self, line: int, step: int) -> str:
        return b64u(self.issued.ticket.cell(line, step, self.issued.dispensing.owner).id)

    async def dispense(self, line: int, *, whole: bool = True, by: Dispensary) -> Taken:
        """Of the step that is next. Raises as `carry_out` does."""
        state = (await self.looked(by))[line - 1]
        assert state.step is not None
        said = replace(self.said(line, state.step, whole=whole), previous=state.previous)
        attempt = by.prepare(said, SigningKey(os.urandom(32)))
        return await by.carry_out(self.issued.dispensing, attempt)

    def said(self, line: int, step: int, *, whole: bool = True) -> Dispensed:
        """A receipt of nothing before it."""
        return Dispensed(
            prescription=sha256(self.issued.statement),
            line=line,
            step=step,
            previous=START,
            given="1 boîte",
            whole=whole,
            at=NOW,
            random=os.urandom(32),
            dispenser=PHARMACY,
        )

    async def given(self, line: int, *, whole: bool = True) -> None:
        """By the pharmacy that was there first, before the server lies."""
        assert (await self.dispense(line, whole=whole, by=self.visit())).ours

    async def given_with_card(self, line: int, who: Practitioner) -> None:
        """By somebody with a card, whether or not the server knows them."""
        by, visit = CardSigner(who.device, who.certificate), self.visit()
        attempt = visit.prepare(self.said(line, 1), SigningKey(os.urandom(32)), by)
        assert (await visit.carry_out(self.issued.dispensing, attempt)).ours

    async def papers(self, *, withheld: bool) -> Papers:
        """From now on the server shows the prescriber's papers for everybody's, or none."""
        doctor = b64u(self.hostile.at.practitioner.certificate.identity)
        shown = None if withheld else await self.api.open(f"/v1/practitioners/{doctor}")
        tamper = self.hostile.relay.tamper = Papers(shown)
        return tamper

    async def taken_back(self, line: int) -> None:
        why = Revocation("Allergie", NOW)
        await revoke(self.api, self.issued, [line], why, self.server)

    async def honest(self, line: int, step: int) -> bytes:
        """The whole of a cell, as it is now."""
        await self.opened(self.visit())
        return self.tamper.kept[self.place(line, step)]

    async def shows_claim(self, line: int, step: int, claimed: bytes) -> None:
        """Another *claimed* of a cell, or none."""
        (links, accepted, _, value), _ = take_fields(await self.honest(line, step), 4)
        self.tamper.shown[self.place(line, step)] = fields(links, accepted, claimed, value)

    def second_claim(self, line: int, step: int, named: bytes = b"") -> bytes:
        """What a server and somebody with the ticket can make together: another *claimed*.

        `named`: claimant and hash of a receipt; by default nobody's, of none.
        """
        ticket = self.issued.ticket
        cell = ticket.cell(line, step, self.issued.dispensing.owner).id
        claimant = named[:32] or SigningKey(os.urandom(32)).public
        receipt, at = named[32:64] or os.urandom(32), u64(int(time.time()))
        claim = make_claim(ticket.claim, cell, claimant, receipt)
        said = (cell, claim[:32], claim[32:64], at)
        return claim + at + self.hostile.key.sign("aparte/1 claim accepted", *said)


@contextlib.asynccontextmanager
async def counter(hostile: Front, folder: Path) -> AsyncIterator[Counter]:
    """A prescription of its own, and an earlier one of the same doctor, for each attack."""
    hostile.relay.tamper = Tamper()
    async with aiohttp.ClientSession() as http:
        api = Api(hostile.origin, http, os.urandom)
        server = (await api.who()).key
        earlier, issued = [await _issued(hostile, api, folder) for _ in range(2)]
        one = Counter(hostile, api, server, issued, earlier)
        hostile.relay.tamper = one.tamper
        for each in (replace(one, issued=earlier), one):
            await each.opened(each.visit())
        yield one


async def _issued(hostile: Front, api: Api, folder: Path) -> Issued:
    file = folder / "ordonnance.pdf"
    file.write_bytes(b"%PDF-1.7 amoxicilline")
    who = hostile.at.practitioner
    author = Author(who.device, who.certificate, Person(who.profile.name))
    parts = (Part("ordonnance.pdf", "application/pdf", file),)
    document = Document("prescription", NOW, Person("Łukasz Şahin"), parts)
    until = (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return await issue(api, author, document, LINES, until, os.urandom)


# What must come of it.


@dataclass(frozen=True)
class Unopened:
    """Nothing is shown: the Python client names this, the page says that it is not genuine."""

    code: str


@dataclass(frozen=True)
class Named:
    """Whoever had looked before is told of this problem, and keeps what was shown."""

    code: str


@dataclass(frozen=True)
class Blocked:
    """Of one line nobody can say what is left, and nothing may be dispensed of it."""

    line: int


@dataclass(frozen=True)
class Beaten:
    """The line seems free; the honest server refuses what is tried."""

    line: int
    outcome: str


@dataclass(frozen=True)
class Lied:
    """It shows that the server lies, and nothing is dispensed any more.

    `proven`: both claims are kept, as proof for others.
    """

    proven: bool


@dataclass(frozen=True)
class Misled:
    """Who dispenses is told of this problem; nothing counts as dispensed."""

    line: int
    code: str


Outcome = Unopened | Named | Blocked | Beaten | Lied | Misled
Act = Callable[[Counter], Awaitable[None]]


async def _nothing(_: Counter) -> None:
    pass


@dataclass(frozen=True)
class Attack:
    """`before` is what honest people do first; `arm` says what the server shows from then on.

    The victim has looked in between, unless it is `fresh`.
    """

    name: str
    outcome: Outcome
    arm: Act
    before: Act = _nothing
    fresh: bool = False


async def _given(one: Counter) -> None:
    await one.given(1)


async def _given_twice(one: Counter) -> None:
    await one.given(2, whole=False)
    await one.given(2)


async def _taken_back(one: Counter) -> None:
    one.tamper.kept["before"] = await one.honest(1, 1)
    await one.taken_back(1)


async def _claim_withheld(one: Counter) -> None:
    await one.shows_claim(1, 1, b"")


async def _first_claim_withheld(one: Counter) -> None:
    await one.shows_claim(2, 1, b"")


async def _receipts_withheld(one: Counter) -> None:
    one.tamper.withheld.add(b64u(one.issued.ticket.box))


async def _claims_exchanged(one: Counter) -> None:
    bodies = [await one.honest(2, step) for step in (1, 2)]
    first, second = (take_fields(body, 4)[0][2] for body in bodies)
    await one.shows_claim(2, 1, second)
    await one.shows_claim(2, 2, first)


async def _another_claim(one: Counter) -> None:
    await one.shows_claim(1, 1, one.second_claim(1, 1))


async def _given_second(one: Counter) -> None:
    await one.given(2)


async def _receipt_of_another_line(one: Counter) -> None:
    """Line 1 is claimed with the receipt of line 2, by whom that names."""
    claimed = take_fields(await one.honest(2, 1), 4)[0][2]
    await one.shows_claim(1, 1, one.second_claim(1, 1, claimed[:64]))


async def _another_answer(one: Counter) -> None:
    one.tamper.answers[one.place(1, 1)] = one.second_claim(1, 1)


async def _cell_of_another(one: Counter) -> None:
    """The same line and step of the doctor's earlier prescription."""
    cell = one.earlier.ticket.cell(1, 1, one.earlier.dispensing.owner)
    one.tamper.shown[one.place(1, 1)] = one.tamper.kept[b64u(cell.id)]


async def _cell_of_a_line(one: Counter) -> None:
    one.tamper.shown[one.place(1, 1)] = await one.honest(2, 1)


async def _rolled_back(one: Counter) -> None:
    one.tamper.shown[one.place(1, 1)] = one.tamper.kept["before"]


def _blob(one: Counter, sealed: bytes) -> None:
    one.tamper.shown[b64u(one.issued.ticket.place)] = sealed


async def _earlier_blob(one: Counter) -> None:
    _blob(one, one.tamper.kept[b64u(one.earlier.ticket.place)])


async def _earlier_sealed_anew(one: Counter) -> None:
    """By a server that works together with somebody who has seen both codes."""
    sealed = one.tamper.kept[b64u(one.earlier.ticket.place)]
    plain = list(open_file([sealed], one.earlier.ticket.key))
    _blob(one, b"".join(seal_file(plain, one.issued.ticket.key.public, os.urandom)))


async def _flipped_blob(one: Counter) -> None:
    sealed = one.tamper.kept[b64u(one.issued.ticket.place)]
    # Behind the head: there, a changed letter may be no letter of base64, which is told by name.
    _blob(one, flipped(sealed, HEAD_BYTES + 1))


ATTACKS: tuple[Attack, ...] = (
    Attack("an earlier prescription", Unopened("cannot_open"), _earlier_blob, fresh=True),
    Attack(
        "an earlier prescription under this code",
        Unopened("wrong_statement"),
        _earlier_sealed_anew,
        fresh=True,
    ),
    Attack("a changed prescription", Unopened("cannot_open"), _flipped_blob, fresh=True),
    Attack("a receipt withheld", Blocked(1), _receipts_withheld, _given, fresh=True),
    Attack("a receipt withheld later", Blocked(1), _receipts_withheld, _given),
    Attack("a receipt of another line", Blocked(1), _receipt_of_another_line, _given_second),
    Attack("claims out of order", Blocked(2), _first_claim_withheld, _given_twice, fresh=True),
    Attack("a claim withheld", Beaten(1, "lost"), _claim_withheld, _given, fresh=True),
    Attack("a claim withheld later", Lied(proven=False), _claim_withheld, _given),
    Attack("two answers to one claim", Lied(proven=True), _another_claim, _given),
    Attack("an answer about another claim", Misled(1, "altered"), _another_answer),
    Attack("claims exchanged", Named("bad_signature"), _claims_exchanged, _given_twice),
    Attack("a cell of another prescription", Named("bad_form"), _cell_of_another),
    Attack("a cell of another line", Named("bad_form"), _cell_of_a_line),
    Attack("a cell rolled back", Named("rolled_back"), _rolled_back, _taken_back),
    Attack("a cell as it was before", Beaten(1, "revoked"), _rolled_back, _taken_back, fresh=True),
)
