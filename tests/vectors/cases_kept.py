"""Kept documents: their parts, and what shows who wrote them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from client.sealing.authored import object_of, sign_statement, statement_hash
from client.sealing.card import sign_attestation, sign_card
from client.sealing.certificate import Certificate, issue
from client.sealing.devices import DeviceList
from client.sealing.encoding import b64u, fields, json_bytes, sha256, u64
from client.sealing.kept import Proof, check_kept, write_kept
from client.sealing.keys import SigningKey
from client.sealing.objects import Purpose, sign_object
from client.sealing.second import SecondDevice
from client.sealing.tree import tree_hash
from tests.vectors.cases_practitioners import (
    ATTESTATION,
    FIRST,
    REGISTRAR,
    REVOKED,
    SERVER,
    SIGNED_CARD,
    THIRD,
)
from tests.vectors.cases_second import NAMING, OTHER, SECOND
from tests.vectors.forge import (
    DEVICE,
    GUEST,
    IDENTITY,
    ISSUED,
    OTHER_IDENTITY,
    Case,
    drawn,
    flipped,
    good,
    refused,
    sealed,
)

PARTS = [b"%PDF-1.7 ...", b'{"resourceType":"Bundle"}']
CERTIFICATE = issue(IDENTITY, DEVICE.public, ISSUED)
AT = ISSUED + 60


_NAMING = sign_card(NAMING, IDENTITY)


@dataclass(frozen=True)
class KeptDocument:
    """A document as it is kept; a case has one thing wrong with it."""

    parts: tuple[bytes, ...] = tuple(PARTS)
    certificate: Certificate | None = CERTIFICATE
    devices: DeviceList = FIRST
    identity: SigningKey = IDENTITY
    seen: int = AT
    attested: bool = True
    purpose: Purpose = Purpose.STATEMENT
    kind: str = "prescription"
    second: SecondDevice | None = None
    card: bytes = SIGNED_CARD

    def statement(self) -> bytes:
        described = [
            {"name": name, "media": "application/octet-stream", "length": len(part),
             "tree": b64u(tree_hash(part))}
            for name, part in zip(("a.pdf", "a.json"), PARTS, strict=True)
        ]  # fmt: skip
        payload = json_bytes(
            {"v": 1, "kind": self.kind, "issued": "2026-01-02T03:04:05Z",
             "random": b64u(drawn("kept statement")), "author": {"name": "Dr Camille Démo"},
             "subject": {"name": "Łukasz Şahin"}, "parts": described}
        )  # fmt: skip
        signer = DEVICE if self.certificate else GUEST
        if self.second:
            return sign_statement(payload, signer, self.certificate, self.second)
        return sign_object(self.purpose, payload, signer, self.certificate)

    def proof(self) -> Proof:
        statement = self.statement()
        receipt = u64(self.seen) + SERVER.sign(
            "aparte/1 receipt", statement_hash(statement), u64(self.seen)
        )
        said = (sha256(self.card), sha256(self.devices.raw), u64(AT))
        status = u64(AT) + SERVER.sign("aparte/1 status", *said)
        attestation = replace(ATTESTATION, card=sha256(self.card))
        attested = sign_attestation(attestation, REGISTRAR) if self.attested else b""
        record = fields(self.card, attested, self.devices.raw, status)
        registrar = REGISTRAR.public if self.attested else b""
        return Proof(statement, receipt, record, SERVER.public, registrar)


def kept() -> list[Case]:
    def case(proof: Proof, parts: tuple[bytes, ...] = tuple(PARTS)) -> Case:
        return sealed(kept=write_kept(proof, list(parts)))

    def fine(name: str, proof: Proof) -> Case:
        found = check_kept(proof, PARTS)
        assert found.certificate
        gives = sealed(
            identity=found.certificate.identity,
            device=found.certificate.device,
            at=found.signed_at,
            card=found.card.card.name if found.card else None,
        )
        attested = found.attestation is not None
        parts = [b64u(part) for part in PARTS]
        return good(name, case(proof), gives | {"attested": attested, "parts": parts})

    whole = KeptDocument().proof()
    twice = KeptDocument(second=SECOND, card=_NAMING).proof()
    raw = write_kept(whole, PARTS)
    others = issue(OTHER_IDENTITY, DEVICE.public, ISSUED)
    unasked = Proof(whole.statement, whole.receipt)
    wrong = [
        ("nothing", "bad_form", "form", sealed(kept=b"")),
        ("without parts", "bad_form", "form", case(whole, ())),
        ("cut off", "bad_form", "form", sealed(kept=raw[:-1])),
        ("a part less", "altered", "parts", case(whole, tuple(PARTS[:1]))),
        ("a part more", "altered", "parts", case(whole, (*PARTS, b""))),
        ("the parts in another order", "altered", "parts", case(whole, tuple(PARTS[::-1]))),
        ("an altered part", "altered", "parts", case(whole, (flipped(PARTS[0], 3), PARTS[1]))),
        ("a longer part", "altered", "parts", case(whole, (PARTS[0] + b"x", PARTS[1]))),
        ("an altered part that nobody could be asked about", "altered", "parts",
         case(unasked, (flipped(PARTS[0], 3), PARTS[1]))),
        ("an altered statement", "bad_signature", "statement",
         case(replace(whole, statement=flipped(whole.statement, 200)))),
        ("something else that was signed", "bad_signature", "statement",
         case(KeptDocument(purpose=Purpose.ENVELOPE).proof())),
        ("a guest's statement", "bad_form", "statement",
         case(replace(whole, statement=KeptDocument(certificate=None).statement()))),
        ("another practitioner's statement", "wrong_host", "record",
         case(KeptDocument(certificate=others).proof())),
        ("a record without its server's key", "bad_form", "record",
         case(replace(whole, server=b""))),
        ("another server's record", "bad_signature", "record",
         case(replace(whole, server=OTHER_IDENTITY.public))),
        ("another registrar's attestation", "wrong_registrar", "record",
         case(replace(whole, registrar=OTHER_IDENTITY.public))),
        ("a registrar's key of 31 bytes", "bad_form", "record",
         case(replace(whole, registrar=whole.registrar[:-1]))),
        ("another receipt", "bad_signature", "receipt",
         case(replace(whole, receipt=flipped(whole.receipt, 7)))),
        ("without a receipt", "bad_form", "receipt", case(replace(whole, receipt=b""))),
        ("signed once, where the card names a second key", "bad_signature", "statement",
         case(KeptDocument(card=_NAMING).proof())),
        ("signed twice, where the card names no second key", "bad_signature", "statement",
         case(KeptDocument(second=SECOND).proof())),
        ("a second signature taken off", "bad_form", "statement",
         case(replace(twice, statement=object_of(twice.statement)))),
        ("by another second key than the card names", "bad_signature", "statement",
         case(KeptDocument(second=OTHER, card=_NAMING).proof())),
        ("an altered second signature", "bad_signature", "statement",
         case(replace(twice, statement=flipped(twice.statement, len(twice.statement) - 9)))),
        ("signed once the device was revoked", "revoked", "devices",
         case(KeptDocument(devices=THIRD, seen=REVOKED).proof())),
    ]  # fmt: skip
    return [
        fine("a document", whole),
        fine("one that was signed twice", twice),
        fine("one that nobody attested", KeptDocument(attested=False).proof()),
        fine("one that nobody could be asked about", unasked),
        fine("signed before the device was revoked", KeptDocument(devices=THIRD).proof()),
        *(refused(name, layer, code, inputs) for name, code, layer, inputs in wrong),
    ]
