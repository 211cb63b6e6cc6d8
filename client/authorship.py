"""Who wrote a document, and what was checked of them: told to people and to programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from client.documents.permits import Behind
from client.inert import inert
from client.sealing.encoding import b64u
from client.sealing.kept import Authorship


def moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def signed_by(found: Authorship, server: bytes) -> dict[str, object]:
    """Who wrote a document, and what was checked of them, for programs.

    `server`: the key of the one that has seen it, empty where there is none.
    """
    return {
        "identity": b64u(found.certificate.identity) if found.certificate else None,
        "name": found.card.card.name if found.card else found.statement.author.name,
        "asked": found.card is not None,
        "attested_by": found.attestation.registrar if found.attestation else None,
        # Without a card nobody knows whose second key it is.
        "twice": found.twice and found.card is not None,
        "signed": None if found.signed_at is None else moment(found.signed_at),
        "server": b64u(server) if server else None,
    }


def signed_lines(said: Mapping[str, object]) -> Iterator[str]:
    """The same, for people."""
    if said["identity"] is None:
        yield f"by somebody who says to be “{inert(str(said['name']))}”: nobody has checked that"
        return
    yield f"signed by {inert(str(said['name']))}, identity {said['identity']}"
    if not said["asked"]:
        yield "nobody could be asked about this identity and device when it came"
        return
    by = said["attested_by"]
    yield f"checked by {inert(str(by)) if by else 'nobody'}; seen {said['signed']}"
    yield f"by the server with the key {said['server']}"
    if said["twice"]:
        yield "signed a second time, in a way that a quantum computer cannot forge either"


def practice_of(behind: Behind) -> dict[str, object]:
    """Whose permit it is, and what was checked of them, for programs."""
    record = behind.record
    return {
        "identity": b64u(record.card.identity),
        "name": record.card.card.name,
        "profession": record.card.card.profession,
        "attested_by": record.attestation.registrar if record.attestation else None,
        "asked": behind.asked,
    }


def practice_lines(said: Mapping[str, object]) -> Iterator[str]:
    """The same, for people."""
    who = ", ".join(inert(str(said[name])) for name in ("name", "profession") if said[name])
    yield f"It goes to {who}, identity {said['identity']}"
    by = said["attested_by"]
    yield f"checked by {inert(str(by)) if by else 'nobody'}"
    if not said["asked"]:
        yield "nobody could be asked whether the device that gave this permit was withdrawn"
