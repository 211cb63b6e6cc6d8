"""The public list of medicines: loaded at the desk, searched while writing, there the next time."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Consult
from tests.e2e.screens import shot
from tests.e2e.words import say

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]

# As published: tab-separated, CRLF, Windows-1252. No medicine of that name exists.
SPECIALITIES = (
    "60000011\tAMOXIFICTIVE FICTIF 500 mg, gélule\tgélule\torale\tAutorisation active\t"
    "Procédure nationale\tCommercialisée\t01/02/2003\t\t\t LABORATOIRE FICTIF\tNon\r\n"
)
COMPOSITIONS = (
    "60000011\tgélule\t01234\tAMOXIFICTIVE TRIHYDRATÉE\t574,00 mg\tune gélule\tSA\t1\t\r\n"
    "60000011\tgélule\t01235\tAMOXIFICTIVE\t500,00 mg\tune gélule\tFT\t1\t\r\n"
)


def published(folder: Path) -> list[Path]:
    paths = [folder / "CIS_bdpm.txt", folder / "CIS_COMPO_bdpm.txt"]
    for path, text in zip(paths, (SPECIALITIES, COMPOSITIONS), strict=True):
        path.write_bytes(text.encode("cp1252"))
    return paths


def said(key: str) -> str:
    return say("en", f"prescription.{key}")


async def search(page: Page, typed: str) -> None:
    await page.get_by_role("combobox", name=said("search")).press_sequentially(typed)


async def test_a_list_is_loaded_searched_and_kept(consult: Consult, tmp_path: Path) -> None:
    await consult.begin()
    doctor = consult.doctor.page
    await steps.button(doctor, say("en", "desk.writePrescription")).click()
    await doctor.get_by_text(said("listTitle")).click()
    files = doctor.get_by_label(said("listFiles"))

    letter = tmp_path / "letter.txt"
    letter.write_text("Bonjour")
    await files.set_input_files(letter)
    await expect(doctor.get_by_text("“letter.txt” is not a file of the public")).to_be_visible()
    paths = published(tmp_path)
    await files.set_input_files(paths[0])
    await expect(doctor.get_by_text("CIS_COMPO_bdpm.txt is missing.")).to_be_visible()
    await files.set_input_files(paths)
    await expect(doctor.get_by_text("1 medicine can be searched for.")).to_be_visible()
    await shot(doctor, "medicines-loaded")

    # The page loads anew: the list is there.
    await doctor.reload()
    await steps.button(doctor, say("en", "desk.writePrescription")).click()
    await search(doctor, "amox")
    option = doctor.get_by_role("option", name="AMOXIFICTIVE FICTIF")
    await option.wait_for()
    await shot(doctor, "medicines-found")
    await doctor.keyboard.press("Enter")
    await expect(option).to_have_count(0)
    fields = {"substance": "Amoxifictive", "strength": "500 mg", "brand": ""}
    for key, value in fields.items():
        await expect(steps.textbox(doctor, said(key))).to_have_value(value)
    await expect(doctor.get_by_label(said("form"), exact=True)).to_have_value("capsule")
    # What was searched for went nowhere.
    assert not [one.url for one in consult.doctor.requests if "amox" in one.url.lower()]
