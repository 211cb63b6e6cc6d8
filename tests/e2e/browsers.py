"""Chromium processes, one a role, each on its host, with a camera that says who it is."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar

from playwright.async_api import (
    Browser,
    BrowserContext,
    BrowserType,
    Page,
    Request,
    async_playwright,
    expect,
)

from tests.e2e import net
from tests.patience import PATIENCE

CHROMIUM = "/usr/bin/chromium"
# Of these lists a browser heeds the last alone: this one has what Playwright turns off, too.
_OFF = (
    # Two pages of the address bar, hidden here, which cost each window a second of a processor.
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
    # As in Playwright: what would ask others, or turn http into https.
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
FLAGS = (
    "--no-sandbox",
    f"--disable-features={','.join(_OFF)}",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream=fps=30",
    "--use-fake-ui-for-media-stream",
)
DOCTOR = 0xA6
PATIENT = 0x39
COMPANION = 0x5C
T = TypeVar("T")
expect.set_options(timeout=PATIENCE * 1000)
_BARS = Path(__file__).with_name("bars.js")


def bars(identity: int) -> str:
    """The script that gives a page the camera of this identity."""
    return _BARS.read_text().replace("IDENTITY", str(identity))


@dataclass
class Person:
    """One browser, its page, and what its console said."""

    context: BrowserContext
    page: Page
    identity: int
    options: dict[str, Any] = field(repr=False)
    scripts: Sequence[str] = field(repr=False)
    mark: str
    console: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    @classmethod
    async def meet(
        cls,
        browser: Browser,
        identity: int,
        options: dict[str, Any],
        scripts: Sequence[str],
        mark: str,
    ) -> Self:
        context = await browser.new_context(**options)
        return await cls._in(context, identity, options, scripts, mark)

    @classmethod
    async def resident(
        cls,
        browser: BrowserType,
        folder: Path,
        identity: int,
        options: dict[str, Any],
        scripts: Sequence[str],
        mark: str,
    ) -> Self:
        """Whose browser keeps on the disk what pages store, as people's do.

        What `meet` gives has it in the browser's memory, as a private window.
        """
        context = await browser.launch_persistent_context(folder, **options)
        return await cls._in(context, identity, options, scripts, mark)

    @classmethod
    async def _in(
        cls,
        context: BrowserContext,
        identity: int,
        options: dict[str, Any],
        scripts: Sequence[str],
        mark: str,
    ) -> Self:
        context.set_default_timeout(PATIENCE * 1000)
        for script in (bars(identity), *scripts):
            await context.add_init_script(script)
        person = cls(context, await context.new_page(), identity, options, scripts, mark)
        person.listen(person.page)
        return person

    def listen(self, page: Page) -> Page:
        page.on("console", lambda message: self.console.append(message.text))
        page.on("pageerror", lambda error: self.console.append(f"uncaught: {error}"))
        page.on("request", self._requested)
        return page

    def _requested(self, request: Request) -> None:
        # Playwright cannot listen with a built-in method.
        self.requests.append(request)

    def processes(self) -> list[int]:
        """The browser's process and those below it."""
        children: dict[int, list[int]] = {}
        found: list[int] = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
                if self.mark in (entry / "cmdline").read_text():
                    found.append(int(entry.name))
        for pid in found:
            found += [child for child in children.get(pid, []) if child not in found]
        return found

    async def another_tab(self) -> Page:
        return self.listen(await self.context.new_page())

    @contextlib.asynccontextmanager
    async def afresh(self) -> AsyncIterator[Person]:
        """The same browser process with nothing remembered."""
        assert self.context.browser is not None
        browser = self.context.browser
        other = await Person.meet(browser, self.identity, self.options, self.scripts, self.mark)
        try:
            yield other
        finally:
            await other.context.close()


@contextlib.asynccontextmanager
async def chromium(
    host: net.Host,
    folder: Path,
    identity: int,
    *,
    origins: Sequence[str] = (),
    scripts: Sequence[str] = (),
    profile: Path | None = None,
    **options: Any,
) -> AsyncIterator[Person]:
    """Start a browser process on a host.

    `origins` are treated as secure though they are plain http; `scripts` run before the page's own;
    with a `profile`, a folder, what pages store is there and not in memory; `options` are those of
    a Playwright context.
    """
    # A switch that Chromium does not know, so that its processes can be told from others'.
    mark = f"--test-browser={uuid.uuid4().hex}"
    flags = [*FLAGS, mark]
    if origins:
        flags.append(f"--unsafely-treat-insecure-origin-as-secure={','.join(origins)}")
    process: dict[str, Any] = {
        "executable_path": host.wrapper(CHROMIUM, folder),
        "args": flags,
        "headless": True,
    }
    chosen = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB"} | options
    async with async_playwright() as playwright:
        if profile is not None:
            person = await Person.resident(
                playwright.chromium, profile, identity, process | chosen, scripts, mark
            )
            try:
                yield person
            finally:
                await person.context.close()
            return
        browser = await playwright.chromium.launch(**process)
        try:
            yield await Person.meet(browser, identity, chosen, scripts, mark)
        finally:
            await browser.close()


