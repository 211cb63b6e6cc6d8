"""`POST /v1/rooms` and `GET /v1/socket`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web
from prometheus_client import Gauge

from server.requests import idempotency
from server.requests.addresses import client_of
from server.requests.encoding import b64u
from server.requests.idempotency import Answer
from server.requests.refusals import Refused
from server.requests.signatures import signed
from server.rooms import rules, store
from server.rooms.connection import Shared
from server.rooms.gateway import Gateway
from server.rooms.lobby import Lobby
from server.rooms.store import SqlRooms
from server.rooms.turn import Turn
from server.services import SERVICES, Services
from signaling.errors import ErrorCode
from signaling.meters import Pace

# The identity key of an enrolled device, or None.
IdentityOf = Callable[[bytes], Awaitable[bytes | None]]


class Rooms:
    """The HTTP side: making a room. All else about it is said over the socket."""

    def __init__(self, services: Services, identity_of: IdentityOf) -> None:
        self._services = services
        self._identity_of = identity_of

    async def create(self, request: web.Request) -> web.Response:
        """Make a room hosted by the signer. 201 `{"room", "expires"}`.

        Raises besides the signature's codes `not_enrolled`, `bad_request`, `room_full`,
        `already_exists`, `quota_exceeded`, `idempotency_conflict`, `storage_failed`.
        """
        services = self._services
        head = await signed(request)
        identity = await self._identity_of(head.key)
        if identity is None:
            raise Refused(ErrorCode.NOT_ENROLLED)
        now, limits = int(services.clock()), services.config.limits
        record = rules.read(head.body, head.key, identity, limits, now)
        async with services.database.write() as connection:
            earlier = await idempotency.recall(connection, head, now)
            if earlier is not None:
                return earlier.response()
            if await store.find(connection, record.id) is not None:
                raise Refused(ErrorCode.ALREADY_EXISTS)
            if await store.count_open(connection, identity, now) >= limits.open_rooms:
                raise Refused(ErrorCode.QUOTA_EXCEEDED)
            await store.create(connection, record)
            made = {"room": b64u(record.id), "expires": record.expires}
            answer = Answer(201, msgspec.json.encode(made))
            await idempotency.remember(connection, head, answer, now + limits.idempotency_seconds)
        return answer.response()


def setup(app: web.Application, identity_of: IdentityOf) -> None:
    """Add the room primitive to an application that has its `SERVICES`."""
    services = app[SERVICES]
    config = services.config
    limits = config.limits.rooms
    clock = steady(services.clock)
    turn = Turn(config.turn_urls, config.turn_secret, config.turn_seconds, services.random)
    lobby = Lobby(SqlRooms(services.database), limits, clock)
    gateway = Gateway(
        Shared(config.origin, lobby, turn, limits, Pace(limits.frames, limits.bytes), clock),
        services.addresses,
        lambda request: client_of(request, config.trusted_proxies),
        services.random,
        config.limits.drain_seconds,
    )
    registry = services.metrics.registry
    open_now = Gauge("aparte_connections", "WebSockets that are open.", registry=registry)
    open_now.set_function(gateway.__len__)
    in_memory = Gauge("aparte_rooms", "Rooms in memory.", registry=registry)
    in_memory.set_function(lobby.__len__)
    app.router.add_post("/v1/rooms", Rooms(services, identity_of).create)
    app.router.add_get("/v1/socket", gateway.serve)
    app.cleanup_ctx.append(gateway.running)
    app.on_shutdown.append(gateway.drain)


def steady(clock: Callable[[], float]) -> Callable[[], float]:
    """A clock that stands still while `clock` goes backwards."""
    latest = 0.0

    def now() -> float:
        nonlocal latest
        latest = max(latest, clock())
        return latest

    return now
