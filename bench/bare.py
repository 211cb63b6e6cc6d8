"""A relay with nothing in it: aiohttp and uvloop, pairs by name, each message to the other side.

The measure of what the stack itself can do, and the server of the bare prototype page.

    python bench/bare.py HOST PORT
"""

from __future__ import annotations

import sys
from pathlib import Path

import uvloop
from aiohttp import WSMsgType, web

PAGE = Path(__file__).with_name("bare.html")
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


def main(host: str, port: int) -> None:
    app = web.Application()
    app[ROOMS] = {}
    app.add_routes([web.get("/", page), web.get("/relay", relay)])
    web.run_app(
        app, host=host, port=port, access_log=None, print=None, loop=uvloop.new_event_loop()
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
