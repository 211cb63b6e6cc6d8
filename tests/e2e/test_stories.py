"""Every state of the pages: what axe says, a picture of each, and what views do by themselves.

The states that a visit does not pass through (a refused check, a full waiting room, three people in
a call) are found here only.
"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from pypdf import PdfReader

from tests.e2e import axe, browsers, net, screens, steps, stories
from tests.e2e.browsers import Person
from tests.e2e.words import LANGUAGES, say

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.root,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),
]

# Each state is looked at in both schemes and both widths, and in both languages where it is narrow.
LOOKS = {"fr": (("light", 1440), ("dark", 360)), "en": (("dark", 360),)}
# Screens of 1280 and 640 px, at twice their size.
TWICE = (640, 320)
# The states are shared out, so that no process of the tests has all of them.
PARTS = 4
# What is pressed in a state, one button after the other, to see what opens.
PRESSED = {
    "guest-consult": ("consult.badgeSecure",),
    "keeping-alone": ("keeping.alone",),
    "keeping-page": ("keeping.export", "keeping.exportSealed"),
    "counter-fresh": ("dispensing.dispense",),
    "counter-ticket": ("dispensing.paperMake",),
    "counter-paper": ("dispensing.paperMake",),
    "counter-issued": ("dispensing.issuedOpen",),
    "imaging-open": ("imaging.marks",),
    "imaging-saved": ("imaging.marks",),
    "imaging-kept": ("imaging.marks",),
    "imaging-practice": ("imaging.marks", "imaging.erase"),
    "imaging-practiceAway": ("imaging.marks",),
    "imaging-unsaved": ("imaging.marks",),
    "imaging-unread": ("imaging.marks",),
    "imaging-facts": ("imaging.facts",),
    "together-host": ("imaging.lookTogether",),
    "together-aside": ("imaging.shownNotNow",),
    "together-asked": ("imaging.askGrant",),
    "together-failed": ("imaging.shownLook",),
    "together-refused": ("imaging.shownLook",),
    "together-tooLarge": ("imaging.showOpen",),
    "permits-desk": ("files.permitShow",),
    "permits-first": ("files.permitMake",),
    "files-whose": ("files.addReader", "files.send"),
    "desk-empty": ("desk.newConsult", "desk.makeLink"),
    "desk-call": ("consult.endConsult",),
    "desk-past": ("desk.pastWrite",),
    "desk-people": ("desk.peopleOpen",),
    "desk-people-full": ("desk.peopleOpen",),
    "desk-people-none": ("desk.peopleOpen",),
    "desk-check": ("desk.newConsult",),
    "desk-call-three": ("desk.writePrescription",),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stories")
    stories.build(folder)
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(tmp_path_factory: pytest.TempPathFactory, built: Path) -> AsyncIterator[Person]:
    folder = tmp_path_factory.mktemp("browser")
    with net.network() as network:
        host = network.host("all", "192.0.2.10/28")
        async with (
            stories.served(built, host),
            browsers.chromium(host, folder, browsers.PATIENT, scripts=[axe.script()]) as somebody,
        ):
            yield somebody


@pytest_asyncio.fixture(loop_scope="module")
async def person(browser: Person) -> AsyncIterator[Person]:
    """A page that remembers nothing of other tests."""
    async with browser.afresh() as somebody:
        yield somebody


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("language", LANGUAGES)
async def test_axe_finds_nothing_and_no_state_is_too_wide(
    person: Person, language: str, part: int
) -> None:
    found: dict[str, list[str]] = {}
    page = person.page

    async def widen(state: str) -> None:
        """As the browser shows it at twice its size and more, without scrolling sideways."""
        for width in TWICE:
            await page.set_viewport_size({"width": width, "height": 512})
            beyond = await page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
            if beyond > 0:
                found[f"{state}, {width} px"] = [f"{beyond} px too wide"]

    async def look(state: str) -> None:
        for scheme, width in LOOKS[language]:
            await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            await page.set_viewport_size({"width": width, "height": 900})
            violations = await axe.violations(page)
            if violations:
                found[f"{state}, {scheme}, {width} px"] = violations
        await page.emulate_media(color_scheme="light")
        await page.set_viewport_size({"width": 1440, "height": 900})
        await screens.shot(page, f"{state}-{language}")

    await stories.show(page, "landing", language)
    names: list[str] = await page.evaluate("() => window.stories")
    assert len(names) > 25
    for story in names[part::PARTS]:
        await stories.show(page, story, language)
        await widen(f"story-{story}")
        await look(f"story-{story}")
        for word in PRESSED.get(story, ()):
            await steps.button(page, say(language, word)).first.click()
        if story in PRESSED:
            await look(f"story-{story}-pressed")
    assert found == {}
    said = [line for line in person.console if "Content Security Policy" in line]
    assert said == []


async def box(page: Page, css: str) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    found = await page.locator(css).first.bounding_box()
    assert found is not None
    x, y = found["x"], found["y"]
    return x, y, x + found["width"], y + found["height"]


@pytest.mark.parametrize("width", [360, 1440])
async def test_ones_own_picture_moves_and_covers_no_control(person: Person, width: int) -> None:
    page = person.page
    await page.set_viewport_size({"width": width, "height": 740})
    await stories.show(page, "guest-consult")
    mover = steps.button(page, "Move your video to another corner")
    corners = set()
    for _ in range(4):
        left, top, right, bottom = await box(page, ".own")
        stage = await box(page, ".stage-picture")
        assert stage[0] <= left, "inside on the left"
        assert stage[1] <= top, "inside at the top"
        assert right <= stage[2], "inside on the right"
        assert bottom <= stage[3], "inside at the bottom"
        corners.add((left, top))
        await mover.press("Enter")
    assert len(corners) == 4

    left, top, right, bottom = await box(page, ".own")
    stage = await box(page, ".stage-picture")
    await page.mouse.move((left + right) / 2, (top + bottom) / 2)
    await page.mouse.down()
    await page.mouse.move(stage[0] + 20, stage[1] + 20, steps=4)
    await page.mouse.up()
    assert (await box(page, ".own"))[:2] == (stage[0] + 12, stage[1] + 12)


async def test_a_doctors_details_are_refused_with_words_that_help(person: Person) -> None:
    page = person.page
    await stories.show(page, "desk-enrolling")
    await steps.button(page, "Use this device").click()
    await page.get_by_text("a prescription is not valid without it").first.wait_for()
    name = steps.textbox(page, "First and last name")
    await page.wait_for_function("() => document.activeElement?.matches('[aria-invalid]')")
    assert await name.evaluate("element => element === document.activeElement")
    await steps.textbox(page, "RPPS number").fill("10101234567")
    await steps.textbox(page, "Professional address").fill("1 rue de l’Exemple, 75001 Paris")
    await steps.button(page, "Use this device").click()
    await page.get_by_text("This is not an RPPS number").wait_for()
    await page.get_by_text("End the address with “France”").wait_for()


@pytest.mark.parametrize("width", [360, 1440])
async def test_a_medicine_is_chosen_by_keyboard(person: Person, width: int) -> None:
    page = person.page
    await page.set_viewport_size({"width": width, "height": 900})
    await stories.show(page, "desk-call-three", "fr")
    await steps.button(page, say("fr", "desk.writePrescription")).click()
    field = page.get_by_role("combobox", name=say("fr", "prescription.search"))
    await field.press_sequentially("mg")
    options = page.locator(".medicines [role=option]")
    assert await options.count() == 4
    await screens.shot(page, f"medicines-{width}")
    assert await axe.violations(page) == []
    beyond = await page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert beyond <= 0
    await field.press("ArrowUp")
    await (
        page.locator("[role=option][aria-selected=true]").get_by_text("MORFICTINE L.P.").wait_for()
    )
    await field.press("Enter")
    substance = steps.textbox(page, say("fr", "prescription.substance"))
    assert await substance.input_value() == "Sulfate de morfictine"
    await page.get_by_text(say("fr", "prescription.narcoticListed")).wait_for()
    await expect(page.get_by_label(say("fr", "prescription.narcotic"))).to_be_checked()
    assert await options.count() == 0
    await field.press_sequentially("zz")
    await field.press("Escape")
    assert await field.input_value() == ""


async def test_the_language_changes_in_place(person: Person) -> None:
    page = person.page
    await stories.show(page, "guest-preview", "fr")
    await steps.textbox(page, "Votre nom").fill("Łukasz Şahin")
    await page.get_by_role("button", name="English").click()
    await steps.button(page, "Join the waiting room").wait_for()
    assert await steps.textbox(page, "Your name").input_value() == "Łukasz Şahin"
    assert await page.locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("story", ["recovery-sheet", "recovery-sheet-dialog"])
async def test_a_sheet_is_printed_alone_on_one_page(
    person: Person, story: str, language: str
) -> None:
    page = person.page
    await stories.show(page, story, language)
    words = await page.locator(".sheet-word").all_inner_texts()
    assert len(words) == 12
    printed = PdfReader(io.BytesIO(await page.pdf(prefer_css_page_size=True)))
    (only,) = printed.pages
    assert [round(float(side)) for side in only.mediabox[2:]] == [595, 842]
    text = only.extract_text()
    assert [word for word in words if word not in text] == []
    # Nothing of the page, or of the dialog, around it.
    assert text.startswith(say(language, "recovery.sheetHeading"))
    assert say(language, "recovery.print") not in text.splitlines()
