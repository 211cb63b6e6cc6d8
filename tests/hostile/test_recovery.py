"""A server that shows another past of the cells in which rings lie."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import aiohttp
import pytest
import pytest_asyncio

from client.api import vouchers
from client.api.cells import Cells
from client.api.http import Api
from client.recovery import Rings
from client.sealing.cell import LINK_BYTES, CellKeys, Seen, make_version
from client.sealing.encoding import b64u, fields, sha256, take_fields, u64
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import SigningKey
from client.sealing.ring import Held, Kind, Ring, seal_ring
from client.vault import Memory
from tests.hostile.consults import Front, front
from tests.hostile.relay import Tamper, flipped, since
from tests.integration.ports import free_port

pytestmark = pytest.mark.asyncio(loop_scope="module")

MADE = "2026-03-01T09:30:00Z"


def held(kind: Kind) -> Held:
    return Held(kind, os.urandom(kind.length), "", MADE)


class Showing(Tamper):
    """Keeps all links of each cell, and shows what `change` makes of an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.armed = False
        self.told: dict[str, bytes] = {}
        self.shown: dict[str, bytes] = {}

    def cell(self, name: str, after: int, body: bytes) -> bytes:
        if not self.armed:
            if after == 0:
                self.told[name] = body
            return body
        if name not in self.shown:
            return body
        self.hits += 1
        return since(self.shown[name], after)


@dataclass
class Person:
    """Somebody who keeps rings at the hostile server, and what each device of theirs has seen."""

    hostile: Front
    api: Api
    cells: Cells
    ring: Ring
    server: Showing

    def rings(self, keeper: Memory | None = None) -> Rings:
        return Rings(self.cells, keeper or Memory(), "rings", self._pay, os.urandom)

    async def _pay(self, size: int) -> bytes:
        device, until = self.hostile.at.practitioner.device, int(time.time()) + 3600
        return (await vouchers.register(self.api, device, [size], until))[0]

    def show(self, means: Held, body: bytes) -> None:
        self.server.armed = True
        self.server.shown[b64u(means.place)] = body

    def told(self, means: Held) -> bytes:
        """The last whole answer about a means' cell."""
        return self.server.told[b64u(means.place)]

    async def written(self, keeper: Memory, ring: Ring, out: tuple[Held, ...] = ()) -> None:
        """Writes, and has the server show each cell once, so that it can be kept."""
        await self.rings(keeper).write(ring, out)
        await self.rings().open(*ring.means[:2])

    def forged(self, means: Held, owner: SigningKey, values: list[bytes]) -> bytes:
        """A cell of somebody who has the owner's key, or puts one of their own in its place."""
        keys = CellKeys(means.place, owner.public, means.reader.public)
        links, seen, value = b"", Seen(), b""
        for value in values:
            body, seen = make_version(owner, keys, seen, value)
            links += body[:LINK_BYTES]
        now = u64(int(time.time()))
        accepted = now + self.hostile.key.sign("aparte/1 cell accepted", seen.hash, now)
        assert sha256(links[-LINK_BYTES:]) == seen.hash
        return fields(links, accepted, b"", value)

    async def refused(self, keeper: Memory, means: Held, other: Held) -> SealCode:
        with pytest.raises(SealError) as refusal:
            await self.rings(keeper).open(means, other)
        assert refusal.value.sentence.endswith(".")
        assert self.server.hits
        return refusal.value.code


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hostile(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    async with front(tmp_path_factory.mktemp("server"), free_port()) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def person(hostile: Front) -> AsyncIterator[Person]:
    kinds = (Kind.SHEET, Kind.PASSKEY, Kind.SHEET, Kind.DEVICE)
    ring = Ring(os.urandom(32), os.urandom(32), tuple(held(kind) for kind in kinds))
    async with aiohttp.ClientSession() as http:
        hostile.relay.tamper = server = Showing()
        api = Api(hostile.origin, http, os.urandom)
        yield Person(hostile, api, Cells(api, (await api.who()).key), ring, server)


async def test_an_older_ring_is_refused_by_who_has_seen_a_newer_one(person: Person) -> None:
    sheet, passkey, *_ = person.ring.means
    kept = Memory()
    await person.written(kept, person.ring)
    old = person.told(sheet)
    await person.rings(kept).write(replace(person.ring, vault=os.urandom(32)))
    person.show(sheet, old)
    assert await person.refused(kept, sheet, passkey) == SealCode.ROLLED_BACK


async def test_an_older_ring_of_one_cell_is_given_away_by_the_others(person: Person) -> None:
    """Whoever has lost everything remembers nothing: the cell that was closed does."""
    sheet, passkey, lost = person.ring.means
    kept = Memory()
    await person.written(kept, person.ring)
    old = person.told(sheet)
    without = tuple(one for one in person.ring.held if one != lost)
    await person.rings(kept).write(replace(person.ring, held=without), [lost])
    person.show(sheet, old)
    assert await person.refused(Memory(), sheet, passkey) == SealCode.ROLLED_BACK


async def test_another_history_is_refused_by_who_has_seen_one(person: Person) -> None:
    """Somebody who has had the ring open has the owner's key for good."""
    sheet, passkey, *_ = person.ring.means
    kept = Memory()
    await person.written(kept, person.ring)
    owner = person.ring.owner(sheet.place)
    other = seal_ring(replace(person.ring, vault=os.urandom(32)), sheet, os.urandom)
    person.show(sheet, person.forged(sheet, owner, [other]))
    assert await person.refused(kept, sheet, passkey) == SealCode.FORKED


async def test_a_cell_of_the_servers_own_is_refused(person: Person) -> None:
    sheet, passkey, *_ = person.ring.means
    await person.written(Memory(), person.ring)
    (_, _, _, value), _ = take_fields(person.told(sheet), 4)
    person.show(sheet, person.forged(sheet, SigningKey(os.urandom(32)), [value]))
    assert await person.refused(Memory(), sheet, passkey) == SealCode.FORKED


async def test_the_cell_of_another_means_is_refused(person: Person) -> None:
    sheet, passkey, *_ = person.ring.means
    await person.written(Memory(), person.ring)
    person.show(sheet, person.told(passkey))
    assert await person.refused(Memory(), sheet, passkey) == SealCode.BAD_FORM


async def test_an_altered_ring_is_refused(person: Person) -> None:
    sheet, passkey, *_ = person.ring.means
    await person.written(Memory(), person.ring)
    person.show(sheet, flipped(person.told(sheet), -100))
    assert await person.refused(Memory(), sheet, passkey) == SealCode.ALTERED
