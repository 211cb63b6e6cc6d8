"""A prescription with a ticket, its prescriber and pharmacies, for tests."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from client.api.http import Api
from client.documents.dispensing import Attempt, Dispensary, Issued, Taken, issue, revoke
from client.documents.sending import Author, Document, Part
from client.sealing.dispensing import START, Dispensed, Line, LineState, Revocation
from client.sealing.encoding import sha256
from client.sealing.keys import SigningKey
from client.sealing.statement import Person
from tests.integration.people import Practice
from tests.integration.serving import ServerProcess

CONTENT = b"%PDF-1.7 amoxicilline"
AT = "2026-03-02T10:00:00Z"
LINES = (Line(1, 3), Line(2, 4))


@dataclass
class Pharmacy:
    """Somebody with the ticket and no account."""

    at: Dispensary
    issued: Issued
    name: str = "Pharmacie de l’Exemple"
    key: SigningKey = field(default_factory=lambda: SigningKey(os.urandom(32)))

    async def look(self) -> list[LineState]:
        return await self.at.look(self.issued.dispensing, self.issued.statement)

    def attempt(
        self, line: int, step: int = 1, previous: bytes = START, *, whole: bool = True
    ) -> Attempt:
        said = Dispensed(
            prescription=sha256(self.issued.statement),
            line=line,
            step=step,
            previous=previous,
            given="1 boîte",
            whole=whole,
            at=AT,
            random=os.urandom(32),
            dispenser=self.name,
        )
        return self.at.prepare(said, self.key)

    async def carry_out(self, attempt: Attempt) -> Taken:
        return await self.at.carry_out(self.issued.dispensing, attempt)

    async def dispense(self, line: int, *, whole: bool = True) -> Taken:
        state = (await self.look())[line - 1]
        assert state.step is not None
        return await self.carry_out(self.attempt(line, state.step, state.previous, whole=whole))


@dataclass
class World:
    server: ServerProcess
    at: Practice
    api: Api
    key: bytes
    folder: Path

    async def issue(self) -> Issued:
        file = self.folder / "ordonnance.pdf"
        file.write_bytes(CONTENT)
        who = self.at.practitioner
        author = Author(who.device, who.certificate, Person(who.profile.name))
        parts = (Part("ordonnance.pdf", "application/pdf", file),)
        subject = Person("Łukasz Şahin", {"birth": "1980-02-29"})
        document = Document("prescription", "2026-01-02T03:04:05Z", subject, parts)
        until = (datetime.now(UTC) + timedelta(days=365)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return await issue(self.api, author, document, LINES, until, os.urandom)

    def pharmacy(self, issued: Issued, name: str = "Pharmacie de l’Exemple") -> Pharmacy:
        return Pharmacy(Dispensary(self.api, issued.ticket, self.key), issued, name)

    async def revoke(self, issued: Issued, *lines: int) -> None:
        await revoke(self.api, issued, lines, Revocation("Allergie", AT), self.key)
