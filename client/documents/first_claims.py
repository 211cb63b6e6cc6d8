"""The first claim of each cell that a server showed: it may never show another (Dispensing)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from client.sealing.cell import CellKeys, Claimed
from client.sealing.errors import SealError
from client.sealing.two_claims import TwoClaims, differ, read_two_claims
from client.vault import Keeper


@dataclass
class FirstClaims:
    """What one server, at `origin`, showed of claims. `lied` from the first that was another's.

    Both are kept then, and found again by whoever reads that cell later on this device.
    """

    origin: str
    server: bytes
    kept: Keeper = field(repr=False)
    clock: Callable[[], float]
    lied: bool = False
    proofs: dict[bytes, bytes] = field(default_factory=dict, repr=False)
    _first: dict[bytes, Claimed] = field(default_factory=dict, repr=False)

    def see(self, keys: CellKeys, claimed: Claimed | None) -> None:
        """A cell was read: remember its first claim, and keep both where it has another now."""
        self._remind(keys)
        known = self._first.get(keys.id)
        if known is None:
            if claimed is not None:
                self._first[keys.id] = claimed
        elif claimed is None:
            # A claim is for good. That it is gone shows to us, and proves nothing to others.
            self.lied = True
        elif differ(known, claimed):
            self._prove(keys, known, claimed)

    def remember(self, other: FirstClaims) -> None:
        """Go on from what another has seen at the same server."""
        self._first |= other._first
        self.proofs |= other.proofs
        self.lied = self.lied or other.lied

    def _prove(self, keys: CellKeys, known: Claimed, claimed: Claimed) -> None:
        self.lied = True
        if keys.id in self.proofs:
            return
        seen = datetime.fromtimestamp(self.clock(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        both = (known, claimed)
        proof = TwoClaims(self.origin, self.server, keys.id, keys.claim, seen, both).encode()
        self.kept.put(_name(keys), proof)
        self.proofs[keys.id] = proof

    def _remind(self, keys: CellKeys) -> None:
        """Of what an earlier process kept."""
        if keys.id in self.proofs:
            return
        raw = self.kept.get(_name(keys))
        if raw is None:
            return
        try:
            found = read_two_claims(raw)
        except SealError:
            return
        if (found.cell, found.key, found.server) == (keys.id, keys.claim, self.server):
            self.lied = True
            self.proofs[keys.id] = raw


def _name(keys: CellKeys) -> str:
    return f"two-claims-{keys.id.hex()}"
