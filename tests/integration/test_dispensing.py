"""A prescription with a ticket: pharmacies dispense of it, its prescriber takes it back."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from client.api import mailboxes
from client.api.cells import Cells
from client.api.errors import ServerRefused
from client.api.http import Api, Random
from client.documents.dispensers import Dispenser, Dispensers
from client.documents.dispensing import Dispensary
from client.documents.ticket_copy import Copy, Copying, Offline
from client.host.practitioner import make
from client.sealing.cell import Seen
from client.sealing.dispensing import (
    START,
    CardSigner,
    Dispensed,
    LineState,
    Revocation,
    read_dispensed,
)
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import SigningKey
from client.sealing.ticket import Ticket
from client.vault import Memory
from signaling.wire import ErrorCode
from tests.integration.dispensing import AT, CONTENT, PHARMACIST, REGISTRAR, Pharmacy, World
from tests.integration.operator import called
from tests.integration.people import practice
from tests.integration.serving import serving


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    (tmp_path / "server").mkdir()
    served = serving(tmp_path / "server", registrar=REGISTRAR.public)
    async with served as server, aiohttp.ClientSession() as http:
        api = Api(server.origin, http, os.urandom)
        yield World(server, await practice(server), api, (await api.who()).key, tmp_path)


async def test_two_lines_are_dispensed_and_one_is_revoked(world: World) -> None:
    issued = await world.issue()
    pharmacy = world.pharmacy(issued)
    handed = await pharmacy.at.prescription()
    assert handed.content == (CONTENT,)
    assert handed.proof.statement == issued.statement
    assert handed.authorship.statement.dispensing == issued.dispensing
    assert [(state.left, state.step) for state in await pharmacy.look()] == [(1, 1), (2, 1)]

    assert (await pharmacy.dispense(1)).ours
    assert (await pharmacy.dispense(2, whole=False)).ours
    first, second = await world.pharmacy(issued).look()
    assert (first.left, first.step) == (0, None)
    assert (second.left, second.step) == (2, 2)
    assert [one.said.dispenser for one in first.given] == [pharmacy.name]

    # The rest of the part, and then the prescriber takes back what is left.
    await pharmacy.dispense(2)
    await world.revoke(issued, 2)
    _, second = await pharmacy.look()
    assert (second.left, second.step, second.revoked) == (1, None, True)
    assert len(second.given) == 2
    why = await pharmacy.at.reason(issued.dispensing, 2, 3)
    assert why == Revocation("Allergie", AT)
    with pytest.raises(ServerRefused) as refusal:
        await pharmacy.carry_out(pharmacy.attempt(2, 3, second.previous))
    assert refusal.value.code == ErrorCode.CELL_CLOSED
    # Once more changes nothing, and what was given before stays.
    await world.revoke(issued, 1, 2)
    first, _ = await pharmacy.look()
    assert (len(first.given), first.left) == (1, 0)


async def test_receipts_are_read_for_as_long_as_something_may_be_dispensed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("APARTE_LIMIT_MAILBOX_SECONDS", "1")
    async with serving(tmp_path) as server, aiohttp.ClientSession() as http:
        api = Api(server.origin, http, os.urandom)
        world = World(server, await practice(server), api, (await api.who()).key, tmp_path)
        issued = await world.issue()
        assert (await world.pharmacy(issued).dispense(2)).ours
        await asyncio.sleep(2.5)
        _, second = await world.pharmacy(issued).look()
        assert (len(second.given), second.left, second.step) == (1, 1, 2)


async def test_a_prescription_is_dispensed_for_a_year_at_most(world: World) -> None:
    with pytest.raises(SealError) as refused:
        await world.issue(timedelta(days=365, minutes=1))
    assert refused.value.code is SealCode.TOO_LONG


async def test_what_could_not_be_made_whole_is_erased(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # The mailbox, which is made after the cells, is refused.
    monkeypatch.setenv("APARTE_LIMIT_MAILBOX_LONGEST_SECONDS", "1")
    async with serving(tmp_path) as server, aiohttp.ClientSession() as http:
        api = Api(server.origin, http, os.urandom)
        world = World(server, await practice(server), api, (await api.who()).key, tmp_path)
        with pytest.raises(ServerRefused) as refused:
            await world.issue()
        assert refused.value.code is ErrorCode.BAD_REQUEST
        asked = ("subpoena", "--json", "all")
        done = await called(*asked, env=server.nodes[0].environment())
        left = json.loads(done.printed)["tables"]
        # Nothing of it was spent for good: two vouchers were never used.
        assert not left.keys() & {"cells", "blobs", "tombs"}
        assert [voucher["spent"] for voucher in left["vouchers"]] == [False, False]


async def test_who_dispenses_with_a_card_is_who_their_card_says(world: World) -> None:
    issued = await world.issue()
    theirs, unknown = await world.pharmacist(), await world.pharmacist(registrar=None)
    await world.with_card(issued, theirs).dispense(1)
    await world.with_card(issued, unknown).dispense(2, whole=False)
    await world.pharmacy(issued).dispense(2)
    first, second = await world.pharmacy(issued).look()
    assert (first.left, second.left) == (0, 1)
    found = await dispensers(world, first, second)
    assert [one and one.standing for one in found] == ["attested", "unattested", None]
    assert found[0] is not None
    assert found[0].record is not None
    assert found[0].record.card.card.name == "Alix Fictive"
    # The claim, which the server keeps, names a key that was drawn for it.
    assert first.given[0].claimant != theirs.who.device.public


async def test_a_device_that_was_withdrawn_by_then_shows_as_such(world: World) -> None:
    issued, theirs = await world.issue(), await world.pharmacist()
    await world.with_card(issued, theirs).dispense(1)
    (state, _) = await world.pharmacy(issued).look()
    (claimed,) = state.taken
    await theirs.withdraw(world.api, claimed + 1)
    # What came before counts for good.
    assert [one and one.standing for one in await dispensers(world, state)] == ["attested"]
    (receipt,) = state.given
    later = await Dispensers(world.api, int(time.time())).of(receipt, claimed + 1)
    assert later is not None
    assert later.standing == "revoked"


async def test_of_a_card_that_the_server_does_not_know_nobody_could_be_asked(world: World) -> None:
    issued, theirs = await world.issue(), make(PHARMACIST, Memory(), os.urandom, 1_700_000_000)
    by = CardSigner(theirs.device, theirs.certificate)
    await replace(world.pharmacy(issued), by=by).dispense(1)
    (state, _) = await world.pharmacy(issued).look()
    (found,) = await dispensers(world, state)
    assert found is not None
    assert (found.standing, found.record) == ("unasked", None)
    # What was confirmed long ago is no answer either.
    await world.with_card(issued, await world.pharmacist()).dispense(2)
    (_, state) = await world.pharmacy(issued).look()
    (known,) = await dispensers(world, state, at=int(time.time()) + 3 * 24 * 3600)
    assert known is not None
    assert known.standing == "unasked"


async def test_older_papers_than_were_seen_are_not_hidden_as_unasked(world: World) -> None:
    issued, theirs = await world.issue(), await world.pharmacist()
    await world.with_card(issued, theirs).dispense(1)
    (state, _) = await world.pharmacy(issued).look()
    receipt, taken = state.given[0], state.taken[0]
    copy = Copy(int(time.time()))
    await Dispensers(Copying(*reached(world), copy), copy.saved).of(receipt, taken)
    await theirs.withdraw(world.api, taken + 1)
    newer = Dispensers(world.api, copy.saved)
    await newer.of(receipt, taken)
    found = await Dispensers(Offline(*reached(world), copy), copy.saved, newer.known).of(
        receipt, taken
    )
    assert found is not None
    assert (found.standing, found.record) == ("contradicted", None)


def reached(world: World) -> tuple[str, aiohttp.ClientSession, Random]:
    return world.api.origin, world.api.http, os.urandom


async def dispensers(
    world: World, *states: LineState, at: int | None = None
) -> list[Dispenser | None]:
    asked = Dispensers(world.api, at or int(time.time()))
    given = [pair for one in states for pair in zip(one.given, one.taken, strict=True)]
    return [await asked.of(*pair) for pair in given]


async def test_of_two_pharmacies_at_once_one_dispenses(world: World) -> None:
    issued = await world.issue()
    two = [world.pharmacy(issued, name) for name in ("Pharmacie A", "Pharmacie B")]
    attempts = [one.attempt(1) for one in two]
    taken = await asyncio.gather(*map(Pharmacy.carry_out, two, attempts))
    (winner,) = [at for at, one in enumerate(taken) if one.ours]
    loser = 1 - winner
    assert taken[loser].claimed == taken[winner].claimed
    (given,) = (await two[loser].look())[0].given
    assert given.said.dispenser == two[winner].name
    # After a lost answer: the very same.
    again = await asyncio.gather(*map(Pharmacy.carry_out, two, attempts))
    assert again == taken


async def test_a_receipt_that_is_gone_blocks_its_line(world: World) -> None:
    issued = await world.issue()
    pharmacy = world.pharmacy(issued)
    await pharmacy.dispense(2, whole=False)
    ticket = issued.ticket
    await mailboxes.erase(world.api, ticket.box_owner, ticket.box, 2**53 - 1)
    first, second = await pharmacy.look()
    assert (second.missing, second.step) == (True, None)
    assert first.step == 1
    # What somebody puts there who has seen the code is left out.
    await mailboxes.append(world.api, ticket.append, ticket.box, b"nothing of ours")
    assert (await pharmacy.look())[1].missing


async def test_a_claim_without_the_steps_before_blocks_its_line_alone(world: World) -> None:
    issued = await world.issue()
    pharmacy = world.pharmacy(issued)
    assert (await pharmacy.carry_out(pharmacy.attempt(2, 2))).ours
    first, second = await pharmacy.look()
    assert (second.missing, second.step) == (True, None)
    assert first.step == 1
    await pharmacy.dispense(1, whole=True)
    assert (await pharmacy.look())[0].left == 0


async def test_a_ticket_opens_no_other_prescription(world: World) -> None:
    issued, other = await world.issue(), await world.issue()
    stranger = Dispensary(world.api, Ticket(os.urandom(32)), world.key)
    with pytest.raises(ServerRefused) as refusal:
        await stranger.prescription()
    assert refusal.value.code == ErrorCode.NOT_FOUND
    mixed = Pharmacy(world.pharmacy(issued).at, other)
    with pytest.raises(ServerRefused):
        # The owner of the cells is another one's.
        await mixed.carry_out(replace(mixed.attempt(1), step=4))


async def test_only_the_prescriber_closes(world: World) -> None:
    issued = await world.issue()
    thief = replace(issued, owner=SigningKey(os.urandom(32)))
    with pytest.raises(ServerRefused):
        await world.revoke(thief, 1)
    assert [state.revoked for state in await world.pharmacy(issued).look()] == [False, False]


async def test_a_thousand_claims_of_one_cell_have_one_winner(world: World) -> None:
    issued = await world.issue()
    ticket, keys = issued.ticket, issued.ticket.cell(1, 1, issued.dispensing.owner)
    cells = Cells(world.api, world.key)
    claimants = [SigningKey(os.urandom(32)).public for _ in range(1_000)]
    receipts = [os.urandom(32) for _ in claimants]
    refusals: set[ErrorCode] = set()

    async def claim(at: int) -> bytes | None:
        try:
            claimed = await cells.claim(ticket.claim, keys, claimants[at], receipts[at])
        except ServerRefused as refusal:
            refusals.add(refusal.code)
            return None
        assert (claimed.claimant, claimed.receipt) == (claimants[at], receipts[at])
        return claimed.receipt

    answers = await asyncio.gather(*map(claim, range(1_000)))
    (winner,) = [at for at, answer in enumerate(answers) if answer]
    assert refusals == {ErrorCode.ALREADY_CLAIMED}
    shown = (await cells.read(ticket.reader, keys, Seen())).state.claimed
    assert shown is not None
    assert shown.receipt == receipts[winner]
    assert await claim(winner) == receipts[winner]


def test_a_receipt_names_all_that_it_is_about() -> None:
    said = Dispensed(bytes(32), 1, 1, START, "", True, AT, bytes(32), "Pharmacie")
    signed = read_dispensed(said.sign(SigningKey(bytes(32))))
    assert signed.said == said
