"""The vectors that Python and Node pass, in the engines that people have."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import nodejs
import pytest

from tests.e2e import browsers, net
from tests.e2e.firefox import firefox

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
VECTORS = ROOT / "tests" / "vectors"
# What the script that writes the vectors keeps for itself.
ASIDE = {"recorded", "xwing_draft"}
PAGE = "http://127.0.0.1:8000/index.html"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vectors")
    node = nodejs.find(ROOT / ".venv")
    assert node is not None, "no Node.js: run make setup"
    subprocess.run(
        [
            *(node.executable, WEB / "node_modules" / "vite" / "bin" / "vite.js", "build"),
            *("--config", "tests/browser/vite.config.ts"),
            *("--outDir", folder, "--logLevel", "error"),
        ],
        cwd=WEB,
        env=node.env(),
        check=True,
        timeout=60,
    )
    return folder


@contextlib.asynccontextmanager
async def served(host: net.Host, folder: Path, log: Path) -> AsyncIterator[None]:
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *host.command(sys.executable, "-m", "http.server", "8000"),
            *("--bind", "127.0.0.1", "--directory", str(folder)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )

    async def listening() -> bool:
        with host.entered():
            connection = net.tcp_socket()
        with connection, contextlib.suppress(OSError):
            await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", 8000))
            return True
        return False

    try:
        await browsers.until(listening, "the web server")
        yield
    finally:
        await net.stop(process)


def check(report: str) -> None:
    """Every case of every file was run, and came out as it should."""
    found = json.loads(report)
    files = [path for path in VECTORS.glob("*.json") if path.stem not in ASIDE]
    assert found["failures"] == []
    assert found["cases"] == sum(len(json.loads(path.read_text())) for path in files) > 300


async def test_chromium(host: net.Host, tmp_path: Path, built: Path) -> None:
    async with (
        served(host, built, tmp_path / "server.log"),
        browsers.chromium(host, tmp_path, browsers.PATIENT) as person,
    ):
        await person.page.goto(PAGE)
        await person.page.locator("html[data-done]").wait_for(timeout=120_000)
        check(await person.page.inner_text("body"))


async def test_firefox(host: net.Host, tmp_path: Path, built: Path) -> None:
    async with (
        served(host, built, tmp_path / "server.log"),
        firefox(host, tmp_path, browsers.PATIENT) as page,
    ):
        await page.open(PAGE)

        async def done() -> bool:
            return bool(await page.evaluate("return 'done' in document.documentElement.dataset"))

        await browsers.until(done, "the vectors", 120)
        check(await page.text())
