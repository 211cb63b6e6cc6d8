"""How soon the first image of a large study is on the screen, and any other one after it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.e2e import browsers, net, steps, viewing
from tests.e2e.files import choose, link_of, permit, said, say_who
from tests.e2e.server import Server, in_language, serving
from tests.imaging.dicoms import Ct, make_ct

# 600 MiB.
SLICES, SIDE = 1200, 512
# Far apart, so that none was fetched with another one.
JUMPS = (900, 300, 600, 1100, 50, 750, 450, 1000, 200)
_MINUTES = 10 * 60_000


async def measure(folder: Path) -> tuple[float, float]:
    """Seconds to the first image at 20 Mbit/s and 40 ms, and the longest of some others."""
    scan = folder / "scan"
    await asyncio.to_thread(make_ct, scan, SLICES, Ct(rows=SIDE, columns=SIDE))
    with net.network() as network:
        host = network.host("all", "192.0.2.10/28")
        server = Server(host, folder)
        async with (
            serving(server),
            browsers.chromium(host, folder, browsers.DOCTOR) as one,
            browsers.chromium(host, folder, browsers.PATIENT) as two,
        ):
            await steps.open_desk(one.page, await server.demo())
            sender = one.page
            await sender.goto(in_language(await permit(one.page), "en"))
            await choose(sender, scan)
            await say_who(sender, "Banc d’Essai", "Banc")
            await steps.button(sender, said("send")).click()
            await steps.textbox(sender, "Link").first.wait_for(timeout=_MINUTES)
            made = await link_of(sender)
            reader = two.page
            await viewing.open_link(reader, made)
            await viewing.throttle(reader)
            first, _ = await viewing.look(reader, SLICES)
            others = [await viewing.jump(reader, to, SLICES) for to in JUMPS]
            return first, max(others)
