"""What a desk does with a room besides admitting: links, locks, renewals, lost connections."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from client.api.errors import ServerRefused
from client.guest import visit as visits
from client.guest.place import Place
from client.host import desk as desks
from client.host.desk import RENEWALS
from client.host.room import load_room
from client.sealing.encoding import b64u
from client.sealing.messages import message
from client.vault import Memory
from signaling.limits import SEATS
from signaling.wire import ErrorCode, Knock, Member, Role, State, Type
from tests.hostile.relay import Frame, Relay, Tamper, relaying
from tests.integration.people import (
    Practice,
    admitted,
    chat,
    doctor,
    enrolled,
    patient,
)
from tests.integration.ports import free_port
from tests.integration.serving import ServerProcess, serving
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")


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


class _LosesSeats(Tamper):
    """The server stores seats, and its answers are lost."""

    def __init__(self) -> None:
        super().__init__()
        self.twice = asyncio.Event()

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        if frame.type != Type.SEAT or not self.armed:
            return (frame,)
        self.hits += 1
        if self.hits == 2:
            self.twice.set()
        return ()


@contextlib.asynccontextmanager
async def losing_seats(server: ServerProcess, port: int) -> AsyncIterator[_LosesSeats]:
    tamper = _LosesSeats()
    async with relaying(Relay(server.address, Role.HOST, tamper), "127.0.0.1", port):
        yield tamper


async def test_a_link_whose_answer_was_lost_is_kept_and_asked_for_again(tmp_path: Path) -> None:
    port = free_port()
    origin = f"http://localhost:{port}"
    async with serving(tmp_path, origin) as server, losing_seats(server, port) as tamper:
        at = await enrolled(origin, server.code())
        async with doctor(origin, at) as host:
            await host.kind(desks.Away)
            with pytest.raises(TimeoutError):
                await host.model.add_seat(1.0)
            assert tamper.hits
        # The program ends before the answer comes, and another takes the room up.
        tamper.armed = False
        kept = load_room(at.keeper, at.room.room)
        assert kept is not None
        assert (len(kept.secrets), kept.unconfirmed) == (2, 1)
        async with doctor(origin, replace(at, room=kept)) as host:
            assert await host.model.add_seat() == 2
            room = host.model.room
            assert room.unconfirmed == 0
            assert load_room(at.keeper, room.room) == room
            for seat in (1, 2):
                async with patient(origin, room.link(seat), name=f"Seat {seat}"):
                    waiting = (await host.kind(desks.Knocked)).guest
                    assert waiting.intro is not None
                    assert (waiting.seat, waiting.intro.profile.name) == (seat, f"Seat {seat}")


async def test_a_lost_answer_comes_with_the_next_connection(tmp_path: Path) -> None:
    port = free_port()
    origin = f"http://localhost:{port}"
    async with serving(tmp_path, origin) as server, losing_seats(server, port) as tamper:
        at = await enrolled(origin, server.code())
        async with doctor(origin, at) as host:
            await host.kind(desks.Away)
            asked = [asyncio.create_task(host.model.add_seat()) for _ in range(2)]
            async with asyncio.timeout(PATIENCE):
                await tamper.twice.wait()
            tamper.armed = False
            await host.model._socket.drop()
            assert await asyncio.gather(*asked) == [1, 2]
            assert host.model.room.unconfirmed == 0


async def test_a_link_that_the_server_refuses_is_dropped(
    server: ServerProcess, at: Practice
) -> None:
    async with doctor(server.origin, at) as host:
        await host.kind(desks.Away)
        seats = [await host.model.add_seat() for _ in range(SEATS - 1)]
        assert seats == list(range(1, SEATS))
        before = host.model.room
        with pytest.raises(ServerRefused) as refusal:
            await host.model.add_seat()
        assert refusal.value.code == ErrorCode.ROOM_FULL
        assert host.model.room == before == load_room(at.keeper, before.room)


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


async def test_an_intro_that_was_shown_and_not_accepted_ends_no_session(
    server: ServerProcess, at: Practice
) -> None:
    link, keeper = at.room.link(0), Memory()
    async with doctor(server.origin, at) as host, patient(server.origin, link, keeper) as guest:
        await host.kind(desks.Knocked)
    kept = load_room(at.keeper, at.room.room)
    assert kept is not None
    intro = Place(keeper, link).intro(guest.model.key.public)
    assert intro is not None
    Place(keeper, link).drop_intro()
    async with (
        doctor(server.origin, replace(at, room=kept)) as host,
        patient(server.origin, link, keeper) as guest,
    ):
        await guest.kind(visits.Waiting)
        await host.until(
            lambda event: (
                isinstance(event, desks.Knocked)
                and event.guest.intro is not None
                and event.guest.intro.intro != intro.intro
            )
        )
        (known,) = host.model.guests.values()
        await host.model.admit(known)
        await guest.kind(visits.Admitted)
        running, renewals = known.conversation, known.renewals
        assert known.peer is not None
        member = Member(known.key, known.seat, State.ADMITTED, True, False)
        await host.model._knocked(known.peer, Knock(member, intro.intro))
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
