"""`aparte verify` on a prescription's code: with the server, and with what it said before."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from click.testing import CliRunner

from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api
from client.api.practitioners import enrol, put_devices
from client.cli import main
from client.documents.dispensing import Dispensary, Issued
from client.documents.ticket_copy import open_copy
from client.host.practitioner import kept_identity, make
from client.sealing.agefile import seal_file
from client.sealing.authored import SECOND_BYTES
from client.sealing.devices import Device, make_devices
from client.sealing.encoding import b64u
from client.sealing.handed import write_handed
from client.sealing.keys import SigningKey
from client.sealing.objects import Purpose, SignerKind, read_object
from client.vault import Memory
from client.verify_ticket import Asked, Found, check_ticket
from tests.integration.dispensing import REGISTRAR, World
from tests.integration.people import PROFILE, practice
from tests.integration.serving import serving


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    (tmp_path / "server").mkdir()
    served = serving(tmp_path / "server", registrar=REGISTRAR.public)
    async with served as server, aiohttp.ClientSession() as http:
        api = Api(server.origin, http, os.urandom)
        yield World(server, await practice(server), api, (await api.who()).key, tmp_path)


def link(world: World, issued: Issued) -> str:
    return issued.ticket.url(world.api.origin)


async def run(*arguments: str | Path) -> tuple[int, str]:
    """The command, in a thread of its own: it has an event loop of its own."""
    words = ["verify", *map(str, arguments)]
    result = await asyncio.to_thread(CliRunner().invoke, main, words)
    return result.exit_code, result.output


async def told(*arguments: str | Path) -> tuple[int, dict[str, Any]]:
    code, said = await run("--json", *arguments)
    return code, json.loads(said)


async def test_says_what_is_left_and_what_nobody_checked(world: World) -> None:
    issued = await world.issue()
    await world.pharmacy(issued).dispense(1)
    await world.revoke(issued, 2)
    code, said = await run(link(world, issued))
    assert code == 0
    assert "for Łukasz Şahin" in said
    assert "the device that signed is not withdrawn, as of" in said
    assert "line 1: given in full; 0 of 1 deliveries left" in said
    assert "given in full: 1 boîte, by Pharmacie de l’Exemple (as stated)" in said
    assert "line 2: taken back by the prescriber (Allergie); 2 of 2 deliveries left" in said
    _, told_ = await told(link(world, issued))
    assert told_["unchecked"] == ["hidden", "keys", "patient", "right"]
    identity = told_["identity"]
    assert (await run(link(world, issued), "--identity", identity))[0] == 0
    assert (await run(link(world, issued), "--identity", b64u(bytes(32))))[0] == 1
    assert (await run(link(world, issued), "--server", b64u(bytes(32))))[0] == 1


async def test_says_whose_card_dispensed(world: World) -> None:
    issued, copy = await world.issue(), world.folder / "copy"
    theirs, unknown = await world.pharmacist(), await world.pharmacist(registrar=None)
    await world.with_card(issued, theirs).dispense(1)
    await world.with_card(issued, unknown).dispense(2)
    code, said = await run(link(world, issued), "--copy", copy)
    assert code == 0
    assert "by Alix Fictive, Pharmacien (by their card, checked by Ordre fictif), 2026" in said
    assert "by Alix Fictive, Pharmacien (by their card, which nobody has checked), 2026" in said
    await world.server.kill()
    # Their papers are in the copy.
    _, told_ = await told(link(world, issued), "--copy", copy, "--offline")
    (given,) = told_["lines"][0]["given"]
    assert given["card"] == {
        "identity": b64u(theirs.who.certificate.identity),
        "standing": "attested",
        "name": "Alix Fictive",
        "profession": "Pharmacien",
        "place": "",
        "attested_by": "Ordre fictif",
    }
    held = open_copy(copy.read_bytes(), issued.ticket)
    held.answers.pop(f"/v1/practitioners/{b64u(theirs.who.certificate.identity)}")
    copy.write_bytes(held.seal(issued.ticket, os.urandom))
    _, said = await run(link(world, issued), "--copy", copy, "--offline")
    assert "by Stated (as stated: nobody could be asked about the card), 2026" in said


async def test_without_a_network_it_says_what_the_copy_shows(world: World) -> None:
    issued, copy = await world.issue(), world.folder / "copy"
    await world.pharmacy(issued).dispense(2, whole=False)
    where = (link(world, issued), "--copy", copy)
    assert (await run(*where))[0] == 0
    await world.pharmacy(issued).dispense(1)
    await world.server.kill()

    code, said = await told(*where, "--offline")
    assert code == 0
    assert [line["state"] for line in said["lines"]] == ["open", "open"]
    assert said["lines"][1]["given"][0]["whole"] is False
    assert said["unchecked"] == ["since", "keys", "patient", "right"]
    assert "OFFLINE: all of this is as the server said on" in (await run(*where, "--offline"))[1]
    assert (await run(link(world, issued)))[0] == 1
    # Whoever has not seen the code cannot read the file, nor change a bit of it.
    plain = copy.read_bytes()
    assert "Şahin".encode() not in plain
    copy.write_bytes(plain[:-40] + bytes([plain[-40] ^ 1]) + plain[-39:])
    assert (await run(*where, "--offline"))[0] == 1


async def test_a_copy_is_of_its_own_ticket(world: World) -> None:
    issued, other = await world.issue(), await world.issue()
    copy = world.folder / "copy"
    assert (await run(link(world, issued), "--copy", copy))[0] == 0
    for more in ((), ("--offline",)):
        assert (await run(link(world, other), "--copy", copy, *more))[0] == 1


async def test_what_lines_are_taken_back_later_shows_with_the_same_copy(world: World) -> None:
    """A line that was read at its second version is kept as such, and read again from there."""
    issued, copy = await world.issue(), world.folder / "copy"
    assert (await check(world, issued, copy)).words == ["open", "open"]
    await world.revoke(issued, 1)
    for _ in range(2):
        assert (await check(world, issued, copy)).words == ["revoked", "open"]
    assert (await check(world, issued, copy, offline=True)).words == ["revoked", "open"]


async def check(
    world: World, issued: Issued, copy: Path | None = None, *, offline: bool = False
) -> Found:
    return await check_ticket(Asked(world.api.origin, issued.ticket, copy, offline))


async def test_another_second_signature_is_no_other_prescription(world: World) -> None:
    """They differ each time; what everything else names is the hash of the signed object."""
    who = make(PROFILE, Memory(), os.urandom, 1_700_000_000, twice=True)
    await enrol(world.api, who.device, world.server.code(), who.card.raw, who.devices)
    world.at = replace(world.at, practitioner=who)
    issued, copy = await world.issue(), world.folder / "copy"
    await check(world, issued, copy)
    handed = await Dispensary(world.api, issued.ticket, world.key).prescription()
    first = handed.proof.statement[:-SECOND_BYTES]
    signed, kind = read_object(Purpose.STATEMENT, first), bytes([SignerKind.DEVICE_TWICE])
    assert who.second is not None
    again = who.second.key.sign(Purpose.STATEMENT, kind, signed.signer, signed.payload)
    proof = replace(handed.proof, statement=first + who.second.certificate.raw + again)
    assert proof.statement != handed.proof.statement
    held = open_copy(copy.read_bytes(), issued.ticket)
    plain = write_handed(proof, handed.content)
    held.sealed = b"".join(seal_file([plain], issued.ticket.key.public, os.urandom))
    copy.write_bytes(held.seal(issued.ticket, os.urandom))
    assert (await check(world, issued, copy)).fine


async def test_a_device_that_was_withdrawn_is_refused(world: World) -> None:
    issued = await world.issue()
    who, identity, now = world.at.practitioner, kept_identity(world.at.keeper), int(time.time())
    (device,) = who.devices.devices
    gone = (replace(device, until=now + 1),)
    listed = make_devices(identity, who.devices.version + 1, now, gone)
    await put_devices(world.api, identity, listed)
    code, said = await run(link(world, issued))
    assert code == 1
    assert said.startswith("REFUSED")
    assert "WAS WITHDRAWN" in said


async def test_papers_that_contradict_the_prescription_are_refused(world: World) -> None:
    """An older list than the prescription's own, or somebody else's papers."""
    who, identity = world.at.practitioner, kept_identity(world.at.keeper)
    target = f"/v1/practitioners/{b64u(who.certificate.identity)}"
    before = await world.api.open(target)
    other = Device(SigningKey(os.urandom(32)).public, 1_700_000_000)
    listed = make_devices(identity, 2, 1_700_000_000, (*who.devices.devices, other))
    await put_devices(world.api, identity, listed)
    theirs = await world.pharmacist()
    another = await world.api.open(f"/v1/practitioners/{b64u(theirs.who.certificate.identity)}")
    issued, copy = await world.issue(), world.folder / "copy"
    where = (link(world, issued), "--copy", copy, "--offline")
    await check(world, issued, copy)
    assert (await run(*where))[0] == 0
    held = open_copy(copy.read_bytes(), issued.ticket)
    for papers in (before, another):
        held.answers[target] = papers
        copy.write_bytes(held.seal(issued.ticket, os.urandom))
        code, said = await run(*where)
        assert code == 1
        assert said.startswith("REFUSED")
        assert "THE SERVER SHOWS OTHER PAPERS of the prescriber than the prescription has" in said
        assert "may be dispensed\n" not in said
        assert said.count("dispense nothing") == 2
        _, told_ = await told(*where)
        assert (told_["device"], told_["device_at"]) == ("contradicted", None)
        assert [line["state"] for line in told_["lines"]] == ["barred", "barred"]
    # Where the server has no papers to show, nobody could be asked, and that alone is no refusal.
    del held.answers[target]
    copy.write_bytes(held.seal(issued.ticket, os.urandom))
    code, said = await run(*where)
    assert code == 0
    assert "whether the device that signed was withdrawn since: nobody could be asked" in said


async def test_a_copy_stays_where_the_server_contradicts_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued, copy = await world.issue(), world.folder / "copy"
    await check(world, issued, copy)
    kept, theirs = copy.read_bytes(), await world.pharmacist()
    targets = [
        f"/v1/practitioners/{b64u(one.certificate.identity)}"
        for one in (world.at.practitioner, theirs.who)
    ]
    ask = Api.open

    async def instead(api: Api, target: str) -> bytes:
        return await ask(api, targets[1] if target == targets[0] else target)

    monkeypatch.setattr(Api, "open", instead)
    assert not (await check(world, issued, copy)).fine
    assert copy.read_bytes() == kept


async def test_an_expired_one_is_refused_by_nobody(world: World) -> None:
    issued = await world.issue()
    in_two_years = time.time() + 2 * 365 * 24 * 3600
    asked = Asked(world.api.origin, issued.ticket, None, offline=False, clock=lambda: in_two_years)
    found = await check_ticket(asked)
    assert found.words == ["expired", "expired"]
    # A server's word of today is an old one by then.
    assert found.device.word == "unasked"
    assert found.fine


async def test_a_code_that_nobody_knows(world: World) -> None:
    unknown = f"{world.api.origin}/dispense/#1.{b64u(os.urandom(32))}"
    code, said = await run(unknown)
    assert (code, said.count("\n")) == (1, 1)
    assert (await run(unknown[:-1]))[0] == 1
    assert (await run(unknown, "--offline"))[0] == 2
    assert (await run(world.folder, "--offline"))[0] == 2
    assert (await run(world.folder / "nothing"))[0] == 2


async def test_offline_asks_nobody(world: World) -> None:
    """Not even for a blob that the copy should have had."""
    issued, copy = await world.issue(), world.folder / "copy"
    await check(world, issued, copy)
    held = open_copy(copy.read_bytes(), issued.ticket)
    held.sealed = b""
    copy.write_bytes(held.seal(issued.ticket, os.urandom))
    with pytest.raises(ServerUnreachable):
        await check(world, issued, copy, offline=True)
    held.answers.clear()
    copy.write_bytes(held.seal(issued.ticket, os.urandom))
    with pytest.raises(ServerRefused):
        await check(world, issued, copy, offline=True)
