"""A device that was revoked is sent away at once, whatever process its connections are on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import structlog
from aiohttp import WSCloseCode, web

from server.engines.bus import Bus
from server.engines.faults import StorageFailed
from server.services import IdentityOf
from server.sockets.pipe import Pipe
from signaling.errors import ErrorCode

_log: structlog.stdlib.BoundLogger = structlog.get_logger()
_TOPIC = b"revoked"


def revoker(bus: Bus) -> Callable[[bytes], None]:
    """Make what tells every process that a device's key is no longer in force."""

    def revoked(device: bytes) -> None:
        bus.publish(_TOPIC, device)

    return revoked


class Revocations:
    """Which connections a practitioner's device has. The database says what is in force."""

    __slots__ = ("_bus", "_identity_of", "_keys", "_looking", "_pipes")

    def __init__(self, bus: Bus, identity_of: IdentityOf) -> None:
        self._bus = bus
        self._identity_of = identity_of
        self._pipes: dict[bytes, set[Pipe]] = {}
        self._keys: dict[Pipe, set[bytes]] = {}
        self._looking: asyncio.Task[None] | None = None

    def add(self, device: bytes, pipe: Pipe) -> bool:
        """A connection has proven the key of what may be a device. Whether that is new."""
        keys = self._keys.setdefault(pipe, set())
        if device in keys:
            return False
        keys.add(device)
        self._pipes.setdefault(device, set()).add(pipe)
        return True

    def discard(self, device: bytes, pipe: Pipe) -> None:
        """It was let in nowhere with that key."""
        keys = self._keys.get(pipe)
        if keys is None or device not in keys:
            return
        keys.discard(device)
        if not keys:
            del self._keys[pipe]
        pipes = self._pipes[device]
        pipes.discard(pipe)
        if not pipes:
            del self._pipes[device]

    def remove(self, pipe: Pipe) -> None:
        """The connection is gone."""
        for device in list(self._keys.get(pipe, ())):
            self.discard(device, pipe)

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """Listen for as long as the application runs. Raises StorageFailed."""
        self._bus.when_missed(self._look_again)
        stop = await self._bus.listen(_TOPIC, self._revoked)
        yield
        stop()
        if self._looking is not None:
            self._looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._looking

    def _revoked(self, device: bytes) -> None:
        for pipe in list(self._pipes.get(device, ())):
            pipe.end(ErrorCode.NOT_ENROLLED, WSCloseCode.POLICY_VIOLATION)

    def _look_again(self) -> None:
        """Notes may have been missed."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        for device in list(self._pipes):
            try:
                if await self._identity_of(device) is None:
                    self._revoked(device)
            except StorageFailed:
                _log.exception("revocation_not_looked_at")
