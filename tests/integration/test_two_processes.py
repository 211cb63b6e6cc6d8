"""One server of two processes, and what becomes of a consult when what joins them is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from client.host import desk as desks
from tests.integration.people import Practice, admitted, chat, doctor, patient, practice
from tests.integration.services import RedisServer, own_redis
from tests.integration.serving import ServerProcess, serving

# Longer than two processes wait for each other's notes.
AWAY = 7.0


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with own_redis() as made:
        yield made


@pytest.fixture
async def server(tmp_path: Path, redis: RedisServer) -> AsyncIterator[ServerProcess]:
    async with serving(tmp_path, nodes=2, redis=redis.url) as running:
        yield running


@pytest.fixture
async def at(server: ServerProcess) -> Practice:
    return await practice(server)


async def test_a_redis_that_was_away_delays_and_loses_nothing(
    server: ServerProcess, at: Practice, redis: RedisServer
) -> None:
    async with (
        doctor(server.origin, at) as host,
        patient(server.origin, at.room.link(0)) as guest,
    ):
        known = await admitted(host, guest)
        await guest.model.send(chat("0"))
        await host.hears("0")
        redis.stop()
        for number in range(1, 4):
            await guest.model.send(chat(str(number)))
            await host.model.send(known, chat(f"h{number}"))
        await asyncio.sleep(AWAY)
        redis.start()
        await host.hears("3")
        await guest.hears("h3")
        assert [value["text"] for value in host.said()] == ["0", "1", "2", "3"]
        assert [value["text"] for value in guest.said()] == ["h1", "h2", "h3"]
        assert not any(isinstance(event, desks.Knocked) for event in host.told[4:])


@pytest.mark.parametrize("which", [0, 1])
async def test_a_process_that_dies_is_replaced_by_the_other(
    server: ServerProcess, at: Practice, which: int
) -> None:
    async with (
        doctor(server.origin, at) as host,
        patient(server.origin, at.room.link(0)) as guest,
    ):
        known = await admitted(host, guest)
        await server.nodes[which].stop()
        await guest.model.send(chat("1"))
        await host.model.send(known, chat("h1"))
        await host.hears("1")
        await guest.hears("h1")
        assert [value["text"] for value in host.said()] == ["1"]
        assert [value["text"] for value in guest.said()] == ["h1"]
