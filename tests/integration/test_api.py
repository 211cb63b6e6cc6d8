"""The API client over the real server: refusals by name, repeats that count once, streams."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from client.api import blobs
from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api
from client.api.practitioners import enrol, fetch, put_devices, receipt
from client.host.practitioner import kept_identity, load, make
from client.host.room import load_room, make_room
from client.sealing.devices import Device, make_devices, require_continues, require_in_force
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import SigningKey
from client.sealing.record import read_receipt, require_fresh
from client.vault import Memory, open_vault
from signaling.wire import ErrorCode
from tests.integration.people import PROFILE, Practice, practice, written
from tests.integration.ports import free_port
from tests.integration.serving import ServerProcess

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def api(server: ServerProcess) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as http:
        yield Api(server.origin, http, os.urandom)


async def fetched(api: Api, reader: SigningKey, blob: bytes) -> bytes:
    return b"".join([chunk async for chunk in blobs.get(api, reader, blob)])


async def test_a_code_enrols_once(server: ServerProcess, api: Api) -> None:
    code = server.code()
    first, second = (make(PROFILE, Memory(), os.urandom, 0) for _ in range(2))
    await enrol(api, first.device, code, first.card.raw, first.devices)
    for wrong in (code, "AAAAAAAAAAAAAAAAAAAAAA"):
        with pytest.raises(ServerRefused) as refusal:
            await enrol(api, second.device, wrong, second.card.raw, second.devices)
        assert refusal.value.code == ErrorCode.BAD_CODE


async def test_a_practitioner_comes_back_from_its_vault(
    server: ServerProcess, api: Api, tmp_path: Path
) -> None:
    at = await practice(server, open_vault(tmp_path / "vault", None, os.urandom))
    again = load(open_vault(tmp_path / "vault", None, os.urandom))
    assert again is not None
    assert again.certificate == at.practitioner.certificate
    made = await make_room(api, again, at.keeper, os.urandom, seats=2)
    assert load_room(at.keeper, made.room) == made
    assert load(Memory()) is None


async def test_strangers_make_no_rooms(api: Api) -> None:
    stranger = make(PROFILE, Memory(), os.urandom, 0)
    with pytest.raises(ServerRefused) as refusal:
        await make_room(api, stranger, Memory(), os.urandom)
    assert refusal.value.code == ErrorCode.NOT_ENROLLED


async def test_a_blob_goes_up_comes_down_and_away(api: Api, at: Practice, tmp_path: Path) -> None:
    device, reader, blob = at.practitioner.device, SigningKey(os.urandom(32)), os.urandom(16)
    data = os.urandom(1_000_000)
    await blobs.put(api, device, blob, reader.public, written(tmp_path, "blob", data))
    assert await fetched(api, reader, blob) == data
    with pytest.raises(ServerRefused) as refusal:
        await fetched(api, SigningKey(os.urandom(32)), blob)
    assert refusal.value.code == ErrorCode.NOT_FOUND
    await blobs.delete(api, device, blob)
    with pytest.raises(ServerRefused) as refusal:
        await fetched(api, reader, blob)
    assert refusal.value.code == ErrorCode.NOT_FOUND


async def test_a_nonce_that_grew_old_is_replaced(
    server: ServerProcess, api: Api, at: Practice
) -> None:
    device, reader = at.practitioner.device, SigningKey(os.urandom(32))
    await blobs.put(api, device, os.urandom(16), reader.public, b"one")
    # Another process has another secret: what it issued before means nothing any more.
    await server.kill()
    await server.start()
    blob = os.urandom(16)
    await blobs.put(api, device, blob, reader.public, b"two")
    assert await fetched(api, reader, blob) == b"two"


async def test_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.api.http.PAUSES", (0.01,))
    async with aiohttp.ClientSession() as http:
        api = Api(f"http://localhost:{free_port()}", http, os.urandom)
        with pytest.raises(ServerUnreachable):
            await blobs.delete(api, SigningKey(bytes(32)), bytes(16))


async def test_a_revoked_device_is_known_to_be_one(api: Api, at: Practice) -> None:
    laptop, identity = at.practitioner.device, kept_identity(at.keeper)
    phone, now = SigningKey(os.urandom(32)), int(time.time())
    first = await fetch(api, await api.who(), identity.public)
    require_in_force(first.devices, at.practitioner.certificate)
    gone = replace(first.devices.devices[0], until=now)
    listed = make_devices(identity, 2, now, (gone, Device(phone.public, now)))
    await put_devices(api, identity, listed)
    with pytest.raises(ServerRefused) as refusal:
        await receipt(api, laptop, bytes(32))
    assert refusal.value.code == ErrorCode.NOT_ENROLLED
    stamp = await receipt(api, phone, bytes(32))
    assert read_receipt(stamp, bytes(32), (await api.who()).key) >= now
    record = await fetch(api, await api.who(), identity.public, first.known)
    require_fresh(record, now)
    with pytest.raises(SealError) as revoked:
        require_in_force(record.devices, at.practitioner.certificate)
    assert revoked.value.code == SealCode.REVOKED
    require_in_force(record.devices, at.practitioner.certificate, now - 1)
    with pytest.raises(SealError) as older:
        require_continues(first.devices, record.devices)
    assert older.value.code == SealCode.ROLLED_BACK
