"""`GET /v1/socket`."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web
from prometheus_client import Gauge

from server.requests.addresses import client_of
from server.rooms.lobby import Lobby
from server.rooms.turn import Turn
from server.services import SERVICES
from server.sockets.connection import Shared
from server.sockets.gateway import Gateway
from server.sockets.revocations import Revocations
from server.sockets.watches import Watches
from signaling.meters import Pace


def setup(
    app: web.Application,
    lobby: Lobby,
    watches: Watches,
    revocations: Revocations,
    clock: Callable[[], float],
) -> None:
    """Let connections in. `clock` gives Unix seconds and never goes backwards."""
    services = app[SERVICES]
    config = services.config
    limits = config.limits.rooms
    turn = Turn(config.turn_urls, config.turn_secret, config.turn_seconds, services.random)
    pace = Pace(limits.frames, limits.bytes)
    gateway = Gateway(
        Shared(config.origin, lobby, watches, revocations, turn, limits, pace, clock),
        services.addresses,
        lambda request: client_of(request, config.trusted_proxies),
        services.random,
        config.limits.drain_seconds,
    )
    registry = services.metrics.registry
    open_now = Gauge("aparte_connections", "WebSockets that are open.", registry=registry)
    open_now.set_function(gateway.__len__)
    app.router.add_get("/v1/socket", gateway.serve)
    app.cleanup_ctx.append(revocations.running)
    app.cleanup_ctx.append(gateway.running)
    app.on_shutdown.append(gateway.drain)
