"""A practitioner adds a phone, withdraws the laptop, loses both, and comes back."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import CDPSession, Locator, Page, ViewportSize, WebSocket

from client.sealing.adding import parse_adding
from client.sealing.words import read_sheet_words
from tests.e2e import browsers, net, passkeys, steps
from tests.e2e.canary import Search
from tests.e2e.server import Server, in_language, serving

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]

PASSKEY = "Jeton de Zéphyrine"
# Of the second device: no word of the pages.
NAME = "Téléphone de Zéphyrine"
PHONE: ViewportSize = {"width": 390, "height": 844}
DOCTOR = {
    "First and last name": "Dr Camille Exemple",
    "Profession": "Médecin",
    "Speciality": "Médecine générale",
    "RPPS number": "10003456786",
    "Professional address": "1 rue de l’Exemple, 75000 Paris, France",
    "Phone": "+33199000000",
    "E-mail": "camille@example.org",
}


@dataclass(frozen=True)
class Sheet:
    """A printed sheet: its words, in order."""

    words: tuple[str, ...]

    @property
    def typed(self) -> str:
        return " ".join(self.words)


async def make_sheet(page: Page, choice: str) -> Sheet:
    """Choose a sheet, read it as if it were printed, and copy the words that are asked for."""
    await page.locator(".way-choice", has_text=choice).click()
    words = page.locator(".sheet-word")
    await words.first.wait_for()
    sheet = Sheet(tuple(await words.all_inner_texts()))
    assert len(sheet.words) == 12
    await steps.button(page, "I have it on paper").click()
    await page.get_by_role("heading", name="Let us check the sheet").wait_for()
    for label in await page.locator("label", has_text=re.compile(r"^Word \d+$")).all():
        name = await label.inner_text()
        await page.get_by_label(name, exact=True).fill(sheet.words[int(name.split()[1]) - 1])
    await steps.button(page, "Check").click()
    return sheet


async def make_passkey(page: Page) -> None:
    """Choose a passkey as one more way back."""
    await page.locator(".way-choice", has_text="Passkey").click()
    await steps.textbox(page, "Name of this passkey").fill(PASSKEY)
    await steps.button(page, "Make the passkey").click()
    await page.locator(".way", has_text=PASSKEY).wait_for()


async def enrol(page: Page, origin: str, code: str) -> list[Sheet]:
    """Set up the desk, with a lock and three ways back: two sheets, and a passkey."""
    await page.goto(f"{origin}/desk/?lang=en#enrol={code}")
    await passkeys.set_lock(page)
    for name, value in DOCTOR.items():
        await steps.textbox(page, name).fill(value)
    await steps.button(page, "Use this device").click()
    sheets = [await make_sheet(page, "Printed sheet"), await make_sheet(page, "Another sheet")]
    await make_passkey(page)
    await steps.button(page, "Finish").click()
    await steps.button(page, "New consult").wait_for()
    return sheets


async def own(page: Page, part: str) -> None:
    """Open what is the practitioner's own."""
    await steps.button(page, DOCTOR["First and last name"]).click()
    await steps.button(page, part).click()


async def show_sheet(page: Page, sheet: Sheet) -> None:
    """Answer the question for a way back."""
    await steps.textbox(page, "The twelve words of the sheet").fill(sheet.typed)
    await steps.button(page, "Use this sheet").click()


def consult(page: Page, label: str) -> Locator:
    """Its place in the list."""
    return page.locator(".consult-label", has_text=label)


async def new_consult(page: Page, label: str) -> str:
    """Make one, and give the patient's link."""
    await steps.button(page, "New consult").click()
    await steps.textbox(page, "Private label (optional)").fill(label)
    await steps.button(page, "Make the link").click()
    link = await steps.textbox(page, "The patient’s link").input_value()
    await steps.button(page, "Close").click()
    return link


