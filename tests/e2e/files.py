"""Files of any size, as somebody with a permit sends them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import Locator, Page

from tests.e2e import browsers, links, steps
from tests.e2e.server import in_language
from tests.e2e.words import say


def said(key: str) -> str:
    return say("en", f"files.{key}")


def permitted(key: str) -> str:
    return said(f"permit{key[0].upper()}{key[1:]}")


async def open_permits(doctor: Page) -> None:
    await steps.button(doctor, say("en", "desk.receivedOpen")).click()
    await steps.button(doctor, permitted("make")).wait_for()


async def permit(doctor: Page, label: str = "Laboratoire", megabytes: str = "10000") -> str:
    """Have the desk give a permit, for as much as can be unless said; its dialog stays open."""
    await open_permits(doctor)
    await steps.textbox(doctor, permitted("label")).fill(label)
    size = doctor.get_by_role("combobox", name=permitted("size"))
    await size.select_option(megabytes)
    await steps.button(doctor, permitted("make")).click()
    return await steps.textbox(doctor, permitted("link")).input_value()


async def say_who(sender: Page, name: str, *readers: str) -> None:
    """Say who sends, and to whom links are handed over besides the practice."""
    await steps.textbox(sender, said("name")).fill(name)
    for reader in readers:
        await steps.button(sender, said("addReader")).click()
        await steps.textbox(sender, said("readerName")).last.fill(reader)


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


async def sent(doctor: Page, sender: Page, file: Path, reader: str) -> links.Made:
    """Have an imaging practice send it with a permit; give what it hands over to `reader`."""
    await sender.goto(in_language(await permit(doctor), "en"))
    await choose(sender, file)
    await say_who(sender, "Imagerie", reader)
    await steps.button(sender, said("send")).click()
    made = await link_of(sender)
    await doctor.keyboard.press("Escape")
    return made


async def link_of(sender: Page) -> links.Made:
    url = await steps.textbox(sender, links.said("linkLabel")).input_value()
    words: Locator = sender.get_by_role("region", name=links.said("wordsTitle"))
    spoken = words.get_by_role("listitem")
    await spoken.nth(4).wait_for()
    return links.Made(url, " ".join(await spoken.all_inner_texts()))
