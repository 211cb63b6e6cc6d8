"""Sealed links, as a doctor makes them and somebody else opens them."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.async_api import FilePayload, Locator, Page

from tests.e2e import steps
from tests.e2e.server import in_language
from tests.e2e.words import say


@dataclass(frozen=True)
class Made:
    """What the doctor hands over, in two ways."""

    url: str
    words: str = field(repr=False)

    @property
    def secret(self) -> str:
        """In base64url."""
        return self.url.rpartition("#1.")[2]


def said(key: str) -> str:
    return say("en", f"links.{key}")


async def open_dialog(doctor: Page) -> None:
    await steps.button(doctor, say("en", "desk.sealedLinksOpen")).click()
    await steps.button(doctor, said("make")).wait_for()


async def make(doctor: Page, file: FilePayload) -> Made:
    """Make a link from the desk, with what is chosen already; the dialog shows it then."""
    await open_dialog(doctor)
    await doctor.get_by_label(say("en", "files.chooseFiles")).set_input_files([file])
    await doctor.get_by_text(file["name"], exact=True).wait_for()
    await steps.button(doctor, said("make")).click()
    return await shown(doctor)


async def shown(doctor: Page) -> Made:
    """What the dialog shows of a link that is to be handed over."""
    url = await steps.textbox(doctor, said("linkLabel")).input_value()
    words = doctor.get_by_role("region", name=said("wordsTitle")).get_by_role("listitem")
    await words.nth(4).wait_for()
    return Made(url, " ".join(await words.all_inner_texts()))


def line(doctor: Page, name: str) -> Locator:
    """What the dialog lists of files with that name, or of somebody who was given them."""
    return doctor.get_by_role("listitem").filter(has_text=name)


async def visit(reader: Page, made: Made) -> None:
    """Open the link, as far as the question for the words."""
    # Another fragment alone would not load the page again.
    await reader.goto("about:blank")
    await reader.goto(in_language(made.url, "en"))


async def give(reader: Page, words: str) -> None:
    await steps.textbox(reader, said("askWords")).fill(words)
    await steps.button(reader, said("open")).click()
