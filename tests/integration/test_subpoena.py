"""`aparte-server subpoena` beside a running server: all about one, and nothing of others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from client.sealing.encoding import b64u
from tests.integration.people import Practice, addressed, admitted, doctor, patient, practice
from tests.integration.running import BIN
from tests.integration.serving import ServerProcess, serving

Tables = Mapping[str, list[dict[str, Any]]]


async def run(server: ServerProcess, *arguments: str) -> tuple[int, str, str]:
    child = await asyncio.create_subprocess_exec(
        *(str(BIN / "aparte-server"), "subpoena", *arguments),
        env=server.nodes[0].environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        printed, said = await child.communicate()
    return child.returncode or 0, printed.decode(), said.decode()


async def held(server: ServerProcess, *about: str) -> Tables:
    code, printed, said = await run(server, "--json", *about)
    assert (code, said) == (0, "")
    tables: Tables = json.loads(printed)["tables"]
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


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    async with serving(tmp_path) as running:
        yield running


async def test_one_practice_is_printed_whole_and_without_the_other(server: ServerProcess) -> None:
    first, second = await consulted(server), await consulted(server, ended=True)
    every = await held(server, "all")
    parts = [await held(server, "practitioner", b64u(one.room.identity)) for one in (first, second)]
    assert parts[0].keys() == parts[1].keys() == every.keys() - {"used_codes"}
    for name in parts[0]:
        rows = parts[0][name] + parts[1][name]
        assert sorted(map(str, rows)) == sorted(map(str, every[name]))
    assert len(parts[0]["mailboxes"]) == 2
    assert [part["rooms"][0]["ended"] for part in parts] == [False, True]
    assert b64u(second.room.room) not in str(parts[0])


async def test_what_belongs_to_an_id_is_printed(server: ServerProcess) -> None:
    at = await consulted(server)
    room = await held(server, "room", b64u(at.room.room))
    assert [seat["admitted"] for seat in room["seats"]] == [True]
    every = await held(server, "all")
    for mailbox in every["mailboxes"]:
        found = await held(server, "mailbox", mailbox["id"])
        assert found["mailboxes"] == [mailbox]
        assert found["vouchers"][0]["identity"] == b64u(at.room.identity)
    assert await held(server, "blob", b64u(bytes(16))) == {}


async def test_people_read_what_each_thing_is(server: ServerProcess) -> None:
    at = await practice(server)
    server.code()
    code, printed, _ = await run(server, "all")
    assert code == 0
    assert f"identity = {b64u(at.room.identity)}  (a public key)" in printed
    assert '"name":"Dr Camille Démo"' in printed
    assert "an enrolment code that nobody has used yet" in printed
    assert "no key to it is here" in printed
    code, printed, _ = await run(server, "room", b64u(bytes(16)))
    assert (code, printed.partition(".")[0]) == (0, "Nothing is held under that name")
    code, printed, _ = await run(server, "address", "192.0.2.1")
    assert (code, printed.partition(",")[0]) == (0, "No address is written down")


async def test_what_cannot_be_asked_is_said(server: ServerProcess) -> None:
    code, printed, said = await run(server, "mailbox", "short")
    assert (code, printed) == (2, "")
    assert "A mailbox is named by 16 bytes in base64url without padding." in said


@pytest.mark.parametrize("begins", ["-d", "-h", "--"])
async def test_a_key_that_begins_with_a_dash_is_no_option(
    server: ServerProcess, begins: str
) -> None:
    key = (begins + "A" * 43)[:42] + "A"
    code, printed, said = await run(server, "practitioner", key)
    assert (code, said) == (0, "")
    assert printed.startswith("Nothing is held under that name")
