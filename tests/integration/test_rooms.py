"""What a desk does with a room besides admitting: links, locks, renewals, lost connections."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from client.guest import visit as visits
from client.guest.place import Place
from client.host import desk as desks
from client.host.desk import RENEWALS
from client.sealing.encoding import b64u
from client.sealing.messages import message
from client.vault import Memory
from signaling.wire import ErrorCode, Knock, Member, State
from tests.integration.people import (
    Practice,
    admitted,
    chat,
    doctor,
    patient,
    practice,
)
from tests.integration.serving import ServerProcess, serving


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    async with serving(tmp_path) as running:
        yield running


@pytest.fixture
async def at(server: ServerProcess) -> Practice:
    return await practice(server)


async def test_one_more_link_for_one_more_person(server: ServerProcess, at: Practice) -> None:
    async with doctor(server.origin, at) as host:
        await host.kind(desks.Away)
        seat = await host.model.add_seat()
        link = host.model.room.link(seat)
        async with (
            patient(server.origin, at.room.link(0), name="First") as first,
            patient(server.origin, link, name="Second") as second,
        ):
            knocked = [(await host.kind(desks.Knocked)).guest for _ in range(2)]
            for waiting in knocked:
                await host.model.admit(waiting)
            assert sorted(waiting.name for waiting in knocked) == ["First", "Second"]
            for waiting in knocked:
                await host.model.send(waiting, chat(waiting.name))
            await first.hears("First")
            await second.hears("Second")
            assert [value["text"] for value in first.said()] == ["First"]


async def test_a_locked_room_lets_nobody_knock(server: ServerProcess, at: Practice) -> None:
    async with doctor(server.origin, at) as host:
        await host.kind(desks.Away)
        await host.model.lock(locked=True)
        async with patient(server.origin, at.room.link(0)) as guest:
            trouble = await guest.kind(visits.Trouble)
            assert trouble.code == ErrorCode.ROOM_LOCKED


async def test_a_lost_connection_comes_back_without_a_tap(
    server: ServerProcess, at: Practice
) -> None:
    link = at.room.link(0)
    async with doctor(server.origin, at) as host, patient(server.origin, link) as guest:
        known = await admitted(host, guest)
        sockets = (guest.model._socket, host.model._socket, guest.model._socket)
        for number, socket in enumerate(sockets):
            await socket.drop()
            await guest.model.send(chat(f"g{number}"))
            await host.model.send(known, chat(f"h{number}"))
        await host.hears("g2")
        await guest.hears("h2")
        assert [value["text"] for value in host.said()] == ["g0", "g1", "g2"]
        assert [value["text"] for value in guest.said()] == ["h0", "h1", "h2"]


async def test_a_guest_who_lost_its_session_is_renewed_a_few_times(
    server: ServerProcess, at: Practice
) -> None:
    link, keeper = at.room.link(0), Memory()
    async with doctor(server.origin, at) as host:
        async with patient(server.origin, link, keeper) as guest:
            known = await admitted(host, guest)
            await guest.model.send(chat("0"))
            await host.hears("0")
            strings = {host.string}
        for number in range(1, RENEWALS + 1):
            Place(keeper, link).drop_call()
            async with patient(server.origin, link, keeper) as guest:
                await host.kind(desks.Renewed)
                await host.model.send(known, chat(f"h{number}"))
                await guest.hears(f"h{number}")
                await guest.model.send(chat(str(number)))
                await host.hears(str(number))
                strings.add(host.string)
        assert len(strings) == RENEWALS + 1
        Place(keeper, link).drop_call()
        async with patient(server.origin, link, keeper):
            await host.kind(desks.Knocked)


async def test_an_intro_that_was_accepted_before_ends_no_session(
    server: ServerProcess, at: Practice
) -> None:
    link, keeper = at.room.link(0), Memory()
    async with doctor(server.origin, at) as host:
        async with patient(server.origin, link, keeper) as guest:
            known = await admitted(host, guest)
            assert known.intro is not None
            first = known.intro.intro
        Place(keeper, link).drop_call()
        async with patient(server.origin, link, keeper) as guest:
            await host.kind(desks.Renewed)
            await guest.kind(visits.Admitted)
            running, renewals = known.conversation, known.renewals
            assert known.peer is not None
            member = Member(known.key, known.seat, State.ADMITTED, True, False)
            await host.model._knocked(known.peer, Knock(member, first))
            assert (known.conversation, known.renewals) == (running, renewals)
            await host.model.send(known, chat("still here"))
            await guest.hears("still here")


async def test_a_guest_leaves(server: ServerProcess, at: Practice) -> None:
    link = at.room.link(0)
    async with doctor(server.origin, at) as host, patient(server.origin, link) as guest:
        await admitted(host, guest)
        await guest.model.send(message("bye", id=b64u(bytes(16))))
        assert guest.model.conversation is not None
        assert await guest.model.conversation.delivered(20)
        await guest.model.leave()
        left = await host.kind(desks.Left)
        assert left.guest.conversation is None
        assert [value["t"] for value in host.said("bye")] == ["bye"]
