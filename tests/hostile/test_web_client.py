"""The patient's page and the doctor's desk in Chromium, behind a hostile server.

The other side is the Python client: it takes part in a consult without a picture.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from client.demo_host import bundle
from client.guest import visit as visits
from client.guest.visit import Visit
from client.host import desk as desks
from client.host.desk import Desk, Guest
from client.sealing.encoding import b64u
from client.sealing.keys import SigningKey
from client.sealing.messages import Message, message
from client.sealing.pair import PAIR_OFFER_KIND
from client.vault import Memory
from signaling.wire import Role
from tests.e2e import browsers, net, steps
from tests.e2e.server import in_language
from tests.hostile.attacks import (
    DESCRIPTIONS,
    HONEST_OFFER,
    MAIL,
    PAIRS,
    ROSTERS,
    Attack,
    Barred,
    Description,
    ForgedRoster,
    MailAttack,
    PairAttack,
    Refused,
    Repaired,
    Spoiled,
    SpoilMail,
    Unmoved,
    of,
)
from tests.hostile.consults import (
    Front,
    from_doctor,
    front,
    introduction,
    mailbox_of,
    photo_from_patient,
)
from tests.hostile.relay import Tamper
from tests.integration.people import (
    NAMES,
    Person,
    addressed,
    admitted,
    chat,
    doctor,
    hears_guest,
    patient,
    said_by_guests,
    together,
)
from tests.integration.ports import free_port

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.root,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),
]

# What an attack would have shown by then, had it worked.
SETTLED = 0.4
_FEATURES = Path(__file__).parents[2] / "web/src/features"


def _texts(feature: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((_FEATURES / feature / "texts/en.json").read_text())
    return texts


SENTENCES = _texts("problems")
PHOTO_FAILED = _texts("consult")["photoFailed"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[Front, browsers.Person]]:
    """The hostile front stands on this machine's loopback, and on that of the browser's network."""
    folder, port = tmp_path_factory.mktemp("hostile"), free_port()
    with net.network() as network:
        host = network.host("all", "192.0.2.10/28")
        with host.entered():
            listener = net.tcp_socket()
        listener.bind(("127.0.0.1", port))
        async with (
            front(folder, port, [listener]) as hostile,
            browsers.chromium(host, folder, browsers.PATIENT) as person,
        ):
            yield hostile, person


class Consult:
    """A page with a role, and somebody in Python who has the other one."""

    def __init__(self, page: Page, host: Person[Desk] | None, guest: Person[Visit] | None) -> None:
        self.page = page
        self._host, self._guest = host, guest
        self._known: Guest | None = None

    @property
    def host(self) -> Person[Desk]:
        assert self._host is not None
        return self._host

    @property
    def guest(self) -> Person[Visit]:
        assert self._guest is not None
        return self._guest

    @property
    def other(self) -> Person[Desk] | Person[Visit]:
        return self._host or self.guest

    @property
    def known(self) -> Guest:
        assert self._known is not None
        return self._known

    async def knocked(self) -> None:
        """Somebody is at the door, and shown."""
        if self._guest:
            await steps.button(self.page, "Admit").wait_for()
        else:
            self._known = (await self.host.kind(desks.Knocked)).guest

    async def admit(self) -> None:
        await self.knocked()
        if self._host:
            await self._host.model.admit(self.known)
        else:
            await steps.admit(self.page)

    @contextlib.asynccontextmanager
    async def letting_in(self) -> AsyncIterator[None]:
        """The Python host lets in whoever knocks; at the desk nobody must be there to let in."""
        admitting = asyncio.create_task(self.admit()) if self._host else None
        try:
            yield
        finally:
            if admitting:
                admitting.cancel()
                await asyncio.gather(admitting, return_exceptions=True)

    async def begin(self) -> None:
        await self.admit()
        await self.talking()

    async def talking(self) -> None:
        """Both know that they are admitted."""
        await self.page.get_by_role("log").wait_for()
        if self._guest:
            await self._guest.kind(visits.Admitted)

    async def say(self, said: Message) -> None:
        if self._host:
            await self._host.model.send(self.known, said)
        else:
            await self.guest.model.send(said)

    async def converse(self, first: int, last: int) -> None:
        """Both say what they have not said yet; each hears everything once and in order."""
        for number in range(first, last + 1):
            await self.say(chat(f"said {number}"))
            await steps.write(self.page, f"written {number}")
        await steps.reads(self.page, f"said {last}")
        await self.other.hears(f"written {last}")
        assert await self.shown() == [f"said {number + 1}" for number in range(last)]
        written = [value["text"] for value in self.other.said()]
        assert written == [f"written {number}" for number in range(first, last + 1)]

    async def shown(self) -> list[str]:
        """What the page shows of the other side's messages."""
        lines = self.page.get_by_role("log").locator(".line:not(.mine)")
        texts = await lines.all_inner_texts()
        return [line for text in texts for line in text.splitlines() if line.startswith("said")]

    def sentence(self, code: str) -> Locator:
        return self.page.get_by_text(SENTENCES[code], exact=True).first

    async def nothing_shown(self) -> None:
        await asyncio.sleep(SETTLED)
        await expect(self.page.get_by_role("log")).to_have_count(0)
        await expect(self.page.get_by_label("Remote video")).to_have_count(0)


