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
from playwright.async_api import Page

from bench import aparte, processes
from client.api.http import Api
from client.documents.files import Said, Sending, make_permit
from client.documents.patience import Patience
from client.documents.sources import source_of
from client.vault import open_vault
from tests.e2e import browsers, links, net, steps, stories
from tests.e2e.server import Server, in_language, serving
from tests.e2e.words import say
from tests.integration.large import MIB, write

LENGTH = 1024 * MIB
# What typage alone seals; its rate does not depend on how much.
ALONE_MIB = 128
_CHUNK = 1024 * 1024


async def _ours(folder: Path, file: Path) -> float:
    async with aparte.serving(folder) as ours, aiohttp.ClientSession() as session:
        practitioner = await ours.enrolled(session)
        api = Api(ours.origin, session, os.urandom)
        until = int(time.time()) + 3600
        permit = await make_permit(api, practitioner.device, LENGTH, until, os.urandom)
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


async def _permit(doctor: Page) -> str:
    await links.open_dialog(doctor)
    size = doctor.get_by_label(links.said("permitSize"))
    await size.select_option(label=links.said("permit_10000"))
    await steps.button(doctor, links.said("permitMake")).click()
    return await steps.textbox(doctor, links.said("permitLabel")).input_value()


async def _sent(page: Page, url: str, file: Path) -> float:
    await page.goto(in_language(url, "en"))
    await page.get_by_label(say("en", "files.chooseFiles")).set_input_files(file)
    await steps.textbox(page, say("en", "files.name")).fill("Banc d’Essai")
    began = time.perf_counter()
    await steps.button(page, say("en", "files.send")).click()
    await steps.textbox(page, links.said("linkLabel")).wait_for(timeout=600_000)
    return time.perf_counter() - began


async def _lax(_: web.Request, response: web.StreamResponse) -> None:
    response.headers["Content-Security-Policy"] = "default-src 'self'"


async def _alone(host: net.Host, folder: Path, page: Page) -> float:
    built = folder / "speed"
    stories.build(built, "speed")
    async with stories.served(built, host, _lax):
        await page.goto(f"http://127.0.0.1:{stories.PORT}/index.html")
        await page.wait_for_function("() => window.typage")
        seconds: float = await page.evaluate("mib => window.typage(mib)", ALONE_MIB)
    return seconds


async def measure_browser(folder: Path) -> tuple[float, float]:
    """MiB a second in one Chromium: sealed and sent from the page, and sealed by typage alone."""
    file = await asyncio.to_thread(write, folder / "file", LENGTH)
    with net.network() as network:
        host = network.host("all", "192.0.2.10/28")
        async with browsers.chromium(host, folder, browsers.PATIENT) as somebody:
            async with serving(Server(host, folder / "server")) as server:
                await steps.open_desk(somebody.page, await server.demo())
                url = await _permit(somebody.page)
                ours = await _sent(somebody.page, url, file)
            theirs = await _alone(host, folder, somebody.page)
    return LENGTH / MIB / ours, ALONE_MIB / theirs
