"""Files of any size, as somebody with a permit sends them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import Locator, Page

from tests.e2e import browsers, links, steps
from tests.e2e.words import say


def said(key: str) -> str:
    return say("en", f"files.{key}")


async def permit(doctor: Page) -> str:
    """Have the desk make a link for sending, as much as can be."""
    await links.open_dialog(doctor)
    size = doctor.get_by_role("combobox", name=links.said("permitSize"))
    await size.select_option("10000")
    await steps.button(doctor, links.said("permitMake")).click()
    return await steps.textbox(doctor, links.said("permitLabel")).input_value()


async def under_way(page: Page, beyond: int = 0) -> int:
    """Wait until more bytes than that are there; give how many."""
    bar = page.get_by_role("progressbar")

    async def more() -> bool:
        return float(await bar.get_attribute("value") or 0) > beyond

    await browsers.until(more, "progress")
    return int(float(await bar.get_attribute("value") or 0))


async def choose(page: Page, file: Path) -> None:
    """A file, or a folder, which becomes a zip."""
    folder = await asyncio.to_thread(file.is_dir)
    label = said("chooseFolder" if folder else "chooseFiles")
    await page.get_by_label(label).set_input_files(file)
    name = f"{file.name}.zip" if folder else file.name
    await page.get_by_text(name, exact=True).wait_for()


async def link_of(sender: Page) -> links.Made:
    url = await steps.textbox(sender, links.said("linkLabel")).input_value()
    words: Locator = sender.get_by_role("region", name=links.said("wordsTitle"))
    spoken = words.get_by_role("listitem")
    await spoken.nth(4).wait_for()
    return links.Made(url, " ".join(await spoken.all_inner_texts()))
