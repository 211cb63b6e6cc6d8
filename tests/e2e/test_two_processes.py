"""A consult between two browsers whose sockets end at two processes of one server."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e import browsers, net, steps
from tests.e2e.chat import shows_lines
from tests.e2e.conftest import Consult, begun
from tests.e2e.server import Server, serving
from tests.integration.services import RedisServer, own_redis

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow, pytest.mark.alone]

# Longer than two processes wait for each other's notes.
AWAY = 8.0
STILL = 1.5


@dataclass
class Apart:
    consult: Consult
    redis: RedisServer


@pytest.fixture
async def apart(host: net.Host, tmp_path: Path) -> AsyncIterator[Apart]:
    async with contextlib.AsyncExitStack() as stack:
        redis = stack.enter_context(own_redis())
        server = Server(host, tmp_path, nodes=2, redis=redis.url)
        await stack.enter_async_context(serving(server))
        identities = (browsers.DOCTOR, browsers.PATIENT)
        links, (doctor, patient) = await begun(
            stack, server, [browsers.chromium(host, tmp_path, identity) for identity in identities]
        )
        consult = Consult(server, links, doctor, patient)
        await consult.begin()
        yield Apart(consult, redis)


async def test_a_redis_that_was_away_costs_neither_picture_nor_messages(apart: Apart) -> None:
    doctor, patient = apart.consult.doctor.page, apart.consult.patient.page
    async with browsers.watching(patient) as here, browsers.watching(doctor) as there:
        for number in range(2):
            await steps.write(doctor, f"message {number}")
        apart.redis.stop()
        for number in range(2, 5):
            await steps.write(doctor, f"message {number}")
        await asyncio.sleep(AWAY)
        # It has forgotten everything.
        apart.redis.start()
        await steps.write(doctor, "message 5")
        await shows_lines(patient, 6)
        seen = await here(), await there()
    for watched in seen:
        assert watched.longest < STILL, watched
    await steps.write(patient, "and back")
    await steps.reads(doctor, "and back")
    assert await steps.button(doctor, "Admit").count() == 0


async def test_a_process_that_dies_is_replaced_by_the_other(apart: Apart) -> None:
    doctor, patient = apart.consult.doctor.page, apart.consult.patient.page
    await steps.write(doctor, "message 0")
    # The one that has the room, with the demo: the doctor came first.
    await apart.consult.server.kill_one(0)
    await steps.write(doctor, "message 1")
    await steps.write(doctor, "message 2")
    await shows_lines(patient, 3)
    await steps.write(patient, "and back")
    await steps.reads(doctor, "and back")
    assert await steps.button(doctor, "Admit").count() == 0