async def wipe(page: Page, origin: str) -> None:
    """Leave the page, and forget all that the origin's stored, as a browser may do by itself.

    Passkeys stay, which are not the browser's.
    """
    await page.goto("about:blank")
    session = await page.context.new_cdp_session(page)
    everything = {"origin": origin, "storageTypes": "all"}
    # Not detached: that would take the page's authenticator away.
    await session.send("Storage.clearDataForOrigin", everything)


async def until(question: Callable[[], Awaitable[T]], what: str, seconds: float = PATIENCE) -> T:
    """Ask again until the answer is true; raises AssertionError saying what was waited for."""
    deadline = time.monotonic() + seconds
    while True:
        answer = await question()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        await asyncio.sleep(0.05)


async def read(page: Page, label: str = "Remote video") -> tuple[int, int] | None:
    """Whose picture a video shows now, and the number of the frame."""
    frame = await page.evaluate("label => harness.read(harness.labelled(label))", label)
    return None if frame is None else (frame[0], frame[1])


async def moving(
    frame: Callable[[], Awaitable[Sequence[int] | None]], identity: int, what: str, seconds: float
) -> None:
    """Wait until three different frames in a row carry this identity."""
    counters: set[int] = set()

    async def enough() -> bool:
        seen = await frame()
        if seen is None or seen[0] != identity:
            counters.clear()
            return False
        counters.add(seen[1])
        return len(counters) >= 3

    await until(enough, f"{what} of {identity:#x}", seconds)


async def sees(
    page: Page, identity: int, seconds: float = PATIENCE, label: str = "Remote video"
) -> None:
    """Wait until a video shows the moving picture of that identity."""
    await moving(lambda: read(page, label), identity, label, seconds)


@dataclass(frozen=True)
class Watched:
    moved: int
    longest: float
    identities: tuple[int, ...]


@contextlib.asynccontextmanager
async def watching(
    page: Page, label: str = "Remote video"
) -> AsyncIterator[Callable[[], Awaitable[Watched]]]:
    """Watch a video from inside the page; the yielded function ends it and tells what was seen.

    `longest` is the longest time in seconds that the picture stood still.
    """
    stop = await page.evaluate_handle("label => harness.watch(label)", label)

    async def finish() -> Watched:
        seen: dict[str, Any] = await stop.evaluate("stop => stop()")
        return Watched(seen["moved"], seen["longest"] / 1000, tuple(seen["identities"]))

    yield finish


async def statistics(page: Page) -> list[dict[str, Any]]:
    """Every getStats() entry of the page's connected peer connections."""
    entries: list[dict[str, Any]] = await page.evaluate(
        """async () => {
          const live = harness.connections.filter((c) => c.connectionState === 'connected');
          const reports = await Promise.all(live.map((c) => c.getStats()));
          return reports.flatMap((report) => [...report.values()]);
        }"""
    )
    return entries


async def hears(page: Page, seconds: float = PATIENCE) -> None:
    """Wait until sound with energy arrives from the other side, more and more of it."""
    energies: list[float] = []

    async def growing() -> bool:
        energy = sum(
            entry.get("totalAudioEnergy", 0.0)
            for entry in await statistics(page)
            if entry["type"] == "inbound-rtp" and entry["kind"] == "audio"
        )
        if not energies or energy > energies[-1]:
            energies.append(energy)
        return len(energies) >= 3

    await until(growing, "sound from the other side", seconds)


async def route(page: Page) -> set[tuple[str, str, str]]:
    """(local type, relay protocol or '', remote type) of each candidate pair that media uses."""
    entries = {entry["id"]: entry for entry in await statistics(page)}
    pairs = [
        entries[entry["selectedCandidatePairId"]]
        for entry in entries.values()
        if entry["type"] == "transport" and "selectedCandidatePairId" in entry
    ]
    found = set()
    for pair in pairs:
        local, remote = entries[pair["localCandidateId"]], entries[pair["remoteCandidateId"]]
        relayed = local.get("relayProtocol", "")
        found.add((local["candidateType"], relayed, remote["candidateType"]))
    return found