@contextlib.asynccontextmanager
async def consult(victim: Role, hostile: Front, person: browsers.Person) -> AsyncIterator[Consult]:
    """The victim's page stands where its person waits for the other."""
    at = hostile.at
    async with person.afresh() as fresh:
        page = fresh.page
        if victim is Role.HOST:
            identity = SigningKey(at.keeper.get("identity") or b"")
            me = at.practitioner
            fragment = bundle(identity, me.device, me.certificate.raw, at.room, "Attacked")
            await page.goto(in_language(f"{hostile.origin}/desk/#demo={fragment}", "en"))
            await steps.button(page, "New consult").wait_for()
            async with patient(hostile.origin, at.room.link(0)) as guest:
                yield Consult(page, None, guest)
        else:
            async with doctor(hostile.origin, at) as host:
                await page.goto(in_language(at.room.link(0).url(hostile.origin), "en"))
                await steps.button(page, "Continue").click()
                await steps.textbox(page, "Your name").fill(steps.NAME)
                await steps.button(page, "Join the waiting room").click()
                yield Consult(page, host, None)


def each(*attacks: Attack) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("attack", attacks, ids=lambda attack: attack.name)


async def struck(tamper: Tamper) -> None:
    async def hit() -> bool:
        return tamper.hits > 0

    await browsers.until(hit, "the attack")


@each(*of(Barred))
async def test_nobody_gets_in(browser: tuple[Front, browsers.Person], attack: Attack) -> None:
    assert isinstance(attack.outcome, Barred)
    hostile, person = browser
    tamper = await hostile.attacked_by(attack)
    async with consult(attack.victim, hostile, person) as both:
        async with both.letting_in():
            await struck(tamper)
            await both.sentence(attack.outcome.code).wait_for(timeout=5_000)
            await both.nothing_shown()
        await expect(steps.button(both.page, "Admit")).to_have_count(0)


@each(*of(Unmoved))
async def test_only_the_host_lets_people_in(
    browser: tuple[Front, browsers.Person], attack: Attack
) -> None:
    hostile, person = browser
    tamper = await hostile.attacked_by(attack)
    async with consult(attack.victim, hostile, person) as both:
        await both.knocked()
        await struck(tamper)
        await both.nothing_shown()
        if attack.victim is Role.GUEST:
            await both.host.model.admit(both.known)
        else:
            await steps.admit(both.page)
        await both.talking()
        await both.converse(1, 2)


@each(*of(Repaired))
async def test_the_consult_goes_on(browser: tuple[Front, browsers.Person], attack: Attack) -> None:
    hostile, person = browser
    tamper = await hostile.attacked_by(attack)
    async with consult(attack.victim, hostile, person) as both:
        await both.begin()
        await both.converse(1, 4)
        assert tamper.hits


@each(*of(Refused))
async def test_what_was_altered_does_not_show(
    browser: tuple[Front, browsers.Person], attack: Attack
) -> None:
    assert isinstance(attack.outcome, Refused)
    hostile, person = browser
    tamper = await hostile.attacked_by(attack)
    tamper.armed = attack.outcome.from_start
    async with consult(attack.victim, hostile, person) as both:
        await both.begin()
        tamper.armed = True
        altered = 0 if attack.outcome.from_start else 1
        if altered:
            await both.say(chat("said 1"))
        await struck(tamper)
        await both.sentence(attack.outcome.code).wait_for(timeout=5_000)
        assert not await both.shown()
        tamper.armed = False
        await both.converse(altered + 1, altered + 2)


