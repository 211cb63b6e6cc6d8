"""A patient's documents: on two devices, in a wiped browser, and taken along to another server."""

from __future__ import annotations

import contextlib
import hashlib
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.async_api import Page, ViewportSize

from client.cli import main
from client.sealing.words import read_sheet_words
from tests.e2e import browsers, net, passkeys, steps
from tests.e2e.browsers import Person
from tests.e2e.canary import Search
from tests.e2e.conftest import Consult, begun
from tests.e2e.server import PORT, Server, in_language, serving
from tests.e2e.test_devices import Sheet, make_sheet, show_sheet
from tests.e2e.test_keeping import exported, keep, sign

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]

# No word of the pages.
TABLET = "Tablette de Zéphyrine"
PHONE: ViewportSize = {"width": 390, "height": 844}
HANDHELD: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True}


def digest(of: bytes) -> str:
    return hashlib.sha256(of).hexdigest()


def content(path: Path) -> bytes:
    return path.read_bytes()


async def opened(page: Page, origin: str, count: int) -> None:
    """The page of documents, once it lists so many."""
    await page.goto(f"{origin}/documents/?lang=en")
    await listed(page, count)


async def listed(page: Page, count: int) -> None:
    await page.get_by_role("heading", name="My documents").wait_for()
    await page.get_by_role("button", name="Open", exact=True).nth(count - 1).wait_for()


async def read(page: Page, count: int) -> set[str]:
    """Open every document, and save each: the hashes of their files."""
    for shown in range(count):
        await page.get_by_role("button", name="Open", exact=True).first.click()
        await page.get_by_text("Signature verified").nth(shown).wait_for()
    found = set()
    for save in await page.get_by_role("button", name="Save PDF").all():
        async with page.expect_download() as began:
            await save.click()
        found.add(digest(content(await (await began.value).path())))
    assert len(found) == count
    return found


async def ways_back(page: Page) -> Sheet:
    """Make two: a sheet, and a passkey."""
    await steps.button(page, "Ways back").click()
    sheet = await make_sheet(page, "Printed sheet")
    await page.locator(".way-choice", has_text="Passkey").click()
    await steps.button(page, "Make the passkey").click()
    await steps.button(page, "Finish").click()
    await page.get_by_text("Your ways back are in place.").wait_for()
    await steps.button(page, "Back to my documents").click()
    return sheet


async def added(first: Page, second: Page) -> None:
    """Another device of the same person, which opens what the QR says."""
    await steps.button(first, "Add a device").click()
    link = await steps.textbox(first, "Or open this address there").input_value()
    await second.goto(in_language(link, "en"))
    await steps.button(second, "Add this device").click()
    code = await second.locator(".adding-code output").inner_text()
    await steps.textbox(first, "Six digits from the new device").fill(code)
    await steps.button(first, "Add it").click()
    await steps.button(first, "Added").click()
    await listed(second, 1)


async def recovered(page: Page, origin: str, sheet: Sheet) -> None:
    """The page says that it has nothing, and what to do; both ways bring everything back."""
    await page.goto(f"{origin}/documents/?lang=en")
    await page.get_by_role("heading", name="No documents are kept on this device").wait_for()
    await page.get_by_text("If you had arranged two ways to get them back").wait_for()
    await steps.button(page, "Get my documents back").click()
    await show_sheet(page, sheet)
    await steps.button(page, "Show a passkey").click()
    await listed(page, 2)


async def protected(page: Page, folder: Path) -> tuple[Path, Path, str]:
    """Everything, protected: the file, the one with its code, and the code as it is shown."""
    await steps.button(page, "Export").click()
    async with page.expect_download() as file_began:
        await steps.button(page, "Protected by a code").click()
    packed, code = folder / "exported.zip.age", folder / "code.txt"
    await (await file_began.value).save_as(packed)
    shown = await page.locator(".kept-secret").inner_text()
    async with page.expect_download() as code_began:
        await steps.button(page, "Save the code").click()
    await (await code_began.value).save_as(code)
    await steps.button(page, "Close").click()
    return packed, code, shown


async def named(page: Page, label: str) -> None:
    """Give the last of the devices a name."""
    await page.get_by_role("button", name="Rename").last.click()
    await steps.textbox(page, "Name of the device").fill(label)
    await steps.button(page, "Save").click()
    await page.locator("strong", has_text=label).wait_for()


async def alone(page: Page) -> None:
    """Go on without the other devices."""
    await page.get_by_text("this device", exact=True).wait_for()
    assert await page.get_by_role("button", name="Rename").count() == 3
    await steps.button(page, "Go on without the others").click()
    await steps.button(page, "Go on alone").click()
    await page.get_by_text("Only this device has your documents now.").wait_for()


