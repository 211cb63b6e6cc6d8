"""A doctor and patients in Python, for tests that need a consult without browsers."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import aiohttp

from client.api.http import Api
from client.api.practitioners import enrol
from client.api.socket import RoomSocket
from client.conversation import Compared, Ready, Said
from client.guest import visit as visits
from client.guest.visit import Visit
from client.host import desk as desks
from client.host.desk import Desk, Guest
from client.host.practitioner import Practitioner, Stated, make
from client.host.room import HostedRoom, make_room
from client.sealing.encoding import b64u
from client.sealing.link import Link
from client.sealing.mail import Mail
from client.sealing.messages import message
from client.sealing.profile import GuestProfile
from client.vault import Keeper, Memory
from tests.integration.serving import ServerProcess
from tests.patience import PATIENCE

PROFILE = Stated("Dr Camille Démo", "Médecin", rpps="10003456786")
NOW = "2026-01-02T03:04:05Z"

Model = TypeVar("Model")


@dataclass
class Practice:
    """A practitioner's device: keys, one room, and where both are kept."""

    practitioner: Practitioner
    room: HostedRoom
    keeper: Keeper


async def enrolled(origin: str, code: str, keeper: Keeper | None = None) -> Practice:
    """A practitioner with one open room of one seat."""
    kept = keeper or Memory()
    practitioner = make(PROFILE, kept, os.urandom, 1_700_000_000)
    async with aiohttp.ClientSession() as http:
        api = Api(origin, http, os.urandom)
        await enrol(api, practitioner.device, code, practitioner.card.raw, practitioner.devices)
        room = await make_room(api, practitioner, kept, os.urandom)
    return Practice(practitioner, room, kept)


async def practice(server: ServerProcess, keeper: Keeper | None = None) -> Practice:
    return await enrolled(server.origin, server.code(), keeper)


class Person(Generic[Model]):
    """A desk or a visit with everything that it has told so far."""

    def __init__(self, model: Model, queue: asyncio.Queue[Any]) -> None:
        self.model = model
        self.told: list[Any] = []
        self._queue = queue

    async def until(self, wanted: Callable[[Any], bool]) -> Any:
        """The first event that is wanted, from now on; what came before it is kept in `told`."""
        async with asyncio.timeout(PATIENCE):
            while True:
                event = await self._queue.get()
                self.told.append(event)
                if wanted(event):
                    return event

    async def kind(self, kind: type) -> Any:
        return await self.until(lambda event: isinstance(event, kind))

    def drain(self) -> None:
        while not self._queue.empty():
            self.told.append(self._queue.get_nowait())

    def said(self, kind: str = "chat") -> list[dict[str, Any]]:
        """What the other side has said, in order."""
        self.drain()
        talks = [event.event for event in self.told if hasattr(event, "event")]
        values = [talk.message.value for talk in talks if isinstance(talk, Said)]
        return [value for value in values if value["t"] == kind]

    async def hears(self, text: str) -> None:
        if text not in [value["text"] for value in self.said()]:
            await self.until(
                lambda event: (
                    isinstance(getattr(event, "event", None), Said)
                    and event.event.message.value.get("text") == text
                )
            )

    async def mailed(self, kind: str) -> Mail:
        """The next mail of that kind in this one's mailbox."""
        event = await self.until(
            lambda event: isinstance(getattr(event, "mail", None), Mail) and event.mail.type == kind
        )
        found: Mail = event.mail
        return found

    @property
    def string(self) -> str:
        """The newest authentication string."""
        self.drain()
        talks = [event.event for event in self.told if hasattr(event, "event")]
        return [talk.string for talk in talks if isinstance(talk, Compared)][-1]


async def addressed(host: Person[Desk], guest: Guest) -> None:
    """Wait until a guest has said where it can be written to."""
    if guest.address is None:
        await host.until(lambda event: isinstance(event, desks.Addressed) and event.guest is guest)


@contextlib.asynccontextmanager
async def connected(origin: str) -> AsyncIterator[tuple[Api, RoomSocket]]:
    async with aiohttp.ClientSession() as http:
        socket = RoomSocket(origin, http, os.urandom)
        async with socket.running():
            yield Api(origin, http, os.urandom), socket


@contextlib.asynccontextmanager
async def doctor(origin: str, at: Practice) -> AsyncIterator[Person[Desk]]:
    async with connected(origin) as (api, socket):
        desk = Desk(api, socket, at.practitioner, at.room, at.keeper, os.urandom)
        async with desk.running():
            yield Person(desk, desk.events)


@contextlib.asynccontextmanager
async def patient(
    origin: str, link: Link, keeper: Keeper | None = None, name: str = "Łukasz Şahin"
) -> AsyncIterator[Person[Visit]]:
    async with connected(origin) as (api, socket):
        profile = GuestProfile(name, "toux", "fr")
        visit = Visit(api, socket, link, profile, keeper or Memory(), os.urandom)
        async with visit.running():
            yield Person(visit, visit.events)


async def admitted_guest(host: Person[Desk]) -> Guest:
    """Let in who knocks, and wait until there is a session."""
    waiting: Guest = (await host.kind(desks.Knocked)).guest
    await host.model.admit(waiting)
    await host.until(lambda e: isinstance(getattr(e, "event", None), Compared))
    return waiting


async def admitted(host: Person[Desk], guest: Person[Visit]) -> Guest:
    """Let a guest who has knocked in, and wait until both can talk."""
    waiting = await admitted_guest(host)
    await guest.kind(visits.Admitted)
    return waiting


def chat(text: str) -> Any:
    return message("chat", id=b64u(os.urandom(16)), at=NOW, text=text)


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@dataclass
class Three:
    """A consult of a doctor and two guests, who have a session with each other."""

    host: Person[Desk]
    first: Person[Visit]
    second: Person[Visit]
    known: tuple[Guest, Guest]


NAMES = ("Łukasz Şahin", "Nadia Test-Fictive")


@contextlib.asynccontextmanager
async def three(origin: str, at: Practice) -> AsyncIterator[Three]:
    """Entered once keys are agreed between the guests."""
    async with doctor(origin, at) as host, patient(origin, at.room.link(0)) as first:
        one = await admitted(host, first)
        seat = await host.model.add_seat()
        link = host.model.room.link(seat)
        async with patient(origin, link, name=NAMES[1]) as second:
            other = await admitted(host, second)
            await together(first)
            await together(second)
            yield Three(host, first, second, (one, other))


async def together(guest: Person[Visit]) -> None:
    """Wait until keys are agreed with another guest."""
    await guest.until(lambda e: isinstance(e, visits.GuestTalk) and isinstance(e.event, Ready))


def said_by_guests(person: Person[Visit]) -> list[tuple[str, str]]:
    """What other guests have written: name and text."""
    person.drain()
    talks = [event for event in person.told if isinstance(event, visits.GuestTalk)]
    return [
        (talk.name, talk.event.message.value["text"])
        for talk in talks
        if isinstance(talk.event, Said) and talk.event.message.type == "chat"
    ]


async def hears_guest(person: Person[Visit], name: str, text: str) -> None:
    def wanted(event: Any) -> bool:
        talk = event.event if isinstance(event, visits.GuestTalk) else None
        said = talk.message.value.get("text") if isinstance(talk, Said) else None
        return said == text and event.name == name

    if (name, text) not in said_by_guests(person):
        await person.until(wanted)
