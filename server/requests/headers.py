"""Headers of every answer: what a page may do, and the next nonce."""

from __future__ import annotations

from aiohttp import web

from server.requests.refusals import Handler, Refused
from server.services import SERVICES
from signaling.errors import ErrorCode

# `aparte-worker` is the one Trusted Types policy: it passes the addresses of our own workers.
_DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob:",
    "media-src": "'self' blob: mediastream:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "aparte-worker",
}
CONTENT_SECURITY_POLICY = "; ".join(f"{name} {value}" for name, value in _DIRECTIVES.items())
_OWN_PAGES = (
    *("autoplay", "camera", "clipboard-write", "display-capture", "fullscreen", "microphone"),
    *("picture-in-picture", "screen-wake-lock", "speaker-selection", "web-share"),
)
_NOBODY = (
    *(
        "accelerometer",
        "browsing-topics",
        "geolocation",
        "gyroscope",
        "hid",
        "magnetometer",
        "midi",
    ),
    *("payment", "serial", "usb", "xr-spatial-tracking"),
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        [f"{name}=(self)" for name in _OWN_PAGES] + [f"{name}=()" for name in _NOBODY]
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Run by aiohttp before any answer's head goes out."""
    services = request.app[SERVICES]
    headers = response.headers
    headers.update(ALWAYS)
    if services.config.origin.startswith("https:"):
        headers["Strict-Transport-Security"] = "max-age=63072000"
    if request.path.startswith("/v1/"):
        headers["Aparte-Nonce"] = services.nonces.issue()
        headers["Cache-Control"] = "no-store"
    # Which versions we run is nobody's business.
    headers.popall("Server", None)


@web.middleware
async def known_host(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Serve one origin: under another name no signature could hold, and a page might be rebinding.

    Health is asked for by address, by what stands in front of us.
    """
    config = request.app[SERVICES].config
    if not request.raw_path.startswith("/"):
        raise Refused(ErrorCode.BAD_REQUEST, "The target of a request is a path.")
    if request.headers.getall("Host", []) != [config.authority] and request.path != "/healthz":
        raise Refused(ErrorCode.BAD_ORIGIN, f"This server is {config.origin}.")
    return await handler(request)
