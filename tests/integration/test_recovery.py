"""Rings at a real server: opened by two of three means, by no one, and not by two devices."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace

import aiohttp
import pytest
import pytest_asyncio

from client.api import vouchers
from client.api.cells import Cells
from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api
from client.recovery import Rings
from client.sealing.cell import CellKeys, Seen
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import SigningKey
from client.sealing.ring import Held, Kind, Ring, seal_ring
from client.vault import Memory
from signaling.wire import ErrorCode
from tests.integration.people import Practice, practice
from tests.integration.serving import serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

MADE = "2026-03-01T09:30:00Z"


def held(kind: Kind, label: str = "") -> Held:
    return Held(kind, os.urandom(kind.length), label, MADE)


@pytest.fixture
def ring() -> Ring:
    kinds = (Kind.SHEET, Kind.PASSKEY, Kind.SHEET, Kind.DEVICE, Kind.DEVICE)
    return Ring(os.urandom(32), os.urandom(32), tuple(held(kind) for kind in kinds))


class World:
    """A practitioner who pays, and as many devices as a test wants."""

    def __init__(self, api: Api, at: Practice, server: bytes) -> None:
        self.api = api
        self.cells = Cells(api, server)
        self.paid = 0
        self._device = at.practitioner.device

    async def pay(self, size: int) -> bytes:
        self.paid += 1
        until = int(time.time()) + 3600
        return (await vouchers.register(self.api, self._device, [size], until))[0]

    def rings(self, keeper: Memory | None = None) -> Rings:
        return Rings(self.cells, keeper or Memory(), "rings", self.pay, os.urandom)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[str, Practice]]:
    async with serving(tmp_path_factory.mktemp("server")) as running:
        yield running.origin, await practice(running)


@pytest_asyncio.fixture(loop_scope="module")
async def world(served: tuple[str, Practice]) -> AsyncIterator[World]:
    origin, at = served
    async with aiohttp.ClientSession() as http:
        api = Api(origin, http, os.urandom)
        yield World(api, at, (await api.who()).key)


async def refusal(rings: Rings, means: Held, other: Held) -> SealCode | ErrorCode:
    with pytest.raises((SealError, ServerRefused)) as refused:
        await rings.open(means, other)
    error = refused.value
    assert isinstance(error, (SealError, ServerRefused))
    return error.code


async def test_any_two_means_open_it_and_a_means_with_a_device(world: World, ring: Ring) -> None:
    await world.rings().write(ring)
    for one, other in itertools.permutations(ring.held, 2):
        if one.kind is not Kind.DEVICE:
            assert await world.rings().open(one, other) == ring


async def test_nothing_else_opens_it(world: World, ring: Ring) -> None:
    await world.rings().write(ring)
    sheet, passkey, _, laptop, phone = ring.held
    assert await refusal(world.rings(), laptop, phone) == SealCode.BAD_FORM
    assert await refusal(world.rings(), sheet, sheet) == SealCode.CANNOT_OPEN
    assert await refusal(world.rings(), sheet, held(Kind.PASSKEY)) == SealCode.CANNOT_OPEN
    assert await refusal(world.rings(), sheet, held(Kind.DEVICE)) == SealCode.CANNOT_OPEN
    as_passkey = replace(laptop, kind=Kind.PASSKEY)
    assert await refusal(world.rings(), passkey, as_passkey) == SealCode.CANNOT_OPEN
    assert await refusal(world.rings(), held(Kind.SHEET), laptop) == ErrorCode.NOT_FOUND


async def test_a_means_that_was_taken_out_opens_nothing(world: World, ring: Ring) -> None:
    kept = Memory()
    await world.rings(kept).write(ring)
    lost, *rest = ring.held
    new = held(Kind.SHEET)
    after = replace(ring, held=(new, *rest))
    await world.rings(kept).write(after, [lost])
    assert await refusal(world.rings(), lost, rest[0]) == SealCode.REVOKED
    assert await refusal(world.rings(), rest[0], lost) == SealCode.CANNOT_OPEN
    assert await world.rings().open(new, rest[0]) == after


async def test_a_device_that_was_taken_out_opens_nothing(world: World, ring: Ring) -> None:
    kept = Memory()
    await world.rings(kept).write(ring)
    after = replace(ring, vault=os.urandom(32), held=ring.held[:-1])
    await world.rings(kept).write(after)
    assert await refusal(world.rings(), ring.held[0], ring.held[-1]) == SealCode.CANNOT_OPEN
    assert await world.rings().open(ring.held[0], ring.held[3]) == after
    assert world.paid == len(ring.means)


@dataclass(frozen=True)
class _Losing(Cells):
    """Cut off at one write: before it reaches the server, or the time before, after it has."""

    lost: int
    count: Iterator[int] = field(default_factory=itertools.count)

    async def put(
        self,
        owner: SigningKey,
        keys: CellKeys,
        before: Seen,
        value: bytes,
        *,
        closed: bool = False,
        voucher: bytes | None = None,
    ) -> Seen:
        number = next(self.count)
        if number == self.lost:
            raise ServerUnreachable("cut off before")
        seen = await super().put(owner, keys, before, value, closed=closed, voucher=voucher)
        if number == self.lost - 2:
            raise ServerUnreachable("cut off after")
        return seen


@pytest.mark.parametrize("at", range(2, 9))
async def test_who_is_cut_off_goes_on_where_it_was(world: World, ring: Ring, at: int) -> None:
    kept, honest = Memory(), world.cells
    lost, *rest = ring.held
    after = replace(ring, held=(held(Kind.SHEET), *rest))
    world.cells = _Losing(honest.api, honest.server, at)
    for wanted, out in ((ring, []), (after, [lost])):
        for _attempt in range(3):
            try:
                await world.rings(kept).write(wanted, out)
                break
            except ServerUnreachable:
                continue
        else:
            raise AssertionError("never came through")
    world.cells = honest
    for one, other in itertools.permutations(after.means, 2):
        assert await world.rings().open(one, other) == after
    assert await refusal(world.rings(), lost, rest[0]) == SealCode.REVOKED


async def test_who_is_cut_off_may_want_something_else(world: World, ring: Ring) -> None:
    kept, honest = Memory(), world.cells
    # The second cell is made, and the answer lost.
    world.cells = _Losing(honest.api, honest.server, 3)
    with pytest.raises(ServerUnreachable):
        await world.rings(kept).write(ring)
    world.cells = honest
    other = replace(ring, vault=os.urandom(32))
    await world.rings(kept).write(other)
    for means in ring.means:
        assert await world.rings().open(means, ring.held[-1]) == other


async def test_of_two_devices_at_once_the_second_is_told(world: World, ring: Ring) -> None:
    first, second = Memory(), Memory()
    await world.rings(first).write(ring)
    assert await world.rings(second).open(*ring.means[:2]) == ring
    changed = replace(ring, held=ring.held[:-1])
    await world.rings(first).write(changed)
    with pytest.raises(ServerRefused) as refused:
        await world.rings(second).write(replace(ring, vault=os.urandom(32)))
    assert refused.value.code == ErrorCode.STALE_VERSION
    assert await world.rings(second).open(*ring.means[:2]) == changed
    again = replace(changed, vault=os.urandom(32))
    await world.rings(second).write(again)
    assert await world.rings().open(ring.held[2], ring.held[3]) == again


async def test_a_cell_that_the_server_has_put_in_its_place_is_refused(
    world: World, ring: Ring
) -> None:
    """An old value that somebody kept, in a cell of the server's own making."""
    means, other = ring.means[:2]
    forger = SigningKey(os.urandom(32))
    keys = CellKeys(means.place, forger.public, means.reader.public)
    value = seal_ring(ring, means, os.urandom)
    await world.cells.put(forger, keys, Seen(), value, voucher=await world.pay(4096))
    assert await refusal(world.rings(), means, other) == SealCode.FORKED
