"""The promises of a bus, kept by both: in one process, and over a Redis that comes and goes."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable

import pytest

from server.engines.bus import Bus, LocalBus
from server.engines.faults import StorageFailed
from server.engines.redis_bus import RedisBus, redis_of
from tests.integration import services
from tests.integration.ports import free_port

Pair = tuple[Bus, Bus]


async def until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come about")


@contextlib.asynccontextmanager
async def on_redis(url: str, namespace: bytes) -> AsyncIterator[RedisBus]:
    async with redis_of(url) as redis:
        bus = RedisBus(redis, namespace)
        await bus.open()
        try:
            yield bus
        finally:
            await bus.close()


@pytest.fixture(params=["local", "redis"])
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[Pair]:
    """Two parts of one server: in one process they share a bus."""
    if request.param == "local":
        bus = LocalBus()
        await bus.open()
        yield bus, bus
        await bus.close()
        return
    namespace, url = secrets.token_bytes(8), services.redis()
    async with on_redis(url, namespace) as one, on_redis(url, namespace) as two:
        yield one, two


async def test_notes_arrive_in_order_at_everybody_who_listens(pair: Pair) -> None:
    one, two = pair
    heard: tuple[list[bytes], list[bytes]] = ([], [])
    await one.listen(b"topic", heard[0].append)
    await two.listen(b"topic", heard[1].append)
    notes = [str(number).encode() for number in range(1000)]
    for note in notes:
        one.publish(b"topic", note)
    one.publish(b"other", b"not for you")
    await until(lambda: len(heard[0]) == len(heard[1]) == 1000)
    assert heard == (notes, notes)


async def test_a_note_that_a_listener_cannot_read_stops_nobody(pair: Pair) -> None:
    one, two = pair
    heard: list[bytes] = []

    def picky(note: bytes) -> None:
        if note == b"of another version":
            raise ValueError("unreadable")

    await two.listen(b"topic", picky)
    await two.listen(b"topic", heard.append)
    for note in (b"of another version", b"readable"):
        one.publish(b"topic", note)
    await until(lambda: heard == [b"of another version", b"readable"])


async def test_whoever_stops_hears_no_more(pair: Pair) -> None:
    one, two = pair
    first: list[bytes] = []
    second: list[bytes] = []
    stop = await two.listen(b"topic", first.append)
    await two.listen(b"topic", second.append)
    one.publish(b"topic", b"1")
    await until(lambda: len(second) == 1)
    stop()
    stop()
    one.publish(b"topic", b"2")
    await until(lambda: len(second) == 2)
    assert first == [b"1"]


async def test_a_topic_can_be_listened_to_again(pair: Pair) -> None:
    one, two = pair
    heard: list[bytes] = []
    for number in range(5):
        stop = await two.listen(b"topic", heard.append)
        one.publish(b"topic", bytes([number]))
        await until(lambda: len(heard) == number + 1)  # noqa: B023 - called at once
        stop()
    assert heard == [bytes([number]) for number in range(5)]


async def test_any_bytes_are_a_note_and_a_topic(pair: Pair) -> None:
    one, two = pair
    heard: list[bytes] = []
    topic, note = bytes(range(256)), bytes(range(256)) * 256
    await two.listen(topic, heard.append)
    one.publish(topic, note)
    await until(lambda: heard == [note])


async def test_servers_that_share_a_redis_do_not_hear_each_other() -> None:
    url = services.redis()
    async with on_redis(url, b"one") as one, on_redis(url, b"two") as two:
        heard: list[bytes] = []
        await two.listen(b"topic", heard.append)
        await one.listen(b"topic", heard.append)
        one.publish(b"topic", b"mine")
        await until(lambda: heard == [b"mine"])
        await asyncio.sleep(0.1)
        assert heard == [b"mine"]


async def test_a_redis_that_comes_back_is_heard_again_and_says_so() -> None:
    with services.own_redis() as server:
        async with on_redis(server.url, b"one") as one, on_redis(server.url, b"one") as two:
            heard: list[bytes] = []
            missed: list[bool] = []
            two.when_missed(lambda: missed.append(True))
            await two.listen(b"topic", heard.append)
            one.publish(b"topic", b"before")
            await until(lambda: heard == [b"before"])
            server.stop()
            one.publish(b"topic", b"lost or late")
            await asyncio.sleep(0.3)
            server.start()
            await until(lambda: len(missed) == 1)
            one.publish(b"topic", b"after")
            await until(lambda: heard[-1] == b"after")
            stop = await one.listen(b"new", heard.append)
            two.publish(b"new", b"new")
            await until(lambda: heard[-1] == b"new")
            stop()


@pytest.mark.parametrize("url", ["redis://127.0.0.1:{}", "unix:///nowhere/{}"])
async def test_without_a_redis_nothing_begins(url: str) -> None:
    async with redis_of(url.format(free_port())) as redis:
        with pytest.raises(StorageFailed):
            await RedisBus(redis, b"one").open()
