"""The WebSocket half of the API: rooms as channels that come back by themselves."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from client.sealing.keys import SigningKey
from signaling import wire
from signaling.wire import ErrorCode, Frame, Role, Type

Random = Callable[[int], bytes]

PING_SECONDS = 15.0
SILENCE_SECONDS = 45.0
# After a loss: a random part of this many seconds, doubled with every attempt that fails.
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 16.0
SHORTEST_PAUSE = 0.2


@dataclass(frozen=True)
class Entry:
    """What opens a room: `join` is the link's join key, for guests."""

    room: bytes
    key: SigningKey = field(repr=False)
    join: SigningKey | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Opened:
    """The channel is open, for the first time or again. `peer` is our own number."""

    peer: int
    room: wire.Opened


@dataclass(frozen=True)
class Arrived:
    frame: Frame


@dataclass(frozen=True)
class Lost:
    """The connection is gone; the channel opens again by itself."""


@dataclass(frozen=True)
class Refused:
    """The server refused a frame of this channel; `of` is that frame's type."""

    code: ErrorCode
    of: int


@dataclass(frozen=True)
class Closed:
    """The channel is closed for good."""

    code: ErrorCode


ChannelEvent = Opened | Arrived | Lost | Refused | Closed


class Channel:
    """One room. Frames sent while the connection is away are dropped: sessions send again."""

    def __init__(self, number: int, entry: Entry, socket: RoomSocket) -> None:
        self.number = number
        self.entry = entry
        self.ready = False
        self.openings = 0
        self.events: asyncio.Queue[ChannelEvent] = asyncio.Queue()
        self._socket = socket

    async def send(self, kind: Type, peer: int = 0, body: bytes = b"") -> None:
        if self.ready:
            await self._socket.transmit(wire.pack(kind, self.number, peer, body))

    async def close(self) -> None:
        """Stop watching the room; place and admission stay."""
        await self.send(Type.CLOSE)
        self._socket.forget(self)


class RoomSocket:
    """One connection, kept up while `running()` is entered."""

    def __init__(self, origin: str, http: aiohttp.ClientSession, random: Random) -> None:
        self.origin = origin
        self.http = http
        self.random = random
        self._channels: dict[int, Channel] = {}
        self._last = 0
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._server_nonce = b""
        self._ice: asyncio.Future[list[dict[str, Any]]] | None = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[RoomSocket]:
        task = asyncio.create_task(self._run())
        try:
            yield self
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def open(self, entry: Entry) -> Channel:
        """Give a channel that opens as soon as the connection is there."""
        self._last += 1
        channel = self._channels[self._last] = Channel(self._last, entry, self)
        if self._server_nonce:
            await self._open(channel)
        return channel

    def forget(self, channel: Channel) -> None:
        channel.ready = False
        self._channels.pop(channel.number, None)

    async def ice_servers(self, channel: Channel, seconds: float = 3.0) -> list[dict[str, Any]]:
        """Ask for the operator's ICE servers; an empty list where none came in time."""
        self._ice = asyncio.get_running_loop().create_future()
        await channel.send(Type.ICE)
        try:
            return await asyncio.wait_for(self._ice, seconds)
        except TimeoutError:
            return []

    async def transmit(self, data: bytes) -> None:
        ws = self._ws
        if ws is None:
            return
        with contextlib.suppress(aiohttp.ClientError, ConnectionError):
            await ws.send_bytes(data)

    async def drop(self) -> None:
        """Close the connection as a network would; it comes back by itself."""
        if self._ws is not None:
            await self._ws.close()

    async def _run(self) -> None:
        attempt = 0
        while True:
            try:
                url = f"{self.origin}/v1/socket"
                async with self.http.ws_connect(
                    url,
                    protocols=(wire.SUBPROTOCOL,),
                    max_msg_size=wire.FRAME_BYTES,
                    timeout=aiohttp.ClientWSTimeout(ws_receive=SILENCE_SECONDS, ws_close=2.0),
                ) as ws:
                    self._ws = ws
                    if await self._serve(ws):
                        attempt = 0
            except (aiohttp.ClientError, ConnectionError, TimeoutError):
                pass
            finally:
                self._gone()
            span = min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE) - SHORTEST_PAUSE
            attempt += 1
            part = int.from_bytes(self.random(2), "big") / 65535
            await asyncio.sleep(SHORTEST_PAUSE + span * part)

    def _gone(self) -> None:
        self._ws, self._server_nonce = None, b""
        for channel in self._channels.values():
            if channel.ready:
                channel.ready = False
                channel.events.put_nowait(Lost())

    async def _serve(self, ws: aiohttp.ClientWebSocketResponse) -> bool:
        """Take frames until the connection ends; tell whether it ever was one."""
        pinging = asyncio.create_task(self._ping())
        try:
            async for message in ws:
                if message.type is not aiohttp.WSMsgType.BINARY:
                    break
                try:
                    await self._take(wire.unpack(message.data))
                except wire.WireError:
                    # A server that does not speak the protocol: try another time.
                    break
        finally:
            pinging.cancel()
        return bool(self._server_nonce)

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(PING_SECONDS)
            await self.transmit(wire.pack(Type.PING, 0, 0))

    async def _take(self, frame: Frame) -> None:
        if frame.channel == 0:
            if frame.type is Type.HELLO:
                self._server_nonce = wire.exactly(frame.body, wire.NONCE_BYTES)
                for waiting in list(self._channels.values()):
                    await self._open(waiting)
            elif frame.type is Type.ICE:
                self._take_ice(frame.body)
            return
        channel = self._channels.get(frame.channel)
        if channel is None:
            return
        if frame.type is Type.OPENED:
            channel.ready = True
            channel.openings += 1
            channel.events.put_nowait(Opened(frame.peer, wire.Opened.unpack(frame.body)))
        elif frame.type is Type.ERROR:
            error = wire.Error.unpack(frame.body)
            if error.fatal:
                self.forget(channel)
                channel.events.put_nowait(Closed(error.code))
            else:
                channel.events.put_nowait(Refused(error.code, error.of))
        elif frame.type is Type.ICE:
            self._take_ice(frame.body)
        else:
            channel.events.put_nowait(Arrived(frame))

    def _take_ice(self, body: bytes) -> None:
        try:
            servers = json.loads(body)["iceServers"]
        except (ValueError, KeyError, TypeError):
            return
        if self._ice and not self._ice.done() and isinstance(servers, list):
            self._ice.set_result(servers)

    async def _open(self, channel: Channel) -> None:
        entry = channel.entry
        role = Role.GUEST if entry.join else Role.HOST
        nonce = self.random(wire.NONCE_BYTES)
        join = entry.join.public if entry.join else bytes(wire.KEY_BYTES)
        said = wire.open_bytes(
            self.origin, role, entry.room, entry.key.public, join, self._server_nonce, nonce
        )
        empty = bytes(wire.SIGNATURE_BYTES)
        body = wire.Open(
            role=role,
            room=entry.room,
            key=entry.key.public,
            join_key=join,
            client_nonce=nonce,
            signature=entry.key.sign_bytes(said),
            join_signature=entry.join.sign_bytes(said) if entry.join else empty,
        )
        await self.transmit(wire.pack(Type.OPEN, channel.number, 0, body.pack()))
