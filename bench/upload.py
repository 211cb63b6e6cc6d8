"""Sealing and sending a gigabyte: at a terminal beside nginx, in a browser beside typage alone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
from aiohttp import web
from playwright.async_api import Page, async_playwright

from bench import aparte, processes
from client.api.http import Api
from client.documents.files import Said, Sending
from client.documents.patience import Patience
from client.documents.permits import Allowed, make_permit
from client.documents.sources import source_of
from client.sealing.permit import Permit
from client.vault import open_vault
from tests.e2e import browsers, links, steps, stories
from tests.e2e.server import in_language
from tests.e2e.words import say
from tests.integration.large import MIB, write

LENGTH = 1024 * MIB
# What typage alone seals; its rate does not depend on how much.
ALONE_MIB = 128
_CHUNK = 1024 * 1024


async def _permit(ours: aparte.Ours, session: aiohttp.ClientSession) -> tuple[Permit, Api]:
    practitioner = await ours.enrolled(session)
    api = Api(ours.origin, session, os.urandom)
    allowed = Allowed(LENGTH, int(time.time()) + 3600)
    return await make_permit(api, practitioner.device, allowed, os.urandom), api


async def _ours(folder: Path, file: Path) -> float:
    async with aparte.serving(folder) as ours, aiohttp.ClientSession() as session:
        permit, api = await _permit(ours, session)
        kept = open_vault(folder / "sending", None, os.urandom)
        sending = Sending(permit, source_of([file]), Said("Banc d’Essai", 1), kept, os.urandom)
        began = time.perf_counter()
        await sending.run(api, lambda _done: None, Patience(0))
        return time.perf_counter() - began


@contextlib.asynccontextmanager
async def _nginx(folder: Path) -> AsyncIterator[tuple[str, Path]]:
    """Give where to PUT, and where it is stored."""
    port, root = processes.free_port(), folder / "nginx"
    root.mkdir()
    config = folder / "nginx.conf"
    config.write_text(
        f"""user root; worker_processes 1; daemon off; pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
events {{}}
http {{
  access_log off;
  client_max_body_size 0;
  client_body_temp_path {root}/temp;
  server {{ listen 127.0.0.1:{port}; root {root}; dav_methods PUT; }}
}}
"""
    )
    command = ["nginx", "-c", str(config), "-e", str(folder / "nginx-error.log")]
    async with processes.server(command, port, folder / "nginx.log"):
        yield f"http://127.0.0.1:{port}/file", root / "file"


async def _theirs(folder: Path, file: Path) -> float:
    async with _nginx(folder) as (url, stored), aiohttp.ClientSession() as session:
        began = time.perf_counter()
        with file.open("rb") as body:
            async with session.put(url, data=body) as answer:
                assert answer.status in {201, 204}, await answer.text()
        # Ours has answered for each piece that it is on the disk.
        await asyncio.to_thread(_sync, stored)
        return time.perf_counter() - began


def _sync(file: Path) -> None:
    with file.open("rb") as written:
        os.fsync(written.fileno())


async def measure(folder: Path) -> tuple[float, float]:
    """MiB a second: ours, and nginx's for the same bytes in clear."""
    file = await asyncio.to_thread(write, folder / "file", LENGTH)
    taken = await _ours(folder, file), await _theirs(folder, file)
    ours, theirs = (LENGTH / MIB / seconds for seconds in taken)
    return ours, theirs


# Said by the page when it is done: a title can be read by whoever asks for a list of pages.
_DONE = "sent"
# Seconds.
_PATIENCE = 120
# Clicks once nobody is connected, and says how many milliseconds went by until the link was there.
_CLICK = """([send, link, done]) => setTimeout(() => {
  const began = performance.now();
  const there = () => {
    if (![...document.querySelectorAll("label")].some((label) => label.textContent.includes(link)))
      return;
    watching.disconnect();
    document.title = `${done} ${performance.now() - began}`;
  };
  const watching = new MutationObserver(there);
  watching.observe(document.body, { childList: true, subtree: true });
  [...document.querySelectorAll("button")].find((one) => one.textContent.includes(send)).click();
}, 1000)"""


@contextlib.asynccontextmanager
async def _chromium(folder: Path) -> AsyncIterator[str]:
    """Where a browser can be spoken to, which nobody does while it is measured.

    Who listens to a page's requests has each body copied: that takes ten times as long as sending.
    """
    port = processes.free_port()
    flags = (*browsers.FLAGS, "--headless", f"--remote-debugging-port={port}")
    command = [browsers.CHROMIUM, *flags, f"--user-data-dir={folder / 'profile'}", "about:blank"]
    async with processes.server(command, port, folder / "chromium.log"):
        yield f"http://127.0.0.1:{port}"


@contextlib.asynccontextmanager
async def _page(browser: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        connected = await playwright.chromium.connect_over_cdp(browser)
        yield connected.contexts[0].pages[0]


async def _choose(page: Page, file: Path) -> None:
    """As Playwright does in a browser that it has started; to another it would carry the file."""
    session = await page.context.new_cdp_session(page)
    root = (await session.send("DOM.getDocument"))["root"]["nodeId"]
    css = "input[type=file]:not([webkitdirectory])"
    found = await session.send("DOM.querySelector", {"nodeId": root, "selector": css})
    chosen = {"nodeId": found["nodeId"], "files": [str(file)]}
    await session.send("DOM.setFileInputFiles", chosen)


async def _sent(browser: str, url: str, file: Path) -> float:
    async with _page(browser) as page:
        await page.goto(in_language(url, "en"))
        await page.get_by_label(say("en", "files.chooseFiles")).wait_for(state="attached")
        await _choose(page, file)
        await steps.textbox(page, say("en", "files.name")).fill("Banc d’Essai")
        said = [say("en", "files.send"), links.said("linkLabel"), _DONE]
        await page.evaluate(_CLICK, said)
    async with aiohttp.ClientSession() as session:
        for _ in range(2 * _PATIENCE):
            await asyncio.sleep(0.5)
            async with session.get(f"{browser}/json/list") as answer:
                titles = [page["title"] for page in await answer.json() if page["type"] == "page"]
            if titles[0].startswith(_DONE):
                return float(titles[0].removeprefix(_DONE)) / 1000
    async with _page(browser) as page:
        raise RuntimeError(f"nothing was sent: {await page.inner_text('body')}")


async def _alone(browser: str, folder: Path) -> float:
    built = folder / "speed"
    stories.build(built, "speed")
    app = web.Application()
    app.router.add_static("/", built)
    runner, port = web.AppRunner(app, access_log=None), processes.free_port()
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        async with _page(browser) as page:
            await page.goto(f"http://127.0.0.1:{port}/index.html")
            await page.wait_for_function("() => window.typage")
            seconds: float = await page.evaluate("mib => window.typage(mib)", ALONE_MIB)
    finally:
        await runner.cleanup()
    return seconds


async def measure_browser(folder: Path) -> tuple[float, float]:
    """MiB a second in one Chromium: sealed and sent from the page, and sealed by typage alone."""
    file = await asyncio.to_thread(write, folder / "file", LENGTH)
    async with _chromium(folder) as browser:
        async with aparte.serving(folder) as ours, aiohttp.ClientSession() as session:
            permit, _ = await _permit(ours, session)
            taken = await _sent(browser, permit.url(ours.origin), file)
        theirs = await _alone(browser, folder)
    return LENGTH / MIB / taken, ALONE_MIB / theirs
