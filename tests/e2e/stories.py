"""The pages over models in memory, built once, and shown in a browser without any server."""

from __future__ import annotations

import mimetypes
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import nodejs
from playwright.async_api import Page, Route

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
ORIGIN = "http://stories.invalid"
# The server's policy for scripts and styles.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
)


def build(folder: Path) -> None:
    """Build web/tests/stories into `folder`."""
    node = nodejs.find(ROOT / ".venv")
    assert node is not None, "no Node.js: run make setup"
    subprocess.run(
        [
            *(node.executable, WEB / "node_modules" / "vite" / "bin" / "vite.js", "build"),
            *("--config", "tests/stories/vite.config.ts"),
            *("--outDir", folder, "--logLevel", "warn"),
        ],
        cwd=WEB,
        env=node.env(),
        check=True,
        timeout=60,
    )


def from_folder(folder: Path) -> Callable[[Route], Awaitable[None]]:
    """Answer the page's requests from `folder`."""

    async def answer(route: Route) -> None:
        path = folder / (route.request.url.removeprefix(ORIGIN).split("?")[0].strip("/"))
        if not path.is_file():
            await route.fulfill(status=404)
            return
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        headers = {"Content-Type": kind, "Content-Security-Policy": POLICY}
        await route.fulfill(body=path.read_bytes(), headers=headers)

    return answer


async def show(page: Page, story: str, language: str = "en") -> None:
    await page.goto(f"{ORIGIN}/index.html?story={story}&lang={language}")
    await page.locator("#app[data-ready]").wait_for()
