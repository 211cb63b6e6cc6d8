"""The WebSocket half of the API: a connection that comes back by itself, with its channels."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

from client.api.channels import Channel, Entry, Random, WatchChannel, Watched
from signaling import wire
from signaling.wire import Frame, Type

PING_SECONDS = 15.0
SILENCE_SECONDS = 45.0
# After a loss: a random part of this many seconds, doubled with every attempt that fails.
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 16.0
SHORTEST_PAUSE = 0.2


class RoomSocket:
    """One connection, kept up while `running()` is entered."""

    def __init__(self, origin: str, http: aiohttp.ClientSession, random: Random) -> None:
        self.origin = origin
        self.http = http
        self.random = random
        self._channels: dict[int, Channel | WatchChannel] = {}
        self._last = 0
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._server_nonce = b""
        self._ice: asyncio.Future[list[dict[str, Any]]] | None = None
        self._later: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[RoomSocket]:
        task = asyncio.create_task(self._run())
        try:
            yield self
        finally:
            for ended in (task, *self._later):
                ended.cancel()
            await asyncio.gather(task, *self._later, return_exceptions=True)

    async def open(self, entry: Entry) -> Channel:
        """Give a channel that opens as soon as the connection is there."""
        self._last += 1
        channel = Channel(self._last, entry, self)
        await self._add(channel)
        return channel

    async def watch(self, watched: Watched, known: int) -> WatchChannel:
        """Give a channel that tells of what comes after `known`, a sequence number or version."""
        self._last += 1
        channel = WatchChannel(self._last, watched, known, self)
        await self._add(channel)
        return channel

    async def _add(self, channel: Channel | WatchChannel) -> None:
        self._channels[channel.number] = channel
        if self._server_nonce:
            await self._open(channel)

    def forget(self, number: int) -> None:
        self._channels.pop(number, None)

    def open_later(self, number: int) -> None:
        task = asyncio.create_task(self._open_again(number, self._server_nonce))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _open_again(self, number: int, nonce: bytes) -> None:
        await asyncio.sleep(FIRST_PAUSE * (1 + self._chance()) / 2)
        channel = self._channels.get(number)
        # A new connection has opened it by itself.
        if channel is not None and nonce == self._server_nonce:
            await self._open(channel)

    def _chance(self) -> float:
        return int.from_bytes(self.random(2), "big") / 65535

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
            await asyncio.sleep(SHORTEST_PAUSE + span * self._chance())

    def _gone(self) -> None:
        self._ws, self._server_nonce = None, b""
        for channel in self._channels.values():
            channel.lost()

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
        if frame.type is Type.ICE:
            self._take_ice(frame.body)
        elif frame.channel in self._channels:
            self._channels[frame.channel].take(frame)

    def _take_ice(self, body: bytes) -> None:
        try:
            servers = json.loads(body)["iceServers"]
        except (ValueError, KeyError, TypeError):
            return
        if self._ice and not self._ice.done() and isinstance(servers, list):
            self._ice.set_result(servers)

    async def _open(self, channel: Channel | WatchChannel) -> None:
        await self.transmit(channel.opening(self.origin, self._server_nonce, self.random))
