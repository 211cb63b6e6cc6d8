"""Attacks between two guests of one consult, one of them a page."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from client.guest.visit import Visit
from client.sealing.encoding import b64u
from client.sealing.keys import SigningKey
from client.sealing.messages import message
from client.sealing.pair import PAIR_OFFER_KIND
from client.vault import Memory
from signaling.wire import Role
from tests.e2e import browsers, steps
from tests.hostile.attacks import PAIRS, ROSTERS, ForgedRoster, PairAttack, Refused
from tests.hostile.consults import Front, introduction
from tests.hostile.web.pages import Consult, consult
from tests.integration.people import (
    NAMES,
    Person,
    admitted,
    chat,
    hears_guest,
    patient,
    said_by_guests,
    together,
)

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.root,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),
]


@contextlib.asynccontextmanager
async def beside(
    hostile: Front, person: browsers.Person, kind: int
) -> AsyncIterator[tuple[Consult, Person[Visit]]]:
    """A page, and a Python guest with such a key that the page reads handshakes of this kind."""
    async with consult(Role.GUEST, hostile, person) as both:
        await both.begin()
        page_smaller = kind == PAIR_OFFER_KIND
        drawn = (SigningKey(os.urandom(32)) for _ in itertools.count())
        key = next(one for one in drawn if (one.public > both.known.key) is page_smaller)
        keeper, room = Memory(), hostile.at.room.room
        keeper.put(f"room-{b64u(room)}.guest", key.seed)
        seat = await both.host.model.add_seat()
        link = both.host.model.room.link(seat)
        async with patient(hostile.origin, link, keeper, NAMES[1]) as second:
            await admitted(both.host, second)
            yield both, second


async def page_and_guest_talk(both: Consult, second: Person[Visit], number: int) -> None:
    await second.model.say(chat(f"said {number}"))
    await steps.reads(both.page, f"said {number}")
    await steps.write(both.page, f"written {number}")
    await hears_guest(second, NAMES[0], f"written {number}")
    assert await both.shown() == [f"said {n + 1}" for n in range(number)]
    assert said_by_guests(second) == [(NAMES[0], f"written {n + 1}") for n in range(number)]
    await expect(both.page.get_by_label(f"Remote video: {NAMES[1]}")).to_have_count(1)
    # The doctor, the other guest, and one's own.
    await expect(both.page.locator("video")).to_have_count(3)


@pytest.mark.parametrize("attack", PAIRS, ids=lambda attack: attack.name)
async def test_two_guests_come_together_all_the_same(
    browser: tuple[Front, browsers.Person], attack: PairAttack
) -> None:
    hostile, person = browser
    tamper = await hostile.attacked_among_guests(attack)
    async with beside(hostile, person, attack.kind) as (both, second):
        if isinstance(attack.outcome, Refused):
            await both.sentence(attack.outcome.code).wait_for()
        await together(second)
        for number in (1, 2, 3):
            await page_and_guest_talk(both, second, number)
        assert tamper.hits


@pytest.mark.parametrize("forged", ROSTERS, ids=lambda forged: forged.name)
async def test_a_roster_that_does_not_hold_changes_nothing(
    browser: tuple[Front, browsers.Person], forged: ForgedRoster
) -> None:
    hostile, person = browser
    await hostile.left_alone()
    async with beside(hostile, person, PAIR_OFFER_KIND) as (both, second):
        await together(second)
        raw = forged.make(introduction(both.host.model), both.known.key)
        await both.say(message("roster", id=b64u(os.urandom(16)), roster=b64u(raw)))
        await both.sentence(forged.code).wait_for()
        await page_and_guest_talk(both, second, 1)
