"""A prescription with a ticket, its prescriber and pharmacies, for tests."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from client.api.http import Api
from client.api.practitioners import enrol, put_attestation, put_devices
from client.documents.dispensing import Attempt, Dispensary, Issued, Taken, issue, revoke
from client.documents.sending import Author, Document, Part
from client.host.practitioner import Practitioner, Stated, kept_identity, make
from client.sealing.authored import statement_hash
from client.sealing.card import Attestation, sign_attestation
from client.sealing.devices import make_devices
from client.sealing.dispensing import START, CardSigner, Dispensed, Line, LineState, Revocation
from client.sealing.encoding import sha256
from client.sealing.keys import SigningKey
from client.sealing.statement import Person
from client.vault import Memory
from tests.integration.people import Practice
from tests.integration.serving import ServerProcess

CONTENT = b"%PDF-1.7 amoxicilline"
AT = "2026-03-02T10:00:00Z"
LINES = (Line(1, 3), Line(2, 4))
REGISTRAR = SigningKey(sha256(b"who attests cards in tests"))
PHARMACIST = Stated("Alix Fictive", "Pharmacien", address="1 place de l’Exemple, 75001 Paris")


@dataclass(frozen=True)
class Officine:
    """A pharmacist's device, and where its keys are kept."""

    who: Practitioner
    keeper: Memory

    @property
    def by(self) -> CardSigner:
        return CardSigner(self.who.device, self.who.certificate)

    async def withdraw(self, api: Api, at: int) -> None:
        """Their one device, from that moment on (Unix seconds)."""
        (device,) = self.who.devices.devices
        gone = (replace(device, until=at),)
        identity = kept_identity(self.keeper)
        await put_devices(api, identity, make_devices(identity, 2, at, gone))


async def pharmacist(api: Api, code: str, registrar: SigningKey | None = REGISTRAR) -> Officine:
    """Somebody who is enrolled, and whose card is attested where there is a registrar."""
    kept = Memory()
    who = make(PHARMACIST, kept, os.urandom, 1_700_000_000)
    await enrol(api, who.device, code, who.card.raw, who.devices)
    if registrar is not None:
        said = Attestation(who.card.hash, AT, "Ordre fictif", ("identity", "register"))
        signed = sign_attestation(said, registrar)
        await put_attestation(api, who.device, who.certificate.identity, signed)
    return Officine(who, kept)


@dataclass
class Pharmacy:
    """Somebody with the ticket, and with a card where there is `by`."""

    at: Dispensary
    issued: Issued
    name: str = "Pharmacie de l’Exemple"
    by: CardSigner | None = None
    key: SigningKey = field(default_factory=lambda: SigningKey(os.urandom(32)))

    async def look(self) -> list[LineState]:
        return await self.at.look(self.issued.dispensing, self.issued.statement)

    def attempt(
        self, line: int, step: int = 1, previous: bytes = START, *, whole: bool = True
    ) -> Attempt:
        said = Dispensed(
            prescription=statement_hash(self.issued.statement),
            line=line,
            step=step,
            previous=previous,
            given="1 boîte",
            whole=whole,
            at=AT,
            random=os.urandom(32),
            dispenser=self.name,
        )
        return self.at.prepare(said, self.key, self.by)

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

    async def issue(self, lasts: timedelta = timedelta(days=365)) -> Issued:
        file = self.folder / "ordonnance.pdf"
        file.write_bytes(CONTENT)
        who = self.at.practitioner
        author = Author(who.device, who.certificate, Person(who.profile.name), who.second)
        parts = (Part("ordonnance.pdf", "application/pdf", file),)
        subject = Person("Łukasz Şahin", {"birth": "1980-02-29"})
        document = Document("prescription", "2026-01-02T03:04:05Z", subject, parts)
        until = (datetime.now(UTC) + lasts).strftime("%Y-%m-%dT%H:%M:%SZ")
        return await issue(self.api, author, document, LINES, until, os.urandom)

    def pharmacy(self, issued: Issued, name: str = "Pharmacie de l’Exemple") -> Pharmacy:
        return Pharmacy(Dispensary(self.api, issued.ticket, self.key), issued, name)

    async def pharmacist(self, registrar: SigningKey | None = REGISTRAR) -> Officine:
        return await pharmacist(self.api, self.server.code(), registrar)

    def with_card(self, issued: Issued, at: Officine) -> Pharmacy:
        """What it states is another name than the card's."""
        return replace(self.pharmacy(issued, "Stated"), by=at.by)

    async def revoke(self, issued: Issued, *lines: int) -> None:
        await revoke(self.api, issued, lines, Revocation("Allergie", AT), self.key)
