"""`aparte-server subpoena` beside a running server: all about one, and nothing of others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from client.sealing.encoding import b64u
from tests.integration.cells import made
from tests.integration.operator import Done, called, run
from tests.integration.people import Practice, addressed, admitted, doctor, patient, practice
from tests.integration.running import client_of
from tests.integration.serving import ServerProcess, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

Tables = Mapping[str, list[dict[str, Any]]]


async def asked(server: ServerProcess, *arguments: str) -> Done:
    return await called("subpoena", *arguments, env=server.nodes[0].environment())


async def held(server: ServerProcess, *about: str) -> Tables:
    done = await asked(server, "--json", *about)
    assert (done.code, done.said) == (0, "")
    tables: Tables = json.loads(done.printed)["tables"]
    return tables


async def consulted(server: ServerProcess, *, ended: bool = False) -> Practice:
    """A practice that has seen somebody, who has a mailbox now; perhaps the consult is over."""
    at = await practice(server)
    async with (
        doctor(server.origin, at) as host,
        patient(server.origin, at.room.link(0)) as guest,
    ):
        await addressed(host, await admitted(host, guest))
        if ended:
            await host.model.end()
    return at


@pytest_asyncio.fixture(loop_scope="module")
async def fresh(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """A server that holds nothing else."""
    async with serving(tmp_path) as running:
        yield running


async def test_one_practice_is_printed_whole_and_without_the_other(fresh: ServerProcess) -> None:
    first, second = await consulted(fresh), await consulted(fresh, ended=True)
    every = await held(fresh, "all")
    for _ in range(100):
        # The end is sent, and written down a moment later.
        if any(room["ended"] for room in every["rooms"]):
            break
        await asyncio.sleep(0.05)
        every = await held(fresh, "all")
    parts = [await held(fresh, "practitioner", b64u(one.room.identity)) for one in (first, second)]
    assert parts[0].keys() == parts[1].keys() == every.keys() - {"used_codes"}
    for name in parts[0]:
        rows = parts[0][name] + parts[1][name]
        assert sorted(map(str, rows)) == sorted(map(str, every[name]))
    assert len(parts[0]["mailboxes"]) == 2
    assert [part["rooms"][0]["ended"] for part in parts] == [False, True]
    assert b64u(second.room.room) not in str(parts[0])


async def test_what_belongs_to_an_id_is_printed(fresh: ServerProcess) -> None:
    at = await consulted(fresh)
    room = await held(fresh, "room", b64u(at.room.room))
    assert [seat["admitted"] for seat in room["seats"]] == [True]
    every = await held(fresh, "all")
    for mailbox in every["mailboxes"]:
        found = await held(fresh, "mailbox", mailbox["id"])
        assert found["mailboxes"] == [mailbox]
        assert found["vouchers"][0]["identity"] == b64u(at.room.identity)
    assert await held(fresh, "blob", b64u(bytes(16))) == {}


async def test_a_claimed_cell_that_was_erased_leaves_its_id(fresh: ServerProcess) -> None:
    async with client_of(fresh.origin, fresh.data) as client:
        cell = await made(client)
        assert (await cell.claimed(cell.claim(client.signer(), bytes(32)))).status == 201
        (paid,) = (await held(fresh, "cell", b64u(cell.id)))["vouchers"]
        assert (await client.signed(cell.owner, "DELETE", cell.target)).status == 204
    left = await held(fresh, "cell", b64u(cell.id))
    assert left == {"tombs": [{"cell": b64u(cell.id), "expires": paid["expires"]}]}
    (voucher,) = (await held(fresh, "practitioner", paid["identity"]))["vouchers"]
    assert voucher == {**paid, "bytes": 0}


async def test_people_read_what_each_thing_is(server: ServerProcess) -> None:
    at = await practice(server)
    server.code()
    # In a process of its own, as it is beside a server; the others ask from this one.
    done = await run("subpoena", "all", env=server.nodes[0].environment())
    assert done.code == 0
    assert f"identity = {b64u(at.room.identity)}  (a public key)" in done.printed
    assert '"name":"Dr Camille Démo"' in done.printed
    assert "an enrolment code that nobody has used yet" in done.printed
    assert "no key to it is here" in done.printed
    done = await asked(server, "room", b64u(bytes(16)))
    assert (done.code, done.printed.partition(".")[0]) == (0, "Nothing is held under that name")
    done = await asked(server, "address", "192.0.2.1")
    assert (done.code, done.printed.partition(",")[0]) == (0, "No address is written down")


async def test_what_cannot_be_asked_is_said(server: ServerProcess) -> None:
    done = await asked(server, "mailbox", "short")
    assert (done.code, done.printed) == (2, "")
    assert "A mailbox is named by 16 bytes in base64url without padding." in done.said


@pytest.mark.parametrize("begins", ["-d", "-h", "--"])
async def test_a_key_that_begins_with_a_dash_is_no_option(
    server: ServerProcess, begins: str
) -> None:
    key = (begins + "A" * 43)[:42] + "A"
    done = await asked(server, "practitioner", key)
    assert (done.code, done.said) == (0, "")
    assert done.printed.startswith("Nothing is held under that name")
