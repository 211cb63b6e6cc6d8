"""A practitioner's screen lock: how it opens and closes, and what a taken device gives away."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

from client.sealing.encoding import b64u_decode
from client.sealing.errors import SealError
from client.sealing.lock import open_resting
from tests.e2e import browsers, net, passkeys, steps
from tests.e2e.server import Server, in_language, serving

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]

PASSPHRASE = "cheval pile agrafe correct"
NAME = "Dr Camille Quiétude"
MARK = "a value that the test itself has left in the browser"
DOCTOR = {
    "First and last name": NAME,
    "Profession": "Médecin",
    "Speciality": "Médecine générale",
    "RPPS number": "10003456786",
    "Professional address": "1 rue de l’Exemple, 75000 Paris, France",
    "Phone": "+33199000000",
    "E-mail": "camille@example.org",
}
# Where the browser keeps what was typed into fields about oneself, for any site: not the page's.
AUTOFILL = ("Web Data", "Web Data-journal")
# All that this origin keeps, opened as far as the browser itself opens it.
TAKE = """async () => {
  const base64 = (bytes) => {
    let text = '';
    for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte);
    return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  };
  const asked = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const base = await asked(indexedDB.open('aparte'));
  const stores = base.transaction(['wrapping', 'secrets']);
  const [[key], names, values] = await Promise.all([
    asked(stores.objectStore('wrapping').getAll()),
    asked(stores.objectStore('secrets').getAllKeys()),
    asked(stores.objectStore('secrets').getAll()),
  ]);
  const found = [];
  for (const [at, [scope, name]] of names.entries()) {
    const { nonce, sealed } = values[at];
    const aad = new TextEncoder().encode(JSON.stringify([scope, name]));
    const how = { name: 'AES-GCM', iv: nonce, additionalData: aad };
    found.push([scope, name, base64(await crypto.subtle.decrypt(how, key, sealed))]);
  }
  return found;
}"""


@contextlib.asynccontextmanager
async def using(host: net.Host, folder: Path, profile: Path) -> AsyncIterator[Page]:
    """A browser that keeps what it keeps in this folder, as a person's own does."""
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            profile,
            executable_path=host.wrapper(browsers.CHROMIUM, folder),
            args=list(browsers.FLAGS),
            headless=True,
            locale="en-GB",
        )
        try:
            yield context.pages[0]
        finally:
            await context.close()


async def take(host: net.Host, folder: Path, origin: str, profile: Path) -> dict[str, bytes]:
    """What who has copied a browser's folder finds in it, by scope and name."""
    copy = folder / "taken"
    shutil.copytree(profile, copy, ignore=shutil.ignore_patterns("Singleton*"))
    async with using(host, folder, copy) as page:
        await page.goto(f"{origin}/?lang=en")
        taken: list[tuple[str, str, str]] = await page.evaluate(TAKE)
    shutil.rmtree(copy)
    found = {f"{scope}/{name}": b64u_decode(value) for scope, name, value in taken}
    master = found.get("lock/clear", bytes(32))
    for place, value in found.items():
        scope, _, name = place.partition("/")
        with contextlib.suppress(SealError):
            found[place] = open_resting(master, scope, name, value)
    return found


def on_disk(profile: Path, text: str) -> bool:
    """Whether any file of the folder holds the text, in either way browsers write it."""
    needles = (text.encode(), text.encode("utf-16-le"))
    files = [path for path in profile.rglob("*") if path.is_file() and path.name not in AUTOFILL]
    return any(needle in path.read_bytes() for path in files for needle in needles)


async def enrol(page: Page) -> None:
    """Up to the moment at which everything of the practitioner's is there."""
    for name, value in DOCTOR.items():
        await steps.textbox(page, name).fill(value)
    await steps.button(page, "Use this device").click()
    await page.get_by_role("heading", name="Two ways back").wait_for()


