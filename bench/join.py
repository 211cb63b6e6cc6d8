"""From the doctor's *Admit* to the patient's first decoded frame, devices already open.

Beside it, in the same two browser processes, a bare two-page prototype from its offer to the first
frame. Runs alternate, so that whatever else the machine does meets both alike.
"""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Page

from bench import peers
from tests.e2e import browsers, net, steps
from tests.e2e.server import Server, serving

RUNS = 11
# The moments are taken inside the pages: of the first click on a button of that name, and of the
# first frame that the remote video has decoded. Both clocks are the machine's. Nothing polls: that
# would cost the page with more in it more.
_MOMENTS = """(() => {
  const now = () => performance.timeOrigin + performance.now();
  window.moments = {};
  addEventListener('click', ({ target }) => {
    const name = target.closest?.('button')?.textContent?.trim();
    if (name) window.moments[name] ??= now();
  }, { capture: true });
  const { get, set } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    get,
    set(stream) {
      set.call(this, stream);
      this.requestVideoFrameCallback?.(() => {
        if (this.ariaLabel === 'Remote video') window.moments.frame ??= now();
      });
    },
  });
})()"""


async def _moment(page: Page, name: str) -> float:
    async def happened() -> float | None:
        moment: float | None = await page.evaluate("name => moments[name] ?? null", name)
        return moment

    moment = await browsers.until(happened, f"{name} in the page")
    assert moment is not None
    return moment


async def _bare(origin: str, doctor: Page, patient: Page) -> float:
    for page in (doctor, patient):
        await page.goto(origin)
        await page.evaluate("() => ready")
    started: float = await doctor.evaluate("() => call()")
    return await _moment(patient, "frame") - started


async def _ours(host: net.Host, folder: Path, doctor: Page, patient: Page) -> float:
    async with serving(Server(host, folder)) as server:
        links = await server.demo()
        await steps.open_desk(doctor, links)
        await steps.button(doctor, "Turn on camera and microphone").click()
        await browsers.sees(doctor, browsers.DOCTOR, label="Your video")
        await steps.join(patient, links)
        await browsers.sees(patient, browsers.PATIENT, label="Your video")
        admit = steps.button(doctor, "Admit")
        await admit.wait_for()
        # Both pages have settled, as after a minute of waiting.
        await patient.wait_for_timeout(1000)
        await admit.click()
        frame = await _moment(patient, "frame")
        return frame - await _moment(doctor, "Admit")


@contextlib.asynccontextmanager
async def _pages(people: list[browsers.Person]) -> AsyncIterator[list[Page]]:
    """A page each with nothing remembered, in browser processes that stay."""
    async with contextlib.AsyncExitStack() as stack:
        fresh = [await stack.enter_async_context(person.afresh()) for person in people]
        yield [person.page for person in fresh]


async def measure(folder: Path) -> tuple[float, float]:
    """Medians in milliseconds: (ours, the bare prototype's)."""
    ours: list[float] = []
    bare: list[float] = []
    with net.network() as network:
        host = network.host("all", "192.0.2.10/28")
        async with contextlib.AsyncExitStack() as stack:
            origin = await stack.enter_async_context(peers.bare_pages(host, folder))
            people = [
                await stack.enter_async_context(
                    browsers.chromium(host, folder, identity, scripts=[_MOMENTS])
                )
                for identity in (browsers.DOCTOR, browsers.PATIENT)
            ]
            # The first of each is a rehearsal: browsers load their media parts only then.
            for run in range(RUNS + 1):
                async with _pages(people) as (doctor, patient):
                    bare.append(await _bare(f"{origin}/?{run}", doctor, patient))
                async with _pages(people) as (doctor, patient):
                    ours.append(await _ours(host, folder / f"run{run}", doctor, patient))
    return statistics.median(ours[1:]), statistics.median(bare[1:])
