"""Images in a real browser: decoded as pydicom decodes them, and nothing shown of what is hostile.

The page opens them with the worker, the codecs and the policies that people get.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from aiohttp import web
from playwright.async_api import Page
from pydicom.pixels.processing import apply_color_lut
from pydicom.pixels.utils import pixel_array

from server.requests.headers import of_every_answer
from tests.e2e import browsers, net, stories
from tests.imaging.dicoms import Ct, encoded
from tests.imaging.hostile import Hostile, corpus

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]

FILES = Path(pydicom.__file__).parent / "data" / "test_files"
ORIGIN = f"http://127.0.0.1:{stories.PORT}"
GOOD = encoded(Ct().slice(3))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("images")
    stories.build(folder, "images")
    return folder


@contextlib.asynccontextmanager
async def opened(host: net.Host, folder: Path, built: Path) -> AsyncIterator[browsers.Person]:
    """The page, served as our server serves pages."""

    async def head(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(of_every_answer(ORIGIN, request.path))

    async with (
        stories.served(built, host, head),
        browsers.chromium(host, folder, browsers.PATIENT) as person,
    ):
        await person.page.goto(f"{ORIGIN}/index.html")
        await person.page.locator("html[data-ready]").wait_for(state="attached")
        yield person


async def ask(page: Page, what: str, content: bytes, *more: object) -> dict[str, Any]:
    found: dict[str, Any] = await page.evaluate(
        "([what, ...given]) => window[what](...given)",
        [what, base64.b64encode(content).decode(), *more],
    )
    return found


def expected(file: Path) -> str | None:
    """The hash of the first frame as the page would have it; None where pydicom has none either."""
    try:
        read = pydicom.dcmread(file)
        values = pixel_array(read, index=0)
    except Exception:  # noqa: BLE001 - it raises whatever a plugin raises
        return None
    if read.PhotometricInterpretation == "PALETTE COLOR":
        values = (apply_color_lut(values, read) >> 8).astype(np.uint8)
    if values.ndim == 3:
        values = np.dstack([values, np.full(values.shape[:2], 255, np.uint8)])
    little = values.astype(values.dtype.newbyteorder("<"))
    return hashlib.sha256(np.ascontiguousarray(little).tobytes()).hexdigest()


async def test_images_are_what_pydicom_reads(host: net.Host, tmp_path: Path, built: Path) -> None:
    same: list[str] = []
    other: list[str] = []
    refused: dict[str, str] = {}
    async with opened(host, tmp_path, built) as person:
        for file in sorted(FILES.glob("*.dcm")):
            found = await ask(person.page, "image", file.read_bytes(), 0)
            if "refused" in found:
                refused[file.name] = found["refused"]
            elif (wanted := expected(file)) is not None:
                (same if found["hash"] == wanted else other).append(file.name)
        assert [line for line in person.console if "Security Policy" in line] == []
    assert other == []
    assert len(same) >= 30
    assert set(refused.values()) <= {"unsupported", "no_image", "not_dicom", "broken"}


SHARED = """() => [
    ...["BroadcastChannel", "indexedDB", "caches"].filter((name) => name in self),
    ...["storage", "storageBuckets", "locks", "serviceWorker"].filter((name) => name in navigator),
]"""


async def test_the_worker_shares_nothing_with_pages(
    host: net.Host, tmp_path: Path, built: Path
) -> None:
    async with opened(host, tmp_path, built) as person:
        page = person.page
        assert (await ask(page, "image", GOOD, 0))["rows"] == 16
        (worker,) = [one for one in page.workers if "imaging.worker-" in one.url]
        assert await worker.evaluate(SHARED) == []
        # The page has all of it.
        assert len(await page.evaluate(SHARED)) >= 5


def quiet(hostile: Hostile, found: dict[str, Any]) -> bool:
    """Whether nothing of it was shown, taken or read."""
    match hostile.how:
        case "image":
            return "refused" in found and "hash" not in found
        case "study":
            return found["shown"] is False and found["wrong"] is not None
        case "chosen":
            return "failed" in found or found["images"] == 0
        case "marks":
            return "refused" in found or found["marks"] == 0
        case "photo":
            return found.get("refused") is True
        case _:
            return found == {"prescription": False, "pdf": False}


async def test_hostile_files_show_nothing_and_the_page_lives_on(
    host: net.Host, tmp_path: Path, built: Path
) -> None:
    shown = {}
    files = corpus()
    assert len(files) >= 40
    async with opened(host, tmp_path, built) as person:
        page = person.page
        good = await ask(page, "image", GOOD, 0)
        assert good["rows"] == 16
        for hostile in files:
            if "/" in hostile.how:
                found = await ask(page, "read", hostile.content, hostile.how)
            else:
                found = await ask(page, hostile.how, hostile.content, 0)
            if not quiet(hostile, found):
                shown[hostile.name] = found
            assert await ask(page, "image", GOOD, 0) == good, hostile.name
        assert await page.title() == "Images"
        assert [line for line in person.console if "uncaught" in line] == []
    assert shown == {}