@each(*of(Spoiled))
async def test_nothing_of_a_spoiled_document_shows(
    browser: tuple[Front, browsers.Person], attack: Attack, tmp_path: Path
) -> None:
    assert isinstance(attack.outcome, Spoiled)
    hostile, person = browser
    tamper = await hostile.attacked_by(attack)
    async with consult(attack.victim, hostile, person) as both:
        await both.begin()
        if attack.victim is Role.GUEST:
            sent = await from_doctor(both.host, both.known, hostile.at, tmp_path)
            await addressed(both.host, both.known)
            await both.host.model.write(both.known, sent)
            refused = both.sentence(attack.outcome.code)
        else:
            await both.say(await photo_from_patient(both.guest, hostile.at, tmp_path))
            refused = both.page.get_by_text(PHOTO_FAILED, exact=True)
        await struck(tamper)
        await refused.wait_for()
        await expect(both.page.get_by_text("Signature verified")).to_have_count(0)
        await expect(both.page.get_by_role("button", name="Save")).to_have_count(0)
        await expect(both.page.get_by_role("log").locator("img")).to_have_count(0)


@pytest.mark.parametrize("attack", MAIL, ids=lambda attack: attack.name)
async def test_what_lies_in_a_mailbox_shows_once_if_it_is_genuine(
    browser: tuple[Front, browsers.Person], attack: MailAttack, tmp_path: Path
) -> None:
    hostile, person = browser
    await hostile.left_alone()
    tamper = SpoilMail(attack.change)
    hostile.relay.tamper = tamper
    async with consult(Role.GUEST, hostile, person) as both:
        await both.begin()
        sent = await from_doctor(both.host, both.known, hostile.at, tmp_path)
        await addressed(both.host, both.known)
        tamper.spared = await mailbox_of(both.host.model)
        await both.host.model.write(both.known, sent)
        verified = both.page.get_by_text("Signature verified")
        if attack.arrives:
            await verified.wait_for()
            assert (await both.host.mailed("delivered")).value["verified"]
        await struck(tamper)
        # Longer than an honest delivery takes.
        await asyncio.sleep(1.5)
        await expect(verified).to_have_count(int(attack.arrives))


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


@contextlib.asynccontextmanager
async def beside(
    hostile: Front, person: browsers.Person, kind: int
) -> AsyncIterator[tuple[Consult, Person[Visit]]]:
    """A page, and a Python guest with such a key that the page reads handshakes of this kind."""
    async with consult(Role.GUEST, hostile, person) as both:
        await both.begin()
        page_smaller = kind == PAIR_OFFER_KIND
        drawn = (SigningKey(os.urandom(32)) for _ in itertools.count())
        key = next(one for one in drawn if (one.public > both.known.key) is page_smaller)
        keeper, room = Memory(), hostile.at.room.room
        keeper.put(f"room-{b64u(room)}.guest", key.seed)
        seat = await both.host.model.add_seat()
        link = both.host.model.room.link(seat)
        async with patient(hostile.origin, link, keeper, NAMES[1]) as second:
            await admitted(both.host, second)
            yield both, second


async def page_and_guest_talk(both: Consult, second: Person[Visit], number: int) -> None:
    await second.model.say(chat(f"said {number}"))
    await steps.reads(both.page, f"said {number}")
    await steps.write(both.page, f"written {number}")
    await hears_guest(second, NAMES[0], f"written {number}")
    assert await both.shown() == [f"said {n + 1}" for n in range(number)]
    assert said_by_guests(second) == [(NAMES[0], f"written {n + 1}") for n in range(number)]
    await expect(both.page.get_by_label(f"Remote video: {NAMES[1]}")).to_have_count(1)
    # The doctor, the other guest, and one's own.
    await expect(both.page.locator("video")).to_have_count(3)


@pytest.mark.parametrize("attack", PAIRS, ids=lambda attack: attack.name)
async def test_two_guests_come_together_all_the_same(
    browser: tuple[Front, browsers.Person], attack: PairAttack
) -> None:
    hostile, person = browser
    tamper = await hostile.attacked_among_guests(attack)
    async with beside(hostile, person, attack.kind) as (both, second):
        if isinstance(attack.outcome, Refused):
            await both.sentence(attack.outcome.code).wait_for(timeout=8_000)
        await together(second)
        for number in (1, 2, 3):
            await page_and_guest_talk(both, second, number)
        assert tamper.hits


@pytest.mark.parametrize("forged", ROSTERS, ids=lambda forged: forged.name)
async def test_a_roster_that_does_not_hold_changes_nothing(
    browser: tuple[Front, browsers.Person], forged: ForgedRoster
) -> None:
    hostile, person = browser
    await hostile.left_alone()
    async with beside(hostile, person, PAIR_OFFER_KIND) as (both, second):
        await together(second)
        raw = forged.make(introduction(both.host.model), both.known.key)
        await both.say(message("roster", id=b64u(os.urandom(16)), roster=b64u(raw)))
        await both.sentence(forged.code).wait_for(timeout=8_000)
        await page_and_guest_talk(both, second, 1)
