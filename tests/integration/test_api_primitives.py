"""Vouchers, mailboxes, cells and resumed blobs through the Python client, over the real server."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from client.api import blobs, mailboxes, vouchers
from client.api.cells import Cells
from client.api.channels import Closed, Lost, WatchChannel, Watched, WatchEvent, Watching
from client.api.errors import ServerRefused
from client.api.http import Api, Request
from client.api.socket import RoomSocket
from client.api.vaults import Records, SharedVault, VaultState
from client.mail.post import Post
from client.sealing.cell import CellKeys, Seen
from client.sealing.encoding import b64u
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import SigningKey
from client.sealing.mail import Mail
from client.sealing.vault import Record, VaultKey
from client.vault import Memory
from signaling.watches import Changed, Kind
from signaling.wire import ErrorCode
from tests.integration.people import Practice, written
from tests.integration.serving import ServerProcess
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Cut(Exception):
    """The program ends here."""


def key() -> SigningKey:
    return SigningKey(os.urandom(32))


@pytest_asyncio.fixture(loop_scope="module")
async def api(server: ServerProcess) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as http:
        yield Api(server.origin, http, os.urandom)


async def paid(api: Api, at: Practice, *sizes: int) -> list[bytes]:
    until = int(time.time()) + 3600
    return await vouchers.register(api, at.practitioner.device, list(sizes), until)


async def test_a_program_cut_off_while_it_made_its_mailbox_has_it_later(
    server: ServerProcess, api: Api, at: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper, ready = Memory(), await paid(api, at, 5000)

    async def pay() -> bytes:
        return ready.pop()

    async def nothing(_mail: Mail) -> None:
        pass

    def post() -> Post:
        socket = RoomSocket(server.origin, api.http, os.urandom)
        return Post(api, socket, keeper, "mail", nothing, os.urandom)

    make = mailboxes.make

    async def made_and_cut(*asked: Any) -> int:
        await make(*asked)
        raise Cut

    with monkeypatch.context() as cutting:
        cutting.setattr(mailboxes, "make", made_and_cut)
        with pytest.raises(Cut):
            await post().open(pay)
    again = post()
    assert await again.open() is not None
    await again.close()


async def test_a_mailbox_from_making_to_erasing(api: Api, at: Practice) -> None:
    owner, sender, other, box = key(), key(), key(), os.urandom(16)
    (voucher,) = await paid(api, at, 2**20)
    assert await mailboxes.make(api, owner, box, [sender.public], voucher) > time.time()
    messages = [os.urandom(mailboxes.MESSAGE_BYTES), b"two", b"three"]
    numbers = [await mailboxes.append(api, sender, box, message) for message in messages]
    assert numbers == [1, 2, 3]
    assert await mailboxes.read(api, owner, box, 0) == list(zip(numbers, messages, strict=True))
    assert await mailboxes.read(api, owner, box, 3) == []
    await mailboxes.erase(api, owner, box, 2)
    assert await mailboxes.read(api, owner, box, 0) == [(3, b"three")]
    await mailboxes.allow(api, owner, box, [other.public])
    with pytest.raises(ServerRefused) as refusal:
        await mailboxes.append(api, sender, box, b"four")
    assert refusal.value.code == ErrorCode.NOT_FOUND
    await mailboxes.delete(api, owner, box)
    with pytest.raises(ServerRefused):
        await mailboxes.read(api, owner, box, 0)


async def test_a_cell_from_making_to_closing(api: Api, at: Practice) -> None:
    owner, reader, claimer, claimant = key(), key(), key(), key()
    keys = CellKeys(os.urandom(16), owner.public, reader.public, claimer.public)
    (voucher,) = await paid(api, at, 2**16)
    cells = Cells(api, (await api.who()).key)
    first = await cells.put(owner, keys, Seen(), b"one", voucher=voucher)
    second = await cells.put(owner, keys, first, b"two")
    with pytest.raises(ServerRefused) as refusal:
        await cells.put(owner, keys, first, b"late")
    assert refusal.value.code == ErrorCode.STALE_VERSION
    found = await cells.read(reader, keys, first)
    assert (found.seen, found.gap, found.state.value) == (second, False, b"two")
    claimed = await cells.claim(claimer, keys, claimant.public, bytes(32))
    assert claimed.claimant == claimant.public
    with pytest.raises(ServerRefused) as refusal:
        await cells.claim(claimer, keys, key().public, bytes(32))
    assert refusal.value.code == ErrorCode.ALREADY_CLAIMED
    await cells.put(owner, keys, second, b"", closed=True)
    state = (await cells.read(reader, keys, second)).state
    assert (state.closed, state.claimed) == (True, claimed)


async def test_what_a_voucher_pays_for_is_renewed(api: Api, at: Practice) -> None:
    owner, box, sender = key(), os.urandom(16), key()
    thing = f"/v1/mailboxes/{b64u(box)}"
    (first,) = await paid(api, at, 5000)
    until = await mailboxes.make(api, owner, box, [sender.public], first)
    assert await vouchers.ends(api, owner, thing) == until
    device = at.practitioner.device
    small, later = await vouchers.register(api, device, [4999, 5000], until + 60)
    with pytest.raises(ServerRefused) as refusal:
        await vouchers.renew(api, owner, thing, small)
    assert refusal.value.code == ErrorCode.QUOTA_EXCEEDED
    for _ in range(2):
        assert await vouchers.renew(api, owner, thing, later) == until + 60
    assert await vouchers.ends(api, owner, thing) == until + 60


async def test_a_long_chain_is_followed_to_its_end(api: Api, at: Practice) -> None:
    owner = key()
    keys = CellKeys(os.urandom(16), owner.public)
    (voucher,) = await paid(api, at, 2**16)
    cells = Cells(api, (await api.who()).key)
    seen = first = await cells.put(owner, keys, Seen(), b"0", voucher=voucher)
    for number in range(300):
        seen = await cells.put(owner, keys, seen, str(number).encode())
    for before in (Seen(), first, seen):
        found = await cells.read(owner, keys, before)
        assert (found.seen, found.gap, found.state.value) == (seen, False, b"299")


async def test_a_server_with_another_past_is_refused(api: Api, at: Practice) -> None:
    owner = key()
    keys = CellKeys(os.urandom(16), owner.public)
    (voucher,) = await paid(api, at, 2**16)
    cells = Cells(api, (await api.who()).key)
    seen = await cells.put(owner, keys, Seen(), b"one", voucher=voucher)
    for remembered, code in (
        (replace(seen, version=2), SealCode.ROLLED_BACK),
        (replace(seen, hash=bytes(32)), SealCode.FORKED),
    ):
        with pytest.raises(SealError) as refusal:
            await cells.read(owner, keys, remembered)
        assert refusal.value.code == code
    with pytest.raises(SealError) as refusal:
        await Cells(api, key().public).read(owner, keys, seen)
    assert refusal.value.code == SealCode.BAD_SIGNATURE


async def test_an_upload_resumes_and_a_part_comes_down(
    server: ServerProcess, api: Api, at: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs, "PIECE_BYTES", 100_000)
    reader, blob, anybody = key(), os.urandom(16), key()
    data = os.urandom(450_000)
    path = written(tmp_path, "blob", data)
    (voucher,) = await paid(api, at, 2**20)
    answer, sent = api.answer, 0

    async def cut(request: Request) -> bytes:
        nonlocal sent
        sent += 1
        if sent == 3:
            raise Cut
        return await answer(request)

    monkeypatch.setattr(api, "answer", cut)
    payer = blobs.Payer(voucher=voucher)
    with pytest.raises(Cut):
        await blobs.put(api, anybody, blob, reader.public, path, payer)
    monkeypatch.setattr(api, "answer", answer)
    await server.kill()
    await server.start()
    upload = blobs.Upload(anybody, blob, len(data), reader.public, payer)
    offset = await upload.offset(api)
    assert offset == 200_000
    await upload.send(api, offset, data[offset:])
    assert b"".join([part async for part in blobs.get(api, reader, blob)]) == data
    part = [part async for part in blobs.get(api, reader, blob, 99_990, 200_009)]
    assert b"".join(part) == data[99_990:200_010]
    last = [part async for part in blobs.get(api, reader, blob, 449_999)]
    assert b"".join(last) == data[-1:]
    assert await upload.offset(api) == len(data)


async def told(channel: WatchChannel) -> WatchEvent:
    return await asyncio.wait_for(channel.events.get(), PATIENCE)


async def test_a_watch_tells_of_what_comes_and_comes_back_by_itself(
    api: Api, at: Practice, server: ServerProcess
) -> None:
    owner, sender, box = key(), key(), os.urandom(16)
    (voucher,) = await paid(api, at, 2**20)
    await mailboxes.make(api, owner, box, [sender.public], voucher)
    await mailboxes.append(api, sender, box, b"one")
    socket = RoomSocket(server.origin, api.http, os.urandom)
    async with socket.running():
        channel = await socket.watch(Watched(Kind.MAILBOX, box, owner), known=0)
        assert await told(channel) == Watching()
        assert (await told(channel)) == Changed(1)
        await mailboxes.append(api, sender, box, b"two")
        assert await told(channel) == Changed(2, b"two")
        # What comes while the connection is away is told of afterwards.
        await socket.drop()
        assert await told(channel) == Lost()
        await mailboxes.append(api, sender, box, b"three")
        assert [await told(channel), await told(channel)] == [Watching(), Changed(3)]
        assert channel.known == 3
        await mailboxes.delete(api, owner, box)
        assert await told(channel) == Closed(ErrorCode.NOT_FOUND)
        # A channel of the same connection, for somebody who has no right to know.
        stranger = await socket.watch(Watched(Kind.MAILBOX, box, sender), known=0)
        assert await told(stranger) == Closed(ErrorCode.NOT_FOUND)


async def test_a_watch_that_is_closed_hears_nothing_more(
    api: Api, at: Practice, server: ServerProcess
) -> None:
    owner, sender, box = key(), key(), os.urandom(16)
    (voucher,) = await paid(api, at, 2**20)
    await mailboxes.make(api, owner, box, [sender.public], voucher)
    socket = RoomSocket(server.origin, api.http, os.urandom)
    async with socket.running():
        closed = await socket.watch(Watched(Kind.MAILBOX, box, owner), known=0)
        assert await told(closed) == Watching()
        await closed.close()
        again = await socket.watch(Watched(Kind.MAILBOX, box, owner), known=0)
        assert await told(again) == Watching()
        await mailboxes.append(api, sender, box, b"one")
        assert await told(again) == Changed(1, b"one")
        assert closed.events.empty()
        assert not closed.ready


def _put(name: bytes, data: str | None) -> Callable[[Records], Records]:
    """Give a record its next state."""

    def mutate(records: Records) -> Records:
        before = next((record.n for record in records if record.id == name), 0)
        return (Record(name, before + 1, "k", data),)

    return mutate


async def test_a_vault_is_changed_by_two_devices(api: Api, at: Practice) -> None:

    async def pay(size: int) -> bytes:
        (voucher,) = await paid(api, at, size)
        return voucher

    vault = SharedVault(Cells(api, (await api.who()).key), VaultKey(os.urandom(32)), pay)
    one, two = os.urandom(16), os.urandom(16)
    laptop = await vault.change(VaultState(), _put(one, "a"))
    phone = await vault.read(VaultState())
    assert phone == laptop
    laptop = await vault.change(laptop, _put(one, "b" * 5_000))
    phone = await vault.change(phone, _put(two, None))
    laptop = await vault.read(laptop)
    assert laptop == phone
    assert {record.id: record.data for record in laptop.records} == {one: "b" * 5_000, two: None}
    assert [record.n for record in laptop.records if record.id == one] == [2]
    old = replace(laptop, seen=replace(laptop.seen, version=9))
    with pytest.raises(SealError) as refusal:
        await vault.read(old)
    assert refusal.value.code is SealCode.ROLLED_BACK
