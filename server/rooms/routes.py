"""`POST /v1/rooms`: the HTTP side of rooms."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from aiohttp import web
from prometheus_client import Gauge
from sqlalchemy import Connection

from server.engines.leases import Leases
from server.requests import idempotency
from server.requests.encoding import b64u
from server.requests.idempotency import Answer
from server.requests.refusals import Refused
from server.requests.signatures import signed
from server.rooms import rules, store
from server.rooms.lobby import Lobby
from server.rooms.nodes import Nodes
from server.rooms.store import SqlRooms
from server.services import SERVICES, IdentityOf, Services
from signaling.errors import ErrorCode


class Rooms:
    """The HTTP side: making a room. All else about it is said over the socket."""

    def __init__(self, services: Services, identity_of: IdentityOf) -> None:
        self._services = services
        self._identity_of = identity_of

    async def create(self, request: web.Request) -> web.Response:
        """Make a room hosted by the signer's practitioner. 201 `{"room", "expires"}`.

        Raises besides the signature's codes `not_enrolled`, `bad_request`, `room_full`,
        `already_exists`, `quota_exceeded`, `idempotency_conflict`, `storage_failed`.
        """
        services = self._services
        head = await signed(request)
        identity = await self._identity_of(head.key)
        if identity is None:
            raise Refused(ErrorCode.NOT_ENROLLED)
        limits = services.config.limits
        record = rules.read(head.body, identity, limits, int(services.clock()))

        def write(connection: Connection, now: float) -> Answer:
            if store.find(connection, record.id) is not None:
                raise Refused(ErrorCode.ALREADY_EXISTS)
            if store.count_open(connection, identity, int(now)) >= limits.open_rooms:
                raise Refused(ErrorCode.QUOTA_EXCEEDED)
            store.create(connection, record)
            made = {"room": b64u(record.id), "expires": record.expires}
            return Answer(201, msgspec.json.encode(made))

        return (await idempotency.once(services, head, write)).response()


def setup(
    app: web.Application,
    identity_of: IdentityOf,
    leases: Leases,
    nodes: Nodes,
    clock: Callable[[], float],
) -> Lobby:
    """Add the room primitive to an application that has its `SERVICES`.

    `clock` gives Unix seconds and never goes backwards. Gives what connections enter.
    """
    services = app[SERVICES]
    store_of_rooms = SqlRooms(services.database)
    limits = services.config.limits.rooms
    lobby = Lobby(store_of_rooms, identity_of, leases, nodes, limits, clock)
    in_memory = Gauge("aparte_rooms", "Rooms in memory.", registry=services.metrics.registry)
    in_memory.set_function(lobby.__len__)
    app.router.add_post("/v1/rooms", Rooms(services, identity_of).create)
    return lobby
