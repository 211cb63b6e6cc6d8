"""Files of a sealed link, looked at in the page: a letter, a picture, and one that lies."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pypdf
import pytest
from playwright.async_api import Page, expect

from tests.e2e import axe, browsers, links, net, screens, steps
from tests.e2e.files import choose, link_of, permit, say_who
from tests.e2e.files import said as files_said
from tests.e2e.server import Server, in_language, serving
from tests.e2e.words import say
from tests.imaging.hostile import plain_pdf
from tests.imaging.pictures import drawing, saved

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]

PHONE: Any = {"width": 360, "height": 740}
SENDER = "Laboratoire de l’Exemple"


def said(key: str, **values: object) -> str:
    text = say("en", f"viewing.{key}")
    for name, value in values.items():
        text = text.replace("{{" + name + "}}", str(value))
    return text


def letter(pages: int) -> bytes:
    """A PDF of so many pages, each turned further than the one before."""
    writer = pypdf.PdfWriter()
    for number in range(pages):
        page = writer.add_page(pypdf.PdfReader(io.BytesIO(plain_pdf())).pages[0])
        page.rotate(90 * number)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


async def sent(doctor: Page, sender: Page, file: Path) -> links.Made:
    """What a laboratory sends with a permit of this doctor, who has no room for two large ones."""
    await doctor.keyboard.press("Escape")
    await sender.goto("about:blank")
    await sender.goto(in_language(await permit(doctor, megabytes="100"), "en"))
    await choose(sender, file)
    await say_who(sender, SENDER, "Moi")
    await steps.button(sender, files_said("send")).click()
    return await link_of(sender)


async def page_is_shown(reader: Page, number: int, count: int) -> None:
    await reader.get_by_role("img", name=said("pageOf", number=number, count=count)).wait_for()
    await reader.locator(".viewing-sheet:not(.waiting)").wait_for()


async def percent(reader: Page) -> int:
    return int((await reader.locator(".viewing-percent").inner_text()).rstrip("%"))


async def sizes(reader: Page) -> None:
    """Larger, and all of the page again, by keys."""
    fitting = await percent(reader)
    await reader.keyboard.press("+")
    assert await percent(reader) > fitting
    await reader.keyboard.press("0")

    async def fits() -> bool:
        return await percent(reader) == fitting

    await browsers.until(fits, "the whole page")


async def test_files_of_a_link_are_looked_at_in_the_page(host: net.Host, tmp_path: Path) -> None:
    server = Server(host, tmp_path)
    scripts = [axe.script()]
    pdf, lie = tmp_path / "Analyses été.pdf", tmp_path / "photo.png"
    pdf.write_bytes(letter(3))
    lie.write_text("<svg xmlns='http://www.w3.org/2000/svg' onload='document.title=1'/>")
    async with (
        serving(server),
        browsers.chromium(host, tmp_path, browsers.DOCTOR, scripts=scripts) as one,
        browsers.chromium(host, tmp_path, browsers.PATIENT, scripts=scripts) as two,
        browsers.chromium(host, tmp_path, 0x5C, scripts=scripts, viewport=PHONE) as three,
    ):
        doctor, sender, reader = one.page, two.page, three.page
        await steps.open_desk(doctor, await server.demo())

        # A letter: its pages, by buttons, by keys, by their number.
        await links.visit(reader, made := await sent(doctor, sender, pdf))
        await links.give(reader, made.words)
        await steps.button(reader, files_said("view")).click()
        await page_is_shown(reader, 1, 3)
        assert await reader.locator(".viewing-text").inner_text() == "words"
        assert await axe.violations(reader) == []
        await screens.shot(reader, "link-shown-pdf")
        await reader.keyboard.press("PageDown")
        await page_is_shown(reader, 2, 3)
        await steps.button(reader, said("next")).click()
        await page_is_shown(reader, 3, 3)
        await reader.get_by_label(said("pageNumber")).fill("1")
        await reader.keyboard.press("Enter")
        await page_is_shown(reader, 1, 3)
        await reader.get_by_role("region", name=said("stage")).focus()
        await sizes(reader)
        await reader.keyboard.press("End")
        await page_is_shown(reader, 3, 3)
        await reader.keyboard.press("Escape")
        await expect(reader.locator("dialog.viewing")).to_have_count(0)
        focused = await reader.evaluate("() => document.activeElement?.textContent ?? ''")

        # Its name does not make a picture of it.
        await links.visit(reader, made := await sent(doctor, sender, lie))
        await links.give(reader, made.words)
        await steps.button(reader, files_said("view")).click()
        await reader.get_by_text(said("wrong_kind")).wait_for()
        assert await reader.locator(".viewing canvas").count() == 0
        assert await axe.violations(reader) == []

        # A doctor's own picture, which came with the link.
        await doctor.keyboard.press("Escape")
        content = saved(drawing(900, 600), "PNG")
        made = await links.make(
            doctor, {"name": "cicatrice.png", "mimeType": "image/png", "buffer": content}
        )
        await links.visit(reader, made)
        await links.give(reader, made.words)
        await steps.button(reader, files_said("view")).click()
        await reader.get_by_role("img", name="cicatrice.png").wait_for()
        assert await axe.violations(reader) == []
        await screens.shot(reader, "link-shown-picture")
        for person in (one, two, three):
            assert [text for text in person.console if "Content Security Policy" in text] == []
        assert focused == files_said("view")
