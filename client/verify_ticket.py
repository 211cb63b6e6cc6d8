"""`aparte verify` on a prescription's ticket: what holds, what is left, and what nobody checked."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiohttp

from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api
from client.api.practitioners import fetch
from client.authorship import moment, signed_by, signed_lines
from client.documents.dispensers import Dispenser, Dispensers, Standing
from client.documents.dispensing import Dispensary
from client.documents.ticket_copy import Copy, Copying, Offline, open_copy
from client.inert import inert
from client.sealing.authored import statement_hash
from client.sealing.card import read_card
from client.sealing.devices import read_devices, require_in_force
from client.sealing.dispensing import Dispensed, Dispensing, LineState, SignedDispensed
from client.sealing.encoding import all_fields, b64u
from client.sealing.errors import SealCode, SealError
from client.sealing.handed import Handed
from client.sealing.record import Known, require_fresh
from client.sealing.ticket import Ticket
from client.vault import write_private

# What no command can check, by name, and what this one could not.
UNCHECKED = {
    "device": "whether the device that signed was withdrawn since: nobody could be asked",
    "since": "what was dispensed, taken back or withdrawn after the copy was made",
    "hidden": "that the server hides nothing that was dispensed just now: it can take one claim",
    "keys": "that these are the server's and the registrar's keys: compare them with a known one",
    "patient": "that whoever has this code is the patient: whoever has seen it can show it",
    "right": "that the prescriber may prescribe these medicines",
}
STATES = {
    "open": "may be dispensed",
    "given": "given in full",
    "revoked": "taken back by the prescriber",
    "expired": "expired: may no longer be dispensed",
    "barred": "the server contradicts what it showed before; dispense nothing",
    "unknown": "a receipt is missing or not valid: nobody can say what is left; dispense nothing",
    "spent": "all the parts that it can be given in are used",
}
DEVICES = {
    "in force": "the device that signed is not withdrawn",
    "revoked": "the device that signed WAS WITHDRAWN since: call the prescriber",
    "contradicted": "THE SERVER SHOWS OTHER PAPERS of the prescriber than the prescription has. "
    "Dispense nothing.",
}
CARDS = {
    Standing.UNATTESTED: "by their card, which nobody has checked",
    Standing.REVOKED: "by the card of a device that WAS WITHDRAWN by then",
    Standing.UNASKED: "as stated: nobody could be asked about the card",
    Standing.CONTRADICTED: "as stated: THE SERVER SHOWS OTHER PAPERS of the card than before",
}


@dataclass(frozen=True)
class Line:
    """Of one line: how much may be delivered in all, what is known of it, why it was taken back.

    `by`: of each receipt who signed it with a card, None where it names who it was as stated.
    """

    deliveries: int
    state: LineState
    reason: str | None
    by: tuple[Dispenser | None, ...]

    def word(self, *, expired: bool, barred: bool) -> str:
        """In one word, the first that applies: what a pharmacist may do with it, or why not."""
        state = self.state
        words = {
            "unknown": state.missing,
            "given": state.left == 0,
            "revoked": state.revoked,
            "expired": expired,
            "barred": barred,
            "open": state.step is not None,
        }
        return next((word for word, holds in words.items() if holds), "spent")


@dataclass(frozen=True)
class Device:
    """Whether the device that signed is in force, as of when the server said so (Unix seconds).

    `contradicted`: the server's papers do not hold beside those that came with the prescription.
    """

    word: str
    at: int | None = None


@dataclass(frozen=True)
class Found:
    """A prescription that was opened and checked.

    `now`: when it was checked. `saved`: when the server said all this, where that was before.
    """

    handed: Handed
    dispensing: Dispensing
    lines: tuple[Line, ...]
    device: Device
    lied: bool
    proofs: tuple[bytes, ...]
    now: int
    saved: int | None

    @property
    def until(self) -> datetime:
        return datetime.fromisoformat(self.dispensing.until)

    @property
    def expired(self) -> bool:
        return self.until.timestamp() < self.now

    @property
    def words(self) -> list[str]:
        return [line.word(expired=self.expired, barred=self.barred) for line in self.lines]

    @property
    def barred(self) -> bool:
        """The server contradicts itself: nothing is dispensed, whatever it says is left."""
        return self.lied or self.device.word == "contradicted"

    @property
    def unchecked(self) -> list[str]:
        """Names of `UNCHECKED`."""
        left_out = {
            "device": self.device.word != "unasked",
            "since": self.saved is None,
            "hidden": self.saved is not None,
        }
        return [name for name in UNCHECKED if not left_out.get(name)]

    @property
    def fine(self) -> bool:
        """Nothing that was checked speaks against it."""
        return not self.barred and self.device.word != "revoked" and "unknown" not in self.words


@dataclass(frozen=True)
class Asked:
    """What is checked, and how: `copy` is the file that is read and written, if there is one."""

    origin: str
    ticket: Ticket
    copy: Path | None
    offline: bool
    clock: Callable[[], float] = time.time


async def check_ticket(asked: Asked) -> Found:
    """Open a prescription, and check all that can be.

    With a copy, what it holds counts as seen before; unless the server contradicts itself, it is
    written anew. Raises SealError, ServerRefused, ServerUnreachable, OSError.
    """
    ticket, copy = asked.ticket, asked.copy
    async with aiohttp.ClientSession() as http:
        old = None
        if copy is not None and (asked.offline or copy.exists()):
            old = open_copy(copy.read_bytes(), ticket)
        known = None
        if old is not None:
            api = Offline(asked.origin, http, os.urandom, old)
            known = await _looked(asked, api, old, None)
            if asked.offline:
                return known.found(asked, old.saved)
        new = Copy(int(asked.clock()))
        looked = await _looked(asked, Copying(asked.origin, http, os.urandom, new), new, known)
        found = looked.found(asked, None)
        if copy is not None and not found.barred:
            write_private(copy, new.seal(ticket, os.urandom))
        return found


@dataclass(frozen=True)
class _Looked:
    at: Dispensary
    handed: Handed
    lines: tuple[Line, ...]
    device: Device
    server: bytes
    dispensers: Dispensers

    def found(self, asked: Asked, saved: int | None) -> Found:
        proofs = self.at.proofs
        now = int(asked.clock())
        lied, dispensing = self.at.lied, _dispensing(self.handed)
        return Found(self.handed, dispensing, self.lines, self.device, lied, proofs, now, saved)


async def _looked(asked: Asked, api: Api, copy: Copy, before: _Looked | None) -> _Looked:
    """`copy` has the blob already, or takes it."""
    server = await api.who()
    if before is not None and before.server != server.key:
        raise SealError(SealCode.WRONG_HOST, "another server than the copy's")
    at = Dispensary(api, asked.ticket, server.key, clock=asked.clock)
    if before is not None:
        at.remember(before.at)
    copy.sealed = copy.sealed or await at.sealed()
    handed = await at.opened(copy.sealed)
    dispensing = _dispensing(handed)
    prescription = statement_hash(handed.proof.statement)
    if before is not None and statement_hash(before.handed.proof.statement) != prescription:
        raise SealError(SealCode.FORKED, "another prescription than the copy's")
    known = {} if before is None else before.dispensers.known
    dispensers = Dispensers(api, copy.saved, known)
    lines = []
    states = await at.look(dispensing, handed.proof.statement)
    for number, (line, state) in enumerate(zip(dispensing.lines, states, strict=True), 1):
        reason = None
        if state.revoked:
            reason = await _reason(at, handed, number, len(state.given) + 1)
        signed = zip(state.given, state.taken, strict=True)
        by = [await dispensers.of(one, taken) for one, taken in signed]
        lines.append(Line(line.deliveries, state, reason, tuple(by)))
    device = await _device(api, handed, copy.saved)
    return _Looked(at, handed, tuple(lines), device, server.key, dispensers)


def _dispensing(handed: Handed) -> Dispensing:
    found = handed.authorship.statement.dispensing
    if found is None:
        raise SealError(SealCode.WRONG_STATEMENT, "nothing that is dispensed")
    return found


async def _reason(at: Dispensary, handed: Handed, line: int, step: int) -> str:
    """Why a line was taken back; empty where its note says nothing that can be read."""
    try:
        return (await at.reason(_dispensing(handed), line, step)).reason
    except SealError:
        return ""


async def _device(api: Api, handed: Handed, at: int) -> Device:
    """Whether the device that signed is in force, by the papers of that moment."""
    certificate = handed.authorship.certificate
    if certificate is None:
        raise SealError(SealCode.BAD_FORM, "a prescription by nobody")
    card, _, devices, _ = all_fields(handed.proof.record)
    try:
        # What came with the prescription is the oldest that may be shown.
        known = Known(read_card(card), read_devices(devices))
        record = await fetch(api, await api.who(), certificate.identity, known)
        require_fresh(record, at)
    except (ServerRefused, ServerUnreachable):
        return Device("unasked")
    except SealError as error:
        old = error.code is SealCode.STALE_STATUS
        return Device("unasked" if old else "contradicted")
    try:
        require_in_force(record.devices, certificate)
    except SealError:
        return Device("revoked", record.confirmed)
    return Device("in force", record.confirmed)


def told(found: Found) -> dict[str, object]:
    """What is printed of a ticket, for programs."""
    statement = found.handed.authorship.statement
    subject = statement.subject
    return {
        "prescription": b64u(statement_hash(found.handed.proof.statement)),
        "issued": statement.issued,
        "patient": subject.name if subject else None,
        "files": [part.name for part in statement.parts],
        **signed_by(found.handed.authorship, found.handed.proof.server),
        "until": moment(int(found.until.timestamp())),
        "device": found.device.word,
        "device_at": None if found.device.at is None else moment(found.device.at),
        "lines": [
            {
                "state": word,
                "left": line.state.left,
                "deliveries": line.deliveries,
                "reason": line.reason,
                "given": [_given(*one) for one in zip(line.state.given, line.by, strict=True)],
            }
            for word, line in zip(found.words, found.lines, strict=True)
        ],
        "lied": found.lied,
        "saved": None if found.saved is None else moment(found.saved),
        "unchecked": found.unchecked,
    }


def _given(one: SignedDispensed, by: Dispenser | None) -> dict[str, object]:
    said = one.said
    return {
        "by": said.dispenser,
        "place": said.place,
        "at": said.at,
        "what": said.given,
        "whole": said.whole,
        "card": by and _card(by),
    }


def _card(by: Dispenser) -> dict[str, object]:
    card = by.record and by.record.card.card
    attestation = by.record and by.record.attestation
    return {
        "identity": b64u(by.identity),
        "standing": by.standing,
        "name": card and card.name,
        "profession": card and card.profession,
        "place": card and card.place,
        "attested_by": attestation and attestation.registrar,
    }


def _who(said: Dispensed, by: Dispenser | None) -> str:
    """Who dispensed, and how that is known: by their card, where it can be seen."""
    if by is None or by.record is None:
        texts = [said.dispenser, said.place]
        how = "as stated" if by is None else CARDS[by.standing]
    else:
        card = by.record.card.card
        texts = [card.name, card.profession, card.place]
        attestation = by.record.attestation
        registrar = inert(attestation.registrar) if attestation else ""
        how = CARDS.get(by.standing, f"by their card, checked by {registrar}")
    return f"{', '.join(filter(None, map(inert, texts)))} ({how})"


def ticket_lines(found: Found) -> Iterator[str]:
    """The same, for people."""
    statement, saved = found.handed.authorship.statement, found.saved
    subject = statement.subject.name if statement.subject else ""
    patient = inert(subject) or "nobody who is named"
    yield f"{'ok      ' if found.fine else 'REFUSED '} prescription of {statement.issued}"
    files = ", ".join(inert(part.name) for part in statement.parts)
    said = [f"for {patient}", f"files: {files}"]
    said += signed_lines(signed_by(found.handed.authorship, found.handed.proof.server))
    if found.device.word in DEVICES:
        at = found.device.at
        said.append(DEVICES[found.device.word] + (f", as of {moment(at)}" if at else ""))
    said.append(f"may be dispensed until {moment(int(found.until.timestamp()))}")
    if saved is not None:
        said.append(f"OFFLINE: all of this is as the server said on {moment(saved)}")
    if found.lied:
        said.append("THE SERVER LIES: it shows other claims than before. Dispense nothing.")
    for number, (word, line) in enumerate(zip(found.words, found.lines, strict=True), 1):
        left = f"{line.state.left} of {line.deliveries} deliveries left"
        why = f" ({inert(line.reason)})" if line.reason else ""
        said.append(f"line {number}: {STATES[word]}{why}; {left}")
        for one, by in zip(line.state.given, line.by, strict=True):
            how = "in full" if one.said.whole else "in part"
            what, who = inert(one.said.given), _who(one.said, by)
            said.append(f"  given {how}{f': {what}' if what else ''}, by {who}, {one.said.at}")
    said.append("not checked:")
    said += [f"  {UNCHECKED[name]}" for name in found.unchecked]
    for text in said:
        yield f"         {text}"
