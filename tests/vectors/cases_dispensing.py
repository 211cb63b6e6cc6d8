"""Dispensing: what follows from a ticket, receipts, and what a line's cells and receipts say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from client.sealing.cell import CellState, Claimed, make_claim
from client.sealing.certificate import issue
from client.sealing.dispensing import START, CardSigner, Dispensed, Line, Revocation
from client.sealing.encoding import b64u, json_bytes, json_object, lv, sha256, u64
from client.sealing.kdf import CHACHA, ZERO_NONCE
from client.sealing.keys import SigningKey
from client.sealing.objects import Purpose, sign_object
from client.sealing.ticket import Ticket
from tests.vectors.cases_handshake import CERTIFICATE
from tests.vectors.forge import DEVICE, IDENTITY, Case, Drbg, drawn, flipped, good, refused, sealed

TICKET = Ticket(drawn("ticket"))
OTHER = Ticket(drawn("another ticket"))
OWNER = SigningKey(drawn("dispensing owner"))
CLAIMANTS = [SigningKey(drawn(f"dispensing claimant {n}")) for n in range(4)]
PRESCRIPTION = drawn("dispensing prescription")
AT = "2026-03-02T10:00:00Z"
CARD = CardSigner(DEVICE, CERTIFICATE)
# When the server took each claim.
TAKEN = 1_770_000_000


def dispensing() -> list[Case]:
    return [
        *_fragments(),
        *_cells(),
        *_notes(),
        *_receipts(),
        *_with_card(),
        *_revocations(),
        *_lines(),
        *_proofs(),
    ]


def _fragments() -> list[Case]:
    secret = b64u(TICKET.secret)

    def case(fragment: str) -> Case:
        return sealed(what="fragment", fragment=fragment)

    found = sealed(
        secret=TICKET.secret,
        hash=TICKET.hash,
        place=TICKET.place,
        reader=TICKET.reader.public,
        key=TICKET.key.public,
        claim=TICKET.claim.public,
        box=TICKET.box,
        box_owner=TICKET.box_owner.public,
        append=TICKET.append.public,
    )
    wrong = {
        "nothing": "",
        "no version": secret,
        "another version": f"2.{secret}",
        "a secret cut short": f"1.{secret[:-1]}",
        "one part more": f"1.{secret}.{secret}",
        "padding": f"1.{secret}=",
    }
    return [
        good("a ticket", case(f"1.{secret}"), found),
        *(refused(name, "link", "bad_link", case(text)) for name, text in wrong.items()),
    ]


def _cells() -> list[Case]:
    def case(line: int, step: int) -> Case:
        keys = TICKET.cell(line, step, OWNER.public)
        return good(
            f"the cell of line {line}, step {step}",
            sealed(what="cell", secret=TICKET.secret, line=line, step=step, owner=OWNER.public),
            sealed(id=keys.id, read=keys.read, claim=keys.claim),
        )

    return [case(1, 1), case(1, 2), case(2, 1), case(20, 16)]


def _notes() -> list[Case]:
    draws = Drbg("dispensing note")
    short = TICKET.seal(TICKET.box, b"short", draws)
    salt = short[2:34]
    long = TICKET.seal(TICKET.box, bytes(3_996), draws)
    start = short[:34]
    key = TICKET._note_key(start, TICKET.box)

    def made(body: bytes) -> bytes:
        return start + CHACHA.seal(key, ZERO_NONCE, start, body)

    def case(note: bytes, place: bytes = TICKET.box) -> Case:
        return sealed(what="note", secret=TICKET.secret, place=place, note=note)

    plain = sealed(plain=b"short")
    return [
        good("a note", case(short) | sealed(salt=salt), plain),
        good(
            "a note as long as may be",
            case(long) | sealed(salt=long[2:34]),
            sealed(plain=bytes(3_996)),
        ),
        refused("at another place", "ticket", "cannot_open", case(short, OTHER.box)),
        refused("a flipped bit", "ticket", "cannot_open", case(flipped(short, 60))),
        refused("another salt", "ticket", "cannot_open", case(flipped(short, 5))),
        refused("another suite", "ticket", "bad_suite", case(b"\2" + short[1:])),
        refused("another kind", "ticket", "bad_form", case(short[:1] + b"\1" + short[2:])),
        refused("cut short", "ticket", "bad_form", case(short[:49])),
        refused("nothing", "ticket", "bad_form", case(b"")),
        refused(
            "zeros that are none",
            "ticket",
            "bad_form",
            case(made(lv(b"short").ljust(1_023, b"\0") + b"\1")),
        ),
        refused("a length past its end", "ticket", "bad_form", case(made(lv(bytes(9))[:-1]))),
        refused("no length", "ticket", "bad_form", case(made(bytes(3)))),
    ]


def _receipt(step: int = 1, previous: bytes = START, *, whole: bool = True) -> Dispensed:
    return Dispensed(
        prescription=PRESCRIPTION,
        line=2,
        step=step,
        previous=previous,
        given="1 boîte de 12 gélules",
        whole=whole,
        at=AT,
        random=drawn(f"dispensing random {step}"),
        dispenser="Pharmacie de l’Exemple",
        place="75001 Paris",
    )


def _read(receipt: Dispensed, signer: SigningKey) -> Case:
    raw = receipt.sign(signer)
    said = json_object(json_bytes(_members(receipt)))
    return sealed(hash=sha256(raw), claimant=signer.public, certificate=None) | {"said": said}


def _members(receipt: Dispensed) -> dict[str, Any]:
    return {
        "prescription": b64u(receipt.prescription),
        "line": receipt.line,
        "step": receipt.step,
        "previous": b64u(receipt.previous),
        "given": receipt.given,
        "whole": receipt.whole,
        "at": receipt.at,
        "random": b64u(receipt.random),
        "dispenser": receipt.dispenser,
        "place": receipt.place,
    }


def _spelled(raw: bytes, of: Dispensed, by: SigningKey) -> Case:
    gives = _read(of, by) | sealed(hash=sha256(raw))
    return good("line 2.0, step 1.0", sealed(what="receipt", receipt=raw), gives)


def _receipts() -> list[Case]:
    receipt, signer = _receipt(), CLAIMANTS[0]
    raw = receipt.sign(signer)
    value = {"v": 1, **_members(receipt)}

    def said(**members: Any) -> bytes:
        return sign_object(Purpose.DISPENSED, json_bytes(value | members), signer)

    def case(signed: bytes) -> Case:
        return sealed(what="receipt", receipt=signed)

    wrong: dict[str, Any] = {
        "line 0": {"line": 0},
        "line 21": {"line": 21},
        "step 17": {"step": 17},
        "a step that is text": {"step": "1"},
        "31 random bytes": {"random": b64u(bytes(31))},
        "nobody": {"dispenser": ""},
        "a name that is too long": {"dispenser": "x" * 201},
        "whole as a number": {"whole": 1},
        "no moment": {"at": "2026-02-30T10:00:00Z"},
        "no receipt before": {"previous": ""},
    }
    least = {"given": "", "place": ""}
    return [
        good("a receipt", case(raw) | sealed(seed=signer.seed), _read(receipt, signer)),
        good(
            "of a part, by somebody nowhere",
            case(said(whole=False, **least)),
            _read(replace(receipt, whole=False, given="", place=""), signer),
        ),
        _spelled(raw=said(line=2.0, step=1.0), of=receipt, by=signer),
        refused("version 2 of a receipt", "dispensing", "bad_suite", case(said(v=2))),
        refused("a receipt flipped", "dispensing", "bad_signature", case(flipped(raw, 60))),
        refused(
            "another object",
            "dispensing",
            "bad_signature",
            case(sign_object(Purpose.ROSTER, json_bytes(value), signer)),
        ),
        *(
            refused(name, "dispensing", "bad_form", case(said(**members)))
            for name, members in wrong.items()
        ),
    ]


def _with_card() -> list[Case]:
    """Receipts of somebody who has a card: their device signs, and names who claims."""
    receipt, claimant = _receipt(), CLAIMANTS[0]
    raw = receipt.sign(claimant, CARD)
    value = {"v": 1, **_members(receipt), "claimant": b64u(claimant.public)}

    def case(signed: bytes) -> Case:
        return sealed(what="receipt", receipt=signed)

    def said(signer: SigningKey = DEVICE, **members: Any) -> bytes:
        certificate = CERTIFICATE if signer is DEVICE else None
        payload = json_bytes(value | members)
        return sign_object(Purpose.DISPENSED, payload, signer, certificate)

    def nobody() -> bytes:
        payload = json_bytes({"v": 1, **_members(receipt)})
        return sign_object(Purpose.DISPENSED, payload, DEVICE, CERTIFICATE)

    # Its own identity says of the pharmacist's device that it is its own.
    other = issue(SigningKey(drawn("another identity")), DEVICE.public, CERTIFICATE.issued)
    read = sealed(hash=sha256(raw), claimant=claimant.public, certificate=CERTIFICATE.raw) | {
        "said": json_object(json_bytes(_members(receipt)))
    }
    longest = replace(receipt, given="\u20ac" * 200, dispenser="\u20ac" * 200, place="\u20ac" * 200)
    most = longest.sign(claimant, CARD)
    note = TICKET.seal(TICKET.box, most, Drbg("dispensing longest receipt"))
    wrong: dict[str, tuple[str, bytes]] = {
        "a device that names no claimant": ("bad_form", nobody()),
        "a device that names half a claimant": ("bad_form", said(claimant=b64u(bytes(16)))),
        "a device that names no key": ("bad_form", said(claimant=None)),
        "a claimant of small order": ("bad_key", said(claimant=b64u(bytes(32)))),
        "a device's receipt that its claimant signed again": ("bad_form", said(claimant)),
        "a device's receipt that another signed again": ("bad_form", said(CLAIMANTS[1])),
        "a device's receipt under another identity's certificate": (
            "bad_signature",
            raw.replace(CERTIFICATE.raw, other.raw),
        ),
        "a device's receipt under a certificate that nobody issued": (
            "bad_signature",
            raw.replace(CERTIFICATE.raw, flipped(CERTIFICATE.raw, 136)),
        ),
        "a device's receipt that its identity signed": (
            "bad_form",
            raw[:1] + b"\2" + lv(IDENTITY.public) + raw[6 + len(CERTIFICATE.raw) :],
        ),
    }
    return [
        good(
            "a receipt with a card",
            case(raw) | sealed(seed=claimant.seed, device=DEVICE.seed),
            read,
        ),
        good(
            "the longest receipt with a card, in its note",
            sealed(what="note", secret=TICKET.secret, place=TICKET.box, note=note, salt=note[2:34]),
            sealed(plain=most),
        ),
        *(refused(name, "dispensing", code, case(one)) for name, (code, one) in wrong.items()),
    ]


def _revocations() -> list[Case]:
    one = Revocation("Allergie", AT)

    def case(payload: bytes) -> Case:
        return sealed(what="revocation", payload=payload)

    bare = {"v": 1, "reason": "", "at": AT}
    return [
        good("a revocation", case(one.encode()), {"reason": "Allergie", "at": AT}),
        good("without a reason", case(json_bytes(bare)), {"reason": "", "at": AT}),
        refused("at no moment", "dispensing", "bad_form", case(json_bytes(bare | {"at": "x"}))),
        refused(
            "with a reason that is too long",
            "dispensing",
            "bad_form",
            case(json_bytes(bare | {"reason": "x" * 201})),
        ),
        refused("in another version", "dispensing", "bad_suite", case(json_bytes(bare | {"v": 2}))),
    ]


@dataclass(frozen=True)
class Told:
    """A line with its cells, and the receipts that are there."""

    line: Line
    cells: tuple[CellState, ...]
    receipts: tuple[bytes, ...]
    number: int = 2

    def case(self) -> Case:
        return sealed(
            what="line",
            prescription=PRESCRIPTION,
            number=self.number,
            deliveries=self.line.deliveries,
            steps=self.line.steps,
            cells=[
                {
                    "closed": cell.closed,
                    "claimed": cell.claimed
                    and sealed(
                        claimant=cell.claimed.claimant,
                        receipt=cell.claimed.receipt,
                        at=cell.claimed.at,
                    ),
                }
                for cell in self.cells
            ],
            receipts=[b64u(raw) for raw in self.receipts],
        )


FREE = CellState(b"", closed=False, accepted=1, claimed=None)
CLOSED = replace(FREE, closed=True)


def _claimed_by(claimant: SigningKey, raw: bytes) -> CellState:
    return replace(FREE, claimed=Claimed(claimant.public, sha256(raw), TAKEN, b""))


def _claimed(raw: bytes, n: int) -> CellState:
    return _claimed_by(CLAIMANTS[n], raw)


def _lines() -> list[Case]:
    first = _receipt(whole=False).sign(CLAIMANTS[0])
    second = _receipt(2, sha256(first)).sign(CLAIMANTS[1])
    third = _receipt(3, sha256(second)).sign(CLAIMANTS[2])
    lost = _receipt(1).sign(CLAIMANTS[3])
    carded = _receipt(whole=False).sign(CLAIMANTS[0], CARD)
    stripped = _receipt(whole=False).sign(CLAIMANTS[0])
    two = Line(2, 4)
    given = (_claimed(first, 0), _claimed(second, 1), _claimed(third, 2))

    def state(
        receipts: tuple[bytes, ...],
        left: int,
        step: int | None,
        *,
        revoked: bool = False,
        missing: bool = False,
    ) -> Case:
        last = sha256(receipts[-1]) if receipts else START
        return {
            "given": [b64u(sha256(raw)) for raw in receipts],
            "taken": [TAKEN for _ in receipts],
            "left": left,
            "step": step,
            "revoked": revoked,
            "missing": missing,
            "previous": b64u(last),
        }

    shown = (
        ("nothing is given yet", Told(two, (FREE,) * 4, ()), state((), 2, 1)),
        (
            "a part, and what lost against it",
            Told(two, (given[0], FREE, FREE, FREE), (lost, first)),
            state((first,), 2, 2),
        ),
        (
            "a part with a card",
            Told(two, (_claimed(carded, 0), FREE, FREE, FREE), (carded,)),
            state((carded,), 2, 2),
        ),
        (
            "a receipt with its card, and the same without",
            Told(two, (_claimed(carded, 0), FREE, FREE, FREE), (stripped,)),
            state((), 2, None, missing=True),
        ),
        (
            "a part and the rest",
            Told(two, (*given[:2], FREE, FREE), (second, first)),
            state((first, second), 1, 3),
        ),
        (
            "all is given",
            Told(two, (*given, FREE), (first, second, third)),
            state((first, second, third), 0, None),
        ),
        ("revoked", Told(two, (CLOSED,) * 4, ()), state((), 2, None, revoked=True)),
        (
            "the rest revoked",
            Told(two, (given[0], CLOSED, CLOSED, CLOSED), (first,)),
            state((first,), 2, None, revoked=True),
        ),
        (
            "a receipt that nobody shows",
            Told(two, (*given[:2], FREE, FREE), (second,)),
            state((), 2, None, missing=True),
        ),
        (
            "every step is used up",
            Told(Line(2, 2), given[:2], (first, second)),
            state((first, second), 1, None),
        ),
    )
    elsewhere = replace(_receipt(whole=False), prescription=drawn("other")).sign(CLAIMANTS[0])
    astray = _receipt(2).sign(CLAIMANTS[1])
    wrong = {
        "too few cells": ("bad_form", Told(two, (FREE,) * 3, ())),
        "a step before which another is free": (
            "altered",
            Told(two, (FREE, given[1], FREE, FREE), (second,)),
        ),
        "a receipt of another line": (
            "altered",
            Told(two, (given[0], FREE, FREE, FREE), (first,), number=1),
        ),
        "a receipt of another prescription": (
            "altered",
            Told(two, (_claimed(elsewhere, 0), FREE, FREE, FREE), (elsewhere,)),
        ),
        "a receipt that another signed": (
            "altered",
            Told(two, (_claimed(first, 1), FREE, FREE, FREE), (first,)),
        ),
        "a receipt with a card that names another claimant": (
            "altered",
            Told(two, (_claimed(carded, 1), FREE, FREE, FREE), (carded,)),
        ),
        "a receipt with a card that the device claimed": (
            "altered",
            Told(two, (_claimed_by(DEVICE, carded), FREE, FREE, FREE), (carded,)),
        ),
        "a receipt that does not follow": (
            "altered",
            Told(two, (given[0], _claimed(astray, 1), FREE, FREE), (first, astray)),
        ),
        "a receipt of another step": (
            "altered",
            Told(two, (_claimed(second, 1), FREE, FREE, FREE), (second,)),
        ),
    }
    return [
        *(good(name, told.case(), gives) for name, told, gives in shown),
        *(refused(name, "dispensing", code, told.case()) for name, (code, told) in wrong.items()),
    ]


def _proofs() -> list[Case]:
    server = SigningKey(drawn("dispensing server"))
    keys = TICKET.cell(2, 1, OWNER.public)

    def claimed(
        n: int, by: SigningKey = server, of: Ticket = TICKET, receipt: str = "receipt"
    ) -> bytes:
        claim = make_claim(of.claim, keys.id, CLAIMANTS[n].public, drawn(f"{receipt} {n}"))
        time = u64(1_770_000_000 + n)
        return (
            claim
            + time
            + by.sign("aparte/1 claim accepted", keys.id, claim[:32], claim[32:64], time)
        )

    # Another receipt of one claimant is another claim, too.
    first, second, same = claimed(0), claimed(1), claimed(0, receipt="another receipt")
    members: dict[str, Any] = {
        "v": 1,
        "what": "two claims",
        "origin": "https://host.example",
        "server": b64u(server.public),
        "cell": b64u(keys.id),
        "key": b64u(keys.claim),
        "seen": AT,
        "claims": [b64u(first), b64u(second)],
    }

    def case(**other: object) -> Case:
        return sealed(what="two claims", proof=json_bytes(members | other))

    def gives(one: bytes, other: bytes) -> Case:
        found = {name: it for name, it in members.items() if name not in {"v", "what"}}
        return found | {"claims": [b64u(one), b64u(other)]}

    wrong: dict[str, tuple[str, Case]] = {
        "twice the same claim": ("bad_form", case(claims=[b64u(first), b64u(first)])),
        "one claim": ("bad_form", case(claims=[b64u(first)])),
        "three claims": ("bad_form", case(claims=[b64u(first), b64u(second), b64u(first)])),
        "a number for a claim": ("bad_form", case(claims=[b64u(first), 1])),
        "a claim cut short": ("bad_form", case(claims=[b64u(first), b64u(second[:-1])])),
        "a proof of something else": ("bad_form", case(what="three claims")),
        "seen at no moment": ("bad_form", case(seen="2026-02-30T10:00:00Z")),
        "an origin that is too long": ("bad_form", case(origin="h" * 201)),
        "another version of a proof": ("bad_suite", case(v=2)),
        "a claim that another server took": (
            "bad_signature",
            case(claims=[b64u(first), b64u(claimed(1, SigningKey(drawn("another server"))))]),
        ),
        "a claim that another ticket made": (
            "bad_signature",
            case(claims=[b64u(first), b64u(claimed(1, of=OTHER))]),
        ),
        "claims of another cell": ("bad_signature", case(cell=b64u(drawn("another cell", 16)))),
        "a time that the server did not sign": (
            "bad_signature",
            case(claims=[b64u(first), b64u(flipped(second, 135))]),
        ),
        "a proof that is too long": ("too_long", case(more="m" * 4_096)),
    }
    return [
        good("two claims of one cell", case(), gives(first, second)),
        good(
            "two claims of one claimant",
            case(claims=[b64u(first), b64u(same)]),
            gives(first, same),
        ),
        *(refused(name, "two claims", code, one) for name, (code, one) in wrong.items()),
    ]
