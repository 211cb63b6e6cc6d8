"""The Python client with a ticket behind a hostile server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from client.api.errors import ServerRefused
from client.documents.dispensing import Dispensary
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
