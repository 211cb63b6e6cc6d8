"""`GET /healthz`, and the metrics on a port of their own that only this machine reaches."""

from __future__ import annotations

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from server.metrics import Metrics
from server.services import SERVICES


async def healthz(request: web.Request) -> web.Response:
    """200 while the process serves; 503 while it drains, so that no new visitor is sent here."""
    if request.app[SERVICES].draining:
        return web.Response(status=503, text="draining\n")
    return web.Response(text="ok\n")


def setup(app: web.Application) -> None:
    app.router.add_get("/healthz", healthz)


def admin_app(metrics: Metrics) -> web.Application:
    """The application of the admin port: `GET /metrics`."""

    async def show(_request: web.Request) -> web.Response:
        headers = {"Content-Type": CONTENT_TYPE_LATEST}
        return web.Response(body=generate_latest(metrics.registry), headers=headers)

    app = web.Application()
    app.router.add_get("/metrics", show)
    return app
