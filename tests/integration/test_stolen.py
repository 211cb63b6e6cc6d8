"""What a thief opens who has the server's disk, a way back, and a device that was withdrawn."""

from __future__ import annotations

import contextlib
import itertools
import os
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp

from client.api import blobs, vouchers
from client.api.cells import Cells
from client.api.http import Api
from client.api.vaults import SharedVault, VaultState
from client.recovery import Rings
from client.sealing.errors import SealError
from client.sealing.ring import Held, Kind, Ring, open_ring
from client.sealing.vault import (
    Head,
    HeadKind,
    Record,
    VaultKey,
    head_of,
    open_head,
    open_moved,
    open_page,
    seal_head,
    seal_moved,
)
from client.sealing.xwing import KemKey
from client.vault import Memory
from tests.integration.people import Practice, practice
from tests.integration.serving import serving

MADE = "2026-03-01T09:30:00Z"
VERSIONS = range(1, 20)


@dataclass
class Loot:
    """All that somebody has, and what they make of it."""

    held: list[Held]
    vaults: set[bytes]
    seal: KemKey
    roots: set[bytes] = field(default_factory=set)
    records: set[str] = field(default_factory=set)

    def search(self, disk: Path) -> None:
        """Try everything on everything, until nothing more opens."""
        values = list(_values(disk))
        files = [path.read_bytes() for path in (disk / "blobs").rglob("*") if path.is_file()]
        while True:
            had = (len(self.roots), len(self.vaults), len(self.records))
            for value in values:
                self._rings(value)
                for head, key in self._heads(value):
                    for file in files:
                        self._page(key, head, file)
            if had == (len(self.roots), len(self.vaults), len(self.records)):
                return

    def _rings(self, value: bytes) -> None:
        for means, other in itertools.permutations(self.held, 2):
            with contextlib.suppress(SealError):
                ring = open_ring(value, means, other)
                self.roots.add(ring.root)
                self.vaults.add(ring.vault)

    def _heads(self, value: bytes) -> Iterable[tuple[Head, VaultKey]]:
        for secret, version in itertools.product(list(self.vaults), VERSIONS):
            key = VaultKey(secret)
            with contextlib.suppress(SealError):
                yield open_head(key, version, value), key

    def _page(self, key: VaultKey, head: Head, file: bytes) -> None:
        with contextlib.suppress(SealError):
            self.records |= {one.data for one in open_page(key, head, file) if one.data}
        with contextlib.suppress(SealError):
            self.vaults.add(open_moved(key, head, self.seal, file).key.secret)


def _values(disk: Path) -> Iterable[bytes]:
    """The value of every cell."""
    database = sqlite3.connect(disk / "aparte.sqlite")
    with contextlib.closing(database):
        yield from (bytes(value) for (value,) in database.execute("SELECT value FROM cells"))


def held(kind: Kind, label: str = "") -> Held:
    return Held(kind, os.urandom(kind.length), label, MADE)


@dataclass
class Owner:
    """A practitioner with two sheets, a helper, a laptop and a phone, who withdraws the laptop."""

    cells: Cells
    at: Practice
    old: VaultKey = field(default_factory=lambda: VaultKey(os.urandom(32)))
    new: VaultKey = field(default_factory=lambda: VaultKey(os.urandom(32)))
    sheet: Held = field(default_factory=lambda: held(Kind.SHEET, "home"))
    bank: Held = field(default_factory=lambda: held(Kind.SHEET, "bank"))
    helper: Held = field(default_factory=lambda: held(Kind.HELPER, "colleague"))
    laptop: Held = field(default_factory=lambda: held(Kind.DEVICE, "laptop"))
    phone: Held = field(default_factory=lambda: held(Kind.DEVICE, "phone"))
    laptop_seal: KemKey = field(default_factory=lambda: KemKey(os.urandom(32)))
    phone_seal: KemKey = field(default_factory=lambda: KemKey(os.urandom(32)))

    async def pay(self, size: int) -> bytes:
        device = self.at.practitioner.device
        until = int(time.time()) + 3600
        return (await vouchers.register(self.cells.api, device, [size], until))[0]

    async def practise(self) -> None:
        """Write ring and vault, then what only the phone is to know."""
        rings = Rings(self.cells, Memory(), "rings", self.pay, os.urandom)
        devices = (self.laptop, self.phone)
        ring = Ring(os.urandom(32), self.old.secret, (self.sheet, self.bank, self.helper, *devices))
        await rings.write(ring)
        vault = SharedVault(self.cells, self.old, self.pay)
        before = await vault.change(VaultState(), lambda _: (_record(1, "before"),))

        left = (self.sheet, self.bank, self.helper, self.phone)
        after = SharedVault(self.cells, self.new, self.pay)
        state = await after.change(VaultState(), lambda _: before.records)
        await rings.write(replace(ring, vault=self.new.secret, held=left))
        await self._move(before)
        await after.change(state, lambda _: (_record(2, "after"),))

    async def _move(self, before: VaultState) -> None:
        api, me = self.cells.api, self.at.practitioner
        letter = seal_moved(
            self.old,
            self.new,
            [self.phone_seal.public],
            me.device,
            me.certificate,
            os.urandom,
        )
        blob = os.urandom(16)
        paid = blobs.Payer(voucher=await self.pay(len(letter)))
        await blobs.put(api, self.old.owner, blob, self.old.reader.public, letter, paid)
        head = head_of(HeadKind.MOVED, os.urandom(32), blob, letter)
        value = seal_head(self.old, before.seen.version + 1, head)
        await self.cells.put(self.old.owner, self.old.cell, before.seen, value, closed=True)


def _record(number: int, data: str) -> Record:
    return Record(bytes([number]) * 16, 1, "note", data)


async def test_a_withdrawn_device_a_way_back_and_the_disk_open_nothing(tmp_path: Path) -> None:
    # What lies on a disk is the same whatever the number of processes: one file is read here.
    async with serving(tmp_path, nodes=1) as running, aiohttp.ClientSession() as http:
        api = Api(running.origin, http, os.urandom)
        owner = Owner(Cells(api, (await api.who()).key), await practice(running))
        await owner.practise()
    disk = tmp_path / "data"

    thief = Loot([owner.sheet, owner.laptop], {owner.old.secret}, owner.laptop_seal)
    thief.search(disk)
    assert thief.roots == set()
    assert thief.vaults == {owner.old.secret}
    assert thief.records == set()

    # One who has a single way back and a device that was taken while it was locked has less still.
    finder = Loot([owner.sheet], set(), owner.laptop_seal)
    finder.search(disk)
    assert not finder.roots | finder.vaults | finder.records

    # A helper's device holds one secret of a ring, and stays as poor with the whole disk.
    helper = Loot([owner.helper], set(), KemKey(os.urandom(32)))
    helper.search(disk)
    assert not helper.roots | helper.vaults | helper.records

    # The same search finds all of it with what does open it: a way back and a device, or two.
    pairs = ([owner.sheet, owner.phone], [owner.bank, owner.sheet], [owner.helper, owner.sheet])
    for pair in pairs:
        known = Loot(pair, set(), owner.laptop_seal)
        known.search(disk)
        assert (len(known.roots), known.vaults) == (1, {owner.new.secret})
        assert known.records == {"before", "after"}
    phone = Loot([], {owner.old.secret}, owner.phone_seal)
    phone.search(disk)
    assert phone.vaults == {owner.old.secret, owner.new.secret}
    assert phone.records == {"before", "after"}
