"""Who was let in promises one certificate, the same in every line, and shows another.

As somebody in the middle of the media would who can alter what one side's page says.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from client.peer.media import MediaPeer, MediaState
from client.sealing.errors import SealCode
from client.sealing.messages import Message, message
from tests.e2e import browsers, net, steps
from tests.e2e.browsers import Person
from tests.e2e.server import Server, serving
from tests.patience import PATIENCE

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]

SENTENCE: str = json.loads(
    (Path(__file__).parents[2] / "web/src/features/problems/texts/en.json").read_text()
)["bad_fingerprint"]

LIE = """
// The tests' own camera wraps the class.
let prototype = RTCPeerConnection.prototype;
while (!Object.hasOwn(prototype, 'localDescription')) prototype = Object.getPrototypeOf(prototype);
const honest = Object.getOwnPropertyDescriptor(prototype, 'localDescription');
const other = (line, byte) => line + (byte === '00' ? '01' : '00');
Object.defineProperty(prototype, 'localDescription', {
  get() {
    const said = honest.get.call(this);
    return said && {
      type: said.type,
      sdp: said.sdp.replace(/(a=fingerprint:sha-256 )(..)/g, (_, line, byte) => other(line, byte)),
    };
  },
});
"""


_NO_PICTURE = """() => {
  const video = document.querySelector('[aria-label="Remote video"]');
  return !video || !video.srcObject;
}"""


@pytest.fixture
def host() -> Iterator[net.Host]:
    with net.network() as network:
        yield network.host("all", "192.0.2.10/28")


@contextlib.asynccontextmanager
async def admitted(
    host: net.Host, folder: Path, liar: str | None
) -> AsyncIterator[tuple[Person, Person]]:
    """A doctor who has let a patient in; one of both lies."""
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(Server(host, folder)))
        links = await server.demo()
        doctor, patient = [
            await stack.enter_async_context(
                browsers.chromium(host, folder, identity, scripts=[LIE] if who == liar else [])
            )
            for who, identity in (("doctor", browsers.DOCTOR), ("patient", browsers.PATIENT))
        ]
        await steps.open_desk(doctor.page, links)
        await steps.join(patient.page, links)
        await steps.admit(doctor.page)
        yield doctor, patient


@pytest.mark.parametrize("liar", ["doctor", "patient"])
async def test_another_certificate_than_promised_is_told_aloud(
    host: net.Host, tmp_path: Path, liar: str
) -> None:
    async with admitted(host, tmp_path, liar) as (doctor, patient):
        # The side that was lied to refuses; the other is told by its browser that it was.
        for person in (doctor, patient):
            alert = person.page.get_by_role("alert").get_by_text(SENTENCE, exact=True)
            await alert.first.wait_for()
            # At once, as far as a page draws what it knows.
            await person.page.wait_for_function(_NO_PICTURE, timeout=2000)
        # It stays refused, and what is written still passes.
        await steps.write(doctor.page, "Do you see me?")
        await steps.reads(patient.page, "Do you see me?")
        await expect(patient.page.get_by_text(SENTENCE, exact=True).first).to_be_visible()


async def test_another_certificate_than_promised_ends_the_python_peer(host: net.Host) -> None:
    ends: list[MediaPeer] = []
    ways: list[asyncio.Task[None]] = []

    async def honestly(said: Message) -> None:
        ways.append(asyncio.create_task(ends[1].take(said)))

    async def lying(said: Message) -> None:
        description = said.value["description"]
        sdp = re.sub(
            r"(a=fingerprint:sha-256 )(..)",
            lambda found: found[1] + ("01" if found[2] == "00" else "00"),
            description["sdp"],
        )
        false = message("sdp", description=description | {"sdp": sdp}, pc=said.value["pc"])
        ways.append(asyncio.create_task(ends[0].take(false)))

    with host.entered():
        ends += [MediaPeer([], honestly, os.urandom, 1), MediaPeer([], lying, os.urandom, 2)]
        try:
            await ends[0].offer()
            async with asyncio.timeout(PATIENCE):
                while True:
                    event = await ends[0].events.get()
                    assert event != MediaState("connected")
                    assert event != MediaState("lost")
                    if event == MediaState("refused", SealCode.BAD_FINGERPRINT):
                        break
        finally:
            for end in ends:
                await end.close()
            await asyncio.gather(*ways, return_exceptions=True)
