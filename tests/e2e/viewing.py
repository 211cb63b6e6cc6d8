"""A study in a browser: opened from its link, and looked at."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator

from playwright.async_api import CDPSession, Error, Page

from tests.e2e import links, steps
from tests.e2e.files import said as file_said
from tests.e2e.words import say

# 20 Mbit/s, in bytes a second, and milliseconds to the server and back.
RATE, DELAY = 20_000_000 / 8, 40
_HEAP_PAUSE = 0.05


def said(key: str, **values: object) -> str:
    text = say("en", f"imaging.{key}")
    for name, value in values.items():
        text = text.replace("{{" + name + "}}", str(value))
    return text


async def shown(page: Page, number: int, count: int) -> None:
    """Wait until that picture is on the screen, and no other one is still waited for."""
    await page.get_by_text(said("slice", number=number, count=count), exact=True).wait_for()
    await page.locator(".imaging-hand canvas:not(.waiting)").wait_for()
    await page.locator("svg.imaging-marks").wait_for(state="attached")


async def open_link(page: Page, made: links.Made) -> None:
    await links.visit(page, made)
    await links.give(page, made.words)
    await steps.button(page, file_said("look")).wait_for()


_WATCH = """() => {
  window.firstPicture = new Promise((done) => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector('svg.imaging-marks')) return;
      observer.disconnect();
      const now = performance.now();
      const blobs = performance.getEntriesByType('resource').filter(
        ({ name, startTime, responseEnd }) =>
          name.includes('/v1/blobs/') && startTime > window.pressed && responseEnd <= now,
      );
      const bytes = blobs.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
      done([(now - window.pressed) / 1000, bytes]);
    }).observe(document.body, { childList: true, subtree: true });
  });
  document.addEventListener('click', () => { window.pressed = performance.now(); },
    { capture: true, once: true });
}"""


async def look(page: Page, count: int) -> tuple[float, int]:
    """Seconds from the press to the first picture, and the bytes of blobs that came until then.

    By the page's own clock: what is fetched ahead afterwards is no part of it.
    """
    await page.evaluate(_WATCH)
    await steps.button(page, file_said("look")).click()
    seconds, taken = await page.evaluate("() => window.firstPicture")
    await shown(page, 1, count)
    return seconds, taken


async def go(page: Page, key: str, number: int, count: int) -> float:
    """Seconds from the key to that picture."""
    began = time.perf_counter()
    await page.keyboard.press(key)
    await shown(page, number, count)
    return time.perf_counter() - began


_JUMP = """async ([number, text]) => {
  const slider = document.querySelector('.imaging-slices input');
  const began = performance.now();
  slider.value = number;
  slider.dispatchEvent(new Event('input', { bubbles: true }));
  await new Promise((done) => {
    const look = () => {
      const there = document.querySelector('.imaging-corner').textContent.startsWith(text);
      const drawn = document.querySelector('.imaging-hand canvas:not(.waiting)');
      if (there && drawn && document.querySelector('svg.imaging-marks')) done();
      else requestAnimationFrame(look);
    };
    look();
  });
  return performance.now() - began;
}"""


async def jump(page: Page, number: int, count: int) -> float:
    """Seconds from the slider to that picture, by the page's own clock."""
    text = said("slice", number=number, count=count)
    taken: float = await page.evaluate(_JUMP, [number, text])
    return taken / 1000


async def throttle(page: Page) -> CDPSession:
    session = await page.context.new_cdp_session(page)
    conditions = {"offline": False, "latency": DELAY, "downloadThroughput": RATE}
    await session.send("Network.enable")
    await session.send("Network.emulateNetworkConditions", conditions | {"uploadThroughput": RATE})
    return session


class _Workers:
    """What the heaps of a page's workers hold, in bytes, as each said last."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session
        self._said: dict[str, int] = {}
        session.on("Target.attachedToTarget", self._come)
        session.on("Target.detachedFromTarget", self._go)
        session.on("Target.receivedMessageFromTarget", self._hear)

    async def attach(self) -> None:
        way = {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": False}
        await self._session.send("Target.setAutoAttach", way)

    def _come(self, event: dict[str, str]) -> None:
        self._said[event["sessionId"]] = 0

    def _go(self, event: dict[str, str]) -> None:
        self._said.pop(event["sessionId"], None)

    def _hear(self, event: dict[str, str]) -> None:
        result = json.loads(event["message"]).get("result", {})
        if event["sessionId"] in self._said and "usedSize" in result:
            self._said[event["sessionId"]] = _bytes(result)

    async def held(self) -> int:
        """Of all of them; asks them anew for the next time."""
        message = json.dumps({"id": 1, "method": "Runtime.getHeapUsage"})
        for worker in list(self._said):
            # One that has just ended is none any more.
            with contextlib.suppress(Error):
                asked = {"sessionId": worker, "message": message}
                await self._session.send("Target.sendMessageToTarget", asked)
        return sum(self._said.values())


def _bytes(used: dict[str, float]) -> int:
    return int(used["usedSize"] + used.get("backingStorageSize", 0))


@contextlib.asynccontextmanager
async def heap(page: Page) -> AsyncIterator[list[int]]:
    """The heaps of a page and its workers with their typed arrays, in bytes, again and again."""
    session = await page.context.new_cdp_session(page)
    workers = _Workers(session)
    await workers.attach()
    taken: list[int] = []

    async def watch() -> None:
        while True:
            used = _bytes(await session.send("Runtime.getHeapUsage"))
            taken.append(used + await workers.held())
            await asyncio.sleep(_HEAP_PAUSE)

    watching = asyncio.create_task(watch())
    try:
        yield taken
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
