"""A picture of each step, on a doctor's wide screen and on a small phone, for people to look at."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.async_api import Page

FOLDER = Path(__file__).resolve().parents[2] / "screenshots"
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}


def give_back(*paths: Path) -> None:
    """Under sudo: files belong to the person who asked for them."""
    if "SUDO_UID" in os.environ:
        for path in paths:
            os.chown(path, int(os.environ["SUDO_UID"]), int(os.environ["SUDO_GID"]))


async def shot(page: Page, name: str) -> None:
    """Fails where the phone would scroll sideways.

    Where somebody wants to look (`make e2e`) it writes screenshots/NAME-wide.png and -360.png.
    """
    wide, narrow = (FOLDER / f"{name}-{size}.png" for size in ("wide", "360"))
    wanted = "SCREENSHOTS" in os.environ
    if wanted:
        FOLDER.mkdir(exist_ok=True)
        await page.screenshot(path=wide)
    await page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    if wanted:
        await page.screenshot(path=narrow, full_page=True)
        give_back(FOLDER, wide, narrow)
    sideways = await page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    await page.set_viewport_size({"width": WIDE["width"], "height": WIDE["height"]})
    assert sideways <= 0, f"{name}: {sideways} px too wide at 360 px"
