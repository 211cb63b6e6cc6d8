"""Pages: the same bytes for everybody, cached as their names allow, and a sentence without them."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer

from server import pages

Client = TestClient[web.Request, web.Application]

SCRIPT = b"export const text = 'text';" * 100
PICTURE = b"\x89PNG" + bytes(100)


@pytest.fixture
def webroot(tmp_path: Path) -> Path:
    for name, body in {
        "index.html": b"<!doctype html><title>landing</title>",
        "c/index.html": b"<!doctype html><title>patient</title>",
        "desk/index.html": b"<!doctype html><title>doctor</title>",
        "assets/patient-AbCd1234.js": SCRIPT,
        "assets/picture-AbCd1234.png": PICTURE,
        "icon.svg": b"<svg/>",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(body)
    return tmp_path


async def serving(webroot: Path) -> AsyncIterator[Client]:
    app = web.Application()
    pages.setup(app, webroot)
    server = TestServer(app)
    async with TestClient(server, auto_decompress=False) as client:
        yield client


@pytest.fixture
async def client(webroot: Path) -> AsyncIterator[Client]:
    async for client in serving(webroot):
        yield client


async def test_pages_are_asked_for_again_each_time(client: Client) -> None:
    for path, title in (("/", "landing"), ("/c/", "patient"), ("/desk/?lang=en", "doctor")):
        answer = await client.get(path, headers={"Accept-Encoding": ""})
        assert answer.status == 200
        assert f"<title>{title}</title>" in await answer.text()
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-cache"
        again = await client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status, await again.read()) == (304, b"")


async def test_assets_are_kept_for_good(client: Client) -> None:
    answer = await client.get("/assets/patient-AbCd1234.js", headers={"Accept-Encoding": ""})
    assert await answer.read() == SCRIPT
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (await client.get("/assets/none.js")).status == 404


async def test_text_travels_packed_and_pictures_as_they_are(client: Client) -> None:
    packing = {"Accept-Encoding": "gzip, br"}
    for _ in range(2):
        answer = await client.get("/assets/patient-AbCd1234.js", headers=packing)
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Vary"] == "Accept-Encoding"
        body = await answer.read()
        assert len(body) < len(SCRIPT) / 2
        assert gzip.decompress(body) == SCRIPT
    picture = await client.get("/assets/picture-AbCd1234.png", headers=packing)
    assert "Content-Encoding" not in picture.headers
    assert await picture.read() == PICTURE


async def test_a_forgotten_slash_is_added_and_the_query_kept(client: Client) -> None:
    answer = await client.get("/c?lang=en", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (308, "/c/?lang=en")


async def test_nothing_outside_the_folder_is_served(client: Client, webroot: Path) -> None:
    (webroot.parent / "secret").write_text("secret")
    for path in ("/../secret", "/assets/../../secret", "/assets/%2e%2e/%2e%2e/secret", "/c/index"):
        async with ClientSession() as session:
            url = f"http://127.0.0.1:{client.port}{path}"
            async with session.get(url) as answer:
                assert answer.status == 404


async def test_without_a_build_it_says_what_to_do(tmp_path: Path) -> None:
    async for client in serving(tmp_path / "none"):
        for path in ("/", "/c/", "/desk/"):
            answer = await client.get(path)
            assert answer.status == 503
            assert "make build" in await answer.text()
