"""`aparte verify` on a proof that a server took two claims of one cell."""

from __future__ import annotations

from collections.abc import Iterator

from client.authorship import moment
from client.inert import inert
from client.sealing.encoding import b64u
from client.sealing.two_claims import TwoClaims


def proof_told(proof: TwoClaims) -> dict[str, object]:
    """What is printed of a proof, for programs."""
    return {
        "proof": "two claims",
        "server": b64u(proof.server),
        "cell": b64u(proof.cell),
        "origin": proof.origin,
        "seen": proof.seen,
        "claims": [
            {"at": moment(one.at), "claimant": b64u(one.claimant), "receipt": b64u(one.receipt)}
            for one in proof.claims
        ],
    }


def proof_lines(proof: TwoClaims) -> Iterator[str]:
    """The same, for people: what it shows, and what it does not."""
    yield f"ok       the server with the key {b64u(proof.server)}"
    yield f"         has taken two claims of the cell {b64u(proof.cell)}:"
    for one in proof.claims:
        yield f"         on {moment(one.at)} for the receipt {b64u(one.receipt)}"
    for line in (
        "One step of a prescription was dispensed twice. An honest server takes one claim of a",
        "cell for as long as it lasts: this speaks against the server, unless the prescriber had",
        "let the cell end between the two, and made it again.",
    ):
        yield f"         {line}"
    yield "not checked:"
    for line in (
        f"that this is the key of {inert(proof.origin) or 'any server'}: compare it with one that",
        "you know, or give it with --server",
        f"when the second one was seen ({proof.seen}, as whoever kept this says)",
        "who dispensed, and what: that is in the receipts alone",
    ):
        yield f"         {line}"