async def test_a_phone_is_added_and_a_laptop_withdrawn_and_both_lost(
    host: net.Host, tmp_path: Path
) -> None:
    async with (
        serving(Server(host, tmp_path)) as server,
        browsers.chromium(host, tmp_path, browsers.DOCTOR) as one,
        browsers.chromium(host, tmp_path, browsers.PATIENT) as two,
    ):
        await server.serve()
        laptop, patient = one.page, two.page
        sockets: list[WebSocket] = []

        def opened(socket: WebSocket) -> None:
            # Playwright cannot listen with a built-in method.
            sockets.append(socket)

        laptop.on("websocket", opened)
        token = await passkeys.add(laptop)
        sheets = await enrol(laptop, server.origin, await server.code())
        await new_consult(laptop, "Mme Exemple")
        async with one.afresh() as pocket:
            phone = pocket.page
            await phone.set_viewport_size(PHONE)
            secret = await added(laptop, phone, sheets[0])
            await consult(phone, "Mme Exemple").wait_for()

            # What is made on one shows on the other, and rings where it is wanted.
            link = await new_consult(phone, "M. Exemple")
            await consult(laptop, "M. Exemple").wait_for()
            await patient.goto(in_language(link, "en"))
            await steps.button(patient, "Continue").click()
            await steps.textbox(patient, "Your name").fill(steps.NAME)
            await steps.button(patient, "Join the waiting room").click()
            await steps.button(phone, "Admit").wait_for()
            await steps.button(laptop, "Let them ring here").click()
            await steps.button(laptop, "Admit").wait_for()
            await phone.get_by_text("Your consults ring on another of your devices.").wait_for()
            await steps.button(phone, "Let them ring here").click()
            await steps.button(phone, "Admit").wait_for()

            took = await withdrawn(phone, laptop, sockets, sheets[1])
            assert took <= 1.0, f"the laptop was cut off after {took:.2f} s"
            await steps.admit(phone)
            await steps.button(patient, "Messages").wait_for()
        # Both are erased now; the token is still there, to be used on another device.
        await browsers.wipe(laptop, server.origin)
        await recovered(laptop, server.origin, sheets[1], token)
        await consult(laptop, "M. Exemple").wait_for()
        await new_consult(laptop, "After all")

        # All of it passed through the server, which has none of it.
        search = Search(
            {
                **{f"sheet {at}": read_sheet_words(one.typed) for at, one in enumerate(sheets)},
                **{f"words {at}": one.typed for at, one in enumerate(sheets)},
                "secret of the QR": secret,
                **{f"label {name}": name for name in ("Mme Exemple", NAME, PASSKEY)},
                **{name: DOCTOR[name] for name in ("Phone", "E-mail")},
            }
        )
        found = search.folder(server.data) | search.data("log", server.log.read_bytes())
        for node in server.processes:
            found |= search.memory(node.pid)
        assert not found
        # What the card says of the practitioner is there, for everybody to see.
        shown = Search({"name": DOCTOR["First and last name"]}).folder(server.data)
        assert shown or server.nodes > 1


async def added(laptop: Page, phone: Page, sheet: Sheet) -> bytes:
    """Add the phone: its code is typed on the laptop, which shows a way back. Gives S of the QR."""
    await own(laptop, "My devices")
    await steps.button(laptop, "Add a device").click()
    link = await steps.textbox(laptop, "Or open this address there").input_value()
    await passkeys.add(phone)
    await phone.goto(in_language(link, "en"))
    await passkeys.set_lock(phone)
    await steps.textbox(phone, "Name of this device").fill(NAME)
    await steps.button(phone, "Add this device").click()
    code = await phone.locator(".adding-code output").inner_text()
    await steps.textbox(laptop, "Six digits from the new device").fill(code)
    await steps.button(laptop, "Add it").click()
    await show_sheet(laptop, sheet)
    await steps.button(phone, "New consult").wait_for()
    await steps.button(laptop, "Added").click()
    await laptop.locator("strong", has_text=NAME).wait_for()
    await steps.button(laptop, "Close").click()
    return parse_adding(link.partition("#")[2]).secret


async def withdrawn(phone: Page, laptop: Page, sockets: list[WebSocket], sheet: Sheet) -> float:
    """Withdraw the laptop; gives the seconds from the server's answer to the end of its socket."""
    await own(phone, "My devices")
    await steps.button(phone, "Withdraw First device").click()
    await steps.button(phone, "Withdraw").last.click()
    ends: list[float] = []
    closed = asyncio.Event()

    def note(_: WebSocket) -> None:
        ends.append(time.monotonic())
        closed.set()

    for socket in sockets:
        socket.on("close", note)
    async with phone.expect_response(
        lambda answer: answer.request.method == "PUT" and answer.url.endswith("/devices")
    ) as answered:
        await show_sheet(phone, sheet)
    assert (await answered.value).status == 204
    said = time.monotonic()
    await asyncio.wait_for(closed.wait(), 60)
    await laptop.get_by_role("heading", name="This device has been withdrawn").wait_for()
    await phone.get_by_text("Withdrawn devices").wait_for()
    await steps.button(phone, "Close").click()
    return ends[0] - said


async def recovered(page: Page, origin: str, sheet: Sheet, token: tuple[CDPSession, str]) -> None:
    """Come back with two of three ways, a sheet and the passkey, on a device that knows nothing."""
    await page.goto(f"{origin}/desk/?lang=en")
    await steps.button(page, "Get back in with two ways back").click()
    await passkeys.set_lock(page)
    await show_sheet(page, sheet)
    await passkeys.only(*token, PASSKEY)
    await steps.button(page, "Show a passkey").click()
    await steps.button(page, "New consult").wait_for()
    await page.get_by_text("Withdraw the devices that you have lost").wait_for()
    await steps.button(page, "Close").click()
