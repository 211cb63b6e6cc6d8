"""Measured in a browser, saved, and there again: in a file, and sealed for the practice."""

from __future__ import annotations

import asyncio
import io
import zipfile
from pathlib import Path
from typing import Any

import pydicom
import pytest
from playwright.async_api import Page
from pydicom.uid import GrayscaleSoftcopyPresentationStateStorage, KeyObjectSelectionDocumentStorage

from tests.e2e import axe, browsers, links, net, screens, steps, viewing
from tests.e2e.canary import Search
from tests.e2e.files import choose, link_of, permit, said, say_who
from tests.e2e.server import Server, in_language, serving
from tests.imaging.dicoms import Ct, make_ct

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]

SLICES = 3
CT = Ct(rows=64, columns=64, patient="REPÈRE^Noëlle")
NOTE = "nodule à revoir"
AUTHOR = "Dr Łukasz Exemple"


async def send(sender: Page, url: str, folder: Path) -> links.Made:
    await sender.goto(url)
    await choose(sender, folder)
    await say_who(sender, "Labo Démo", "Dr Autre")
    await steps.button(sender, said("send")).click()
    return await link_of(sender)


async def look(reader: Page, made: links.Made) -> None:
    await viewing.open_link(reader, made)
    await viewing.look(reader, SLICES)


async def draw(reader: Page) -> tuple[list[float], str]:
    """Draw a line on the second slice; give where it is in pixels, and what the page says of it."""
    await reader.get_by_role("application").focus()
    await viewing.go(reader, "ArrowDown", 2, SLICES)
    await reader.get_by_text(viewing.said("tool_length"), exact=True).click()
    box = await reader.get_by_role("application").bounding_box()
    assert box is not None
    scale = min(box["width"] / CT.columns, box["height"] / CT.rows)
    left, middle = (box["width"] - CT.columns * scale) / 2, box["height"] / 2
    points = []
    for share in (0.4, 0.6):
        await reader.mouse.click(box["x"] + box["width"] * share, box["y"] + middle)
        points += [(box["width"] * share - left) / scale, CT.rows / 2]
    label = reader.locator("svg.imaging-marks text")
    measured = (await label.filter(has_text="mm").text_content() or "").removeprefix("1 · ")
    await steps.button(reader, viewing.said("keyImage")).click()
    await steps.button(reader, viewing.said("marks")).click()
    await steps.textbox(reader, viewing.said("noteText")).fill(NOTE)
    return points, measured


async def download(reader: Page, folder: Path) -> Path:
    await steps.textbox(reader, viewing.said("keepAs")).fill(AUTHOR)
    async with reader.expect_download() as began:
        await steps.button(reader, viewing.said("keepFile")).click()
    await reader.get_by_text(viewing.said("kept")).wait_for()
    file = folder / "marks.zip"
    await (await began.value).save_as(file)
    return file


def inside(file: Path) -> dict[str, Any]:
    """By class, as pydicom reads them."""
    with zipfile.ZipFile(file) as made:
        assert made.testzip() is None
        names = made.namelist()
        assert names[0] == "index.json"
        read = [pydicom.dcmread(io.BytesIO(made.read(name))) for name in names[1:]]
    return {one.SOPClassUID: one for one in read}


def check(file: Path, points: list[float], measured: str) -> None:
    found = inside(file)
    state = found[GrayscaleSoftcopyPresentationStateStorage]
    assert (state.StudyInstanceUID, str(state.PatientName)) == (CT.study_uid, CT.patient)
    assert str(state.ContentCreatorName) == AUTHOR
    (mark,) = state.GraphicAnnotationSequence
    (image,) = mark.ReferencedImageSequence
    assert image.ReferencedSOPInstanceUID == CT.uid(1)
    (line,) = mark.GraphicObjectSequence
    assert (line.GraphicType, line.GraphicAnnotationUnits) == ("POLYLINE", "PIXEL")
    assert list(line.GraphicData) == pytest.approx(points, abs=0.2)
    texts = [text.UnformattedTextValue for text in mark.TextObjectSequence]
    value = abs(line.GraphicData[2] - line.GraphicData[0]) * CT.slice(0).PixelSpacing[1]
    assert texts == [f"{value:.1f} mm", NOTE]
    assert float(measured.removesuffix(" mm")) == pytest.approx(value, abs=0.06)
    selection = found[KeyObjectSelectionDocumentStorage]
    chosen = [one for one in selection.ContentSequence if one.ValueType == "IMAGE"]
    (one,) = chosen
    assert one.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == CT.uid(1)


async def shown(reader: Page, by: str) -> None:
    """Saved marks are on their slice, with whose they are, and among the key images."""
    await reader.get_by_text(by, exact=False).first.wait_for()
    await reader.get_by_role("button", name=", image 2", exact=False).click()
    await viewing.shown(reader, 2, SLICES)
    await reader.locator("svg.imaging-marks .saved text").filter(has_text="mm").wait_for()
    await reader.get_by_role("listitem").filter(has_text=NOTE).last.wait_for()


async def test_marks_are_kept(host: net.Host, tmp_path: Path) -> None:
    server = Server(host, tmp_path)
    folder = tmp_path / "scan"
    await asyncio.to_thread(make_ct, folder, SLICES, CT)
    scripts = [axe.script()]
    async with (
        serving(server),
        browsers.chromium(host, tmp_path, browsers.DOCTOR, scripts=scripts) as one,
        browsers.chromium(host, tmp_path, browsers.PATIENT, scripts=scripts) as two,
    ):
        await steps.open_desk(one.page, await server.demo())
        made = await send(two.page, in_language(await permit(one.page), "en"), folder)
        reader = await one.page.context.new_page()
        await look(reader, made)
        points, measured = await draw(reader)
        file = await download(reader, tmp_path)
        check(file, points, measured)
        assert await axe.violations(reader) == []
        await steps.button(reader, viewing.said("practiceSave")).click()
        await reader.get_by_text(viewing.said("signed")).wait_for()
        await reader.get_by_text(viewing.said("keepNone")).wait_for()
        await screens.shot(reader, "marks-kept")
        await reader.close()
        again = await one.page.context.new_page()
        await look(again, made)
        await steps.button(again, viewing.said("marks")).click()
        await shown(again, "Dr Camille Démo")
        await again.get_by_text(viewing.said("signed")).wait_for()
        assert await axe.violations(again) == []
        await screens.shot(again, "marks-practice")
        # Somebody else has no desk, and the file.
        other = two.page
        await look(other, made)
        await steps.button(other, viewing.said("marks")).click()
        await other.get_by_text(viewing.said("practiceNone")).wait_for()
        await other.get_by_label(viewing.said("openMarks")).set_input_files(file)
        await shown(other, AUTHOR)
        await screens.shot(other, "marks-file")
        # Erased for all of the practice.
        await steps.button(again, viewing.said("erase")).click()
        await steps.button(again, viewing.said("erase")).click()
        await again.get_by_text(viewing.said("signed")).wait_for(state="detached")
        for person in (one, two):
            assert [text for text in person.console if "Content Security Policy" in text] == []
    marks: dict[str, str | bytes] = {"patient": "REPÈRE", "note": NOTE, "author": AUTHOR}
    marks |= {"uid": CT.study_uid, "link": made.secret, "words": made.words}
    search = Search(marks)
    assert not search.folder(server.data) | search.data("log", server.log.read_bytes())
