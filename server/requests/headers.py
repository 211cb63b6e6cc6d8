"""Headers of every answer: what a page may do, and the next nonce."""

from __future__ import annotations

from aiohttp import web

from server.requests.refusals import Handler
from server.requests.signatures import CONFIG, NONCES

# `aparte-worker` is the one Trusted Types policy: it passes the addresses of our own workers.
_POLICY = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "img-src 'self' blob: data:; "
    "media-src 'self' blob: mediastream:; "
    "font-src 'self'; "
    "connect-src 'self' {socket}; "
    "worker-src 'self'; "
    "manifest-src 'self'; "
    "frame-src blob:; "
    "form-action 'none'; "
    "base-uri 'none'; "
    "frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; "
    "trusted-types aparte-worker"
)

_ALWAYS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(self), microphone=(self), display-capture=(self), screen-wake-lock=(self), "
        "speaker-selection=(self), autoplay=(self), web-share=(self), clipboard-write=(self), "
        "geolocation=(), payment=(), usb=(), interest-cohort=()"
    ),
}


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Run by aiohttp before any answer's head goes out."""
    config = request.app[CONFIG]
    headers = response.headers
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    socket = config.origin.replace("http", "ws", 1)
    headers["Content-Security-Policy"] = _POLICY.format(socket=socket)
    if config.origin.startswith("https:"):
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if request.path.startswith("/v1/"):
        headers["Aparte-Nonce"] = request.app[NONCES].issue()
        headers["Cache-Control"] = "no-store"
    headers.popall("Server", None)


@web.middleware
async def known_host(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Serve one origin: a page under another name could not sign, and might be a rebinding."""
    config = request.app[CONFIG]
    if request.host.lower() != config.authority and request.path != "/healthz":
        raise web.HTTPMisdirectedRequest(text=f"This server is {config.origin}.\n")
    return await handler(request)
