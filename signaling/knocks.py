"""How often keys may knock: buckets per key and per room, and the pause after a refusal."""

from __future__ import annotations

from signaling.errors import ErrorCode
from signaling.limits import Limits
from signaling.meters import Meter
from signaling.states import Refused

# A seat's number and a guest key.
Who = tuple[int, bytes]


class Knocks:
    __slots__ = ("_all", "_by_key", "_paused_until")

    def __init__(self) -> None:
        self._all = Meter()
        self._by_key: dict[Who, Meter] = {}
        self._paused_until: dict[Who, float] = {}

    def count(self, who: Who, limits: Limits, now: float) -> None:
        """Raises `Refused` with `knock_too_soon`."""
        if now < self._paused_until.get(who, now):
            raise Refused(ErrorCode.KNOCK_TOO_SOON)
        # The room's bucket comes last: a key that is over its own rate takes nothing from others.
        meter = self._by_key.setdefault(who, Meter())
        own = meter.take(1, limits.knocks_of_key, now)
        if not (own and self._all.take(1, limits.knocks_of_room, now)):
            raise Refused(ErrorCode.KNOCK_TOO_SOON)

    def pause(self, who: Who, limits: Limits, now: float) -> None:
        self._paused_until[who] = now + limits.refusal_pause

    def forget(self, now: float) -> None:
        """Drop what no longer holds anybody back."""
        self._by_key = {who: meter for who, meter in self._by_key.items() if not meter.is_full(now)}
        self._paused_until = {
            who: until for who, until in self._paused_until.items() if until > now
        }

    def is_clear(self, now: float) -> bool:
        return not self._by_key and not self._paused_until and self._all.is_full(now)
