"""The Python client with a ticket behind a hostile server."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from click.testing import CliRunner

from client.api.errors import ServerRefused
from client.cli import main
from client.documents.dispensers import Dispensers
from client.documents.dispensing import Dispensary
from client.host.practitioner import make
from client.sealing.encoding import b64u
from client.sealing.errors import SealCode, SealError
from client.sealing.two_claims import read_two_claims
from client.vault import Memory
from signaling.wire import ErrorCode
from tests.hostile.consults import Front, front
from tests.hostile.dispensing import (
    ATTACKS,
    Attack,
    Beaten,
    Blocked,
    Counter,
    Lied,
    Misled,
    Named,
    Unopened,
    counter,
)
from tests.integration.dispensing import PHARMACIST
from tests.integration.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hostile(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    async with front(tmp_path_factory.mktemp("server"), free_port()) as made:
        yield made


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
async def test_nothing_is_dispensed_that_the_server_made_up(
    hostile: Front, attack: Attack, tmp_path: Path
) -> None:
    async with counter(hostile, tmp_path) as one:
        await attack.before(one)
        kept = Memory()
        victim = one.visit(kept)
        if not attack.fresh:
            await one.opened(victim)
        await attack.arm(one)
        one.tamper.armed = True
        await _comes_of_it(one, attack, victim, kept)
        assert one.tamper.hits


async def _comes_of_it(one: Counter, attack: Attack, victim: Dispensary, kept: Memory) -> None:
    match attack.outcome:
        case Unopened(code):
            with pytest.raises(SealError) as refusal:
                await victim.prescription()
            _named(refusal.value, code)
        case Named(code):
            with pytest.raises(SealError) as refusal:
                await one.looked(victim)
            _named(refusal.value, code)
        case Misled(line, code):
            with pytest.raises(SealError) as refusal:
                await one.dispense(line, by=victim)
            _named(refusal.value, code)
        case Blocked(line):
            states = await one.opened(victim)
            missing = [number for number, state in enumerate(states, 1) if state.missing]
            assert missing == [line]
            assert states[line - 1].step is None
        case Beaten(line, "revoked"):
            await one.opened(victim)
            with pytest.raises(ServerRefused) as refused:
                await one.dispense(line, by=victim)
            assert refused.value.code == ErrorCode.CELL_CLOSED
        case Beaten(line):
            await one.opened(victim)
            assert not (await one.dispense(line, by=victim)).ours
        case Lied(proven):
            assert {state.step for state in await one.looked(victim)} == {None}
            assert victim.lied
            await _keeps_proof(one, victim, kept, proven=proven)


def _named(error: SealError, code: str) -> None:
    assert error.code == code
    assert error.sentence.endswith(".")


async def _keeps_proof(one: Counter, victim: Dispensary, kept: Memory, *, proven: bool) -> None:
    attempt = victim.prepare(one.said(2, 1), one.hostile.key)
    with pytest.raises(SealError) as refusal:
        await victim.carry_out(one.issued.dispensing, attempt)
    assert refusal.value.code is SealCode.FORKED
    assert len(victim.proofs) == len(kept.names) == int(proven)
    for raw in victim.proofs:
        proof = read_two_claims(raw)
        assert (proof.server, proof.origin) == (one.server, one.hostile.origin)
    # Whoever opens it on this device later knows it from the start, and has the same proof.
    one.tamper.armed = False
    again = one.visit(kept)
    await one.opened(again)
    assert again.lied is proven
    assert again.proofs == victim.proofs


async def test_a_copy_of_before_finds_out_what_a_later_look_is_shown(
    hostile: Front, tmp_path: Path
) -> None:
    """Two runs of `aparte verify` on different days: the second proves it, for good."""
    (attack,) = [one for one in ATTACKS if one.name == "two answers to one claim"]
    copy = tmp_path / "copy"
    async with counter(hostile, tmp_path) as one:
        await attack.before(one)
        assert await _verified("--copy", copy, one.url) == (0, 0)
        before = copy.read_bytes()
        await attack.arm(one)
        one.tamper.armed = True
        assert await _verified("--copy", copy, one.url) == (1, 1)
        # What it was found out with stays.
        assert copy.read_bytes() == before
    proof = copy.with_name("copy.proof-1.json")
    assert await _verified(proof) == (0, 1)
    assert await _verified(proof, "--server", b64u(one.server)) == (0, 1)
    assert await _verified(proof, "--server", b64u(bytes(32))) == (1, 1)
    proof.write_bytes(proof.read_bytes().replace(b'"claims":["', b'"claims":["A'))
    assert await _verified(proof) == (1, 1)


async def _verified(*arguments: str | Path) -> tuple[int, int]:
    """How `aparte verify` ends, and how many proofs lie beside the copy then."""
    words = ["verify", *map(str, arguments)]
    result = await asyncio.to_thread(CliRunner().invoke, main, words)
    folder = next(one for one in arguments if isinstance(one, Path)).parent
    return result.exit_code, len(list(folder.glob("*.proof-*")))


@pytest.mark.parametrize("withheld", [True, False], ids=["withheld", "another's"])
async def test_no_other_card_is_shown_for_who_dispensed(
    hostile: Front, tmp_path: Path, *, withheld: bool
) -> None:
    async with counter(hostile, tmp_path) as one:
        await one.given_with_card(1, make(PHARMACIST, Memory(), os.urandom, 1_700_000_000))
        (given, _) = await one.looked(one.visit())
        tamper = await one.papers(withheld=withheld)
        found = await Dispensers(one.api, int(time.time())).of(given.given[0], given.taken[0])
        assert tamper.hits
        assert found is not None
        assert (found.standing, found.record) == ("unasked", None)
