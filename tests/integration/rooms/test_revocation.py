"""Several devices of one practitioner host the same rooms, and a revoked one is sent away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from client.api.http import Api
from client.api.practitioners import put_devices
from client.sealing.devices import Device, make_devices
from client.sealing.keys import SigningKey as ClientKey
from signaling.wire import Error, ErrorCode, Type
from tests.integration.rooms.world import Client, Doctor, World, public, world


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        yield made


async def revoke(here: World, doctor: Doctor, version: int, *keys: tuple[SigningKey, int]) -> None:
    identity = ClientKey(bytes(doctor.identity.key))
    entries = tuple(Device(public(key), 1, until) for key, until in keys)
    api = Api(here.origin, here.http, lambda n: bytes(SigningKey.generate())[:n])
    await put_devices(api, identity, make_devices(identity, version, 1, entries))


async def sent_away(client: Client) -> None:
    frame = await client.until(Type.ERROR)
    error = Error.unpack(frame.body)
    assert (frame.channel, error.code, error.fatal) == (0, ErrorCode.NOT_ENROLLED, True)


async def test_a_revoked_device_is_sent_away_within_a_second(here: World) -> None:
    doctor, phone = await here.doctor(), SigningKey.generate()
    await revoke(here, doctor, 2, (doctor.device, 0), (phone, 0))
    laptop, guest, _ = await here.pair(doctor)
    begun = time.monotonic()
    await revoke(here, doctor, 3, (doctor.device, int(time.time())), (phone, 0))
    await sent_away(laptop)
    assert time.monotonic() - begun < 1
    assert (await guest.until(Type.PRESENCE)).body == b"\0"
    again = await here.connect()
    await again.open(1, doctor.room, doctor.device)
    await again.refused(ErrorCode.NOT_FOUND, fatal=True)
    other = await here.connect()
    await other.open(1, doctor.room, phone)
    await other.until(Type.OPENED)
    assert (await guest.until(Type.PRESENCE)).body == b"\1"


async def test_a_device_that_is_revoked_while_it_comes_in_does_not_stay(here: World) -> None:
    doctor = await here.doctor()
    hosts = [await here.connect() for _ in range(8)]
    opening = [asyncio.create_task(one.open(1, doctor.room, doctor.device)) for one in hosts]
    await revoke(here, doctor, 2, (doctor.device, int(time.time())))
    await asyncio.gather(*opening)
    guest = await here.guest(doctor)
    probe = await here.connect()
    await probe.open(1, doctor.room, doctor.device)
    await probe.refused(ErrorCode.NOT_FOUND, fatal=True)
    assert guest is not None


async def test_a_key_that_was_let_in_nowhere_is_forgotten(here: World) -> None:
    doctor = await here.doctor()
    stranger = await here.connect()
    for _ in range(3):
        await stranger.open(1, doctor.room, SigningKey.generate())
        await stranger.refused(ErrorCode.NOT_FOUND, fatal=True)
    host = await here.host(doctor)
    await host.open(2, bytes(16), doctor.device)
    await host.until(Type.ERROR)
    await revoke(here, doctor, 2, (doctor.device, int(time.time())))
    await sent_away(host)
