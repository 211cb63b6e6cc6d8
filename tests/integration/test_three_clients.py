"""A practitioner and two guests in one consult, all in Python, over a real server."""

from __future__ import annotations

import asyncio
import itertools
import os

import pytest

from client.guest import visit as visits
from client.host import desk as desks
from client.sealing.encoding import b64u
from client.sealing.keys import SigningKey
from client.vault import Memory
from tests.integration.people import (
    NAMES,
    Practice,
    admitted,
    chat,
    doctor,
    hears_guest,
    patient,
    said_by_guests,
    three,
    together,
)
from tests.integration.serving import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIRST, SECOND = NAMES


async def test_what_one_says_everybody_hears_once(server: ServerProcess, at: Practice) -> None:
    async with three(server.origin, at) as consult:
        await consult.first.model.say(chat("from the first"))
        await consult.second.model.say(chat("from the second"))
        await hears_guest(consult.second, FIRST, "from the first")
        await hears_guest(consult.first, SECOND, "from the second")
        await consult.host.hears("from the first")
        await consult.host.hears("from the second")
        await asyncio.sleep(1.5)
        assert said_by_guests(consult.second) == [(FIRST, "from the first")]
        assert said_by_guests(consult.first) == [(SECOND, "from the second")]
        came = [event for event in consult.first.told if isinstance(event, visits.Together)]
        assert came == [visits.Together([SECOND], [])]


async def test_who_leaves_is_with_nobody(server: ServerProcess, at: Practice) -> None:
    async with three(server.origin, at) as consult:
        await consult.second.model.leave()
        await consult.first.until(lambda e: e == visits.Together([], [SECOND]))
        await asyncio.sleep(0.2)
        assert consult.first.model.circle.guests == {}
        await consult.first.model.say(chat("alone"))
        await consult.host.hears("alone")


async def test_who_is_sent_back_is_with_nobody_until_admitted_again(
    server: ServerProcess, at: Practice
) -> None:
    async with three(server.origin, at) as consult:
        await consult.host.model.send_back(consult.known[1])
        await consult.second.kind(visits.Held)
        await consult.first.until(lambda e: e == visits.Together([], [SECOND]))
        assert consult.second.model.circle.guests == {}
        again = (await consult.host.kind(desks.Knocked)).guest
        await consult.host.model.admit(again)
        await consult.second.kind(visits.Admitted)
        await together(consult.second)
        await consult.second.model.say(chat("here again"))
        await hears_guest(consult.first, SECOND, "here again")


async def test_a_server_killed_in_the_consult_loses_and_repeats_nothing(
    server: ServerProcess, at: Practice
) -> None:
    async with three(server.origin, at) as consult:
        await server.kill()
        for number in range(3):
            await consult.first.model.say(chat(f"first {number}"))
            await consult.second.model.say(chat(f"second {number}"))
        await asyncio.sleep(0.5)
        await server.start()
        await hears_guest(consult.second, FIRST, "first 2")
        await hears_guest(consult.first, SECOND, "second 2")
        assert said_by_guests(consult.second) == [(FIRST, f"first {n}") for n in range(3)]
        assert said_by_guests(consult.first) == [(SECOND, f"second {n}") for n in range(3)]


async def test_a_guest_that_starts_anew_goes_on(server: ServerProcess, at: Practice) -> None:
    origin, keeper = server.origin, Memory()
    async with doctor(origin, at) as host, patient(origin, at.room.link(0)) as first:
        await admitted(host, first)
        seat = await host.model.add_seat()
        link = host.model.room.link(seat)
        async with patient(origin, link, keeper, SECOND) as second:
            await admitted(host, second)
            await together(first)
            await together(second)
        await first.model.say(chat("while away"))
        async with patient(origin, link, keeper, SECOND) as again:
            await hears_guest(again, FIRST, "while away")
            await again.model.say(chat("back"))
            await hears_guest(first, SECOND, "back")
            again.drain()
            assert not [event for event in again.told if isinstance(event, visits.Together)]


async def test_a_desk_that_starts_anew_changes_nothing(server: ServerProcess, at: Practice) -> None:
    async with three(server.origin, at) as consult:
        version = consult.host.model.room.roster
        kept = Practice(at.practitioner, consult.host.model.room, at.keeper)
        async with doctor(server.origin, kept) as again:
            await again.until(lambda e: isinstance(e, desks.Talk))
            assert again.model.room.roster == version + 1
            await consult.first.model.say(chat("still here"))
            await hears_guest(consult.second, FIRST, "still here")
            await again.hears("still here")
            consult.first.drain()
            came = [event for event in consult.first.told if isinstance(event, visits.Together)]
            assert came == [visits.Together([SECOND], [])]


@pytest.mark.parametrize("larger", [True, False], ids=["who offered", "who answered"])
async def test_a_guest_whose_storage_lost_its_last_writes_is_found_again(
    server: ServerProcess, at: Practice, larger: bool
) -> None:
    origin, keeper = server.origin, Memory()
    async with doctor(origin, at) as host, patient(origin, at.room.link(0)) as first:
        await admitted(host, first)
        drawn = (SigningKey(os.urandom(32)) for _ in itertools.count())
        key = next(one for one in drawn if (one.public > first.model.key.public) is larger)
        name = f"room-{b64u(at.room.room)}"
        keeper.put(f"{name}.guest", key.seed)
        seat = await host.model.add_seat()
        link = host.model.room.link(seat)
        async with patient(origin, link, keeper, SECOND) as second:
            await admitted(host, second)
            await together(first)
            await together(second)
        kept = keeper.get(f"{name}.circle")
        for number in range(2):
            async with patient(origin, link, keeper, SECOND) as second:
                await together(second)
                await second.model.say(chat(str(number)))
                await hears_guest(first, SECOND, str(number))
        assert kept is not None
        keeper.put(f"{name}.circle", kept)
        async with patient(origin, link, keeper, SECOND) as second:
            await second.kind(visits.Talk)
            await second.model.say(chat("found again"))
            await hears_guest(first, SECOND, "found again")
