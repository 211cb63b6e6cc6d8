"""Descriptions of pictures that nobody must set up, to the patient's page and the doctor's desk."""

from __future__ import annotations

import pytest

from client.sealing.encoding import b64u
from client.sealing.messages import message
from signaling.wire import Role
from tests.e2e import browsers
from tests.hostile.attacks import DESCRIPTIONS, HONEST_OFFER, Description
from tests.hostile.consults import Front
from tests.hostile.web.pages import Consult, consult

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.root,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest.mark.parametrize("victim", list(Role), ids=lambda role: f"to the {role.name.lower()}")
@pytest.mark.parametrize("description", DESCRIPTIONS, ids=lambda case: case.name)
async def test_nothing_is_set_up_of_another_description(
    browser: tuple[Front, browsers.Person], victim: Role, description: Description
) -> None:
    hostile, person = browser
    await hostile.left_alone()
    sdp = description.change(HONEST_OFFER)
    assert sdp != HONEST_OFFER
    async with consult(victim, hostile, person) as both:
        await both.begin()
        # An answer to the desk's own offer; to the patient an offer.
        pc, kind = b64u(bytes(8)), "offer"
        if victim is Role.HOST:
            pc, kind = await offered(both), "answer"
        await both.say(message("sdp", description={"type": kind, "sdp": sdp}, pc=pc))
        await both.sentence(description.code).wait_for()
        video = both.page.get_by_label("Remote video")
        assert not await video.count() or await video.evaluate("video => !video.srcObject")


async def offered(both: Consult) -> str:
    """The name of the peer connection that the desk has offered."""

    async def name() -> str:
        said = both.other.said("sdp")
        return str(said[-1]["pc"]) if said else ""

    return await browsers.until(name, "the desk's offer")
