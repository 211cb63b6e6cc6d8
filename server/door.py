"""Where connections come in: how many of one address may stand there without having said anything.

A connection that has sent the head of a request is past the door; what it may then do is for the
request's own limits. aiohttp closes it if the head does not come (`keepalive_timeout`).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import cast

from aiohttp import web
from aiohttp.typedefs import Middleware

from server.config import Network
from server.requests.addresses import group_of, is_among
from server.requests.refusals import Handler, Refused, answer_bytes
from signaling.errors import ErrorCode

_Protocol = web.RequestHandler


class Door:
    """`most` unfinished heads for an address; proxies that are trusted bring many people."""

    def __init__(self, most: int, trusted: tuple[Network, ...], send_seconds: float) -> None:
        self._most = most
        self._trusted = trusted
        self._send_milliseconds = int(send_seconds * 1000)
        self._waiting: dict[str, set[_Protocol]] = {}
        self._address: dict[_Protocol, str] = {}

    def __repr__(self) -> str:
        return "Door(hidden)"

    def leading_to(self, server: Callable[[], _Protocol]) -> Callable[[], asyncio.Protocol]:
        """The protocol factory of a listening socket in front of `server`."""
        return lambda: _Entrance(self, server)

    def middleware(self) -> Middleware:
        """The application's side: a head has come in whole."""

        @web.middleware
        async def entered(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._forget(request.protocol)
            return await handler(request)

        return entered

    def admit(self, transport: asyncio.Transport, server: Callable[[], _Protocol]) -> None:
        """Hand a new connection to aiohttp, or answer that there are too many."""
        connection: socket.socket | None = transport.get_extra_info("socket")
        if connection is not None:
            # Who does not read what we send is not waited for.
            level, option = socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT
            connection.setsockopt(level, option, self._send_milliseconds)
        peer = (transport.get_extra_info("peername") or ("",))[0]
        address = group_of(peer)
        counted = not is_among(peer, self._trusted)
        if counted and self._is_full(address):
            transport.write(answer_bytes(Refused(ErrorCode.TOO_MANY_CONNECTIONS)))
            transport.close()
            return
        protocol = server()
        if counted:
            self._waiting.setdefault(address, set()).add(protocol)
            self._address[protocol] = address
        transport.set_protocol(protocol)
        protocol.connection_made(transport)

    def _is_full(self, address: str) -> bool:
        waiting = self._waiting.get(address, set())
        if len(waiting) >= self._most:
            # Those that left without a word are counted out only when it matters.
            for protocol in [one for one in waiting if one.transport is None]:
                self._forget(protocol)
        return len(waiting) >= self._most

    def _forget(self, protocol: _Protocol) -> None:
        address = self._address.pop(protocol, None)
        if address is not None:
            waiting = self._waiting[address]
            waiting.discard(protocol)
            if not waiting:
                del self._waiting[address]

    def sweep(self) -> None:
        """Forget the connections that left without a word."""
        for protocol in [one for one in self._address if one.transport is None]:
            self._forget(protocol)


class _Entrance(asyncio.Protocol):
    """Stands before a connection for the moment that it is being looked at."""

    def __init__(self, door: Door, server: Callable[[], _Protocol]) -> None:
        self._door = door
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have the interface without the base class.
        self._door.admit(cast("asyncio.Transport", transport), self._server)


DOOR = web.AppKey("door", Door)
