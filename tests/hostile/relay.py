"""A hostile operator: what stands at the public origin, in front of an honest server.

It serves the honest pages and answers, and lets an attack read, change, drop, repeat or invent any
frame and any blob on its way. `Tamper` is the whole interface; a new attack is a new subclass.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace

import aiohttp
from aiohttp import web

from client.sealing.cell import LINK_BYTES
from client.sealing.encoding import fields, take_fields
from signaling.wire import HEADER, SUBPROTOCOL, VERSION, Role, Type

_HOP_BY_HOP = frozenset({"connection", "transfer-encoding", "upgrade", "keep-alive"})


@dataclass(frozen=True)
class Frame:
    """A message of the wire. Read without checks: an attacker has none."""

    type: int
    channel: int
    peer: int
    body: bytes
    version: int = VERSION

    @classmethod
    def read(cls, data: bytes) -> Frame:
        version, kind, channel, peer = HEADER.unpack_from(data)
        return cls(kind, channel, peer, data[HEADER.size :], version)

    def __bytes__(self) -> bytes:
        return HEADER.pack(self.version, self.type, self.channel, self.peer) + self.body

    def with_body(self, body: bytes) -> Frame:
        return replace(self, body=body)


class Tamper:
    """Does nothing. Frames and blobs of the victim pass through here, both ways.

    `hits` counts what was changed: an attack that never struck proves nothing.
    """

    def __init__(self) -> None:
        self.hits = 0
        self.armed = True

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        return (frame,)

    def from_victim(self, frame: Frame) -> Iterable[Frame]:
        return (frame,)

    def blob(self, name: str, data: bytes) -> bytes:
        """A blob that the victim fetches."""
        return data

    def record(self, data: bytes) -> bytes | None:
        """A practitioner's papers, as they are shown; None: they are withheld."""
        return data

    def letters(self, mailbox: str, letters: list[bytes]) -> list[bytes]:
        """What lies in a mailbox, as it is shown to its owner."""
        return letters

    def cell(self, name: str, after: int, body: bytes) -> bytes:
        """The versions of a cell after one, as they are shown to its reader."""
        return body

    def claim(self, name: str, answer: bytes) -> bytes:
        """What somebody who claims a cell is answered, where the honest server takes it."""
        return answer


@dataclass
class Relay:
    """The hostile server of one test. Only connections of `victim`'s role are tampered with."""

    upstream: str
    victim: Role
    tamper: Tamper

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._socket(request)
        return await self._http(request)

    async def _http(self, request: web.Request) -> web.Response:
        headers = {
            name: value
            for name, value in request.headers.items()
            if name.lower() not in _HOP_BY_HOP
        }
        async with (
            aiohttp.ClientSession(auto_decompress=False) as session,
            session.request(
                request.method,
                self.upstream + request.path_qs,
                headers=headers,
                data=await request.read() or None,
                allow_redirects=False,
            ) as answer,
        ):
            body = await answer.read()
            kept = {
                name: value
                for name, value in answer.headers.items()
                if name.lower() not in _HOP_BY_HOP | {"content-length"}
            }
        if request.method == "GET" and request.path.startswith("/v1/blobs/") and body:
            body = self.tamper.blob(request.path.rpartition("/")[2], body)
        asks_for_letters = request.path.startswith("/v1/mailboxes/") and "after" in request.query
        if request.method == "GET" and asks_for_letters:
            after = int(request.query["after"])
            mailbox = request.path.rpartition("/")[2]
            body = _numbered(self.tamper.letters(mailbox, _letters(body)), after)
        if request.method == "GET" and request.path.startswith("/v1/cells/") and answer.ok:
            after = int(request.query.get("after", "0"))
            body = self.tamper.cell(request.path.rpartition("/")[2], after, body)
        if request.method == "POST" and request.path.startswith("/v1/cells/") and answer.ok:
            body = self.tamper.claim(request.path.rpartition("/")[2], body)
        if request.method == "GET" and request.path.startswith("/v1/practitioners/"):
            shown = self.tamper.record(body)
            if shown is None:
                return web.Response(status=404, headers=kept, body=b'{"error":"not_found"}')
            body = shown
        return web.Response(status=answer.status, headers=kept, body=body)

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        near = web.WebSocketResponse(protocols=(SUBPROTOCOL,), compress=False)
        headers = {
            name: request.headers[name] for name in ("Host", "Origin") if name in request.headers
        }
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(
                f"{self.upstream}/v1/socket",
                protocols=(SUBPROTOCOL,),
                headers=headers,
                compress=0,
                max_msg_size=0,
            ) as far,
        ):
            await near.prepare(request)
            connection = _Connection(self, near, far)
            up = asyncio.create_task(connection.up())
            try:
                await connection.down()
            finally:
                up.cancel()
                await asyncio.gather(up, return_exceptions=True)
        await near.close(code=far.close_code or 1012)
        return near


def _letters(body: bytes) -> list[bytes]:
    found: list[bytes] = []
    while body:
        length = int.from_bytes(body[8:12], "big")
        found.append(body[12 : 12 + length])
        body = body[12 + length :]
    return found


def _numbered(letters: list[bytes], after: int) -> bytes:
    """A list of letters, numbered anew: numbers are the server's to choose."""
    return b"".join(
        number.to_bytes(8, "big") + len(letter).to_bytes(4, "big") + letter
        for number, letter in enumerate(letters, after + 1)
    )


class _Connection:
    def __init__(
        self,
        relay: Relay,
        near: web.WebSocketResponse,
        far: aiohttp.ClientWebSocketResponse,
    ) -> None:
        self._relay, self._near, self._far = relay, near, far
        self._role: int | None = None

    @property
    def _tampered(self) -> bool:
        return self._role == self._relay.victim

    async def up(self) -> None:
        async for message in self._near:
            if message.type is not aiohttp.WSMsgType.BINARY:
                break
            frame = Frame.read(message.data)
            if frame.type == Type.OPEN:
                self._role = frame.body[0]
            frames = self._relay.tamper.from_victim(frame) if self._tampered else (frame,)
            for each in frames:
                await self._far.send_bytes(bytes(each))
        await self._far.close()

    async def down(self) -> None:
        async for message in self._far:
            if message.type is not aiohttp.WSMsgType.BINARY:
                break
            frame = Frame.read(message.data)
            frames = self._relay.tamper.to_victim(frame) if self._tampered else (frame,)
            with contextlib.suppress(ConnectionError):
                for each in frames:
                    await self._near.send_bytes(bytes(each))


@contextlib.asynccontextmanager
async def relaying(
    relay: Relay, host: str, port: int, listeners: Sequence[socket.socket] = ()
) -> AsyncIterator[Relay]:
    """Stand at http://host:port until the block ends. Runs in the caller's event loop.

    `listeners` are bound sockets where it stands too: those of another network namespace.
    """
    app = web.Application(client_max_size=2**27)
    app.router.add_route("*", "/{path:.*}", relay.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        for listener in listeners:
            await web.SockSite(runner, listener).start()
        yield relay
    finally:
        await runner.cleanup()


def since(body: bytes, after: int) -> bytes:
    """A whole answer about a cell, as a lying server gives it to who asks after a version."""
    (links, *rest), _ = take_fields(body, 4)
    return fields(links[after * LINK_BYTES :], *rest)


def flipped(data: bytes, at: int) -> bytes:
    """The same bytes with one bit changed at a byte offset, counted from the end if negative."""
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


def shuffled(frames: Sequence[Frame]) -> list[Frame]:
    """Another order of at least two frames: the last first."""
    return [frames[-1], *frames[:-1]]
