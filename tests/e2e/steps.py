"""What a doctor and a patient do, by the accessible names that the pages promise (in English)."""

from __future__ import annotations

from playwright.async_api import Locator, Page

from tests.e2e.server import Links, in_language

NAME = "Łukasz Şahin"


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def textbox(page: Page, name: str) -> Locator:
    return page.get_by_role("textbox", name=name, exact=True)


async def open_desk(page: Page, links: Links, language: str = "en") -> None:
    """The doctor opens the desk, whose practitioner and consult come with the link."""
    await page.goto(in_language(links.doctor, language))


async def join(page: Page, links: Links, name: str = NAME) -> None:
    """The patient opens the link, looks at their picture, and joins the waiting room."""
    await page.goto(in_language(links.patient, "en"))
    await button(page, "Continue").click()
    await textbox(page, "Your name").fill(name)
    await button(page, "Join the waiting room").click()


async def admit(page: Page) -> None:
    await button(page, "Admit").click()


async def write(page: Page, text: str) -> None:
    """Send a chat message."""
    await textbox(page, "Message").fill(text)
    await button(page, "Send").click()


async def reads(page: Page, text: str) -> None:
    """Wait until a chat message shows."""
    await page.get_by_role("log").get_by_text(text, exact=True).wait_for()
