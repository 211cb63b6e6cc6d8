"""A server on a real port in this process, and clients that speak the bare wire to it."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import ClientWebSocketResponse, WSMsgType, web
from nacl.signing import SigningKey

from server.app import create_app
from server.config import Config
from server.limits import Limits
from server.practitioners import store as practitioners
from server.practitioners.papers import read_card, read_devices
from server.rooms import store
from server.services import SERVICES
from signaling import wire
from signaling.limits import Limits as RoomLimits
from signaling.record import RoomRecord, Seat
from signaling.wire import Admit, Error, ErrorCode, Frame, Open, Role, Type
from tests.integration.ports import free_port
from tests.integration.signing import Identity, Signer
from tests.patience import PATIENCE

PREKEY = bytes(wire.PREKEY_BYTES)
INTRO = b"a sealed intro"


def public(key: SigningKey) -> bytes:
    return bytes(key.verify_key)


@dataclass
class Doctor:
    """An enrolled practitioner with one room of one seat."""

    device: SigningKey
    identity: Identity
    room: bytes
    join: SigningKey


@dataclass
class World:
    app: web.Application
    origin: str
    port: int
    http: aiohttp.ClientSession
    # As the browsers of this server name it, whichever process they reach.
    authority: str
    sockets: list[ClientWebSocketResponse] = field(default_factory=list)

    async def socket(self, **how: Any) -> ClientWebSocketResponse:
        wanted: dict[str, Any] = {
            "headers": {"Host": self.authority},
            "protocols": [wire.SUBPROTOCOL],
            "compress": 0,
            "max_msg_size": 0,
            "timeout": aiohttp.ClientWSTimeout(ws_close=0.5),
        }
        url = f"http://127.0.0.1:{self.port}/v1/socket"
        ws = await self.http.ws_connect(url, **(wanted | how))
        assert isinstance(ws, ClientWebSocketResponse)
        self.sockets.append(ws)
        return ws

    def figure(self, name: str) -> float | None:
        """A metric as the operator reads it."""
        return self.app[SERVICES].metrics.registry.get_sample_value(name)

    async def until_rooms(self, count: int) -> None:
        """Wait until so many rooms are in memory."""
        for _ in range(100):
            if self.figure("aparte_rooms") == count:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(self.figure("aparte_rooms"))

    async def sql(self, statement: str) -> None:
        """Do to the database what no code of ours does."""
        await self.app[SERVICES].database.write(
            lambda connection: connection.exec_driver_sql(statement)
        )

    async def enrol(self, *devices: SigningKey) -> Identity:
        """A new practitioner with these devices."""
        identity = Identity(self.authority)
        card = read_card(identity.card())
        entries = [(Signer(self.authority, device), 0) for device in devices]
        listed = read_devices(identity.devices(1, *entries))
        await self.app[SERVICES].database.write(
            lambda connection: practitioners.add(connection, card, listed)
        )
        return identity

    async def doctor(self, **changes: Any) -> Doctor:
        """Somebody who has a room, as far as the database knows."""
        device, join = SigningKey.generate(), SigningKey.generate()
        doctor = Doctor(device, await self.enrol(device), os.urandom(16), join)
        values: dict[str, Any] = {
            "id": doctor.room,
            "identity": doctor.identity.public,
            "prekey": PREKEY,
            "seats": (Seat(public(join)),),
            "expires": 2**40,
        }
        record = RoomRecord(**(values | changes))
        await self.app[SERVICES].database.write(lambda connection: store.create(connection, record))
        return doctor

    async def record(self, doctor: Doctor) -> RoomRecord:
        found = await store.SqlRooms(self.app[SERVICES].database).load(doctor.room)
        assert found is not None
        return found

    async def connect(self) -> Client:
        client = Client(await self.socket(), self.origin)
        hello = await client.read()
        if hello.type is Type.HELLO:
            client.nonce = hello.body
        else:
            client.before.append(hello)
        return client

    async def host(self, doctor: Doctor) -> Client:
        client = await self.connect()
        await client.open(1, doctor.room, doctor.device)
        await client.until(Type.OPENED)
        return client

    async def guest(self, doctor: Doctor, key: SigningKey | None = None) -> Client:
        client = await self.connect()
        client.key = key or SigningKey.generate()
        await client.open(1, doctor.room, client.key, doctor.join)
        await client.until(Type.OPENED)
        return client

    async def pair(self, doctor: Doctor) -> tuple[Client, Client, int]:
        """A host, its admitted guest, and the guest's number."""
        host, guest = await self.host(doctor), await self.guest(doctor)
        return host, guest, await admit(host, guest)


