"""Who wants to know is told: notes on topics, at most once, and never the truth itself.

A note says that something has changed. Notes may get lost; where some may have been, whoever asked
for that is told so, and looks by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import structlog

_log: structlog.stdlib.BoundLogger = structlog.get_logger()

Listener = Callable[[bytes], None]


class Bus(Protocol):
    """Passes notes between the parts of one server, in whatever process they run."""

    async def open(self) -> None:
        """Begin. Raises StorageFailed."""

    async def close(self) -> None: ...

    def publish(self, topic: bytes, note: bytes) -> None:
        """Tell whoever listens, soon, once or not at all, in order. Never waits, never raises."""

    async def listen(self, topic: bytes, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each note once this comes back. Gives what ends that.

        Raises StorageFailed where the bus cannot be heard.
        """

    def when_missed(self, told: Callable[[], None]) -> None:
        """Call `told` whenever notes may have been missed, and all topics are heard again."""


class Topics:
    """The listeners of one process."""

    def __init__(self) -> None:
        self._listeners: dict[bytes, list[Listener]] = {}

    def __iter__(self) -> Iterator[bytes]:
        return iter(list(self._listeners))

    def add(self, topic: bytes, listener: Listener) -> bool:
        """Whether it is the first one of its topic."""
        listeners = self._listeners.setdefault(topic, [])
        listeners.append(listener)
        return len(listeners) == 1

    def remove(self, topic: bytes, listener: Listener) -> bool:
        """Whether it was the last one of its topic."""
        left = self._listeners.get(topic, [])
        if listener not in left:
            return False
        left.remove(listener)
        if not left:
            del self._listeners[topic]
        return not left

    def tell(self, topic: bytes, note: bytes) -> None:
        # A copy: who is told may stop listening.
        for listener in list(self._listeners.get(topic, ())):
            try:
                listener(note)
            except Exception:  # noqa: BLE001 - whatever a listener raises
                # A note that this version cannot read must not end the hearing of all others.
                _log.exception("note_not_taken")


class LocalBus:
    """The bus of a single process: everybody is told at once, and nothing is ever missed."""

    def __init__(self) -> None:
        self._topics = Topics()

    async def open(self) -> None:
        """Nothing is to be done."""

    async def close(self) -> None:
        """Nothing is to be done."""

    def publish(self, topic: bytes, note: bytes) -> None:
        self._topics.tell(topic, note)

    async def listen(self, topic: bytes, listener: Listener) -> Callable[[], None]:
        self._topics.add(topic, listener)

        def stop() -> None:
            self._topics.remove(topic, listener)

        return stop

    def when_missed(self, told: Callable[[], None]) -> None:
        """It never is."""
