"""Messages on their way in: put in order, and given once."""

from __future__ import annotations

MAX_EARLY = 256


class Inbox:
    """What one exchange has brought. `taken` is the highest number up to which nothing misses."""

    def __init__(self, taken: int = 0) -> None:
        self.taken = taken
        self._early: dict[int, bytes] = {}

    def take(self, n: int, message: bytes) -> list[bytes]:
        """Add message `n`, none for 0; give those that are now in order."""
        if self.taken < n <= self.taken + MAX_EARLY:
            self._early.setdefault(n, message)
        ready: list[bytes] = []
        while self.taken + 1 in self._early:
            self.taken += 1
            ready.append(self._early.pop(self.taken))
        return ready
