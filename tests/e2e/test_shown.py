"""Pictures and PDF in a real browser: drawn as they are, and nothing shown of what is hostile.

The page opens them with the workers and the policies that people get.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pypdf
import pytest

from tests.e2e import browsers, net, stories
from tests.e2e.test_images import ORIGIN, ask, opened
from tests.imaging import pdfs, pictures
from tests.imaging.hostile import documents, plain_pdf
from tests.imaging.hostile import pdfs as no_pdfs

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]

RED, GREEN, BLUE, WHITE = (220, 20, 20), (20, 160, 20), (20, 20, 220), (255, 255, 255)
GREY = tuple(round(0.299 * r + 0.587 * g + 0.114 * b) for r, g, b in (RED, GREEN, BLUE, WHITE))
GOOD = plain_pdf()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shown")
    stories.build(folder, "images")
    return folder


@contextlib.asynccontextmanager
async def looking(host: net.Host, folder: Path, built: Path) -> AsyncIterator[browsers.Person]:
    """The page; nobody else was asked for anything when it ends, and no policy was offended."""
    async with opened(host, folder, built) as person:
        asked: list[str] = []
        person.page.context.on("request", lambda request: asked.append(request.url))
        yield person
        assert [url for url in asked if not url.startswith(f"{ORIGIN}/")] == []
        assert [line for line in person.console if "Security Policy" in line] == []
        assert [line for line in person.console if "uncaught" in line.lower()] == []


async def shown(person: browsers.Person, content: bytes, page: int = 0) -> dict[str, Any]:
    return await ask(person.page, "shown", content, page)


def near(found: list[list[int]], wanted: tuple[tuple[int, ...], ...], by: int = 24) -> bool:
    pairs = zip(found, wanted, strict=True)
    return all(abs(a - b) <= by for one, other in pairs for a, b in zip(one, other, strict=True))


async def test_pictures_are_shown_as_they_are(host: net.Host, tmp_path: Path, built: Path) -> None:
    wrong: dict[str, object] = {}
    async with looking(host, tmp_path, built) as person:
        for name, content in pictures.genuine():
            found = await shown(person, content)
            sheet = found["sheet"]
            colours: tuple[tuple[int, ...], ...] = (RED, GREEN, BLUE, WHITE)
            if "grey" in name:
                colours = tuple((light, light, light) for light in GREY)
            # How ink becomes light is each program's own.
            by = 60 if "CMYK" in name else 24
            if sheet is None or not near(sheet["quarters"], colours, by):
                wrong[name] = found
            elif (sheet["width"], sheet["height"]) != (60, 40):
                wrong[name] = (sheet["width"], sheet["height"])
            elif sheet["notes"] != (["moving"] if "moves" in name else []):
                wrong[name] = sheet["notes"]
    assert wrong == {}


async def test_a_large_picture_is_shown_smaller(
    host: net.Host, tmp_path: Path, built: Path
) -> None:
    content = pictures.saved(pictures.drawing(7000, 5000), "JPEG", quality=60)
    async with looking(host, tmp_path, built) as person:
        sheet = (await shown(person, content))["sheet"]
    assert (sheet["width"], sheet["height"]) == (7000, 5000)
    assert near(sheet["quarters"], (RED, GREEN, BLUE, WHITE))


async def test_pages_and_their_words(host: net.Host, tmp_path: Path, built: Path) -> None:
    writer = pypdf.PdfWriter()
    for angle in (0, 90):
        page = writer.add_page(pypdf.PdfReader(io.BytesIO(GOOD)).pages[0])
        page.rotate(angle)
    file = tmp_path / "two.pdf"
    writer.write(file)
    async with looking(host, tmp_path, built) as person:
        first, second = [await shown(person, file.read_bytes(), number) for number in (0, 1)]
        masked = (await shown(person, pdfs.masked()))["sheet"]
        fax = (await shown(person, pdfs.fax()))["sheet"]
        drawn = {name: await shown(person, content) for name, content in pdfs.pictured()}
    assert (first["count"], first["wrong"], first["sheet"]["text"]) == (2, None, "words")
    assert (first["sheet"]["width"], first["sheet"]["height"]) == (400, 267)
    assert (second["sheet"]["width"], second["sheet"]["height"]) == (267, 400)
    assert second["sheet"]["text"] == "words"
    assert first["sheet"]["notes"] == []
    assert near(masked["quarters"], ((255, 0, 0), WHITE, (255, 0, 0), WHITE))
    assert near(fax["quarters"], (WHITE, WHITE, (0, 0, 0), WHITE))
    assert fax["notes"] == masked["notes"] == []
    for name, found in drawn.items():
        assert found["sheet"]["notes"] == [], name
        # As ink on paper looks, which is duller than light.
        by = 90 if "CMYK" in name else 24
        assert near(found["sheet"]["quarters"], (RED, GREEN, BLUE, WHITE), by), name


async def test_what_a_pdf_would_do_it_does_not(host: net.Host, tmp_path: Path, built: Path) -> None:
    """No script of it runs, no link leads anywhere, nothing is asked for: the page says so."""
    wrong: dict[str, object] = {}
    async with looking(host, tmp_path, built) as person:
        said = [(*one, ["inert"]) for one in pdfs.active()]
        for name, content, notes in [*said, *((*one, []) for one in pdfs.unsaid())]:
            found = await shown(person, content)
            sheet = found["sheet"]
            if sheet is None or sheet["text"] != "words" or sheet["notes"] != notes:
                wrong[name] = found
        assert await person.page.title() == "Images"
    assert wrong == {}


async def test_what_is_missing_of_a_page_is_said(
    host: net.Host, tmp_path: Path, built: Path
) -> None:
    wrong: dict[str, object] = {}
    async with looking(host, tmp_path, built) as person:
        for name, content in pdfs.incomplete():
            found = await shown(person, content)
            sheet = found["sheet"]
            if sheet is None or sheet["text"] != "words" or sheet["notes"] != ["incomplete"]:
                wrong[name] = found
    assert wrong == {}


async def test_hostile_pictures_show_nothing_and_the_page_lives_on(
    host: net.Host, tmp_path: Path, built: Path
) -> None:
    good = pictures.saved(pictures.drawing(), "PNG")
    wrong: dict[str, object] = {}
    files = list(pictures.hostile())
    assert len(files) >= 25
    async with looking(host, tmp_path, built) as person:
        expected = await shown(person, good)
        for name, content, why in files:
            found = await shown(person, content)
            if found["sheet"] is not None or found["wrong"] != why:
                wrong[name] = found
            assert await shown(person, good) == expected, name
        assert await person.page.title() == "Images"
    assert wrong == {}


def is_nothing(found: dict[str, Any]) -> bool:
    """Whether it was refused, or is an empty sheet: a page without a size has that of a letter."""
    sheet = found["sheet"]
    if sheet is None:
        return found["wrong"] is not None
    return sheet["text"] == "" and near(sheet["quarters"], (WHITE,) * 4, 0)


@pytest.mark.timeout(300)
async def test_hostile_pdfs_show_nothing_and_the_page_lives_on(
    host: net.Host, tmp_path: Path, built: Path
) -> None:
    wrong: dict[str, object] = {}
    others = [(name, content) for name, how, content in documents() if how == "application/pdf"]
    async with looking(host, tmp_path, built) as person:
        expected = await shown(person, GOOD)
        for name, content in [*no_pdfs(), *others, *pdfs.endless()]:
            found = await shown(person, content)
            if not is_nothing(found):
                wrong[name] = found
            assert await shown(person, GOOD) == expected, name
        assert await person.page.title() == "Images"
    assert wrong == {}
