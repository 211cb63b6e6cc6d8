"""Counts of answers, instead of an access log: by route template, never by path."""

from __future__ import annotations

import time

from aiohttp import web
from aiohttp.typedefs import Middleware

from server.metrics import Metrics
from server.requests.refusals import Handler

_METHODS = frozenset({"DELETE", "GET", "HEAD", "POST", "PUT"})


def route_of(request: web.Request) -> str:
    """The template that a request matched, as in `/v1/blobs/{id}`."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "none"


def watching(metrics: Metrics) -> Middleware:
    """Make the middleware that counts and times every request."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        began = time.monotonic()
        response = await handler(request)
        route = route_of(request)
        method = request.method if request.method in _METHODS else "other"
        metrics.requests.labels(method, route, response.status).inc()
        metrics.seconds.labels(route).observe(time.monotonic() - began)
        return response

    return middleware
