"""Where the tests of real browsers and networks start: a host, a server, two people."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e import browsers, net, steps
from tests.e2e.browsers import Person
from tests.e2e.server import Links, Server, serving


@pytest.fixture
def network() -> Iterator[net.Network]:
    try:
        net.require()
    except net.NetworkUnavailable as reason:
        pytest.fail(str(reason), pytrace=False)
    with net.network() as made:
        yield made


@pytest.fixture
def host(network: net.Network) -> net.Host:
    """One machine for server and browsers, with an address beside loopback."""
    return network.host("all", "192.0.2.10/28")


@dataclass
class Consult:
    server: Server
    links: Links
    doctor: Person
    patient: Person

    async def begin(self) -> None:
        """Bring both into the consult, seeing each other."""
        await steps.open_desk(self.doctor.page, self.links)
        await steps.join(self.patient.page, self.links)
        await steps.admit(self.doctor.page)
        await browsers.sees(self.patient.page, self.doctor.identity)
        await browsers.sees(self.doctor.page, self.patient.identity)


async def begun(
    stack: contextlib.AsyncExitStack,
    server: Server,
    people: Sequence[contextlib.AbstractAsyncContextManager[Person]],
) -> tuple[Links, list[Person]]:
    """Start a demo and browsers at once: each waits for itself most of the time."""
    async with asyncio.TaskGroup() as group:
        links = group.create_task(server.demo())
        entered = [group.create_task(stack.enter_async_context(person)) for person in people]
    return links.result(), [task.result() for task in entered]


@contextlib.asynccontextmanager
async def consulting(
    host: net.Host, folder: Path, env: Mapping[str, str] | None = None
) -> AsyncIterator[Consult]:
    """A demo server, with settings of the test's own, and two browsers that opened nothing yet."""
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(Server(host, folder, env=env or {})))
        identities = (browsers.DOCTOR, browsers.PATIENT)
        links, (doctor, patient) = await begun(
            stack, server, [browsers.chromium(host, folder, identity) for identity in identities]
        )
        yield Consult(server, links, doctor, patient)


@pytest.fixture
async def consult(host: net.Host, tmp_path: Path) -> AsyncIterator[Consult]:
    """A demo server and two browsers that have opened nothing yet."""
    async with consulting(host, tmp_path) as made:
        yield made
