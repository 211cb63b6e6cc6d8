"""How long a transfer waits for a network that is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_FIRST, _LONGEST = 1.0, 30.0


class Patience:
    """Waits longer from one attempt to the next, until so many `seconds` in all brought nothing."""

    def __init__(self, seconds: float, told: Callable[[], None] = lambda: None) -> None:
        self._seconds = seconds
        self._told = told
        self._left = seconds
        self._next = _FIRST

    def renew(self) -> None:
        """Something arrived."""
        self._left, self._next = self._seconds, _FIRST

    async def wait(self, error: Exception) -> None:
        """Raises `error` where it is over."""
        if self._left <= 0:
            raise error
        self._told()
        pause = min(self._next, self._left)
        self._left -= pause
        self._next = min(2 * self._next, _LONGEST)
        await asyncio.sleep(pause)
