"""A server that shows something else than what lies in people's mailboxes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from client.peer.join import Options, join
from client.vault import Memory
from signaling.wire import Role
from tests.hostile.attacks import MAIL, MailAttack, SpoilMail
from tests.hostile.consults import Front, from_doctor, front, mailbox_of
from tests.integration.people import addressed, admitted_guest, doctor
from tests.integration.ports import free_port

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Longer than an honest delivery takes.
QUIET = 1.5


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hostile(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    """Each attack gets a room of its own."""
    async with front(tmp_path_factory.mktemp("hostile"), free_port()) as made:
        yield made


@pytest.mark.parametrize("attack", MAIL, ids=lambda attack: attack.name)
async def test_the_python_client_keeps_what_is_genuine_once(
    hostile: Front, attack: MailAttack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper = SpoilMail(attack.change)
    await hostile.left_alone()
    hostile.relay.victim, hostile.relay.tamper = Role.GUEST, tamper
    kept = tmp_path / "kept"
    options = Options("Łukasz", "", kept, 1, events=True, leave_after=None)
    async with doctor(hostile.origin, hostile.at) as host:
        link = hostile.at.room.link(0)
        joined = asyncio.create_task(join(hostile.origin, link, options, Memory()))
        known = await admitted_guest(host)
        await addressed(host, known)
        tamper.spared = await mailbox_of(host.model)
        sent = await from_doctor(host, known, hostile.at, tmp_path)
        await host.model.write(known, sent)
        if attack.arrives:
            assert (await host.mailed("delivered")).value["verified"]
        await asyncio.sleep(QUIET)
        host.drain()
        await host.model.end()
        assert await joined
    told = [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()]
    assert told.count("document") == len(list(kept.glob("*"))) == int(attack.arrives)
    assert tamper.hits
