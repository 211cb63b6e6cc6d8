"""A page in Chromium behind a hostile server; the other side is a Python client with no picture."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from client.demo_host import bundle
from client.guest import visit as visits
from client.guest.visit import Visit
from client.host import desk as desks
from client.host.desk import Desk, Guest
from client.sealing.messages import Message
from signaling.wire import Role
from tests.e2e import browsers, steps
from tests.e2e.server import in_language
from tests.hostile.attacks import Attack
from tests.hostile.consults import Front
from tests.hostile.relay import Tamper
from tests.integration.people import Person, chat, doctor, patient

_FEATURES = Path(__file__).parents[3] / "web/src/features"


def _texts(feature: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((_FEATURES / feature / "texts/en.json").read_text())
    return texts


SENTENCES = _texts("problems")
PHOTO_FAILED = _texts("consult")["photoFailed"]

# What an attack would have shown by then, had it worked.
SETTLED = 0.4


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
            root = at.keeper.get("root") or b""
            me = at.practitioner
            fragment = bundle(root, me, at.room, "Attacked")
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