async def left(page: Page) -> None:
    """Another device says that it has no part in them any more, and forgets them."""
    await page.reload()
    await page.get_by_text("another device of yours went on without this one").first.wait_for()
    await steps.button(page, "Forget them on this device").click()
    await page.get_by_role("heading", name="No documents are kept on this device").wait_for()


def verified(*arguments: Path | str) -> set[str]:
    """What `aparte verify` says of an export: the identities that signed."""
    result = CliRunner().invoke(main, ["verify", "--json", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    found = [json.loads(line) for line in result.output.splitlines()]
    assert {one["asked"] for one in found} == {True}
    return {one["identity"] for one in found}


async def brought(page: Page, sealed: Path, code: str) -> None:
    """Add what a protected export holds: a wrong code says so, the right one opens it."""
    await page.get_by_text("Bring documents along").click()
    await page.get_by_label("Choose the file").set_input_files(sealed)
    await steps.textbox(page, "The code that opens this file").fill(code[:-1])
    await steps.button(page, "Open and add").click()
    await page.get_by_text("This code is incomplete or mistyped.").wait_for()
    await steps.textbox(page, "The code that opens this file").fill(code)
    await steps.button(page, "Open and add").click()
    await page.get_by_text("2 documents added.").wait_for()


def packed_files(packed: Path) -> set[str]:
    """The hashes of the PDFs in an export."""
    with zipfile.ZipFile(packed) as archive:
        names = [name for name in archive.namelist() if name.endswith(".pdf")]
        return {digest(archive.read(name)) for name in names}


@contextlib.asynccontextmanager
async def elsewhere(host: net.Host, folder: Path, one: Consult) -> AsyncIterator[Consult]:
    """A consult at another server, where nobody knows either of the two."""
    async with contextlib.AsyncExitStack() as stack:
        other = Server(host, folder, name="127.0.0.1", port=PORT + 50)
        server = await stack.enter_async_context(serving(other))
        people = [one.doctor.afresh(), one.patient.afresh()]
        links, (doctor, patient) = await begun(stack, server, people)
        yield Consult(server, links, doctor, patient)


@contextlib.asynccontextmanager
async def with_phone(host: net.Host, folder: Path) -> AsyncIterator[Consult]:
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(Server(host, folder)))
        people: list[contextlib.AbstractAsyncContextManager[Person]] = [
            browsers.chromium(host, folder, browsers.DOCTOR),
            browsers.chromium(host, folder, browsers.PATIENT, **HANDHELD),
        ]
        links, (doctor, patient) = await begun(stack, server, people)
        yield Consult(server, links, doctor, patient)


@pytest.mark.timeout(400)
async def test_documents_outlive_a_browser_and_move_to_another_server(
    host: net.Host, tmp_path: Path
) -> None:
    async with with_phone(host, tmp_path) as consult:
        origin, page = consult.server.origin, consult.patient.page
        await consult.begin()
        await keep(consult)
        await passkeys.add(page)
        await opened(page, origin, 1)
        sheet = await ways_back(page)
        async with consult.patient.afresh() as tablet:
            second = tablet.page
            await added(page, second)

            # What is sent while neither is there, each shows once it is back.
            for away in (page, second):
                await away.goto("about:blank")
            await sign(consult.doctor.page, another=True)
            await opened(page, origin, 2)
            documents = await read(page, 2)
            await opened(second, origin, 2)
            assert await read(second, 2) == documents

            await browsers.wipe(page, origin)
            await recovered(page, origin, sheet)
            assert await read(page, 2) == documents

            await named(page, TABLET)
            await second.locator("strong", has_text=TABLET).wait_for()

            # Without the tablet, which gets nothing more.
            await alone(page)
            await left(second)
        await opened(page, origin, 2)
        assert await read(page, 2) == documents

        packed = await exported(page, tmp_path)
        assert packed_files(packed) == documents
        (identity,) = verified(packed)
        sealed, code, shown = await protected(page, tmp_path)
        assert zipfile.is_zipfile(sealed) is False
        assert verified("--identity", identity, "--code", code, sealed) == {identity}

        other = tmp_path / "other"
        other.mkdir()
        async with elsewhere(host, other, consult) as there:
            await there.begin()
            await keep(there)
            new = there.patient.page
            await opened(new, there.server.origin, 1)
            await brought(new, sealed, shown)
            assert await read(new, 3) > documents
            assert verified(await exported(new, other)) > {identity}

        # All of it passed through both servers, which have none of it.
        secrets: dict[str, str | bytes] = {
            "sheet": read_sheet_words(sheet.typed),
            "words": sheet.typed,
            "code": shown,
            "name of a device": TABLET,
        }
        found = Search(secrets).folder(consult.server.data)
        assert not found | Search(secrets).folder(there.server.data)
