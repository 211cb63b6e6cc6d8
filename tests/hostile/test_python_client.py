"""The Python client, as a guest and as a host, behind a hostile server."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from client.conversation import Problem, Ready, Said
from client.documents.receiving import receive_document
from client.guest import visit as visits
from client.guest.doctor import Checked
from client.guest.visit import Visit
from client.host import desk as desks
from client.host.desk import Desk, Guest
from client.peer.media import MediaPeer, MediaState
from client.sealing.encoding import b64u
from client.sealing.errors import SENTENCES, SealCode, SealError
from client.sealing.messages import message
from client.sealing.pair import PAIR_OFFER_KIND
from client.sealing.sdp import require_fingerprint
from signaling.wire import Role
from tests.hostile import papers
from tests.hostile.attacks import (
    DESCRIPTIONS,
    HONEST_OFFER,
    PAIRS,
    ROSTERS,
    Attack,
    Barred,
    Description,
    ForgedRoster,
    PairAttack,
    Refused,
    Repaired,
    Spoiled,
    Unmoved,
    of,
)
from tests.hostile.consults import Front, from_doctor, from_patient, front, introduction
from tests.integration.people import (
    NAMES,
    Person,
    Three,
    addressed,
    admitted,
    chat,
    doctor,
    hears_guest,
    patient,
    said_by_guests,
    three,
)
from tests.integration.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

# What an attack would have shown by then, had it worked.
SETTLED = 0.25


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hostile(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    async with front(tmp_path_factory.mktemp("server"), free_port()) as made:
        yield made


@contextlib.asynccontextmanager
async def both(
    hostile: Front,
) -> AsyncIterator[tuple[Person[Desk], Person[Visit]]]:
    at = hostile.at
    async with (
        doctor(hostile.origin, at) as host,
        patient(hostile.origin, at.room.link(0)) as guest,
    ):
        yield host, guest


def each(*attacks: Attack) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("attack", attacks, ids=lambda attack: attack.name)


def told(person: Person[Any], *kinds: type) -> list[Any]:
    person.drain()
    return [event for event in person.told if isinstance(event, kinds)]


def problems(person: Person[Any]) -> set[str]:
    """Every code that was named; each has a sentence for people."""
    troubles = {event.code for event in told(person, visits.Trouble, desks.Trouble)}
    talks = [event.event for event in told(person, visits.Talk, desks.Talk)]
    codes = troubles | {talk.code for talk in talks if isinstance(talk, Problem)}
    for code in codes:
        sentence = SENTENCES[code] if isinstance(code, SealCode) else code.sentence
        assert sentence.endswith(".")
    return {str(code) for code in codes}


async def names(person: Person[Any], code: str) -> None:
    """Wait until the person is told of this problem."""

    def named(event: Any) -> bool:
        return code in {
            str(getattr(event, "code", "")),
            str(getattr(getattr(event, "event", None), "code", "")),
        }

    if code not in problems(person):
        await person.until(named)
    assert code in problems(person)


async def admit(host: Person[Desk]) -> None:
    """Let in everybody who knocks with an intro that holds."""
    while True:
        await host.model.admit((await host.kind(desks.Knocked)).guest)


@each(*of(Barred), *papers.REFUSED)
async def test_nobody_gets_in(hostile: Front, attack: Attack) -> None:
    assert isinstance(attack.outcome, Barred)
    tamper = await hostile.attacked_by(attack)
    async with both(hostile) as (host, guest):
        letting_in = asyncio.create_task(admit(host))
        victim: Person[Any] = host if attack.victim is Role.HOST else guest
        if victim is host:
            letting_in.cancel()
        await names(victim, attack.outcome.code)
        await asyncio.sleep(SETTLED)
        letting_in.cancel()
        assert not told(guest, visits.Admitted, visits.Talk)
        assert not told(host, desks.Talk)
        if attack.victim is Role.HOST:
            assert not told(host, desks.Knocked)
    assert tamper.hits


@each(*papers.UNCHECKED)
async def test_what_could_not_be_checked_is_said(hostile: Front, attack: Attack) -> None:
    tamper = await hostile.attacked_by(attack)
    async with both(hostile) as (host, guest):
        known = await admitted(host, guest)
        (entered,) = told(guest, visits.Admitted)
        assert entered.checked is not Checked.FRESH
        await converse(host, guest, known)
    assert tamper.hits


@each(*of(Unmoved))
async def test_only_the_host_lets_people_in(hostile: Front, attack: Attack) -> None:
    tamper = await hostile.attacked_by(attack)
    async with both(hostile) as (host, guest):
        waiting: Guest = (await host.kind(desks.Knocked)).guest
        await asyncio.sleep(SETTLED)
        assert tamper.hits
        assert not told(guest, visits.Admitted, visits.Talk)
        assert waiting.conversation is None
        await host.model.admit(waiting)
        await guest.kind(visits.Admitted)
        await converse(host, guest, waiting)


async def converse(
    host: Person[Desk], guest: Person[Visit], known: Guest, first: int = 1, last: int = 3
) -> None:
    """Both say what they have not said yet; each hears everything once and in order."""
    for number in range(first, last + 1):
        await say(host, guest, known, number)
        # Apart, so that frames follow frames.
        await asyncio.sleep(0.01)
    await guest.hears(f"host {last}")
    await host.hears(f"guest {last}")
    assert [value["text"] for value in guest.said()] == [f"host {n + 1}" for n in range(last)]
    assert [value["text"] for value in host.said()] == [f"guest {n + 1}" for n in range(last)]


async def say(host: Person[Desk], guest: Person[Visit], known: Guest, number: int) -> None:
    await host.model.send(known, chat(f"host {number}"))
    await guest.model.send(chat(f"guest {number}"))


@each(*of(Repaired))
async def test_the_consult_goes_on(hostile: Front, attack: Attack) -> None:
    tamper = await hostile.attacked_by(attack)
    async with both(hostile) as (host, guest):
        known = await admitted(host, guest)
        await converse(host, guest, known, last=6)
        assert tamper.hits
        assert len(told(guest, visits.Admitted)) == 1
        assert len(host.model.guests) == 1


@each(*of(Refused))
async def test_what_was_altered_does_not_show(hostile: Front, attack: Attack) -> None:
    assert isinstance(attack.outcome, Refused)
    tamper = await hostile.attacked_by(attack)
    tamper.armed = attack.outcome.from_start
    async with both(hostile) as (host, guest):
        known = await admitted(host, guest)
        victim: Person[Any] = host if attack.victim is Role.HOST else guest
        tamper.armed = True
        altered = 0 if attack.outcome.from_start else 1
        if altered:
            await say(host, guest, known, altered)
        await names(victim, attack.outcome.code)
        assert not victim.said()
        tamper.armed = False
        assert tamper.hits
        await converse(host, guest, known, altered + 1)


@each(*of(Spoiled))
async def test_nothing_of_a_spoiled_document_is_kept(
    hostile: Front, attack: Attack, tmp_path: Path
) -> None:
    assert isinstance(attack.outcome, Spoiled)
    tamper = await hostile.attacked_by(attack)
    room = hostile.at.room
    async with both(hostile) as (host, guest):
        known = await admitted(host, guest)
        victim: Person[Any] = host if attack.victim is Role.HOST else guest
        if victim is guest:
            sent = await from_doctor(host, known, hostile.at, tmp_path)
            await addressed(host, known)
            await host.model.write(known, sent)
            reader, sender = guest.model.key.public, room.identity
        else:
            sent = await from_patient(guest, hostile.at, tmp_path)
            await addressed(host, known)
            await guest.model.write(sent)
            reader, sender = room.identity, guest.model.key.public
        found = await victim.mailed("document")
        with pytest.raises(SealError) as refusal:
            await receive_document(
                victim.model.api,
                found,
                reader=reader,
                room=room.room,
                sender=sender,
                folder=tmp_path / "kept",
            )
        assert refusal.value.code == attack.outcome.code
        assert refusal.value.sentence.endswith(".")
        assert not (tmp_path / "kept").exists()
    assert tamper.hits


async def heard(person: Person[Any], kind: str) -> Said:
    def wanted(event: Any) -> bool:
        talk = getattr(event, "event", None)
        return isinstance(talk, Said) and talk.message.type == kind

    said: Said = (await person.until(wanted)).event
    return said


def readers(consult: Three, kind: int) -> tuple[Person[Visit], Person[Visit]]:
    """Who reads handshake frames of a kind, and who wrote them: the larger key offers."""
    guests = sorted((consult.first, consult.second), key=lambda one: one.model.key.public)
    smaller, larger = guests
    return (smaller, larger) if kind == PAIR_OFFER_KIND else (larger, smaller)


async def all_talk(consult: Three, number: int) -> None:
    """Each guest says something, which the other two hear once, in order."""
    await consult.first.model.say(chat(f"first {number}"))
    await consult.second.model.say(chat(f"second {number}"))
    await hears_guest(consult.second, NAMES[0], f"first {number}")
    await hears_guest(consult.first, NAMES[1], f"second {number}")
    heard = [(NAMES[0], f"first {n + 1}") for n in range(number)]
    assert said_by_guests(consult.second) == heard


@pytest.mark.parametrize("attack", PAIRS, ids=lambda attack: attack.name)
async def test_two_guests_come_together_all_the_same(hostile: Front, attack: PairAttack) -> None:
    tamper = await hostile.attacked_among_guests(attack)
    async with three(hostile.origin, hostile.at) as consult:
        reader, _ = readers(consult, attack.kind)
        if isinstance(attack.outcome, Refused):
            await names(reader, attack.outcome.code)
        for number in (1, 2, 3):
            await all_talk(consult, number)
        assert tamper.hits
        for guest in (consult.first, consult.second):
            assert len(guest.model.circle.guests) == 1
        if isinstance(attack.outcome, Repaired):
            # No second session in the place of the first.
            for guest in (consult.first, consult.second):
                talks = [event.event for event in told(guest, visits.GuestTalk)]
                assert not [talk for talk in talks if isinstance(talk, Ready) and talk.again]


@pytest.mark.parametrize("forged", ROSTERS, ids=lambda forged: forged.name)
async def test_a_roster_that_does_not_hold_changes_nothing(
    hostile: Front, forged: ForgedRoster
) -> None:
    await hostile.left_alone()
    async with three(hostile.origin, hostile.at) as consult:
        reader, known = consult.first, consult.known[0]
        raw = forged.make(introduction(consult.host.model), reader.model.key.public)
        roster = message("roster", id=b64u(os.urandom(16)), roster=b64u(raw))
        await consult.host.model.send(known, roster)
        await names(reader, forged.code)
        await all_talk(consult, 1)
        assert len(told(reader, visits.Together)) == 1


@pytest.mark.parametrize("victim", list(Role), ids=lambda role: f"to the {role.name.lower()}")
@pytest.mark.parametrize("description", DESCRIPTIONS, ids=lambda case: case.name)
async def test_nothing_is_set_up_of_another_description(
    hostile: Front, victim: Role, description: Description
) -> None:
    """A peer may lie too: of a description that is not as ours are nothing is set up."""
    await hostile.left_alone()
    sdp = description.change(HONEST_OFFER)
    assert sdp != HONEST_OFFER
    offer = message("sdp", description={"type": "offer", "sdp": sdp}, pc=b64u(bytes(8)))
    async with both(hostile) as (host, guest):
        known = await admitted(host, guest)
        if victim is Role.GUEST:
            await host.model.send(known, offer)
            said = await heard(guest, "sdp")
            media = MediaPeer([], guest.model.send, os.urandom, 1)
        else:
            await guest.model.send(offer)
            said = await heard(host, "sdp")
            media = MediaPeer([], lambda back: host.model.send(known, back), os.urandom, 1)
        with pytest.raises(SealError) as refusal:
            await media.take(said.message)
        assert refusal.value.code == description.code
        assert media.events.get_nowait() == MediaState("refused", SealCode(description.code))
        await media.close()
        await asyncio.sleep(SETTLED)
        assert not host.said("sdp") or victim is Role.HOST
        assert not guest.said("sdp") or victim is Role.GUEST


async def test_an_honest_offer_is_taken() -> None:
    """Without a change the offer of the attacks above holds."""
    assert require_fingerprint(HONEST_OFFER) == b"\xa5" * 32
