"""A process that listens, until it is told to stop; then it drains."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
from collections.abc import AsyncIterator

import structlog
from aiohttp import web

from server.app import create_app
from server.config import Config
from server.door import DOOR
from server.health import admin_app
from server.services import SERVICES

_BACKLOG = 1024

_log: structlog.stdlib.BoundLogger = structlog.get_logger()


class Stop:
    """SIGTERM and SIGINT, as something to wait for."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._asked.set)

    async def asked(self) -> None:
        await self._asked.wait()


@contextlib.asynccontextmanager
async def listening(config: Config) -> AsyncIterator[None]:
    """Serve while the block runs, then drain: say so, close sockets, finish what is being answered.

    Raises OSError where the address cannot be had, StorageFailed where the data cannot.
    """
    app = create_app(config)
    limits = config.limits
    runner = web.AppRunner(
        app,
        access_log=None,
        # A content digest is over the bytes that came, and a small body stays small.
        auto_decompress=False,
        keepalive_timeout=limits.head_seconds,
        shutdown_timeout=limits.drain_seconds,
        handle_signals=False,
    )
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(runner.cleanup)
        await runner.setup()
        await stack.enter_async_context(_accepting(app, runner))
        if config.admin is not None:
            admin = web.AppRunner(admin_app(app[SERVICES].metrics), access_log=None)
            stack.push_async_callback(admin.cleanup)
            await admin.setup()
            await web.TCPSite(admin, config.admin.host, config.admin.port).start()
        _log.info("serving")
        try:
            yield
        finally:
            app[SERVICES].draining = True
            _log.info("draining")


@contextlib.asynccontextmanager
async def _accepting(app: web.Application, runner: web.AppRunner) -> AsyncIterator[None]:
    """Take connections while the block runs."""
    if runner.server is None:
        raise RuntimeError("the runner is set up before anybody is let in")
    listen = app[SERVICES].config.listen
    entrance = app[DOOR].leading_to(runner.server)
    loop = asyncio.get_running_loop()
    accepting = await loop.create_server(entrance, listen.host, listen.port, backlog=_BACKLOG)
    try:
        yield
    finally:
        accepting.close()


async def serve(config: Config) -> None:
    """Serve until SIGTERM or SIGINT. Raises as `listening` does."""
    stop = Stop()
    async with listening(config):
        await stop.asked()


def prepare_process() -> None:
    """Keep what is written to this user; take as many connections as the system grants."""
    os.umask(0o077)
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
