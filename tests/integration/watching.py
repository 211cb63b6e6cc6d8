"""A socket that watches, speaking the bare wire."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp

from signaling import wire
from signaling.watches import Changed, Kind, Watch
from signaling.wire import Error, ErrorCode, Frame, Type
from tests.integration.running import Client
from tests.integration.signing import Signer
from tests.patience import PATIENCE


@dataclass
class Watcher:
    socket: aiohttp.ClientWebSocketResponse
    origin: str
    nonce: bytes

    async def read(self) -> Frame:
        message = await self.socket.receive(PATIENCE)
        assert message.type is aiohttp.WSMsgType.BINARY, message
        return wire.unpack(message.data)

    async def watch(
        self, channel: int, kind: Kind, identity: bytes, key: Signer, known: int = 0
    ) -> None:
        asked = Watch(kind, identity, key.public, known, os.urandom(32), bytes(64))
        signature = key.key.sign(asked.signed_bytes(self.origin, self.nonce)).signature
        asked = Watch(kind, identity, key.public, known, asked.client_nonce, signature)
        await self.socket.send_bytes(wire.pack(Type.WATCH, channel, 0, asked.pack()))

    async def watching(
        self, channel: int, kind: Kind, identity: bytes, key: Signer, known: int = 0
    ) -> None:
        """Watch, and wait for the answer."""
        await self.watch(channel, kind, identity, key, known)
        assert await self.read() == Frame(Type.WATCH, channel, 0, b"")

    async def changed(self, channel: int) -> Changed:
        frame = await self.read()
        assert (frame.type, frame.channel) == (Type.CHANGED, channel), frame
        return Changed.unpack(frame.body)

    async def refused(self, channel: int) -> tuple[ErrorCode, bool]:
        frame = await self.read()
        assert (frame.type, frame.channel) == (Type.ERROR, channel), frame
        error = Error.unpack(frame.body)
        return error.code, error.fatal

    async def close(self, channel: int) -> None:
        await self.socket.send_bytes(wire.pack(Type.CLOSE, channel, 0))

    async def relay(self, channel: int) -> None:
        await self.socket.send_bytes(wire.pack(Type.RELAY, channel, 0, b"text"))

    async def quiet(self) -> None:
        """Nothing else has come: what a ping brings back is the next frame."""
        await self.socket.send_bytes(wire.pack(Type.PING, 0, 0, b"still"))
        assert await self.read() == Frame(Type.PING, 0, 0, b"still")


@contextlib.asynccontextmanager
async def watcher(client: Client) -> AsyncIterator[Watcher]:
    url = f"{client.origin}/v1/socket"
    async with client.session.ws_connect(url, protocols=[wire.SUBPROTOCOL], max_msg_size=0) as ws:
        made = Watcher(ws, client.origin, b"")
        made.nonce = (await made.read()).body
        yield made
        with contextlib.suppress(asyncio.TimeoutError):
            await ws.close()
