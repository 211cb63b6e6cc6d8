"""The web client: static files, the same bytes for everybody, read once at the start."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from server.requests.refusals import Handler

WEBROOT = Path(__file__).parent / "webroot"
INDEX = "index.html"
_MISSING = (
    "The web client is not built. Run `make build` in the source tree, or install a release, "
    "which carries it.\n"
)
# Their names carry a hash of their content.
_IMMUTABLE = "public, max-age=31536000, immutable"
_COMPRESSIBLE = {".css", ".html", ".js", ".json", ".md", ".otf", ".svg", ".ttf", ".txt"}
_TYPES = {".js": "text/javascript", ".md": "text/markdown", ".otf": "font/otf", ".ttf": "font/ttf"}


@dataclass(frozen=True)
class Page:
    body: bytes
    packed: bytes | None
    media: str
    cache: str
    etag: str

    def answer(self, request: web.Request) -> web.Response:
        headers = {"Cache-Control": self.cache, "ETag": self.etag, "Vary": "Accept-Encoding"}
        if request.headers.get("If-None-Match") == self.etag:
            return web.Response(status=304, headers=headers)
        headers["Content-Type"] = self.media
        body = self.body
        if self.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = self.packed
        return web.Response(body=body, headers=headers)


def _read(file: Path, *, immutable: bool) -> Page:
    body = file.read_bytes()
    guessed = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    media = _TYPES.get(file.suffix, guessed)
    if media.startswith("text/"):
        media += "; charset=utf-8"
    packed = gzip.compress(body, mtime=0) if file.suffix in _COMPRESSIBLE else None
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return Page(body, packed, media, _IMMUTABLE if immutable else "no-cache", etag)


def load(root: Path) -> dict[str, Page]:
    """Every file of a web build by its path; `/c/` stands for `/c/index.html`."""
    pages: dict[str, Page] = {}
    for file in sorted(root.rglob("*")):
        if file.is_file():
            path = f"/{file.relative_to(root).as_posix()}"
            page = _read(file, immutable=path.startswith("/assets/"))
            pages[path.removesuffix(INDEX)] = page
    return pages


def _serving(page: Page) -> Handler:
    async def serve(request: web.Request) -> web.StreamResponse:
        return page.answer(request)

    return serve


async def _missing(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=503, text=_MISSING)


async def _add_slash(request: web.Request) -> web.StreamResponse:
    query = f"?{request.query_string}" if request.query_string else ""
    return web.Response(status=308, headers={"Location": f"{request.path}/{query}"})


def setup(app: web.Application, root: Path) -> None:
    pages = load(root)
    for path, page in pages.items():
        app.router.add_get(path, _serving(page))
    for path in ("/", "/c/", "/desk/"):
        if path not in pages:
            app.router.add_get(path, _missing)
    for path in ("/c", "/desk"):
        app.router.add_get(path, _add_slash)
