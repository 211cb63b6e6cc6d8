"""Documents that somebody keeps: the parts, and all that shows who wrote them (Keeping)."""

from __future__ import annotations

from dataclasses import dataclass, field

from client.sealing.authored import read_authored
from client.sealing.card import Attestation, SignedCard, require_second
from client.sealing.certificate import Certificate
from client.sealing.devices import require_in_force
from client.sealing.encoding import all_fields, fields
from client.sealing.errors import SealCode, SealError
from client.sealing.record import Asked, read_receipt, read_record
from client.sealing.statement import Statement, read_statement
from client.sealing.tree import tree_hash

_FIXED = 5
_KEY = 32


@dataclass(frozen=True)
class Proof:
    """What stands beside the parts; the last three are empty where nothing could be had."""

    statement: bytes
    receipt: bytes
    record: bytes = b""
    server: bytes = b""
    registrar: bytes = b""


@dataclass(frozen=True)
class Authorship:
    """What the proof shows. `signed_at`: when the server saw the statement (Unix seconds).

    Without `card` nobody could be asked, when it came, who the author is and whether the device
    was revoked; then `signed_at` is None too. Without `certificate` it is by somebody whom nobody
    knows: whoever held the `key` that signed calls themselves what the statement says.
    `twice`: a second signature holds, too; by the author's only where there is a card.
    """

    key: bytes
    certificate: Certificate | None
    statement: Statement = field(repr=False)
    card: SignedCard | None
    attestation: Attestation | None
    signed_at: int | None
    twice: bool = False


def write_kept(proof: Proof, parts: list[bytes]) -> bytes:
    """The plaintext of a kept document's blob."""
    beside = (proof.statement, proof.receipt, proof.record, proof.server, proof.registrar)
    return fields(*beside, *parts)


def read_kept(raw: bytes) -> tuple[Proof, list[bytes]]:
    """Take it apart, unchecked. Raises `bad_form`."""
    items = all_fields(raw)
    if len(items) <= _FIXED:
        raise SealError(SealCode.BAD_FORM, "a document without parts")
    return Proof(*items[:_FIXED]), items[_FIXED:]


def check_kept(proof: Proof, parts: list[bytes]) -> Authorship:
    """Who wrote these parts. Raises what `check_author` and `require_parts` do."""
    authorship = check_author(proof)
    require_parts(authorship.statement, parts)
    return authorship


def check_author(proof: Proof, *, strangers: bool = False) -> Authorship:
    """Who signed, the parts being checked elsewhere.

    `strangers`: somebody who is no practitioner may have, if it is no prescription or report.

    Raises what `read_authored`, `require_second`, `read_statement`, `read_record` and
    `read_receipt` do, `bad_form`, `wrong_host`, `revoked`.
    """
    signed = read_authored(proof.statement)
    certificate, statement = signed.certificate, read_statement(signed.payload)
    if certificate is None:
        if not strangers or statement.kind in ("prescription", "report"):
            raise SealError(SealCode.BAD_FORM, "not by a practitioner's device")
        if proof.receipt or proof.record:
            raise SealError(SealCode.BAD_FORM, "papers of somebody who has none")
        return Authorship(signed.key, None, statement, None, None, None)
    card, attestation, signed_at = None, None, None
    if proof.record:
        if len(proof.server) != _KEY or len(proof.registrar) not in (0, _KEY):
            raise SealError(SealCode.BAD_FORM, "a record without its server's key")
        asked = Asked(certificate.identity, proof.server, proof.registrar or None)
        record = read_record(proof.record, asked)
        require_second(record.card.card, signed)
        signed_at = read_receipt(proof.receipt, signed.hash, proof.server)
        require_in_force(record.devices, certificate, signed_at)
        card, attestation = record.card, record.attestation
    twice = signed.second != b""
    return Authorship(signed.key, certificate, statement, card, attestation, signed_at, twice)


def require_parts(statement: Statement, parts: list[bytes]) -> None:
    """Raises `altered` for parts that are not the statement's."""
    described = [(part.length, part.tree) for part in statement.parts]
    if described != [(len(part), tree_hash(part)) for part in parts]:
        raise SealError(SealCode.ALTERED)
