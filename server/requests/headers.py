"""Headers of every answer: what a page may do, and the next nonce."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from server.requests.refusals import Handler, Refused
from server.services import SERVICES, Services
from signaling.errors import ErrorCode

Preparing = Callable[[web.Request, web.StreamResponse], Awaitable[None]]

# `aparte-worker` is the one Trusted Types policy: it passes the addresses of our own workers.
_DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob:",
    "media-src": "'self' blob: mediastream:",
    "font-src": "'self'",
    # Firefox 115 and Safari do not count a WebSocket of the same origin as 'self'.
    "connect-src": "'self' {socket}",
    "worker-src": "'self'",
    "form-action": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "aparte-worker",
}
# The workers that read what others made: they reach nobody. Each is one file: no script comes after
# it, not even from here. What may come of scripts: those of studies and of PDF compile codecs.
WORKERS = {
    "/assets/imaging.worker-": "'wasm-unsafe-eval'",
    "/assets/pdfs.worker-": "'wasm-unsafe-eval'",
    "/assets/pictures.worker-": "'none'",
}


def _reader(script: str) -> dict[str, str]:
    return {
        "default-src": "'none'",
        "script-src": script,
        "worker-src": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }


_OWN_PAGES = (
    *("autoplay", "camera", "clipboard-write", "display-capture", "fullscreen", "microphone"),
    *("picture-in-picture", "screen-wake-lock", "speaker-selection"),
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
_ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        [f"{name}=(self)" for name in _OWN_PAGES] + [f"{name}=()" for name in _NOBODY]
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


def _policy(directives: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def of_every_answer(origin: str, path: str = "/") -> dict[str, str]:
    """The headers that a server of this origin puts on whatever it answers at this path."""
    socket = origin.replace("http", "ws", 1)
    script = next((WORKERS[begin] for begin in WORKERS if path.startswith(begin)), None)
    policy = _policy(_reader(script) if script else _DIRECTIVES).format(socket=socket)
    headers = {"Content-Security-Policy": policy, **_ALWAYS}
    if origin.startswith("https:"):
        headers["Strict-Transport-Security"] = "max-age=63072000"
    return headers


def adding_headers(services: Services) -> Preparing:
    """Make what aiohttp runs before any answer's head goes out."""
    origin = services.config.origin
    always = of_every_answer(origin)
    workers = {begin: of_every_answer(origin, begin) for begin in WORKERS}

    async def prepare(request: web.Request, response: web.StreamResponse) -> None:
        headers = response.headers
        begin = next(filter(request.path.startswith, workers), None)
        headers.update(workers[begin] if begin else always)
        if request.path.startswith("/v1/"):
            headers["Aparte-Nonce"] = services.nonces.issue()
            headers["Cache-Control"] = "no-store"
        # Which versions we run is nobody's business.
        headers.popall("Server", None)

    return prepare


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
