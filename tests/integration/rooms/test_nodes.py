"""One server of two processes over PostgreSQL and Redis: any of them serves any room."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from server.services import SERVICES
from signaling.wire import ErrorCode, Type
from tests.integration.ports import free_port
from tests.integration.rooms.world import INTRO, Client, World, admit, world
from tests.integration.services import redis, shared

Both = tuple[World, World]


@contextlib.asynccontextmanager
async def nodes(data: Path) -> AsyncIterator[Both]:
    origin = f"http://localhost:{free_port()}"
    backends = shared(data)
    async with (
        world(data, origin=origin, backends=backends) as one,
        world(data, origin=origin, backends=backends) as two,
    ):
        yield one, two


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Both]:
    async with nodes(tmp_path) as made:
        yield made


async def says(sender: Client, receiver: Client, peer: int, words: bytes) -> None:
    await sender.send(Type.RELAY, peer, words)
    assert (await receiver.until(Type.RELAY)).body == words


async def test_a_consult_over_two_processes(both: Both) -> None:
    one, two = both
    doctor = await one.doctor()
    host, guest = await one.host(doctor), await two.guest(doctor)
    peer = await admit(host, guest)
    for count in range(50):
        await says(host, guest, peer, b"to the guest %d" % count)
        await says(guest, host, 0, b"to the host %d" % count)
    await host.send(Type.END)
    assert (await guest.until(Type.END)).body == b""
    assert (await one.record(doctor)).ended


async def test_a_carried_host_commands_as_one_at_home_does(both: Both) -> None:
    one, two = both
    doctor = await one.doctor()
    guest = await one.guest(doctor)
    host = await two.host(doctor)
    await guest.send(Type.KNOCK, 0, INTRO)
    knock = await host.until(Type.KNOCK)
    await host.send(Type.LOCK, 0, b"\1")
    assert (await host.until(Type.LOCK)).body == b"\1"
    await host.send(Type.REFUSE, knock.peer)
    await guest.until(Type.REFUSE)
    await host.send(Type.RELAY, 77, b"to nobody")
    await host.refused(ErrorCode.NO_SUCH_PEER)


async def test_who_is_gone_from_the_other_process_is_away(both: Both) -> None:
    one, two = both
    doctor = await one.doctor()
    host, guest = await one.host(doctor), await two.guest(doctor)
    peer = await admit(host, guest)
    await guest.ws.close()
    assert (await host.until(Type.PRESENCE)).peer == peer
    # Nothing that is said meanwhile is lost, if it is not for long.
    await host.send(Type.RELAY, peer, b"are you there?")


async def test_nobody_is_told_more_by_the_other_process(both: Both) -> None:
    one, two = both
    doctor = await one.doctor()
    await one.host(doctor)
    stranger = await two.connect()
    other = await two.doctor()
    await stranger.open(1, doctor.room, other.device)
    await stranger.refused(ErrorCode.NOT_FOUND, fatal=True)
    await stranger.ping()


async def test_a_home_that_stops_is_followed_by_another(tmp_path: Path) -> None:
    origin = f"http://localhost:{free_port()}"
    backends = shared(tmp_path)
    async with world(tmp_path, origin=origin, backends=backends) as left:
        async with world(tmp_path, origin=origin, backends=backends) as home:
            doctor = await home.doctor()
            host, guest = await home.host(doctor), await left.guest(doctor)
            await admit(host, guest)
            ended = asyncio.create_task(guest.closed())
        assert await ended == 1012
        host = await left.host(doctor)
        assert (await left.record(doctor)).seats[0].admitted
        await host.send(Type.LOCK, 0, b"\1")
        assert (await host.until(Type.LOCK)).body == b"\1"


async def test_both_processes_make_and_know_each_others_nonces(both: Both) -> None:
    one, two = both
    async with one.http.get(
        f"http://127.0.0.1:{one.port}/v1/nonce", headers={"Host": one.authority}
    ) as answer:
        nonce = answer.headers["Aparte-Nonce"]
    two.app[SERVICES].nonces.require(nonce)


async def test_a_redis_that_forgets_everything_is_not_noticed(both: Both) -> None:
    one, two = both
    doctor = await one.doctor()
    host, guest = await one.host(doctor), await two.guest(doctor)
    peer = await admit(host, guest)
    store = Redis.from_url(redis())
    await store.flushall()
    await says(host, guest, peer, b"still here")
    # The lease is taken again before anybody else needs it.
    for _ in range(40):
        if await store.keys("aparte:*:lease:*"):
            break
        await asyncio.sleep(0.2)
    await store.aclose()
    again = await two.guest(doctor, guest.key)
    await says(again, host, 0, b"and again")


async def test_a_room_whose_lease_another_has_taken_moves(both: Both) -> None:
    one, two = both
    doctor = await one.doctor()
    async with Redis.from_url(redis()) as store:
        # Other tests' servers have theirs in the same Redis.
        others = {key async for key in store.scan_iter("aparte:*:lease:*")}
        host = await one.host(doctor)
        (name,) = {key async for key in store.scan_iter("aparte:*:lease:*")} - others
        await store.set(name, b"somebody")
        ended = asyncio.create_task(host.closed())
        async with asyncio.timeout(8):
            assert await ended == 1012
        # Of the new home nothing is heard: a doctor is told to try again, and finds it once it
        # died.
        lost = await two.connect()
        await lost.open(1, doctor.room, doctor.device)
        await lost.refused(ErrorCode.STORAGE_FAILED, fatal=True)
        await store.delete(name)
    await two.host(doctor)