@dataclass
class Client:
    ws: ClientWebSocketResponse
    origin: str
    nonce: bytes = bytes(32)
    # Of a guest.
    key: SigningKey | None = None
    # What came where HELLO was expected.
    before: list[Frame] = field(default_factory=list)

    async def read(self) -> Frame:
        if self.before:
            return self.before.pop()
        message = await self.ws.receive(timeout=PATIENCE)
        assert message.type is WSMsgType.BINARY, message
        return wire.unpack(message.data)

    async def until(self, kind: Type) -> Frame:
        """The next frame of that type; an ERROR on the way fails."""
        while True:
            frame = await self.read()
            if frame.type is kind:
                return frame
            assert frame.type is not Type.ERROR, Error.unpack(frame.body)

    async def error(self) -> tuple[Frame, Error]:
        while True:
            frame = await self.read()
            if frame.type is Type.ERROR:
                return frame, Error.unpack(frame.body)

    async def refused(self, code: ErrorCode, *, fatal: bool = False) -> Frame:
        frame, error = await self.error()
        assert (error.code, error.fatal) == (code, fatal)
        return frame

    async def closed(self) -> int | None:
        """Read to the end, and give the close code."""
        while True:
            message = await self.ws.receive(timeout=PATIENCE)
            if message.type in {WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.CLOSING}:
                return self.ws.close_code

    async def send(self, kind: Type, peer: int = 0, body: bytes = b"", channel: int = 1) -> None:
        await self.ws.send_bytes(wire.pack(kind, channel, peer, body))

    async def ping(self) -> None:
        """Nothing else is on its way, and the connection serves."""
        await self.send(Type.PING, 0, b"still ok", channel=0)
        frame = await self.read()
        assert (frame.type, frame.body) == (Type.PING, b"still ok")

    def signed(self, room: bytes, key: SigningKey, join: SigningKey | None = None) -> Open:
        role = Role.HOST if join is None else Role.GUEST
        join_key = bytes(32) if join is None else public(join)
        nonce = os.urandom(32)
        said = wire.open_bytes(self.origin, role, room, public(key), join_key, self.nonce, nonce)
        proof = bytes(64) if join is None else join.sign(said).signature
        signature = key.sign(said).signature
        return Open(role, room, public(key), join_key, nonce, signature, proof)

    async def open(
        self, channel: int, room: bytes, key: SigningKey, join: SigningKey | None = None
    ) -> None:
        body = self.signed(room, key, join).pack()
        await self.send(Type.OPEN, 0, body, channel=channel)


async def admit(host: Client, guest: Client, intro: bytes = INTRO) -> int:
    """Knock and be admitted."""
    await guest.send(Type.KNOCK, 0, intro)
    knock = await host.until(Type.KNOCK)
    body = Admit(False, hashlib.sha256(intro).digest(), b"an accept").pack()
    await host.send(Type.ADMIT, knock.peer, body)
    await host.until(Type.ADMIT)
    await guest.until(Type.ADMIT)
    return knock.peer


@contextlib.asynccontextmanager
async def world(
    data: Path,
    rooms: RoomLimits | None = None,
    *,
    origin: str = "",
    backends: Mapping[str, str] | None = None,
    **limits: Any,
) -> AsyncIterator[World]:
    """A process of a server; `origin` and `backends` are its neighbours' too."""
    port = free_port()
    origin = origin or f"http://localhost:{port}"
    shared = backends or {}
    config = Config(
        origin=origin,
        data=data,
        database=shared.get("database", ""),
        redis=shared.get("redis", ""),
        limits=Limits(rooms=rooms or RoomLimits(), drain_seconds=1.0, **limits),
        turn_urls=("stun:turn.example.org:3478", "turns:turn.example.org:443"),
        turn_secret="a secret for these tests",
    )
    app = create_app(config)
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        async with aiohttp.ClientSession() as http:
            here = World(app, origin, port, http, origin.partition("://")[2])
            try:
                yield here
            finally:
                await asyncio.gather(*(ws.close() for ws in here.sockets))
    finally:
        await runner.cleanup()
