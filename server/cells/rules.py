"""Who may do what with a cell, and which version may follow. Pure."""

from __future__ import annotations

from server.cells.links import NOBODY, START, Claim, Link
from server.cells.store import Cell
from server.requests.refusals import Refused
from signaling.errors import ErrorCode


def require_own(link: Link, cell: bytes, signer: bytes) -> None:
    """A version of this very cell, by who signs the request. Raises `bad_request`."""
    if link.id != cell or link.owner != signer:
        raise Refused(ErrorCode.BAD_REQUEST, "The link is of another cell, or of another owner.")


def require_first(link: Link) -> None:
    """Raises `stale_version`."""
    if link.version != 1 or link.previous != START:
        raise Refused(ErrorCode.STALE_VERSION, "A cell begins with version 1.")


def require_next(found: Cell | None, link: Link) -> Cell:
    """Raises `not_found`, `cell_closed`, `stale_version` or `bad_request`."""
    found = owned(found, link.owner)
    if found.closed:
        raise Refused(ErrorCode.CELL_CLOSED)
    if link.version != found.version + 1 or link.previous != found.newest:
        raise Refused(ErrorCode.STALE_VERSION)
    if (link.read, link.claim) != (found.read, found.claim):
        raise Refused(ErrorCode.BAD_REQUEST, "The keys of a cell never change.")
    return found


def owned(found: Cell | None, signer: bytes) -> Cell:
    """Raises `not_found` for whoever is not the owner."""
    if found is None or found.owner != signer:
        raise Refused(ErrorCode.NOT_FOUND)
    return found


def readable(found: Cell | None, signer: bytes) -> Cell:
    """Raises `not_found` for whoever may not read."""
    if found is None or signer not in {found.owner, found.read, found.claim} - {NOBODY}:
        raise Refused(ErrorCode.NOT_FOUND)
    return found


def claimable(found: Cell | None, signer: bytes) -> Cell:
    """Raises `not_found` for whoever does not hold the claim key."""
    if found is None or found.claim == NOBODY or found.claim != signer:
        raise Refused(ErrorCode.NOT_FOUND)
    return found


def earlier_claim(found: Cell, claim: Claim) -> bytes | None:
    """What this very claim was answered before. Raises `already_claimed` or `cell_closed`."""
    if found.claimed is not None:
        if found.claimed[:64] != claim.claimant + claim.receipt:
            raise Refused(ErrorCode.ALREADY_CLAIMED)
        return found.claimed
    if found.closed:
        raise Refused(ErrorCode.CELL_CLOSED)
    return None
