"""Who of several processes has a thing in hand: leases that end by themselves.

A lease keeps processes from working against each other. It is no proof: what is stored is guarded
where it is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Leases(Protocol):
    """The leases of one process."""

    async def open(self) -> None: ...

    async def close(self) -> None:
        """Give everything back."""

    async def holder(self, name: bytes) -> bytes | None:
        """Take a lease, if it is free: None where it is ours now, else who has it.

        Raises StorageFailed where that cannot be known.
        """

    def release(self, name: bytes) -> None:
        """It is not needed any more."""

    def when_lost(self, told: Callable[[bytes], None]) -> None:
        """Call `told` with the name of a lease that somebody else has taken."""


class LocalLeases:
    """Those of the only process there is."""

    async def open(self) -> None:
        """Nothing is to be done."""

    async def close(self) -> None:
        """Nothing is to be done."""

    async def holder(self, _name: bytes) -> bytes | None:
        return None

    def release(self, name: bytes) -> None:
        """Nothing is to be done."""

    def when_lost(self, told: Callable[[bytes], None]) -> None:
        """They never are."""
