"""Runs the cases of dispensing.json."""

from __future__ import annotations

from typing import Any

from client.sealing.cell import CellState, Claimed
from client.sealing.dispensing import (
    CardSigner,
    Dispensed,
    Line,
    Revocation,
    follow,
    read_dispensed,
    read_revocation,
)
from client.sealing.encoding import b64u, b64u_decode
from client.sealing.keys import SigningKey
from client.sealing.ticket import Ticket, parse_ticket_fragment
from client.sealing.two_claims import read_two_claims
from tests.vectors.forge import Case


def _taken(case: Case, name: str) -> bytes:
    return b64u_decode(case[name])


def run_dispensing(case: Case) -> dict[str, Any]:
    return _RUNS[case["what"]](case)


def _cell(case: Case) -> dict[str, Any]:
    keys = Ticket(_taken(case, "secret")).cell(case["line"], case["step"], _taken(case, "owner"))
    return {"id": b64u(keys.id), "read": b64u(keys.read), "claim": b64u(keys.claim)}


def _revocation(case: Case) -> dict[str, Any]:
    found = read_revocation(_taken(case, "payload"))
    assert Revocation(found.reason, found.at).encode() == _taken(case, "payload")
    return {"reason": found.reason, "at": found.at}


def _two_claims(case: Case) -> dict[str, Any]:
    found = read_two_claims(_taken(case, "proof"))
    assert found.encode() == _taken(case, "proof")
    return {
        "origin": found.origin,
        "server": b64u(found.server),
        "cell": b64u(found.cell),
        "key": b64u(found.key),
        "seen": found.seen,
        "claims": [b64u(one.raw) for one in found.claims],
    }


def _fragment(case: Case) -> dict[str, Any]:
    ticket = parse_ticket_fragment(case["fragment"])
    assert ticket.url("https://x").endswith(case["fragment"])
    return {
        "secret": b64u(ticket.secret),
        "hash": b64u(ticket.hash),
        "place": b64u(ticket.place),
        "reader": b64u(ticket.reader.public),
        "key": b64u(ticket.key.public),
        "claim": b64u(ticket.claim.public),
        "box": b64u(ticket.box),
        "box_owner": b64u(ticket.box_owner.public),
        "append": b64u(ticket.append.public),
    }


def _note(case: Case) -> dict[str, Any]:
    ticket, place = Ticket(_taken(case, "secret")), _taken(case, "place")
    plain = ticket.open(place, _taken(case, "note"))
    if "salt" in case:
        assert ticket.seal(place, plain, lambda _: _taken(case, "salt")) == _taken(case, "note")
    return {"plain": b64u(plain)}


def _members(said: Dispensed) -> dict[str, Any]:
    values = {name: getattr(said, name) for name in Dispensed.__dataclass_fields__}
    return {name: b64u(it) if isinstance(it, bytes) else it for name, it in values.items()}


def _receipt(case: Case) -> dict[str, Any]:
    found = read_dispensed(_taken(case, "receipt"))
    certificate = found.certificate
    if "seed" in case:
        by = None
        if certificate is not None:
            by = CardSigner(SigningKey(_taken(case, "device")), certificate)
        again = found.said.sign(SigningKey(_taken(case, "seed")), by)
        assert again == _taken(case, "receipt")
    return {
        "hash": b64u(found.hash),
        "claimant": b64u(found.claimant),
        "certificate": b64u(certificate.raw) if certificate else None,
        "said": _members(found.said),
    }


def _state(cell: Case) -> CellState:
    claimed = cell["claimed"]
    taken = claimed and Claimed(
        _taken(claimed, "claimant"), _taken(claimed, "receipt"), claimed["at"], b""
    )
    return CellState(b"", cell["closed"], 1, taken)


def _line(case: Case) -> dict[str, Any]:
    receipts = [read_dispensed(b64u_decode(raw)) for raw in case["receipts"]]
    found = follow(
        Line(case["deliveries"], case["steps"]),
        case["number"],
        _taken(case, "prescription"),
        [_state(cell) for cell in case["cells"]],
        {receipt.hash: receipt for receipt in receipts},
    )
    return {
        "given": [b64u(receipt.hash) for receipt in found.given],
        "taken": list(found.taken),
        "left": found.left,
        "step": found.step,
        "revoked": found.revoked,
        "missing": found.missing,
        "previous": b64u(found.previous),
    }


_RUNS = {
    "fragment": _fragment,
    "cell": _cell,
    "note": _note,
    "receipt": _receipt,
    "revocation": _revocation,
    "two claims": _two_claims,
    "line": _line,
}
