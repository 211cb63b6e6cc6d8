"""The doctor's prescription as a test writes it, field by field."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from pathlib import Path

from playwright.async_api import Page

from tests.e2e.words import say

# What is typed, by the key of its label. All of it must stand in the PDF.
PATIENT = {"family": "Şahin", "given": "Łukasz"}
LINE = {
    "substance": "Amoxicilline",
    "strength": "500 mg",
    "brand": "Clamoxyl",
    "dose": "1",
    "count": "3",
    "advice": "au milieu du repas",
    "duration": "7",
    "renewals": "1",
}
INSTRUCTIONS = "Boire beaucoup d'eau."
BIRTH = "1984-02-29"
WEIGHT, HEIGHT = "71.5", "178"

# ... and how the PDF says it, in French.
PRINTED = (
    "Şahin",
    "Łukasz",
    "29/02/1984",
    "71,5",
    "178",
    "Amoxicilline",
    "500 mg",
    "Clamoxyl",
    "voie orale",
    "au milieu du repas",
    "7 jours",
    "renouvel",
    "non substituable",
    "MTE",
    "Boire beaucoup d'eau.",
    # The demo's practitioner.
    "Camille",
    "RPPS",
    "France",
    "+33",
    "@",
)


async def write(page: Page, language: str = "en", *, another: bool = False) -> None:
    """Fill in the form up to *Preview and sign*; `another`: one was sent before."""

    def word(key: str) -> str:
        return say(language, f"prescription.{key}")

    async def fill(key: str, text: str) -> None:
        await page.get_by_role("textbox", name=word(key), exact=True).fill(text)

    async def pick(key: str, value: str) -> None:
        await page.get_by_role("combobox", name=word(key), exact=True).select_option(value)

    begin = "prescription.another" if another else "desk.writePrescription"
    await page.get_by_role("button", name=say(language, begin)).click()
    for key, text in PATIENT.items():
        await fill(key, text)
    await pick("sex", "M")
    await page.get_by_label(word("birth"), exact=True).fill(BIRTH)
    await fill("weight", WEIGHT)
    await fill("height", HEIGHT)
    await pick("form", "capsule")
    await pick("route", "oral")
    await pick("unit", "capsule")
    await pick("rhythm", "day")
    for key, text in LINE.items():
        await fill(key, text)
    await pick("durationUnit", "day")
    await pick("substitution", "MTE")
    await fill("instructions", INSTRUCTIONS)


async def review(page: Page, language: str = "en") -> None:
    await page.get_by_role("button", name=say(language, "prescription.preview")).click()
    await draw(page, language)


async def draw(page: Page, language: str = "en") -> None:
    """Sign by hand, below what is read again."""
    pad = page.get_by_role("img", name=say(language, "prescription.signaturePad"))
    await pad.scroll_into_view_if_needed()
    box = await pad.bounding_box()
    assert box is not None
    left, middle = box["x"] + 20, box["y"] + box["height"] / 2
    await page.mouse.move(left, middle)
    await page.mouse.down()
    for step in range(1, 9):
        await page.mouse.move(left + 12 * step, middle + (9 if step % 2 else -9))
    await page.mouse.up()


async def sign(page: Page, language: str = "en") -> None:
    await page.get_by_role("button", name=say(language, "prescription.send"), exact=True).click()


def pdf_text(path: Path) -> str:
    """All text of a PDF in one line, composed characters, plain spaces."""
    text = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", str(path), "-"], check=True, capture_output=True, text=True
    ).stdout
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text).replace("’", "'"))