async def test_a_taken_device_that_is_locked_gives_nothing(host: net.Host, tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    async with serving(Server(host, tmp_path)) as server:
        await server.serve()
        desk = f"{server.origin}/desk/?lang=en"
        code = await server.code()
        async with using(host, tmp_path, profile) as page:
            await page.goto(f"{desk}#enrol={code}")
            await page.get_by_role("heading", name="Protect this device").wait_for()
            await page.get_by_label("Passphrase", exact=True).fill("too short")
            await page.get_by_label("The same passphrase once more").fill("too short")
            await steps.button(page, "Set this lock").click()
            await page.get_by_text("This passphrase is too short").wait_for()
            await page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
            await page.get_by_label("The same passphrase once more").fill(PASSPHRASE)
            await steps.button(page, "Set this lock").click()
            await page.get_by_role("textbox", name="RPPS number").wait_for(timeout=120_000)
            await enrol(page)
            await page.evaluate("(mark) => localStorage.setItem('mark', mark)", MARK)
            await page.reload()
            await page.get_by_role("heading", name="Screen locked").wait_for()
            assert NAME not in await page.content()
            second = await page.context.new_page()
            await second.goto(desk)
            await second.get_by_role("heading", name="Screen locked").wait_for()

        taken = await take(host, tmp_path, server.origin, profile)
        assert {"lock/sealed", "desk/key:device", "desk/certificate"} <= taken.keys()
        assert "lock/clear" not in taken
        sealed = {place: value for place, value in taken.items() if place[:5] != "lock/"}
        assert {value[:2] for value in sealed.values()} == {b"\1\x0f"}
        assert not any(NAME.encode() in value for value in taken.values())
        assert on_disk(profile, MARK)
        assert not on_disk(profile, NAME)
        assert not on_disk(profile, PASSPHRASE)

        async with using(host, tmp_path, profile) as page:
            await page.goto(desk)
            field = page.get_by_label("Passphrase", exact=True)
            await field.fill("cheval pile agrafe incorrect")
            await steps.button(page, "Unlock").click()
            await page.get_by_text("This is not the right passphrase.").wait_for(timeout=120_000)
            await field.fill(PASSPHRASE)
            await steps.button(page, "Unlock").click()
            gone = page.get_by_role("heading", name="Screen locked")
            await gone.wait_for(state="detached", timeout=120_000)


async def test_one_that_is_not_locked_gives_everything(host: net.Host, tmp_path: Path) -> None:
    """What the search above would find, if it were there."""
    profile = tmp_path / "profile"
    async with serving(Server(host, tmp_path)) as server:
        links = await server.demo()
        async with using(host, tmp_path, profile) as page:
            await page.goto(in_language(links.doctor, "en"))
            await steps.button(page, "New consult").wait_for()
        taken = await take(host, tmp_path, server.origin, profile)
        assert len(taken["desk/key:device"]) == 32
        assert any(b"Camille" in value for value in taken.values())


async def test_a_screen_left_alone_is_covered(host: net.Host, tmp_path: Path) -> None:
    async with (
        serving(Server(host, tmp_path)) as server,
        browsers.chromium(host, tmp_path, browsers.DOCTOR) as person,
    ):
        links = await server.demo()
        page: Any = person.page
        await page.clock.install()
        await passkeys.add(page)
        await page.goto(in_language(links.doctor, "en"))
        await steps.button(page, "New consult").wait_for()
        name = await page.locator(".lock-under").inner_text()
        assert "Camille" in name
        await page.get_by_role("button", name="Camille").click()
        await steps.button(page, "Set this lock").click()
        await page.get_by_role("radio", name="With this device’s fingerprint").check()
        await steps.button(page, "Set this lock").click()
        await page.get_by_text("This device is unlocked with a passkey.").wait_for()
        await page.keyboard.press("Escape")

        await page.clock.fast_forward("10:30")
        await page.get_by_role("heading", name="Screen locked").wait_for()
        for _ in range(3):
            await page.keyboard.press("Escape")
        assert await page.locator(".lock-cover").is_visible()
        assert not await steps.button(page, "New consult").is_visible()
        assert "Camille" not in await page.title()
        for _ in range(8):
            await page.keyboard.press("Tab")
            inside = "() => document.activeElement.closest('.lock-under') === null"
            assert await page.evaluate(inside)
        await steps.button(page, "Unlock").click()
        await steps.button(page, "New consult").wait_for()

        await page.reload()
        await page.get_by_role("heading", name="Screen locked").wait_for()
        await steps.button(page, "Unlock").click()
        await steps.button(page, "New consult").wait_for()
