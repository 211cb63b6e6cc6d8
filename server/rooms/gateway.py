"""`GET /v1/socket`: lets connections in, watches over them, and sees them out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator

import structlog
from aiohttp import WSCloseCode, web

from server.requests.addresses import Addresses
from server.requests.refusals import Refused
from server.rooms.connection import Connection, Shared
from server.rooms.pipe import Pipe, socket_of
from signaling.errors import ErrorCode
from signaling.wire import NONCE_BYTES, SUBPROTOCOL

_log = structlog.get_logger()


class Gateway:
    """`random` gives that many bytes. `address_of` names what a connection counts against."""

    def __init__(
        self,
        shared: Shared,
        addresses: Addresses,
        address_of: Callable[[web.Request], str],
        random: Callable[[int], bytes],
        drain_seconds: float,
    ) -> None:
        self._shared = shared
        self._addresses = addresses
        self._address_of = address_of
        self._random = random
        self._drain_seconds = drain_seconds
        self._connections: set[Connection] = set()
        self._draining = False

    def __len__(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The life of one connection."""
        self._check(request)
        socket = socket_of(SUBPROTOCOL)
        with self._counted(request) as proven:
            await socket.prepare(request)
            transport = request.transport
            if transport is None:
                return socket
            pipe = Pipe(socket, request.protocol, transport, self._shared.limits)
            if self._draining:
                pipe.end(None, WSCloseCode.SERVICE_RESTART)
            elif proven is None:
                pipe.end(ErrorCode.TOO_MANY_CONNECTIONS, WSCloseCode.TRY_AGAIN_LATER)
            if self._draining or proven is None:
                await pipe.finish()
                return socket
            nonce = self._random(NONCE_BYTES)
            connection = Connection(socket, pipe, nonce, self._shared, proven)
            self._connections.add(connection)
            try:
                await self._run(connection)
            finally:
                self._connections.discard(connection)
        return socket

    async def _run(self, connection: Connection) -> None:
        try:
            await connection.run()
        except ConnectionError:
            pass
        except Exception:  # noqa: BLE001 - whatever it is ends this connection, and no other
            # The traceback names code, never what a person sent.
            _log.exception("internal")
            connection.pipe.end(ErrorCode.INTERNAL, WSCloseCode.INTERNAL_ERROR)
        await connection.pipe.finish()

    def _check(self, request: web.Request) -> None:
        """Raises `bad_origin` or `bad_request`."""
        origin = request.headers.get("Origin")
        if origin is not None and origin != self._shared.origin:
            raise Refused(ErrorCode.BAD_ORIGIN)
        offered = request.headers.get("Sec-WebSocket-Protocol", "").split(",")
        if SUBPROTOCOL not in {one.strip() for one in offered}:
            raise Refused(ErrorCode.BAD_REQUEST)

    @contextlib.contextmanager
    def _counted(self, request: web.Request) -> Iterator[Callable[[], None] | None]:
        """Count a connection against its address until a key is proven. None: too many are."""
        address = self._address_of(request)
        try:
            self._addresses.take(address)
        except Refused:
            yield None
            return
        with contextlib.ExitStack() as held:
            held.callback(self._addresses.give_back, address)
            yield held.close

    # -- while time passes ----------------------------------------------------------------

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """Watch over rooms and connections for as long as the application runs."""
        watch = asyncio.create_task(self._watch())
        yield
        watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watch
        await self._shared.lobby.finish()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._shared.limits.tick)
            self._shared.lobby.tick()
            now = asyncio.get_running_loop().time()
            for connection in list(self._connections):
                self._look_at(connection, now)

    def _look_at(self, connection: Connection, now: float) -> None:
        limits = self._shared.limits
        silent = now - connection.heard > limits.silence
        if connection.has_channels:
            connection.since = now
        # Also who had one: else whoever holds one link could open any number of connections, each
        # displacing the one before, which nothing counts any more.
        late = now - connection.since > limits.first_open
        if silent or late:
            connection.pipe.end(ErrorCode.TIMEOUT, WSCloseCode.POLICY_VIOLATION)

    async def drain(self, _app: web.Application) -> None:
        """Send everybody away with 1012, so that they come back to the next process."""
        self._draining = True
        connections = list(self._connections)
        for connection in connections:
            connection.pipe.end(None, WSCloseCode.SERVICE_RESTART)
        endings = [asyncio.ensure_future(one.pipe.finish()) for one in connections]
        if endings:
            await asyncio.wait(endings, timeout=self._drain_seconds)
        for connection in connections:
            connection.pipe.abort()
        for ending in endings:
            ending.cancel()
