"""What a patient's browser fetches from the link to the waiting room, as it travels."""

from __future__ import annotations

from pathlib import Path

from tests.e2e import browsers, net, steps
from tests.e2e.server import Server, serving


async def measure(folder: Path) -> float:
    """KiB of all response bodies, compressed as served, with nothing in the browser's cache."""
    with net.network() as network:
        host = network.host("all", "192.0.2.10/28")
        async with (
            serving(Server(host, folder / "weight")) as server,
            browsers.chromium(host, folder, browsers.PATIENT) as patient,
        ):
            await steps.join(patient.page, await server.demo())
            await patient.page.get_by_text("Your doctor", exact=False).first.wait_for()
            await patient.page.wait_for_timeout(2000)
            fetched = [
                (await request.sizes())["responseBodySize"]
                for request in patient.requests
                if await request.response() is not None
            ]
    return sum(fetched) / 1024
