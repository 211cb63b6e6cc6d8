"""Numbered messages, to see that each arrives once and in order."""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import Page

from tests.e2e import browsers
from tests.patience import PATIENCE


async def chat_lines(page: Page) -> list[str]:
    """The numbered messages that the page shows, in its order."""
    texts = (
        await page.get_by_role("log").get_by_text(re.compile(r"^message \d+$")).all_inner_texts()
    )
    return [text.strip() for text in texts]


async def shows_lines(page: Page, count: int, seconds: float = PATIENCE) -> None:
    wanted = [f"message {number}" for number in range(count)]

    async def all_there() -> bool:
        return len(await chat_lines(page)) >= count

    await browsers.until(all_there, f"{count} messages", seconds)
    # A double would come late: give it the time.
    await asyncio.sleep(1)
    assert await chat_lines(page) == wanted
