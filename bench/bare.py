"""A relay with nothing in it: aiohttp and uvloop, pairs by name, each message to the other side.

The measure of what the stack itself can do, and the server of the bare prototype page. With a
DATABASE also a mailbox with nothing in it: what is appended is on the disk, then watchers get it.

    python bench/bare.py HOST PORT [DATABASE]
"""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import uvloop
from aiohttp import WSMsgType, web

PAGE = Path(__file__).with_name("bare.html")
WATCHERS = web.AppKey("watchers", set[web.WebSocketResponse])
DATABASE = web.AppKey("database", sqlite3.Connection)
ROOMS = web.AppKey("rooms", dict[str, list[web.WebSocketResponse]])


async def page(_: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE)


async def relay(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    room = request.app[ROOMS].setdefault(request.query_string, [])
    room.append(socket)
    try:
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                for other in room:
                    if other is not socket:
                        await other.send_bytes(message.data)
            elif message.type is WSMsgType.TEXT:
                for other in room:
                    if other is not socket:
                        await other.send_str(message.data)
    finally:
        room.remove(socket)
    return socket


async def append(request: web.Request) -> web.Response:
    body = await request.read()
    # One row, one fsync; SQLite waits for the disk, and everybody with it.
    with request.app[DATABASE] as database:
        database.execute("INSERT INTO messages (body) VALUES (?)", (body,))
    for watcher in request.app[WATCHERS]:
        await watcher.send_bytes(body)
    return web.Response(status=201)


async def watch(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    request.app[WATCHERS].add(socket)
    try:
        async for _ in socket:
            pass
    finally:
        request.app[WATCHERS].discard(socket)
    return socket


def with_mailbox(app: web.Application, file: str) -> None:
    app[WATCHERS] = set()
    app[DATABASE] = database = sqlite3.connect(file)
    for statement in (
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "CREATE TABLE messages (sequence INTEGER PRIMARY KEY, body BLOB NOT NULL)",
    ):
        database.execute(statement)
    app.add_routes([web.post("/append", append), web.get("/watch", watch)])


def main(host: str, port: int, database: str | None = None) -> None:
    app = web.Application()
    if database is not None:
        with_mailbox(app, database)
    app[ROOMS] = {}
    app.add_routes([web.get("/", page), web.get("/relay", relay)])
    web.run_app(
        app, host=host, port=port, access_log=None, print=None, loop=uvloop.new_event_loop()
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
