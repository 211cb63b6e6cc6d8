"""The composition root: the only file that knows every part and hands each what it stands on."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec
from aiohttp import web
from sqlalchemy import Connection

from server import health, pages
from server.blobs import counters, keeping
from server.blobs import routes as blobs
from server.blobs.rules import Gate
from server.cells import routes as cell_routes
from server.cells.routes import Cells
from server.config import Config
from server.door import DOOR, Door
from server.engines.bus import Bus, LocalBus
from server.engines.database import Database
from server.engines.files import Files
from server.engines.folder import claimed
from server.engines.leases import Leases, LocalLeases
from server.engines.server_key import ServerKey
from server.engines.sqlite import Sqlite
from server.mailboxes import routes as mailbox_routes
from server.mailboxes.routes import Mailboxes
from server.metrics import Metrics
from server.practitioners import routes as practitioners
from server.practitioners.codes import Codes
from server.practitioners.routes import Registry
from server.practitioners.store import Practitioners, forget_used_codes
from server.requests import idempotency
from server.requests.addresses import Addresses
from server.requests.encoding import b64u
from server.requests.headers import adding_headers, known_host
from server.requests.nonces import Nonces
from server.requests.refusals import Handler, refusing
from server.requests.watching import watching
from server.rooms import routes as rooms
from server.rooms.nodes import Nodes
from server.rooms.notes import NODE_BYTES
from server.rooms.store import SqlRooms, forget_expired
from server.services import SERVICES, Services, steady
from server.sockets import routes as sockets
from server.sockets.revocations import Revocations, revoker
from server.sockets.watches import Watches, mourner, teller
from server.sweeper import Chore, sweeping
from server.vouchers import routes as vouchers
from server.vouchers import store as voucher_store
from signaling.watches import Kind

# What only several processes need is loaded where it is used: it would be a fifth of the time that
# every command takes to start.


def database_of(config: Config) -> Database:
    """The database that the settings name; nothing is opened yet."""
    if config.database:
        from server.engines.postgres import Postgres  # noqa: PLC0415

        return Database(Postgres(config.database))
    return Database(Sqlite(config.data / "aparte.sqlite"))


def codes_of(data: Path) -> Codes:
    return Codes(data / "codes")


def bus_of(config: Config) -> Bus:
    """What this process and those beside it tell each other on."""
    if config.redis:
        from server.engines.redis_bus import RedisBus, redis_of  # noqa: PLC0415

        return RedisBus(redis_of(config.redis), namespace_of(config))
    return LocalBus()


def leases_of(config: Config, me: bytes) -> Leases:
    """What tells the processes of one server which of them has a room."""
    if config.redis:
        from server.engines.redis_bus import redis_of  # noqa: PLC0415
        from server.engines.redis_leases import RedisLeases  # noqa: PLC0415

        return RedisLeases(redis_of(config.redis), namespace_of(config), me)
    return LocalLeases()


def namespace_of(config: Config) -> bytes:
    """Servers that share a Redis are told apart by their origins."""
    return hashlib.sha256(config.origin.encode()).digest()[:8]


@dataclass(frozen=True)
class _Engines:
    """What the primitives stand on."""

    database: Database
    files: Files
    bus: Bus
    leases: Leases
    key: ServerKey

    @asynccontextmanager
    async def running(self, config: Config) -> AsyncIterator[None]:
        """Open all of it for as long as the block runs. Raises StorageFailed."""
        async with AsyncExitStack() as stack:
            shared = config.database != "" and config.redis != ""
            claim = await stack.enter_async_context(claimed(config.data, shared=shared))
            await self.key.open()
            await self.database.open()
            stack.push_async_callback(self.database.close)
            await self.bus.open()
            stack.push_async_callback(self.bus.close)
            await self.leases.open()
            stack.push_async_callback(self.leases.close)
            await self.files.open()
            if claim.alone:
                await keeping.erase_strangers(self.database, self.files)
            if shared:
                claim.share()
            yield


def create_app(
    config: Config,
    *,
    webroot: Path = pages.WEBROOT,
    clock: Callable[[], float] = time.time,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> web.Application:
    """Put the server together. Nothing is opened before aiohttp starts it up."""
    limits = config.limits
    database, files = database_of(config), Files(config.data / "blobs")
    codes, members = codes_of(config.data), Practitioners(database)
    metrics = Metrics()
    bus, key = bus_of(config), ServerKey(config.data, random)
    me = random(NODE_BYTES)
    leases, nodes = leases_of(config, me), Nodes(bus, me, random)
    engines = _Engines(database, files, bus, leases, key)
    nonces = Nonces(key.mac, limits.nonce_seconds, clock, random)
    addresses = Addresses(limits.address_connections)
    services = Services(config, database, nonces, addresses, metrics, bus, clock, random)

    door = Door(limits.address_heads, config.trusted_proxies, limits.send_seconds)

    app = web.Application(
        middlewares=[door.middleware(), watching(metrics), refusing(metrics), known_host]
    )
    app[SERVICES] = services
    app[DOOR] = door
    app.on_response_prepare.append(adding_headers(services))
    mailboxes = Mailboxes(services, teller(bus, Kind.MAILBOX), mourner(bus, Kind.MAILBOX))
    cells = Cells(services, key, teller(bus, Kind.CELL), mourner(bus, Kind.CELL))
    chores: list[Chore] = [
        _swept(door),
        codes.sweep,
        partial(keeping.erase_expired, database, files),
        _written(database, counters.forget_old),
        _written(database, idempotency.forget_old),
        _written(database, forget_used_codes),
        mailboxes.sweep,
        cells.sweep,
        _written(database, voucher_store.forget_expired),
        _written(database, partial(forget_expired, epitaph=limits.rooms.epitaph)),
        _settled(database),
    ]

    async def opened(_app: web.Application) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(engines.running(config))
            await stack.enter_async_context(nodes.running(lobby))
            await stack.enter_async_context(sweeping(chores, limits.sweep_seconds, clock))
            yield

    app.cleanup_ctx.append(opened)
    health.setup(app)
    app.router.add_get("/v1/nonce", _nonce, allow_head=False)
    app.router.add_get("/v1/server", _server(config, key), allow_head=False)
    registry = Registry(services, codes, key, config.registrar, members.identity_of, revoker(bus))
    practitioners.setup(app, registry)
    vouchers.setup(app, members.identity_of)
    forward = steady(clock)
    lobby = rooms.setup(app, members.identity_of, leases, nodes, forward)
    mailbox_routes.setup(app, mailboxes, members.identity_of)
    cell_routes.setup(app, cells, members.identity_of)
    watches = Watches(bus, {Kind.MAILBOX: mailboxes.latest, Kind.CELL: cells.latest})
    sockets.setup(app, lobby, watches, Revocations(bus, members.identity_of), forward)
    hosted = SqlRooms(database)
    gate = Gate(
        limits,
        members.identity_of,
        lambda room, guest_key: hosted.is_admitted(room, guest_key, clock()),
    )
    app[keeping.BLOBS] = keeping.Blobs(gate, files)
    blobs.setup(app, members.identity_of)
    pages.setup(app, webroot)
    return app


async def _nonce(_request: web.Request) -> web.Response:
    """204, for its header."""
    return web.Response(status=204)


def _server(config: Config, key: ServerKey) -> Handler:
    """Who we are: the origin that signatures name, our key, and that of our registrar."""
    registrar = config.registrar and b64u(config.registrar)

    async def get(_request: web.Request) -> web.Response:
        body = msgspec.json.encode(
            {"origin": config.origin, "key": b64u(key.public), "registrar": registrar}
        )
        return web.Response(body=body, content_type="application/json")

    return get


def _swept(door: Door) -> Chore:
    async def run(_now: float) -> None:
        door.sweep()

    return run


def _settled(database: Database) -> Chore:
    async def run(_now: float) -> None:
        await database.settle()

    return run


def _written(database: Database, chore: Callable[[Connection, int], None]) -> Chore:
    """A chore of the database alone, in a transaction of its own."""

    async def run(now: float) -> None:
        await database.write(lambda connection: chore(connection, int(now)))

    return run
