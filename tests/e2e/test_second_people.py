"""More than one patient, and more than one person with the same link."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e import browsers, net, steps
from tests.e2e.conftest import Consult
from tests.e2e.server import Links

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.root,
    pytest.mark.slow,
    # Three browsers each: one after the other, or two cores have six to draw for.
    pytest.mark.xdist_group("three"),
]


@pytest.fixture
async def companion(host: net.Host, tmp_path: Path) -> AsyncIterator[browsers.Person]:
    async with browsers.chromium(host, tmp_path, browsers.COMPANION) as person:
        yield person


def guest(doctor: Page, name: str) -> Locator:
    """The place of somebody in the doctor's waiting list."""
    return doctor.get_by_role("listitem").filter(has=doctor.get_by_role("heading", name=name))


async def new_link(doctor: Page) -> str:
    await steps.button(doctor, "New consult").click()
    await steps.button(doctor, "Make the link").click()
    link = await steps.textbox(doctor, "The patient’s link").input_value()
    await doctor.keyboard.press("Escape")
    return link


async def test_a_link_used_by_somebody_else(consult: Consult, companion: browsers.Person) -> None:
    await consult.begin()
    doctor, patient = consult.doctor.page, consult.patient.page
    await steps.join(companion.page, consult.links, "Somebody else")
    await companion.page.get_by_text("Somebody has already used this link.").wait_for()
    await expect(guest(doctor, "Somebody else")).to_contain_text("Someone else with this link")
    # Nothing has changed for the two who talk, and the third sees neither of them.
    await browsers.sees(patient, browsers.DOCTOR)
    assert await companion.page.get_by_label("Remote video", exact=True).count() == 0

    await guest(doctor, "Somebody else").get_by_role("button", name="Refuse").click()
    await companion.page.get_by_role("heading", name="Not now").wait_for()
    await steps.write(doctor, "still here")
    await steps.reads(patient, "still here")


async def test_the_seat_can_be_given_to_another_device(
    consult: Consult, companion: browsers.Person
) -> None:
    await consult.begin()
    doctor = consult.doctor.page
    await steps.join(companion.page, consult.links, "Same person, new phone")
    waiting = guest(doctor, "Same person, new phone")
    await waiting.get_by_role("button", name="Admit").click()
    await steps.button(doctor, "Admit, then compare").click()
    await browsers.sees(companion.page, browsers.DOCTOR)
    await browsers.sees(doctor, browsers.COMPANION)
    # The old session has ended, and says so.
    video = consult.patient.page.get_by_label("Remote video", exact=True)
    await expect(video).to_have_count(0)


async def test_a_patient_sent_back_waits_and_is_admitted_again(consult: Consult) -> None:
    await consult.begin()
    doctor, patient = consult.doctor.page, consult.patient.page
    await steps.button(doctor, "Send back to waiting room").click()
    await patient.get_by_role("heading", name="You are back in the waiting room").wait_for()
    await expect(patient.get_by_label("Remote video", exact=True)).to_have_count(0)
    await steps.admit(doctor)
    await browsers.sees(patient, browsers.DOCTOR)
    await browsers.sees(doctor, browsers.PATIENT)


async def test_a_refused_patient_is_told(consult: Consult) -> None:
    doctor, patient = consult.doctor.page, consult.patient.page
    await steps.open_desk(doctor, consult.links)
    await steps.join(patient, consult.links)
    await steps.button(doctor, "Refuse").click()
    await patient.get_by_role("heading", name="Not now").wait_for()
    await expect(steps.button(doctor, "Admit")).to_have_count(0)


async def test_three_wait_and_none_sees_another(
    consult: Consult, companion: browsers.Person
) -> None:
    doctor = consult.doctor.page
    await steps.open_desk(doctor, consult.links)
    second, third = await new_link(doctor), await new_link(doctor)
    async with contextlib.AsyncExitStack() as stack:
        another = await stack.enter_async_context(companion.afresh())
        people = {
            "First patient": (consult.patient.page, consult.links.patient),
            "Second patient": (companion.page, second),
            "Third patient": (another.page, third),
        }
        received: dict[str, list[bytes]] = {name: [] for name in people}
        for name, (page, link) in people.items():
            watch(page, received[name])
            await steps.join(page, Links(consult.links.doctor, link), name)
        for name in people:
            await guest(doctor, name).wait_for()
        for name, (page, _) in people.items():
            shown = await page.locator("body").inner_text()
            assert not [other for other in people if other != name and other in shown]
            # And the wire tells them of nobody but the host: peer 0, or their own number.
            assert {frame[6:10] for frame in received[name] if frame[1] == 0x0D} <= {bytes(4)}
        await guest(doctor, "Second patient").get_by_role("button", name="Admit").click()
        await browsers.sees(companion.page, browsers.DOCTOR)
        await browsers.sees(doctor, browsers.COMPANION)
        for page in (consult.patient.page, another.page):
            assert await page.get_by_label("Remote video", exact=True).count() == 0


def watch(page: Page, received: list[bytes]) -> None:
    """Keep every binary message that the server sends to this page."""

    def keep(payload: str | bytes) -> None:
        if isinstance(payload, bytes):
            received.append(payload)

    page.on("websocket", lambda socket: socket.on("framereceived", keep))
