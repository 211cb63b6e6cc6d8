"""One thing after the other: nothing happens in a room while a change waits for the disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Generic

from signaling.effects import Effect, Save
from signaling.people import L
from signaling.record import RoomRecord

# What happens at a time, in seconds.
Event = Callable[[float], list[Effect[L]]]


class Turns(Generic[L]):
    """The record, the one change of it that may be pending, and the events that wait for it."""

    __slots__ = ("_backlog", "_pending", "record")

    def __init__(self, record: RoomRecord) -> None:
        self.record = record
        self._pending: tuple[RoomRecord, Event[L], Effect[L]] | None = None
        self._backlog: list[Event[L]] = []

    @property
    def busy(self) -> bool:
        return self._pending is not None

    def take(self, event: Event[L], now: float) -> list[Effect[L]]:
        """Let `event` happen, now or when the change before it is settled."""
        if self.busy:
            self._backlog.append(event)
            return []
        return event(now)

    def change(
        self, record: RoomRecord, then: Event[L], failed: Effect[L], now: float
    ) -> list[Effect[L]]:
        """Do `then` once `record` is durable, which it already is when it is the same."""
        if record == self.record:
            return then(now)
        changed = replace(record, revision=record.revision + 1)
        self._pending = (changed, then, failed)
        return [Save(changed)]

    def settle(self, saved: bool, now: float) -> list[Effect[L]]:
        """The disk has answered: the pending change takes place, or its author is told."""
        if self._pending is None:
            raise RuntimeError("no change is pending")
        record, then, failed = self._pending
        self._pending = None
        if saved:
            self.record = record
            effects = then(now)
        else:
            effects = [failed]
        while self._backlog and not self.busy:
            effects += self._backlog.pop(0)(now)
        return effects
