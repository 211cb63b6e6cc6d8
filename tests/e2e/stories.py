"""The pages over models in memory, built once, and shown in a browser without our server."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import nodejs
from aiohttp import web
from playwright.async_api import Page

from server.requests.headers import Preparing
from tests.e2e import net

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
PORT = 8480
# The server's policy for scripts and styles.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
)


def build(folder: Path, what: str = "stories") -> None:
    """Build web/tests/stories, or another folder beside it, into `folder`."""
    node = nodejs.find(ROOT / ".venv")
    assert node is not None, "no Node.js: run make setup"
    subprocess.run(
        [
            *(node.executable, WEB / "node_modules" / "vite" / "bin" / "vite.js", "build"),
            *("--config", f"tests/{what}/vite.config.ts"),
            *("--outDir", folder, "--logLevel", "warn"),
        ],
        cwd=WEB,
        env=node.env(),
        check=True,
        timeout=60,
    )


@contextlib.asynccontextmanager
async def served(
    folder: Path, host: net.Host, prepare: Preparing | None = None
) -> AsyncIterator[None]:
    """Give a host's browser the pages; it keeps their scripts from one state to the next.

    `prepare` puts other headers on the answers than those of the stories.
    """

    async def head(request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "max-age=3600"
        if prepare is not None:
            await prepare(request, response)

    app = web.Application()
    app.on_response_prepare.append(head)
    app.router.add_static("/", folder)
    with host.entered():
        listener = net.listener("127.0.0.1", PORT)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        yield
    finally:
        await runner.cleanup()


async def show(page: Page, story: str, language: str = "en") -> None:
    await page.goto(f"http://127.0.0.1:{PORT}/index.html?story={story}&lang={language}")
    await page.locator("#app[data-ready]").wait_for()
