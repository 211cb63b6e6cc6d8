"""A study from a laboratory's folder to somebody's screen, before all of it has arrived.

The server is killed and the sender's page loaded anew in the middle. IMAGING_SLICES=1200 makes it
a scan of 600 MiB (`make soak`).
"""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from tests.e2e import axe, browsers, links, net, screens, steps, viewing
from tests.e2e.canary import Search
from tests.e2e.files import choose, link_of, permit, said, say_who, under_way
from tests.e2e.server import Server, in_language, serving
from tests.imaging.dicoms import REAL, Ct, make_ct

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.root,
    pytest.mark.slow,
    pytest.mark.xdist_group("three"),
]

SLICES = int(os.environ.get("IMAGING_SLICES", "160"))
CT = Ct(rows=512, columns=512, patient="REPÈRE^Noëlle", description="Thorax fin")
SENDER = "Imagerie de l’Exemple"
PHONE: Any = {"width": 360, "height": 740}
MIB = 1024 * 1024
MOST_HEAP = 250_000_000


async def send(server: Server, sender: Page, url: str, folder: Path) -> links.Made:
    """Send a folder of images, the server being killed and the page loaded anew in the middle."""
    await sender.goto(url)
    await choose(sender, folder)
    await sender.get_by_text(f"{SLICES} medical images").wait_for()
    await sender.get_by_text("1 file that is no medical image").wait_for()
    assert await axe.violations(sender) == []
    await screens.shot(sender, "imaging-chosen")
    await say_who(sender, SENDER, "Dr Autre")
    await steps.button(sender, said("send")).click()
    await under_way(sender)
    await server.kill()
    await sender.get_by_text(said("waiting")).wait_for()
    await server.serve()
    await under_way(sender)
    await sender.reload()
    await choose(sender, folder)
    await steps.button(sender, said("goOn")).click()
    return await link_of(sender)


async def measure(page: Page) -> None:
    """Draw a line, give it a name, and take it back."""
    await page.get_by_text(viewing.said("tool_length"), exact=True).click()
    box = await page.get_by_role("application").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    for share in (0.4, 0.6):
        await page.mouse.click(box["x"] + box["width"] * share, middle)
    await page.locator("svg.imaging-marks text").filter(has_text="mm").wait_for()
    await steps.button(page, viewing.said("keyImage")).click()
    await steps.button(page, viewing.said("marks")).click()
    await steps.textbox(page, viewing.said("noteText")).fill("to look at again")
    assert await axe.violations(page) == []
    await screens.shot(page, "imaging-measured")
    await steps.button(page, viewing.said("remove")).click()
    await page.get_by_text("Nothing was measured").wait_for()
    await steps.button(page, viewing.said("marks")).click()


async def test_images_open_before_the_rest_is_there(host: net.Host, tmp_path: Path) -> None:
    server = Server(host, tmp_path)
    folder = tmp_path / "scan"
    await asyncio.to_thread(make_ct, folder, SLICES, CT)
    (folder / "viewer.exe").write_bytes(b"MZ" + bytes(600))
    scripts = [axe.script()]
    async with (
        serving(server),
        browsers.chromium(host, tmp_path, browsers.DOCTOR, scripts=scripts) as one,
        browsers.chromium(host, tmp_path, browsers.PATIENT, scripts=scripts) as two,
        browsers.chromium(host, tmp_path, 0x5C, scripts=scripts) as three,
    ):
        await steps.open_desk(one.page, await server.demo())
        url = in_language(await permit(one.page), "en")
        async with viewing.heap(two.page) as sent:
            made = await send(server, two.page, url, folder)
        reader = three.page
        async with viewing.heap(reader) as used:
            await viewing.open_link(reader, made)
            _seconds, came = await viewing.look(reader, SLICES)
            # The index, the leaf hashes, this picture, and nothing of the others but where it ends.
            assert 0 < came < 3 * MIB
            await reader.get_by_text("Noëlle REPÈRE", exact=False).first.wait_for()
            await viewing.go(reader, "End", SLICES, SLICES)
            await viewing.jump(reader, SLICES // 2, SLICES)
            await reader.get_by_role("application").focus()
            await viewing.go(reader, "ArrowDown", SLICES // 2 + 1, SLICES)
            await measure(reader)
            await reader.get_by_role("combobox", name=viewing.said("presets")).select_option("lung")
            await reader.get_by_text("W 1500 · C -600 HU").wait_for()
            await steps.button(reader, viewing.said("facts")).click()
            await reader.get_by_text("Étude de démonstration", exact=True).wait_for()
            assert await axe.violations(reader) == []
            await screens.shot(reader, "imaging-facts")
            await reader.keyboard.press("Escape")
            for number in range(1, SLICES, max(SLICES // 40, 1)):
                await viewing.jump(reader, number, SLICES)
            await reader.set_viewport_size(PHONE)
            assert await axe.violations(reader) == []
            await screens.shot(reader, "imaging-phone")
            await reader.keyboard.press("Escape")
            await steps.button(reader, said("look")).wait_for()
        assert max(sent) < MOST_HEAP
        assert max(used) < MOST_HEAP
        for person in (one, two, three):
            assert [text for text in person.console if "Content Security Policy" in text] == []
    marks: dict[str, str | bytes] = {"patient": "REPÈRE", "series": CT.description}
    marks |= {"uid": CT.study_uid, "sender": SENDER, "pixels": CT.pixels(0).tobytes()[:64]}
    search = Search(marks | {"link": made.secret, "words": made.words})
    assert not search.folder(server.data) | search.data("log", server.log.read_bytes())
    shutil.rmtree(folder)


async def test_a_disc_of_several_studies(host: net.Host, tmp_path: Path) -> None:
    """What comes in pydicom's package: 14 series of 7 studies, with their DICOMDIR."""
    server = Server(host, tmp_path)
    disc = await asyncio.to_thread(shutil.make_archive, str(tmp_path / "disc"), "zip", REAL)
    async with (
        serving(server),
        browsers.chromium(host, tmp_path, browsers.DOCTOR) as one,
        browsers.chromium(host, tmp_path, browsers.PATIENT) as two,
    ):
        await steps.open_desk(one.page, await server.demo())
        sender = two.page
        await sender.goto(in_language(await permit(one.page), "en"))
        await choose(sender, Path(disc))
        await sender.get_by_text("14 series").wait_for()
        await say_who(sender, SENDER, "Dr Autre")
        await steps.button(sender, said("send")).click()
        await viewing.open_link(sender, await link_of(sender))
        await steps.button(sender, said("look")).click()
        listed = sender.get_by_role("navigation", name=viewing.said("series")).get_by_role("button")
        await listed.nth(13).wait_for()
        for at in range(14):
            await listed.nth(at).click()
            # One of them has no pixels, and says so.
            shown = sender.locator("svg.imaging-marks, .imaging-trouble")
            await shown.first.wait_for(state="attached")
            await sender.locator(".imaging-hand canvas:not(.waiting)").wait_for()
        assert await listed.count() == 14
        await screens.shot(sender, "imaging-disc")
