"""Our own server under the same load: enrolled practitioner, admitted rooms, all limits on."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import os
import secrets
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bench import load, peers, processes
from client.api.http import Api
from client.api.practitioners import enrol
from client.host.practitioner import Practitioner, Stated, make
from client.host.room import make_room
from client.sealing.keys import SigningKey
from client.vault import Memory
from signaling import wire
from signaling.wire import HOST_PEER, Open, Role, Type

_PROGRAM = str(Path(sys.executable).with_name("aparte-server"))
_RELAY = bytes((wire.VERSION, Type.RELAY))
_CHANNEL = 1
# The server never reads these: lengths as real ones.
_INTRO, _ACCEPT = bytes(3218), bytes(5234)
_INTRO_HASH = hashlib.sha256(_INTRO).digest()
_ROOMS_EACH = 200


@dataclass
class Client:
    """One connection with one open room."""

    socket: aiohttp.ClientWebSocketResponse
    peer: int

    async def send(self, kind: Type, peer: int, body: bytes) -> None:
        await self.socket.send_bytes(wire.pack(kind, _CHANNEL, peer, body))

    async def wait_for(self, kind: Type) -> wire.Frame:
        """The next frame of a type; raises RuntimeError for an ERROR."""
        while True:
            frame = wire.unpack(await self.socket.receive_bytes(timeout=10))
            if frame.type is kind:
                return frame
            if frame.type is Type.ERROR:
                raise RuntimeError(f"the server said {wire.Error.unpack(frame.body)}")


@dataclass
class Ours:
    """A running server and a practitioner on it."""

    pid: int
    origin: str
    env: dict[str, str]
    _rooms: Iterator[int] = field(default_factory=itertools.count)
    _practitioner: Practitioner | None = None

    async def enrolled(self, session: aiohttp.ClientSession) -> Practitioner:
        """A practitioner who may still open a room."""
        if self._practitioner is None or next(self._rooms) % _ROOMS_EACH == _ROOMS_EACH - 1:
            process = await asyncio.create_subprocess_exec(
                *(_PROGRAM, "enrol"), env=self.env, stdout=asyncio.subprocess.PIPE
            )
            printed, _ = await process.communicate()
            code = printed.decode().strip().rpartition("=")[2]
            profile = Stated("Dr Banc d’Essai", "Médecin", rpps="10003456786")
            made = make(profile, Memory(), secrets.token_bytes, int(time.time()))
            api = Api(self.origin, session, secrets.token_bytes)
            await enrol(api, made.device, code, made.card.raw, made.devices)
            self._practitioner = made
        return self._practitioner

    async def connect(
        self, session: aiohttp.ClientSession, room: bytes, key: SigningKey, join: SigningKey | None
    ) -> Client:
        """Connect and open a room: as its host, or with a join key as a guest."""
        url = f"{self.origin}/v1/socket"
        socket = await session.ws_connect(url, protocols=(wire.SUBPROTOCOL,), compress=0)
        hello = wire.unpack(await socket.receive_bytes(timeout=10))
        role = Role.GUEST if join else Role.HOST
        public = join.public if join else bytes(wire.KEY_BYTES)
        nonce = secrets.token_bytes(wire.NONCE_BYTES)
        said = wire.open_bytes(self.origin, role, room, key.public, public, hello.body, nonce)
        empty = bytes(wire.SIGNATURE_BYTES)
        proof = join.sign_bytes(said) if join else empty
        signature = key.sign_bytes(said)
        body = Open(role, room, key.public, public, nonce, signature, proof).pack()
        client = Client(socket, HOST_PEER)
        await client.send(Type.OPEN, 0, body)
        client.peer = (await client.wait_for(Type.OPENED)).peer
        return client

    async def admitted(self, session: aiohttp.ClientSession) -> tuple[Client, Client]:
        """A host and a guest who has knocked and was admitted."""
        practitioner = await self.enrolled(session)
        api = Api(self.origin, session, secrets.token_bytes)
        room = await make_room(api, practitioner, Memory(), secrets.token_bytes)
        host = await self.connect(session, room.room, practitioner.device, None)
        guest_key = SigningKey(secrets.token_bytes(32))
        guest = await self.connect(session, room.room, guest_key, room.link(0).join_key())
        await guest.send(Type.KNOCK, HOST_PEER, _INTRO)
        knock = await host.wait_for(Type.KNOCK)
        admit = wire.Admit(take_over=False, intro_hash=_INTRO_HASH, accept=_ACCEPT)
        await host.send(Type.ADMIT, knock.peer, admit.pack())
        await guest.wait_for(Type.ADMIT)
        await host.wait_for(Type.ADMIT)
        return host, guest

    async def pair(self, session: aiohttp.ClientSession) -> load.Pair:
        host, guest = await self.admitted(session)
        payload = bytes(load.PAYLOAD)

        def end(client: Client, to: int) -> load.End:
            message = wire.pack(Type.RELAY, _CHANNEL, to, payload)
            return load.End(client.socket, message, is_delivery)

        return end(host, guest.peer), end(guest, HOST_PEER)


def is_delivery(data: bytes) -> bool:
    """Whether a frame is a RELAY; an ERROR is none, and raises."""
    if data.startswith(_RELAY):
        return True
    frame = wire.unpack(data)
    if frame.type is Type.ERROR:
        raise RuntimeError(f"the server said {wire.Error.unpack(frame.body)}")
    return False


@contextlib.asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Ours]:
    """`aparte-server serve` as it is installed, with its default limits."""
    port = processes.free_port()
    origin = f"http://127.0.0.1:{port}"
    env = {
        **os.environ,
        "APARTE_ORIGIN": origin,
        "APARTE_LISTEN": f"127.0.0.1:{port}",
        "APARTE_DATA": str(folder / f"data-{port}"),
    }
    async with processes.server([_PROGRAM, "serve"], port, folder / "ours.log", env) as pid:
        yield Ours(pid, origin, env)


@contextlib.asynccontextmanager
async def ours(folder: Path) -> AsyncIterator[peers.Running]:
    async with serving(folder) as made:
        yield peers.Running(made.pid, made.origin, made.pair)
