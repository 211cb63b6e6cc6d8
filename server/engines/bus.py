"""Who wants to know is told: notes on topics, at most once, and never the truth itself.

A note says that something durable has changed. Whoever hears none looks by itself, later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Listener = Callable[[bytes], None]


class Bus(Protocol):
    """Passes notes between the parts of one server, in whatever process they run."""

    def publish(self, topic: bytes, note: bytes) -> None:
        """Tell whoever listens, soon, once or not at all. Never waits, never raises."""

    def listen(self, topic: bytes, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each note from now on. Gives what ends that."""


class LocalBus:
    """The bus of a single process: everybody is told at once."""

    def __init__(self) -> None:
        self._listeners: dict[bytes, list[Listener]] = {}

    def publish(self, topic: bytes, note: bytes) -> None:
        # A copy: who is told may stop listening.
        for listener in list(self._listeners.get(topic, ())):
            listener(note)

    def listen(self, topic: bytes, listener: Listener) -> Callable[[], None]:
        self._listeners.setdefault(topic, []).append(listener)

        def stop() -> None:
            left = self._listeners.get(topic, [])
            if listener in left:
                left.remove(listener)
            if not left:
                self._listeners.pop(topic, None)

        return stop
