"""A whole consult through a real coturn with the shipped configuration, over UDP and over TCP."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e import browsers, net, steps, turn
from tests.e2e.conftest import Consult
from tests.e2e.server import Server, serving

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow, pytest.mark.alone]

SECRET = "a secret of the tests"


@dataclass
class Apart:
    """Two people who cannot reach each other, a server, and a relay, each on a network."""

    network: net.Network
    relay: net.Host
    people: tuple[net.Host, net.Host]
    consult: Consult

    def keep_apart(self, *also: str) -> None:
        """Nothing goes from one person's network to the other's; `also` is dropped too."""
        one, two = (person.address for person in self.people)
        self.network.drop(f"ip saddr {one} ip daddr {two}", f"ip saddr {two} ip daddr {one}", *also)

    def each(self, rule: str) -> tuple[str, ...]:
        return tuple(f"ip saddr {person.address} {rule}" for person in self.people)


@contextlib.asynccontextmanager
async def apart(network: net.Network, folder: Path, *, configured: bool) -> AsyncIterator[Apart]:
    hosts = [
        network.host(name, address)
        for name, address in (
            ("server", "203.0.113.10/28"),
            ("relay", "203.0.113.20/28"),
            ("doctor", "198.51.100.10/28"),
            ("patient", "192.0.2.10/28"),
        )
    ]
    away, relay, home, phone = hosts
    urls = [f"turn:{relay.address}:{turn.PORT}?transport={kind}" for kind in ("udp", "tcp")]
    env = {"APARTE_TURN_URLS": ",".join(urls), "APARTE_TURN_SECRET": SECRET} if configured else {}
    server = Server(away, folder, address=away.address, name=away.address, env=env)
    with turn.coturn(relay, SECRET, folder):
        async with (
            serving(server),
            browsers.chromium(home, folder, browsers.DOCTOR, origins=[server.origin]) as doctor,
            browsers.chromium(phone, folder, browsers.PATIENT, origins=[server.origin]) as patient,
        ):
            consult = Consult(server, await server.demo(), doctor, patient)
            yield Apart(network, relay, (home, phone), consult)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_people_who_cannot_reach_each_other_meet_at_the_relay(
    network: net.Network, tmp_path: Path, transport: str
) -> None:
    async with apart(network, tmp_path, configured=True) as here:
        # Only the relay's front door is open, so that both sides have to be relayed.
        to_relay = f"ip daddr {here.relay.address} meta l4proto udp"
        door = f"{to_relay} udp dport != {turn.PORT}" if transport == "udp" else to_relay
        here.keep_apart(*here.each(door))
        await here.consult.begin()
        doctor, patient = here.consult.doctor.page, here.consult.patient.page
        await browsers.hears(doctor)
        await browsers.hears(patient)
        for page in (doctor, patient):
            assert await browsers.route(page) == {("relay", transport, "relay")}
        await steps.write(doctor, "through the relay")
        await steps.reads(patient, "through the relay")
        assert here.network.dropped() > 0


async def test_without_a_relay_they_do_not_see_each_other(
    network: net.Network, tmp_path: Path
) -> None:
    """The negative control of the test above: the filters do keep them apart."""
    async with apart(network, tmp_path, configured=False) as here:
        here.keep_apart()
        doctor, patient = here.consult.doctor, here.consult.patient
        await steps.open_desk(doctor.page, here.consult.links)
        await steps.join(patient.page, here.consult.links)
        await steps.admit(doctor.page)
        # Messages pass, through the server; pictures cannot.
        await steps.write(patient.page, "I see nothing")
        await steps.reads(doctor.page, "I see nothing")
        with pytest.raises(AssertionError, match="Remote video of"):
            await browsers.sees(patient.page, browsers.DOCTOR, seconds=8)
        assert here.network.dropped() > 0
