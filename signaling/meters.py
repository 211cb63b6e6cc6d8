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


class Pace:
    """What a `Flow` may carry: two rates, worked out once for all flows."""

    __slots__ = ("byte", "byte_depth", "frame", "frame_depth")

    def __init__(self, frames: Rate, size: Rate) -> None:
        # Seconds that one frame or byte costs, and how many of them may be ahead of time.
        self.frame = 1 / frames.rate
        self.byte = 1 / size.rate
        self.frame_depth = frames.burst / frames.rate
        self.byte_depth = size.burst / size.rate


class Flow:
    """Two buckets taken from together, frames and bytes: what every frame goes through."""

    __slots__ = ("_bytes_at", "_frames_at")

    def __init__(self) -> None:
        self._frames_at = 0.0
        self._bytes_at = 0.0

    def take(self, frames: int, size: int, pace: Pace, now: float) -> bool:
        """As `Meter.take`, of both or of neither."""
        # In seconds ahead of now; flat, because this runs for every frame that is relayed.
        frames_ahead = frames * pace.frame
        bytes_ahead = size * pace.byte
        if self._frames_at > now:
            frames_ahead += self._frames_at - now
        if self._bytes_at > now:
            bytes_ahead += self._bytes_at - now
        if frames_ahead > pace.frame_depth or bytes_ahead > pace.byte_depth:
            return False
        self._frames_at = now + frames_ahead
        self._bytes_at = now + bytes_ahead
        return True
