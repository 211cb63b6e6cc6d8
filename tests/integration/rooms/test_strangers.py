"""Whatever a stranger sends gets its code, and nothing changes for anybody else."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSServerHandshakeError
from nacl.signing import SigningKey

from signaling import wire
from signaling.limits import Limits as RoomLimits
from signaling.limits import Rate
from signaling.wire import ErrorCode, Type
from tests.integration.rooms.world import Client, World, world


@dataclass
class Consult:
    """Two people talking, who must not notice anything."""

    host: Client
    guest: Client
    number: int

    async def goes_on(self) -> None:
        word = os.urandom(8)
        await self.guest.send(Type.RELAY, 0, word)
        assert (await self.host.read())[1:] == (1, self.number, word)
        await self.host.send(Type.RELAY, self.number, word)
        assert (await self.guest.read())[1:] == (1, 0, word)


@contextlib.asynccontextmanager
async def consult(
    data: Path, rooms: RoomLimits | None = None, **limits: Any
) -> AsyncIterator[tuple[World, Consult]]:
    async with world(data, rooms, **limits) as here:
        talk = Consult(*await here.pair(await here.doctor()))
        yield here, talk
        await talk.goes_on()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", ErrorCode.BAD_FRAME),
        (b"\x01", ErrorCode.BAD_FRAME),
        (b"GET / HTTP/1.1\r\n", ErrorCode.BAD_VERSION),
        (b"\x02\x02" + bytes(300), ErrorCode.BAD_VERSION),
        (b"\x01\x00" + bytes(8), ErrorCode.BAD_FRAME),
        (b"\x01\xff" + bytes(8), ErrorCode.BAD_FRAME),
        (wire.pack(Type.HELLO, 0, 0, bytes(32)), ErrorCode.BAD_FRAME),
        (wire.pack(Type.OPENED, 1, 0, bytes(1300)), ErrorCode.BAD_FRAME),
        (wire.pack(Type.PRESENCE, 1, 0, b"\1"), ErrorCode.BAD_FRAME),
        (wire.pack(Type.ERROR, 0, 0, bytes(4)), ErrorCode.BAD_FRAME),
        (wire.pack(Type.PING, 0, 0, bytes(9)), ErrorCode.BAD_FRAME),
        (wire.pack(Type.PING, 5, 0), ErrorCode.BAD_CHANNEL),
        (wire.pack(Type.OPEN, 0, 0, bytes(241)), ErrorCode.BAD_CHANNEL),
        (wire.pack(Type.RELAY, 0, 1, b"x"), ErrorCode.BAD_CHANNEL),
        (wire.pack(Type.RELAY, 1, 1, b"x"), ErrorCode.BAD_CHANNEL),
        (wire.pack(Type.ADMIT, 2**32 - 1, 1, b"x"), ErrorCode.BAD_CHANNEL),
        (wire.pack(Type.ICE, 1, 0), ErrorCode.BAD_CHANNEL),
        (wire.pack(Type.END, 1, 0), ErrorCode.BAD_CHANNEL),
    ],
)
async def test_garbage_is_answered_and_changes_nothing(
    tmp_path: Path, data: bytes, code: ErrorCode
) -> None:
    async with consult(tmp_path) as (here, talk):
        stranger = await here.connect()
        await stranger.ws.send_bytes(data)
        frame = await stranger.refused(code)
        if len(data) >= wire.HEADER.size:
            assert (frame.channel, frame.peer) == wire.HEADER.unpack(data[:10])[2:]
        await talk.goes_on()
        await stranger.ping()


async def test_text_is_no_frame(tmp_path: Path) -> None:
    async with consult(tmp_path) as (here, _):
        stranger = await here.connect()
        await stranger.ws.send_str("{}")
        await stranger.refused(ErrorCode.BAD_FRAME)
        await stranger.ping()


@pytest.mark.parametrize("kind", [Type.SEAT, Type.LOCK, Type.ADMIT, Type.REFUSE, Type.KNOCK])
async def test_wrong_bodies_of_the_right_person_change_nothing(tmp_path: Path, kind: Type) -> None:
    async with consult(tmp_path) as (_, talk):
        code = ErrorCode.NOT_ALLOWED if kind is Type.KNOCK else ErrorCode.BAD_FRAME
        # Of the right length for a seat, and no key: a point of small order.
        await talk.host.send(kind, talk.number, b"\1" + bytes(31))
        await talk.host.refused(code)
        await talk.goes_on()


async def test_oversize(tmp_path: Path) -> None:
    async with consult(tmp_path) as (here, talk):
        stranger = await here.connect()
        await stranger.ws.send_bytes(b"\x01\x07" + bytes(wire.FRAME_BYTES - 1))
        await stranger.refused(ErrorCode.FRAME_TOO_LARGE, fatal=True)
        assert await stranger.closed() == 1009
        await talk.goes_on()
        stranger = await here.connect()
        with contextlib.suppress(ConnectionError):
            await stranger.ws.send_bytes(bytes(2**20))
        assert await stranger.closed() == 1009


async def test_ids_cannot_be_probed(tmp_path: Path) -> None:
    async with consult(tmp_path) as (here, talk):
        one, other = await here.doctor(), await here.doctor()
        ended = await here.doctor(ended=True)
        key = SigningKey.generate()
        stranger = await here.connect()
        good = stranger.signed(one.room, key, one.join)
        elsewhere = (await here.connect()).signed(one.room, key, one.join)
        tries = {
            "unknown room": stranger.signed(os.urandom(16), key, one.join),
            "another room's link": stranger.signed(one.room, key, other.join),
            "another room's host": stranger.signed(one.room, other.device),
            "a stranger as host": stranger.signed(one.room, key),
            "the ended room of another": stranger.signed(ended.room, key, one.join),
            "forged": replace(good, signature=bytes(64)),
            "forged link": replace(good, join_signature=good.signature),
            "link proven for another room": replace(good, room=other.room),
            "link proven for another key": replace(good, key=bytes(other.device.verify_key)),
            "another connection's nonce": elsewhere,
            "another nonce": replace(good, client_nonce=bytes(32)),
            "host's role": replace(
                good, role=wire.Role.HOST, join_key=bytes(32), join_signature=bytes(64)
            ),
            "small order": replace(good, key=b"\1" + bytes(31)),
            "malleable": replace(good, signature=_plus_order(good.signature)),
        }
        answers = set()
        for channel, (name, asked) in enumerate(tries.items(), start=1):
            await stranger.send(Type.OPEN, 0, asked.pack(), channel=channel)
            frame, error = await stranger.error()
            assert (name, frame.channel) == (name, channel)
            answers.add((frame.peer, error))
        assert answers == {(0, wire.Error(ErrorCode.NOT_FOUND, Type.OPEN, fatal=True))}
        await stranger.send(Type.OPEN, 0, good.pack(), channel=99)
        assert (await stranger.until(Type.OPENED)).channel == 99
        await talk.goes_on()


def _plus_order(signature: bytes) -> bytes:
    """The same signature with S not reduced, which a strict verifier refuses."""
    order = 2**252 + 27742317777372353535851937790883648493
    scalar = int.from_bytes(signature[32:], "little") + order
    return signature[:32] + scalar.to_bytes(32, "little")


async def test_a_replayed_open_of_this_connection_only_takes_its_own_place(tmp_path: Path) -> None:
    async with consult(tmp_path) as (here, _):
        doctor = await here.doctor()
        client = await here.connect()
        asked = client.signed(doctor.room, SigningKey.generate(), doctor.join).pack()
        await client.send(Type.OPEN, 0, asked, channel=1)
        first = await client.until(Type.OPENED)
        await client.send(Type.OPEN, 0, asked, channel=2)
        frame = await client.refused(ErrorCode.DISPLACED, fatal=True)
        assert frame.channel == 1
        assert (await client.until(Type.OPENED))[1:3] == (2, first.peer)


async def test_channels_are_counted_and_used_once(tmp_path: Path) -> None:
    async with consult(tmp_path, RoomLimits(channels=2)) as (here, _):
        client = await here.connect()
        other, doctor = await here.doctor(), await here.doctor()
        for channel, one in ((1, other), (2, doctor)):
            await client.open(channel, one.room, one.device)
            await client.until(Type.OPENED)
        await client.open(1, doctor.room, doctor.device)
        await client.refused(ErrorCode.BAD_CHANNEL)
        await client.open(3, doctor.room, doctor.device)
        await client.refused(ErrorCode.TOO_MANY_CHANNELS, fatal=True)
        await client.send(Type.OPEN, 0, b"short", channel=4)
        await client.refused(ErrorCode.BAD_FRAME, fatal=True)
        await client.send(Type.CLOSE, channel=1)
        await client.open(3, doctor.room, doctor.device)
        await client.refused(ErrorCode.DISPLACED, fatal=True)
        assert (await client.until(Type.OPENED)).channel == 3


async def test_no_frame_reaches_another_room(tmp_path: Path) -> None:
    async with consult(tmp_path) as (here, talk):
        _, guest, _ = await here.pair(await here.doctor())
        await guest.send(Type.RELAY, talk.number + 7, b"x")
        await guest.refused(ErrorCode.NO_SUCH_PEER)
        await guest.send(Type.RELAY, 0, b"x", channel=2)
        await guest.refused(ErrorCode.BAD_CHANNEL)
        waiting = await here.guest(await here.doctor())
        await waiting.send(Type.RELAY, 0, b"x")
        await waiting.refused(ErrorCode.NOT_ADMITTED)
        await talk.goes_on()


@pytest.mark.parametrize(
    "limits",
    [RoomLimits(frames=Rate(100, 10)), RoomLimits(bytes=Rate(50_000, 1_000))],
    ids=["frames", "bytes"],
)
async def test_a_flood_ends_the_connection_and_nothing_else(
    tmp_path: Path, limits: RoomLimits
) -> None:
    async with consult(tmp_path, limits) as (here, talk):
        stranger = await here.connect()
        ping = wire.pack(Type.PING, 0, 0, b"12345678")
        with contextlib.suppress(ConnectionError):
            for _ in range(10_000):
                await stranger.ws.send_bytes(ping)
        await stranger.refused(ErrorCode.TOO_FAST, fatal=True)
        assert await stranger.closed() == 1008
        await talk.goes_on()


async def test_opens_cost_more_than_frames(tmp_path: Path) -> None:
    async with consult(tmp_path, RoomLimits(frames=Rate(100, 0.1))) as (here, _):
        stranger = await here.connect()
        for channel in range(1, 7):
            await stranger.send(Type.OPEN, 0, b"short", channel=channel)
        for _ in range(5):
            await stranger.refused(ErrorCode.BAD_FRAME, fatal=True)
        await stranger.refused(ErrorCode.TOO_FAST, fatal=True)


async def test_a_flood_of_websocket_pings_is_a_flood(tmp_path: Path) -> None:
    async with consult(tmp_path, RoomLimits(frames=Rate(100, 10))) as (here, _):
        stranger = await here.connect()
        with contextlib.suppress(ConnectionError):
            for _ in range(300):
                await stranger.ws.ping(b"x")
        await stranger.refused(ErrorCode.TOO_FAST, fatal=True)


async def test_a_socket_that_never_reads_is_closed_and_nobody_waits_for_it(tmp_path: Path) -> None:
    limits = RoomLimits(frames=Rate(1e6, 1e6), bytes=Rate(1e9, 1e9))
    async with consult(tmp_path, limits) as (here, talk):
        host, guest, number = await here.pair(await here.doctor())
        _stop_reading(guest)
        began = time.monotonic()
        body = bytes(60_000)
        presence = asyncio.create_task(host.until(Type.PRESENCE))
        while not presence.done():
            await host.send(Type.RELAY, number, body)
            await asyncio.sleep(0)
            assert time.monotonic() - began < 20
        assert (await presence).body[34] == 0
        await talk.goes_on()
        await host.ping()


def _stop_reading(client: Client) -> None:
    transport = client.ws._writer.transport
    assert transport is not None
    transport.pause_reading()


async def test_silence_is_not_presence(tmp_path: Path) -> None:
    limits = RoomLimits(silence=0.6, tick=0.1)
    async with world(tmp_path, limits) as here:
        host, guest, number = await here.pair(await here.doctor())
        # Half-open: the guest's network is gone, and no FIN ever comes.
        _stop_reading(guest)
        presence = asyncio.create_task(host.until(Type.PRESENCE))
        while not presence.done():
            await host.send(Type.PING, 0, b"", channel=0)
            await asyncio.sleep(0.1)
        assert (presence.result().peer, presence.result().body[34]) == (number, 0)
        await host.refused(ErrorCode.TIMEOUT, fatal=True)
        assert await host.closed() == 1008


async def test_who_proves_nothing_may_not_stay(tmp_path: Path) -> None:
    async with consult(tmp_path, RoomLimits(first_open=0.3, tick=0.1)) as (here, _):
        stranger = await here.connect()
        await stranger.refused(ErrorCode.TIMEOUT, fatal=True)
        assert await stranger.closed() == 1008


async def test_a_connection_without_a_channel_may_not_stay(tmp_path: Path) -> None:
    """Whoever has one link could otherwise open as many as the machine can bear."""
    async with consult(tmp_path, RoomLimits(first_open=0.3, tick=0.1)) as (here, _):
        doctor = await here.doctor()
        key = SigningKey.generate()
        first = await here.connect()
        await first.open(1, doctor.room, key, doctor.join)
        await first.until(Type.OPENED)
        # For as long as it has a channel it stays.
        await asyncio.sleep(0.6)
        second = await here.connect()
        await second.open(1, doctor.room, key, doctor.join)
        await second.until(Type.OPENED)
        await first.refused(ErrorCode.DISPLACED, fatal=True)
        await first.refused(ErrorCode.TIMEOUT, fatal=True)
        assert await first.closed() == 1008


async def test_only_unproven_connections_count_for_an_address(tmp_path: Path) -> None:
    async with consult(tmp_path, address_connections=2) as (here, _):
        doctor = await here.doctor()
        strangers = [await here.connect() for _ in range(2)]
        refused = await here.connect()
        await refused.refused(ErrorCode.TOO_MANY_CONNECTIONS, fatal=True)
        assert await refused.closed() == 1013
        await strangers[0].ws.close()
        await here.guest(doctor)
        await here.guest(doctor)
        await strangers[1].open(1, doctor.room, SigningKey.generate(), doctor.join)
        await strangers[1].until(Type.OPENED)
        assert (await here.connect()).nonce != bytes(32)


@pytest.mark.parametrize(
    ("origin", "protocols", "status"),
    [
        ("https://evil.example", ["aparte.1"], 403),
        ("null", ["aparte.1"], 403),
        (None, ["aparte.2"], 400),
        (None, [], 400),
    ],
)
async def test_pages_of_other_origins_and_other_protocols_stay_outside(
    tmp_path: Path, origin: str | None, protocols: list[str], status: int
) -> None:
    async with consult(tmp_path) as (here, _):
        with pytest.raises(WSServerHandshakeError) as caught:
            await here.socket(origin=origin, protocols=protocols)
        assert caught.value.status == status
        assert (await here.socket(origin=here.origin)).protocol == "aparte.1"


async def test_an_ordinary_request_is_no_socket(tmp_path: Path) -> None:
    async with consult(tmp_path) as (here, _):
        answer = await here.http.get(f"{here.origin}/v1/socket")
        assert (answer.status, (await answer.json())["error"]) == (400, "bad_request")


async def test_a_broken_websocket_frame_ends_its_connection_alone(tmp_path: Path) -> None:
    async with consult(tmp_path) as (here, talk):
        for raw in (
            b"\xf2\x00",
            b"\x83\x80\0\0\0\0",
            b"\x82\xff" + b"\xff" * 8,
            b"\x88\x81\0\0\0\0x",
        ):
            stranger = await here.connect()
            transport = stranger.ws._writer.transport
            assert transport is not None
            transport.write(raw)
            assert await stranger.closed() in {1002, 1009}
            await talk.goes_on()
