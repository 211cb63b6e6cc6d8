"""Permits behind a server that shows something else than what lies behind them."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
import pytest_asyncio

from client.api.http import Api
from client.documents.permits import Allowed, By, look_behind, make_addressed
from client.host.practitioner import Stated, make
from client.mail.address import Address
from client.sealing.agefile import seal_file
from client.sealing.devices import Device, make_devices
from client.sealing.encoding import fields, take_fields, u64
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import SigningKey
from client.sealing.permit import Permit, practice_of
from client.sealing.permit_papers import Destination, Papers, sign_destination
from client.sealing.xwing import KemKey
from client.vault import Memory
from tests.hostile.consults import Front, front
from tests.hostile.relay import Tamper
from tests.integration.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

TO = Address(os.urandom(16), os.urandom(32), KemKey(os.urandom(32)).public)


class Given(Tamper):
    """Gives other papers than those that lie behind a permit, and keeps those that it has seen."""

    def __init__(self, change: Callable[[bytes], bytes] = bytes) -> None:
        super().__init__()
        self.seen = b""
        self._change = change

    def blob(self, name: str, data: bytes) -> bytes:
        self.hits += 1
        self.seen = data
        return self._change(data)


class Shown(Tamper):
    """Shows another record of the practice, or none."""

    def __init__(self, change: Callable[[bytes], bytes | None]) -> None:
        super().__init__()
        self._change = change

    def record(self, data: bytes) -> bytes | None:
        self.hits += 1
        return self._change(data)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hostile(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    async with front(tmp_path_factory.mktemp("server"), free_port()) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def api(hostile: Front) -> AsyncIterator[Api]:
    hostile.relay.tamper = Tamper()
    async with aiohttp.ClientSession() as http:
        yield Api(hostile.origin, http, os.urandom)


async def _permit(hostile: Front, api: Api) -> Permit:
    who = hostile.at.practitioner
    allowed = Allowed(1000, int(time.time()) + 3600)
    by, owner = By(who.device, who.certificate), SigningKey(os.urandom(32))
    return await make_addressed(api, by, allowed, TO, owner)


async def _refused(api: Api, permit: Permit) -> SealCode:
    with pytest.raises(SealError) as refusal:
        await look_behind(api, permit)
    return refusal.value.code


async def test_the_papers_of_another_permit_do_not_open(hostile: Front, api: Api) -> None:
    one, other = await _permit(hostile, api), await _permit(hostile, api)
    hostile.relay.tamper = watching = Given()
    await look_behind(api, other)
    hostile.relay.tamper = given = Given(lambda _: watching.seen)
    assert await _refused(api, one) is SealCode.CANNOT_OPEN
    assert given.hits == 1


async def test_whoever_knows_the_permit_cannot_put_another_practice_there(
    hostile: Front, api: Api
) -> None:
    permit = await _permit(hostile, api)
    # A practitioner of their own, whom the server shows as it likes.
    theirs = make(Stated("Dr Camille Démo"), Memory(), os.urandom, int(time.time()))
    server, now = await api.who(), int(time.time())
    status = u64(now) + bytes(64)
    record = fields(theirs.card.raw, b"", theirs.devices.raw, status)
    there = Destination(TO.mailbox, TO.append, TO.seal)
    said = sign_destination(permit, there, theirs.device, theirs.certificate)
    plain = Papers(said, record, server.key, b"").encode()
    sealed = b"".join(seal_file([plain], permit.key.public, os.urandom))
    hostile.relay.tamper = given = Given(lambda _: sealed)
    assert await _refused(api, permit) is SealCode.WRONG_HOST
    assert given.hits == 1
    assert practice_of(theirs.certificate.identity) != permit.practice


async def test_changed_papers_are_refused(hostile: Front, api: Api) -> None:
    permit = await _permit(hostile, api)
    for at in (0, 100, 1700, -1):

        def bent(data: bytes, at: int = at) -> bytes:
            changed = bytearray(data)
            changed[at] ^= 1
            return bytes(changed)

        hostile.relay.tamper = given = Given(bent)
        assert await _refused(api, permit) in {
            SealCode.BAD_FORM,
            SealCode.CANNOT_OPEN,
            SealCode.MIXED_RECIPIENTS,
        }
        assert given.hits == 1


async def test_a_record_that_is_withheld_is_said(hostile: Front, api: Api) -> None:
    permit = await _permit(hostile, api)
    hostile.relay.tamper = shown = Shown(lambda _: None)
    behind = await look_behind(api, permit)
    assert (behind.asked, behind.record.card.card.name) == (False, "Dr Camille Démo")
    assert shown.hits == 1


async def test_a_record_that_contradicts_the_papers_is_refused(hostile: Front, api: Api) -> None:
    permit = await _permit(hostile, api)
    who = hostile.at.practitioner
    other = make_devices(hostile.key, 1, 1_700_000_000, (Device(bytes(who.device.public), 1),))

    def forked(data: bytes) -> bytes:
        (card, attested, _, status), _ = take_fields(data, 4)
        return fields(card, attested, other.raw, status)

    hostile.relay.tamper = shown = Shown(forked)
    assert await _refused(api, permit) in {SealCode.WRONG_HOST, SealCode.BAD_SIGNATURE}
    assert shown.hits == 1
