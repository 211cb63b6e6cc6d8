"""Messages on their way out: numbered per exchange, resent until acknowledged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

MAX_IN_FLIGHT = 256
_DELAYS = (1.0, 2.0, 4.0, 8.0)


def delay(attempt: int) -> float:
    """Seconds to wait before sending again: 1, 2, 4, 8, 8… for the attempts 0, 1, 2 and on."""
    return _DELAYS[min(attempt, len(_DELAYS) - 1)]


@dataclass
class _Item:
    message: bytes = field(repr=False)
    durable: bool
    # None until the message has gone out in this exchange.
    n: int | None = None
    at: float = 0.0
    attempt: int = 0


class Outbox:
    def __init__(self, waiting: Iterable[tuple[bytes, bool]] = ()) -> None:
        self._items = [_Item(message, durable) for message, durable in waiting]
        self._last = 0

    @classmethod
    def sent(
        cls, messages: tuple[bytes, ...], durable_id: Callable[[bytes], bytes | None]
    ) -> Outbox:
        """Messages that an *accept* carries: numbered, and due when the exchange begins."""
        outbox = cls((message, durable_id(message) is not None) for message in messages)
        for n, item in enumerate(outbox._items, 1):
            item.n = outbox._last = n
        return outbox

    def __len__(self) -> int:
        return len(self._items)

    def add(self, message: bytes, *, durable: bool) -> None:
        self._items.append(_Item(message, durable))

    def durable(self) -> tuple[bytes, ...]:
        """What has to survive a reload, in order."""
        return tuple(item.message for item in self._items if item.durable)

    def renumber(self) -> None:
        """A new exchange: durable messages start over, passing ones that were sent are dropped."""
        self._items = [item for item in self._items if item.durable or item.n is None]
        for item in self._items:
            item.n, item.attempt = None, 0
        self._last = 0

    def fresh(self, now: float) -> list[tuple[int, bytes]]:
        """Number what may go out for the first time, and give it."""
        out: list[tuple[int, bytes]] = []
        in_flight = sum(item.n is not None for item in self._items)
        for item in self._items[in_flight:MAX_IN_FLIGHT]:
            self._last += 1
            item.n, item.attempt, item.at = self._last, 0, now + delay(0)
            out.append((item.n, item.message))
        return out

    def due(self, now: float) -> list[tuple[int, bytes]]:
        """Give what was not acknowledged in time, and set its next time."""
        out: list[tuple[int, bytes]] = []
        for item in self._items:
            if item.n is not None and now >= item.at:
                item.attempt += 1
                item.at = now + delay(item.attempt)
                out.append((item.n, item.message))
        return out

    def hurry(self, now: float) -> None:
        for item in self._items:
            item.at, item.attempt = now, 0

    def next_at(self) -> float | None:
        return min((item.at for item in self._items if item.n is not None), default=None)

    @property
    def last(self) -> int:
        """The highest number given out in this exchange."""
        return self._last

    def acknowledge(self, ack: int) -> bool:
        """Forget what was taken; tell whether anything was."""
        before = len(self._items)
        self._items = [item for item in self._items if item.n is None or item.n > ack]
        return len(self._items) < before
