"""A patient of two practices, in a full dump of the server: nothing leads from one to the other."""

from __future__ import annotations

import base64
import os
import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from client.api import blobs, mailboxes, vouchers
from client.api.cells import Cells
from client.api.vaults import SharedVault, VaultState
from client.sealing.encoding import b64u
from client.sealing.keys import SigningKey
from client.sealing.padme import padme
from client.sealing.vault import Record, VaultKey
from tests.integration.people import connected, practice
from tests.integration.serving import ServerProcess, serving
from tests.integration.test_subpoena import Tables, held

# Shorter values (numbers, times, words of the schema), media types, and zeros for a key that nobody
# has, stand everywhere.
BINARY = re.compile(r"[\w-]{20,}", re.ASCII)
ACCOUNT = 44


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    async with serving(tmp_path) as running:
        yield running


@dataclass
class Persona:
    """What somebody keeps of one practice; ids as they stand in a dump."""

    key: VaultKey = field(default_factory=lambda: VaultKey(os.urandom(32)))
    mailbox: bytes = field(default_factory=lambda: os.urandom(16))
    document: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def ids(self) -> list[str]:
        return [b64u(one) for one in (self.key.place, self.mailbox, self.document)]


async def kept(server: ServerProcess, persona: Persona) -> bytes:
    """Make a vault, a mailbox and a document, on a connection of their own; give who paid."""
    at = await practice(server)
    async with connected(server.origin) as (api, _):

        async def pay(size: int) -> bytes:
            until = int(time.time()) + 3_600
            (made,) = await vouchers.register(api, at.practitioner.device, [size], until)
            return made

        vault = SharedVault(Cells(api, (await api.who()).key), persona.key, pay)
        record = Record(os.urandom(16), 1, "document", "x" * 3_000)
        await vault.change(VaultState(), lambda _: (record,))
        owner, append = SigningKey(os.urandom(32)), SigningKey(os.urandom(32))
        paid = await pay(2**20)
        await mailboxes.make(api, owner, persona.mailbox, [append.public], paid)
        body = os.urandom(padme(20_000))
        reader = SigningKey(os.urandom(32)).public
        by = blobs.Payer(voucher=await pay(len(body)))
        await blobs.put(api, SigningKey(os.urandom(32)), persona.document, reader, body, by)
    return at.room.identity


def values(value: Any) -> Iterator[str]:
    """Every text in a row that is long enough to be somebody's."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from values(one)
    elif isinstance(value, str) and BINARY.fullmatch(value) and value.strip("A"):
        yield value
        if len(value) == ACCOUNT:
            # Who pays for a blob: a letter, then a key, a room, or a voucher's hash.
            yield b64u(base64.urlsafe_b64decode(value)[1:])


def reached(tables: Tables, start: str) -> set[str]:
    """All values that can be found from one, row by row, however many steps away."""
    rows = [set(values(row)) for table in tables.values() for row in table]
    found, before = {start}, 0
    while len(found) > before:
        before = len(found)
        for row in rows:
            if row & found:
                found |= row
    return found


async def test_nothing_leads_from_one_practice_to_the_other(server: ServerProcess) -> None:
    one, other = Persona(), Persona()
    first, second = await kept(server, one), await kept(server, other)
    tables = await held(server, "all")
    near, far = reached(tables, one.ids[0]), reached(tables, other.ids[0])
    # The search finds what belongs together: by the practice that paid.
    assert set(one.ids) <= near
    assert b64u(first) in near
    assert set(other.ids) <= far
    assert b64u(second) in far
    assert near & far == set()
