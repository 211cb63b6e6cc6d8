"""A document reaches a patient at a terminal, whatever happens on its way."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api
from client.api.socket import RoomSocket
from client.documents.receiving import receive_document
from client.guest.visit import Visit
from client.host import desk as desks
from client.host.desk import Desk, Guest
from client.mail import inbox
from client.mail.post import Post
from client.peer import join as joining
from client.peer.join import Options
from client.sealing.link import Link
from client.sealing.mail import Mail
from client.vault import Memory
from signaling.wire import ErrorCode
from tests.hostile.consults import from_doctor
from tests.integration.people import (
    Person,
    Practice,
    addressed,
    admitted_guest,
    doctor,
)
from tests.integration.serving import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "PAUSE", 0.1)


@dataclass
class Terminal:
    """What a patient's device keeps between one `aparte join` and the next."""

    origin: str
    link: Link
    folder: Path
    keeper: Memory = field(default_factory=Memory)

    @contextlib.asynccontextmanager
    async def joined(self) -> AsyncIterator[asyncio.Task[bool]]:
        options = Options("Łukasz", "", self.folder, 1, events=True, leave_after=None)
        task = asyncio.create_task(joining.join(self.origin, self.link, options, self.keeper))
        try:
            yield task
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    @property
    def files(self) -> list[str]:
        return sorted(file.name for file in self.folder.glob("*"))


@pytest.fixture
def terminal(server: ServerProcess, at: Practice, tmp_path: Path) -> Terminal:
    return Terminal(server.origin, at.room.link(0), tmp_path / "kept")


async def let_in(host: Person[Desk]) -> Guest:
    known = await admitted_guest(host)
    await addressed(host, known)
    return known


async def delivered(host: Person[Desk]) -> bool:
    verified: bool = (await host.mailed("delivered")).value["verified"]
    return verified


def told(capsys: pytest.CaptureFixture[str]) -> list[Any]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


async def test_what_was_written_before_the_end_is_there_after_it(
    terminal: Terminal, at: Practice, tmp_path: Path
) -> None:
    async with doctor(terminal.origin, at) as host:
        async with terminal.joined():
            known = await let_in(host)
        sent = await from_doctor(host, known, at, tmp_path)
        await host.model.write(known, sent)
        await host.model.end()
        await host.kind(desks.Over)
        async with terminal.joined() as task:
            assert not await task
        assert terminal.files == ["plain.pdf"]
        # Nothing can be written there any more.
        with pytest.raises(ServerRefused) as refusal:
            await host.model.write(known, sent)
        assert refusal.value.code is ErrorCode.NOT_FOUND
    assert terminal.keeper.names == []


async def test_a_document_that_cannot_be_fetched_for_a_moment_comes_later(
    terminal: Terminal, at: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive = receive_document
    faults = [ServerUnreachable("away"), ServerRefused(ErrorCode.STORAGE_FAILED)]

    async def sometimes(*asked: Any, **named: Any) -> Any:
        if faults:
            raise faults.pop()
        return await receive(*asked, **named)

    monkeypatch.setattr(joining, "receive_document", sometimes)
    async with doctor(terminal.origin, at) as host, terminal.joined():
        known = await let_in(host)
        await host.model.write(known, await from_doctor(host, known, at, tmp_path))
        assert await delivered(host)
    assert terminal.files == ["plain.pdf"]


async def test_a_document_that_is_gone_for_good_is_said_to_be(
    terminal: Terminal, at: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_asked: Any, **_named: Any) -> Any:
        raise ServerRefused(ErrorCode.NOT_FOUND)

    monkeypatch.setattr(joining, "receive_document", gone)
    async with doctor(terminal.origin, at) as host, terminal.joined():
        known = await let_in(host)
        await host.model.write(known, await from_doctor(host, known, at, tmp_path))
        assert not await delivered(host)


async def test_a_document_that_cannot_be_saved_waits(
    terminal: Terminal, at: Practice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.folder.write_text("in the way")
    async with doctor(terminal.origin, at) as host, terminal.joined():
        known = await let_in(host)
        await host.model.write(known, await from_doctor(host, known, at, tmp_path))
        troubles: list[Any] = []
        while not troubles:
            await asyncio.sleep(0.1)
            troubles = [one for one in told(capsys) if one["event"] == "trouble"]
        assert troubles[0]["code"] == "disk"
        terminal.folder.unlink()
        assert await delivered(host)
    assert terminal.files == ["plain.pdf"]


async def test_a_document_is_saved_once_and_its_sender_told_later(
    terminal: Terminal, at: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = asyncio.Event()

    async def unreachable(*_asked: Any) -> None:
        saved.set()
        raise ServerUnreachable("away")

    async with doctor(terminal.origin, at) as host:
        with monkeypatch.context() as away:
            away.setattr(Visit, "write", unreachable)
            async with terminal.joined():
                known = await let_in(host)
                await host.model.write(known, await from_doctor(host, known, at, tmp_path))
                await saved.wait()
        # The program ended before it could say so; the next one does.
        async with terminal.joined():
            assert await delivered(host)
    assert terminal.files == ["plain.pdf"]


async def test_a_mailbox_whose_voucher_is_good_for_nothing_is_made_with_the_next(
    server: ServerProcess, at: Practice
) -> None:
    keeper = Memory()

    async def nothing(_mail: Mail) -> None:
        pass

    async def bad() -> bytes:
        return os.urandom(32)

    async with doctor(server.origin, at) as host:
        api: Api = host.model.api
        socket = RoomSocket(server.origin, api.http, os.urandom)
        post = Post(api, socket, keeper, "mail", nothing, os.urandom)
        with pytest.raises(ServerRefused) as refusal:
            await post.open(bad)
        assert refusal.value.code is ErrorCode.BAD_VOUCHER
        assert await post.open() is None
        pay = host.model._pay
        assert await post.open(pay) is not None
        await post.close()
