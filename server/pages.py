"""The web client: static files, the same bytes for everybody, read once at the start."""

from __future__ import annotations

import asyncio
import hashlib
import mimetypes
import zlib
from pathlib import Path, PurePath

from aiohttp import web

WEBROOT = Path(__file__).parent / "webroot"
INDEX = "index.html"
_MISSING = (
    "The web client is not built. Run `make build` in the source tree, or install a release, "
    "which carries it.\n"
)
# zlib's word for the largest window, in a gzip wrapping.
_GZIP = 31
# Their names carry a hash of their content.
_IMMUTABLE = "public, max-age=31536000, immutable"
_COMPRESSIBLE = {".css", ".html", ".js", ".json", ".md", ".otf", ".svg", ".ttf", ".txt"}
_NAMES = ("c", "desk", "directory", "documents", "dispense", "link", "send")
_TYPES = {".js": "text/javascript", ".md": "text/markdown", ".otf": "font/otf", ".ttf": "font/ttf"}


class Page:
    """One file. It is packed when a browser first asks for that."""

    def __init__(self, name: str, body: bytes, cache: str) -> None:
        suffix = PurePath(name).suffix
        media = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        self._media = f"{media}; charset=utf-8" if media.startswith("text/") else media
        self._body = body
        self._packed: bytes | None = None
        self._can_be_packed = suffix in _COMPRESSIBLE
        self._cache = cache
        # Weak: the packed form has other bytes.
        self._etag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'

    async def answer(self, request: web.Request) -> web.Response:
        headers = {"Cache-Control": self._cache, "ETag": self._etag, "Vary": "Accept-Encoding"}
        if request.headers.get("If-None-Match") == self._etag:
            return web.Response(status=304, headers=headers)
        headers["Content-Type"] = self._media
        body = self._body
        if self._can_be_packed and "gzip" in request.headers.get("Accept-Encoding", ""):
            if self._packed is None:
                self._packed = await asyncio.to_thread(_packed, self._body)
            headers["Content-Encoding"] = "gzip"
            body = self._packed
        return web.Response(body=body, headers=headers)


def _packed(body: bytes) -> bytes:
    """RFC 1952, as small as zlib makes it: for how long one code is kept is a matter of luck."""

    def packed(memory: int) -> bytes:
        packer = zlib.compressobj(9, zlib.DEFLATED, _GZIP, memory)
        return packer.compress(body) + packer.flush()

    return min(map(packed, range(5, 10)), key=len)


def load(root: Path) -> dict[str, Page]:
    """Every file of a web build by its path; `/c/` stands for `/c/index.html`."""
    pages: dict[str, Page] = {}
    for file in sorted(root.rglob("*")):
        if file.is_file():
            path = f"/{file.relative_to(root).as_posix()}"
            cache = _IMMUTABLE if path.startswith("/assets/") else "no-cache"
            pages[path.removesuffix(INDEX)] = Page(file.name, file.read_bytes(), cache)
    return pages


async def _missing(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=503, text=_MISSING)


async def _add_slash(request: web.Request) -> web.StreamResponse:
    query = f"?{request.query_string}" if request.query_string else ""
    return web.Response(status=308, headers={"Location": f"{request.path}/{query}"})


def setup(app: web.Application, root: Path) -> None:
    pages = load(root)
    for path, page in pages.items():
        app.router.add_get(path, page.answer)
    for path in ("/", *(f"/{name}/" for name in _NAMES)):
        if path not in pages:
            app.router.add_get(path, _missing)
    for name in _NAMES:
        app.router.add_get(f"/{name}", _add_slash)
