"""`GET /v1/socket`: lets connections in, watches over them, and sees them out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import structlog
from aiohttp import WSCloseCode, web

from server.requests.addresses import Addresses
from server.requests.refusals import Refused
from server.sockets.connection import Connection, Shared
from server.sockets.intake import Socket
from server.sockets.pipe import CLOSE_SECONDS, Pipe
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
        self._connections: dict[Pipe, Connection] = {}
        # What those that have not proven a key count against.
        self._unproven: dict[Pipe, str] = {}
        self._draining = False

    def __len__(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The life of one connection."""
        # One coroutine, no helpers that wait: what they hold is held as long as the connection is.
        self._check(request)
        socket = Socket(SUBPROTOCOL, CLOSE_SECONDS)
        await socket.prepare(request)
        # They are sent, and would be kept too.
        socket.headers.clear()
        transport = request.transport
        if transport is None:
            return socket
        pipe = Pipe(socket, request.protocol, transport, self._shared.limits)
        try:
            connection = self._admit(socket, pipe, request)
            if connection is not None:
                await connection.run()
        except ConnectionError:
            pass
        except Exception:  # noqa: BLE001 - whatever it is ends this connection, and no other
            # The traceback names code, never what a person sent.
            _log.exception("internal")
            pipe.end(ErrorCode.INTERNAL, WSCloseCode.INTERNAL_ERROR)
        finally:
            self._connections.pop(pipe, None)
            self._is_proven(pipe)
        await pipe.finish()
        return socket

    def _admit(self, socket: Socket, pipe: Pipe, request: web.Request) -> Connection | None:
        if self._draining:
            pipe.end(None, WSCloseCode.SERVICE_RESTART)
            return None
        address = self._address_of(request)
        try:
            self._addresses.take(address)
        except Refused as refused:
            pipe.end(refused.code, WSCloseCode.TRY_AGAIN_LATER)
            return None
        self._unproven[pipe] = address
        nonce = self._random(NONCE_BYTES)
        connection = Connection(socket, pipe, nonce, self._shared, self._is_proven)
        self._connections[pipe] = connection
        return connection

    def _is_proven(self, pipe: Pipe) -> None:
        """It counts no longer against its address: a key was proven, or it is gone."""
        address = self._unproven.pop(pipe, None)
        if address is not None:
            self._addresses.give_back(address)

    def _check(self, request: web.Request) -> None:
        """Raises `bad_origin` or `bad_request`."""
        origin = request.headers.get("Origin")
        if origin is not None and origin != self._shared.origin:
            raise Refused(ErrorCode.BAD_ORIGIN)
        offered = request.headers.get("Sec-WebSocket-Protocol", "").split(",")
        if SUBPROTOCOL not in {one.strip() for one in offered}:
            raise Refused(ErrorCode.BAD_REQUEST)

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
            for connection in list(self._connections.values()):
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
        pipes = list(self._connections)
        for pipe in pipes:
            pipe.end(None, WSCloseCode.SERVICE_RESTART)
        endings = [asyncio.ensure_future(pipe.finish()) for pipe in pipes]
        if endings:
            await asyncio.wait(endings, timeout=self._drain_seconds)
        for pipe in pipes:
            pipe.abort()
        for ending in endings:
            ending.cancel()
