"""What every part of the server is handed: one object, under one key of the application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from server.config import Config
from server.engines.bus import Bus
from server.engines.database import Database
from server.metrics import Metrics
from server.requests.addresses import Addresses
from server.requests.nonces import Nonces

# The identity key of the practitioner whose device in force a key is, or None.
IdentityOf = Callable[[bytes], Awaitable[bytes | None]]


@dataclass
class Services:
    """`clock` gives Unix seconds, `random` as many bytes. `draining`: we are going down."""

    config: Config
    database: Database
    nonces: Nonces
    addresses: Addresses
    metrics: Metrics
    bus: Bus
    clock: Callable[[], float]
    random: Callable[[int], bytes]
    draining: bool = False


SERVICES = web.AppKey("services", Services)


def steady(clock: Callable[[], float]) -> Callable[[], float]:
    """A clock that stands still while `clock` goes backwards."""
    latest = 0.0

    def now() -> float:
        nonlocal latest
        latest = max(latest, clock())
        return latest

    return now
