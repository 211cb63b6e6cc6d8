"""Token buckets, kept as the time at which the bucket will be full again (GCRA)."""

from __future__ import annotations

from signaling.limits import Rate


class Meter:
    """A bucket that starts full. Time, in seconds, is passed in and may not go backwards."""

    __slots__ = ("_full_at",)

    def __init__(self) -> None:
        self._full_at = 0.0

    def take(self, amount: float, rate: Rate, now: float) -> bool:
        """Take `amount` out; False, with nothing taken, when there is not so much."""
        full_at = max(self._full_at, now) + amount / rate.rate
        if full_at - now > rate.burst / rate.rate:
            return False
        self._full_at = full_at
        return True

    def is_full(self, now: float) -> bool:
        return self._full_at <= now
