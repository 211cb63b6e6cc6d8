"""The servers that we compare with, and how a pair of clients gets to talk through each."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import nodejs
import npm
from aiohttp import web

from bench import load, processes
from tests.e2e import net

HERE = Path(__file__).resolve().parent
_serial = itertools.count()


@dataclass
class Running:
    """A server that runs: its process, its address, and how to make a talking pair on it."""

    pid: int
    url: str
    pair: Callable[[aiohttp.ClientSession], Awaitable[load.Pair]]


async def _json(socket: aiohttp.ClientWebSocketResponse, wanted: str) -> dict[str, Any]:
    """The next JSON message of that type; others are passed over, errors raised."""
    while True:
        message: dict[str, Any] = await socket.receive_json(timeout=10)
        if message["type"] == wanted:
            return message
        if message["type"].lower() == "error":
            raise RuntimeError(f"the server said {message}")


@contextlib.asynccontextmanager
async def bare(folder: Path) -> AsyncIterator[Running]:
    """A relay of aiohttp and uvloop with nothing in between."""
    port = processes.free_port()
    url = f"ws://127.0.0.1:{port}/relay"

    async def pair(session: aiohttp.ClientSession) -> load.Pair:
        room = next(_serial)
        payload = bytes(load.PAYLOAD)
        ends = [
            load.End(await session.ws_connect(f"{url}?{room}", compress=0), payload, lambda _: True)
            for _ in range(2)
        ]
        return ends[0], ends[1]

    command = [sys.executable, str(HERE / "bare.py"), "127.0.0.1", str(port)]
    async with processes.server(command, port, folder / "bare.log") as pid:
        yield Running(pid, url, pair)


@contextlib.asynccontextmanager
async def bare_pages(host: net.Host, folder: Path) -> AsyncIterator[str]:
    """The bare prototype's pages on a host of a test network; gives their origin."""
    port = 8481
    command = host.command(sys.executable, str(HERE / "bare.py"), "127.0.0.1", str(port))
    async with processes.server(command, port, folder / "pages.log", inside=host.entered):
        yield f"http://localhost:{port}"


def install_peerjs() -> None:
    """Install npm's `peer`, locked, into bench/node_modules."""
    if (HERE / "node_modules" / "peer" / "package.json").exists():
        return
    node = nodejs.find(HERE.parent / ".venv")
    if node is None:
        sys.exit("bench: no Node.js: run make setup")
    try:
        npm.install(node, HERE)
    except npm.LockChanged as changed:
        sys.exit(f"bench: package.json and package-lock.json disagree ({changed})")


@contextlib.asynccontextmanager
async def peerjs(folder: Path) -> AsyncIterator[Running]:
    """The PeerJS server: relays JSON messages between ids."""
    node = nodejs.find(HERE.parent / ".venv")
    assert node is not None
    port = processes.free_port()
    url = f"ws://127.0.0.1:{port}/peerjs"

    async def pair(session: aiohttp.ClientSession) -> load.Pair:
        names = [f"peer-{next(_serial)}" for _ in range(2)]
        ends = []
        for name, other in zip(names, reversed(names), strict=True):
            socket = await session.ws_connect(f"{url}?key=peerjs&id={name}&token=t", compress=0)
            await _json(socket, "OPEN")
            message = json.dumps({"type": "OFFER", "dst": other, "payload": "x" * load.PAYLOAD})
            ends.append(load.End(socket, message, lambda data: b'"OFFER"' in data))
        return ends[0], ends[1]

    command = [
        *(str(node.executable), str(HERE / "node_modules" / "peer" / "dist" / "bin" / "peerjs.js")),
        *("--port", str(port), "--host", "127.0.0.1", "--path", "/"),
    ]
    async with processes.server(command, port, folder / "peerjs.log") as pid:
        yield Running(pid, url, pair)


async def _backend(request: web.Request) -> web.Response:
    """The part of a Nextcloud that the signaling server asks: everybody may do everything."""
    if request.method == "GET":
        return web.json_response(_ocs({"capabilities": {"spreed": {"features": [], "config": {}}}}))
    asked = await request.json()
    kind = asked["type"]
    answer: dict[str, Any] = {"version": "1.0"}
    if kind == "auth":
        answer["userid"] = asked["auth"]["params"]["userid"]
    elif kind == "room":
        answer["roomid"] = asked["room"]["roomid"]
    return web.json_response(_ocs({"type": kind, kind: answer}))


def _ocs(data: dict[str, Any]) -> dict[str, Any]:
    return {"ocs": {"meta": {"status": "ok", "statuscode": 200, "message": "OK"}, "data": data}}


@contextlib.asynccontextmanager
async def spreed(folder: Path) -> AsyncIterator[Running]:
    """Debian's nextcloud-spreed-signaling with its in-process bus, and a backend that says yes."""
    port, backend_port = processes.free_port(), processes.free_port()
    backend = f"http://127.0.0.1:{backend_port}"
    path = folder / "spreed.conf"
    path.write_text(
        f"""[http]
listen = 127.0.0.1:{port}
[app]
debug = false
[sessions]
hashkey = {"h" * 64}
blockkey = {"b" * 32}
[backend]
allowall = true
secret = secret
timeout = 10
connectionsperhost = 8
[nats]
url = :loopback:
"""
    )
    url = f"ws://127.0.0.1:{port}/spreed"

    async def pair(session: aiohttp.ClientSession) -> load.Pair:
        room = f"room-{next(_serial)}"
        sockets, names = [], []
        for _ in range(2):
            socket = await session.ws_connect(url, compress=0)
            user = f"user-{next(_serial)}"
            auth = {
                "url": f"{backend}/ocs/v2.php/apps/spreed/api/v1/signaling/backend",
                "params": {"userid": user},
            }
            hello = {"version": "1.0", "auth": auth}
            await socket.send_json({"id": "1", "type": "hello", "hello": hello})
            names.append((await _json(socket, "hello"))["hello"]["sessionid"])
            joined = {"roomid": room, "sessionid": user}
            await socket.send_json({"id": "2", "type": "room", "room": joined})
            await _json(socket, "room")
            sockets.append(socket)
        ends = []
        for socket, other in zip(sockets, reversed(names), strict=True):
            recipient = {"type": "session", "sessionid": other}
            sent = {"recipient": recipient, "data": {"payload": "x" * load.PAYLOAD}}
            message = json.dumps({"type": "message", "message": sent})
            ends.append(load.End(socket, message, lambda data: b'"payload"' in data))
        return ends[0], ends[1]

    app = web.Application()
    app.add_routes([web.route("*", "/{path:.*}", _backend)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", backend_port).start()
        command = ["nextcloud-spreed-signaling-server", "--config", str(path)]
        async with processes.server(command, port, folder / "spreed.log") as pid:
            yield Running(pid, url, pair)
    finally:
        await runner.cleanup()
        await asyncio.sleep(0)
