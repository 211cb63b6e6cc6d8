"""A prescription with a ticket: pharmacies dispense of it, its prescriber takes it back."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from client.api import mailboxes
from client.api.cells import Cells
from client.api.errors import ServerRefused
from client.api.http import Api
from client.documents.dispensing import Dispensary
from client.sealing.cell import Seen
from client.sealing.dispensing import START, Dispensed, Revocation, read_dispensed
from client.sealing.keys import SigningKey
from client.sealing.ticket import Ticket
from signaling.wire import ErrorCode
from tests.integration.dispensing import AT, CONTENT, Pharmacy, World
from tests.integration.people import practice
from tests.integration.serving import serving


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    (tmp_path / "server").mkdir()
    async with serving(tmp_path / "server") as server, aiohttp.ClientSession() as http:
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
