"""Rooms over real sockets: the story of docs/protocol.md, and what outlives a process."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import os
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSMsgType
from nacl.signing import SigningKey

from client.api.errors import ServerRefused
from client.api.http import Api
from client.sealing.keys import SigningKey as ClientKey
from server.rooms import store
from server.services import SERVICES
from server.sockets.pipe import Pipe
from signaling.limits import Limits as RoomLimits
from signaling.limits import Rate
from signaling.record import Seat
from signaling.wire import ErrorCode, Opened, State, Type
from tests.integration.rooms.world import PREKEY, admit, public, world


async def test_the_documented_story(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        doctor = await here.doctor()
        host, guest, number = await here.pair(doctor)
        for body in (b"x", bytes(1024), bytes(65_526)):
            await guest.send(Type.RELAY, 0, body)
            frame = await host.read()
            assert (frame.type, frame.channel, frame.peer) == (Type.RELAY, 1, number)
            assert frame.body == body
            await host.send(Type.RELAY, number, body)
            frame = await guest.read()
            assert (frame.type, frame.channel, frame.peer, frame.body) == (7, 1, 0, body)
        record = await here.record(doctor)
        assert record.seats[0].admitted
        await host.send(Type.END)
        assert (await host.read()).type is Type.END
        assert (await guest.read()).type is Type.END
        record = await here.record(doctor)
        assert (record.ended, record.prekey) == (True, b"")
        assert record.seats == (Seat(public(doctor.join)),)


async def test_many_rooms_share_a_connection(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        desk = await here.connect()
        guests = []
        for channel in range(1, 16):
            doctor = await here.doctor()
            await desk.open(channel, doctor.room, doctor.device)
            assert (await desk.until(Type.OPENED)).channel == channel
            guests.append(await here.guest(doctor))
            await guests[-1].send(Type.KNOCK, 0, b"intro %d" % channel)
            knock = await desk.until(Type.KNOCK)
            assert (knock.channel, knock.body[36:]) == (channel, b"intro %d" % channel)


async def test_admission_outlives_the_process(tmp_path: Path) -> None:
    key = SigningKey.generate()
    async with world(tmp_path) as here:
        doctor = await here.doctor()
        host, guest = await here.host(doctor), await here.guest(doctor, key)
        await admit(host, guest)
    async with world(tmp_path) as here:
        guest = await here.connect()
        await guest.open(1, doctor.room, key, doctor.join)
        opened = Opened.unpack((await guest.until(Type.OPENED)).body)
        assert (opened.state, opened.host_connected) == (State.ADMITTED, False)
        host = await here.connect()
        await host.open(1, doctor.room, doctor.device)
        assert (await host.until(Type.PRESENCE)).peer == 1
        await guest.send(Type.RELAY, 0, b"back")
        assert (await host.until(Type.RELAY)).body == b"back"


async def test_a_disk_that_refuses_changes_nothing(tmp_path: Path, logged: list[Any]) -> None:
    async with world(tmp_path) as here:
        doctor = await here.doctor()
        host, guest, number = await here.pair(doctor)
        await here.sql(
            "CREATE TRIGGER full BEFORE UPDATE ON rooms BEGIN SELECT RAISE(FAIL, 'full'); END"
        )
        await host.send(Type.LOCK, 0, b"\1")
        await host.refused(ErrorCode.STORAGE_FAILED)
        await host.send(Type.END)
        await host.refused(ErrorCode.STORAGE_FAILED)
        await host.send(Type.RELAY, number, b"still here")
        assert (await guest.read()).body == b"still here"
        events = [{**entry, "exc_info": None} for entry in logged]
        assert events == [{"event": "room_not_saved", "log_level": "error", "exc_info": None}] * 2
        await here.sql("DROP TRIGGER full")
        await host.send(Type.LOCK, 0, b"\1")
        assert (await host.read()).type is Type.LOCK


async def test_frames_of_one_connection_are_handled_in_order_while_the_disk_works(
    tmp_path: Path,
) -> None:
    async with world(tmp_path) as here:
        doctor = await here.doctor()
        host, guest, number = await here.pair(doctor)
        for turn in range(20):
            await host.send(Type.LOCK, 0, bytes((turn % 2,)))
            await host.send(Type.RELAY, number, b"%d" % turn)
        assert [(await guest.read()).body for _ in range(20)] == [b"%d" % n for n in range(20)]
        assert [(await host.read()).body for _ in range(20)] == [bytes((n % 2,)) for n in range(20)]


async def test_who_reads_slowly_gets_everything_in_order(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        host, guest, number = await here.pair(await here.doctor())
        transport = guest.ws._writer.transport
        assert transport is not None
        count, padding = 160, bytes(30_000)
        for turn in range(3):
            transport.pause_reading()
            for serial in range(count):
                await host.send(Type.RELAY, number, serial.to_bytes(4, "big") + padding)
                if serial % 20 == 0:
                    # Every frame before this one has been handled.
                    await host.ping()
            transport.resume_reading()
            frames = [await guest.until(Type.RELAY) for _ in range(count)]
            serials = [int.from_bytes(frame.body[:4], "big") for frame in frames]
            assert (turn, serials) == (turn, list(range(count)))


async def test_a_fault_of_ours_ends_one_connection_and_is_logged_without_ids(
    tmp_path: Path, logged: list[Any]
) -> None:
    async with world(tmp_path, RoomLimits(tick=0.05)) as here:
        doctor = await here.doctor()
        host, guest, _ = await here.pair(await here.doctor())
        # A record that no code of ours writes.
        await here.sql("UPDATE rooms SET expires = 'soon'")
        stranger = await here.connect()
        await stranger.open(1, doctor.room, doctor.device)
        await stranger.refused(ErrorCode.INTERNAL, fatal=True)
        assert await stranger.closed() == 1011
        await guest.send(Type.RELAY, 0, b"goes on")
        assert (await host.until(Type.RELAY)).body == b"goes on"
        # The watch over all rooms stumbles over this one too, and goes on.
        await here.until_rooms(1)
        said = [(entry["event"], *sorted(set(entry) - {"event"})) for entry in logged]
        assert said == [("internal", "exc_info", "log_level")] * 2


async def test_a_fault_while_a_relay_goes_on_at_once_ends_its_sender_alone(
    tmp_path: Path, logged: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path) as here:
        host, guest, number = await here.pair(await here.doctor())
        relay = Pipe.relay

        def faulty(pipe: Pipe, channel: int, sender: int, frame: bytes) -> None:
            if frame.endswith(b"fault"):
                raise LookupError
            relay(pipe, channel, sender, frame)

        monkeypatch.setattr(Pipe, "relay", faulty)
        await host.send(Type.RELAY, number, b"as ever")
        assert (await guest.until(Type.RELAY)).body == b"as ever"
        await guest.send(Type.RELAY, 0, b"fault")
        await guest.refused(ErrorCode.INTERNAL, fatal=True)
        assert await guest.closed() == 1011
        assert (await host.until(Type.PRESENCE)).peer == number
        assert [entry["event"] for entry in logged] == ["internal"]


async def test_a_database_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        doctor = await here.doctor()
        host = await here.connect()
        await here.sql("ALTER TABLE seats RENAME TO lost")
        await host.open(1, doctor.room, doctor.device)
        await host.refused(ErrorCode.STORAGE_FAILED, fatal=True)
        await here.sql("ALTER TABLE lost RENAME TO seats")
        await host.open(1, doctor.room, doctor.device)
        await host.until(Type.OPENED)


async def test_a_room_that_another_process_has_changed_is_loaded_anew(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        doctor = await here.doctor()
        host, guest, _ = await here.pair(doctor)
        await here.sql("UPDATE rooms SET revision = revision + 1")
        await host.send(Type.LOCK, 0, b"\1")
        await host.refused(ErrorCode.STORAGE_FAILED)
        # Both are to come back, and nothing of the change was kept.
        assert (await host.closed(), await guest.closed()) == (1012, 1012)
        again = await here.host(doctor)
        await again.send(Type.LOCK, 0, b"\1")
        assert (await again.until(Type.LOCK)).body == b"\1"
        assert (await here.record(doctor)).locked


async def test_the_server_goes_down_with_1012(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        host, guest, _ = await here.pair(await here.doctor())
        began = time.monotonic()
        codes = asyncio.gather(host.closed(), guest.closed())
        await here.app.shutdown()
        assert set(await codes) == {1012}
        assert time.monotonic() - began < 0.5
        late = await here.socket()
        assert (await late.receive(timeout=5)).data == 1012


async def test_who_leaves_without_a_word_is_away(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        host, guest, number = await here.pair(await here.doctor())
        transport = guest.ws._writer.transport
        assert transport is not None
        transport.abort()
        presence = await host.until(Type.PRESENCE)
        assert (presence.peer, presence.body[34]) == (number, 0)


async def test_turn_credentials_are_what_coturn_checks(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        host = await here.host(await here.doctor())
        await host.send(Type.ICE)
        ice = json.loads((await host.until(Type.ICE)).body)
        stun, turn = ice["iceServers"]
        assert stun == {"urls": ["stun:turn.example.org:3478"]}
        expiry, _, name = turn["username"].partition(":")
        assert abs(int(expiry) - time.time() - ice["ttl"]) < 5
        assert len(name) == 11
        mac = hmac.digest(b"a secret for these tests", turn["username"].encode(), "sha1")
        assert turn["credential"] == base64.b64encode(mac).decode()
        await host.send(Type.ICE, 0, b"x")
        await host.refused(ErrorCode.BAD_FRAME)


async def test_websocket_pings_are_answered(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        client = await here.connect()
        await client.ws.ping(b"are you there")
        await client.ws.pong(b"unasked")
        await client.ping()
        client.ws._autoping = False
        await client.ws.ping(b"are you there")
        message = await client.ws.receive(timeout=5)
        assert (message.type, message.data) == (WSMsgType.PONG, b"are you there")


async def test_a_client_that_closes_is_answered(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        client = await here.connect()
        assert await client.ws.close(code=1000)
        assert client.ws.close_code == 1000


async def test_rooms_are_forgotten_when_everybody_has_left(tmp_path: Path) -> None:
    async with world(
        tmp_path, RoomLimits(tick=0.05, away_seconds=0.1, knocks_of_key=Rate(6, 60))
    ) as here:
        doctor = await here.doctor()
        host, guest, _ = await here.pair(doctor)
        assert (here.figure("aparte_connections"), here.figure("aparte_rooms")) == (2, 1)
        await host.ws.close()
        await guest.ws.close()
        await here.until_rooms(0)
        assert here.figure("aparte_connections") == 0
        assert (await (await here.host(doctor)).until(Type.PRESENCE)).peer == 1


async def test_rooms_expire_for_who_is_in_them(tmp_path: Path) -> None:
    async with world(tmp_path, RoomLimits(tick=0.05)) as here:
        doctor = await here.doctor(expires=int(time.time()) + 2)
        host = await here.host(doctor)
        await host.refused(ErrorCode.ROOM_EXPIRED, fatal=True)
        client = await here.connect()
        await client.open(1, doctor.room, SigningKey.generate(), doctor.join)
        await client.refused(ErrorCode.ROOM_EXPIRED, fatal=True)


async def test_an_expired_room_says_so_for_a_while(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        doctor = await here.doctor(expires=1_000)
        rooms = store.SqlRooms(here.app[SERVICES].database)
        for now, is_left in ((1_500, True), (1_501, False)):
            forget = partial(store.forget_expired, now=now, epitaph=500)
            await here.app[SERVICES].database.write(forget)
            assert (await rooms.load(doctor.room) is not None) == is_left
        host = await here.connect()
        await host.open(1, doctor.room, doctor.device)
        await host.refused(ErrorCode.NOT_FOUND, fatal=True)


async def test_rooms_are_made_by_enrolled_devices(tmp_path: Path) -> None:
    async with world(tmp_path, open_rooms=2) as here:
        device = ClientKey(os.urandom(32))
        api = Api(here.origin, here.http, os.urandom)
        seats = [public(SigningKey.generate())]
        with pytest.raises(ServerRefused) as caught:
            await api.make_room(device, os.urandom(16), PREKEY, seats)
        assert caught.value.code is ErrorCode.NOT_ENROLLED
        await here.enrol(SigningKey(device.seed))
        room = os.urandom(16)
        month = 30 * 24 * 3600
        expires = await api.make_room(device, room, PREKEY, seats, int(time.time()) + 99 * month)
        assert abs(expires - time.time() - month) < 5
        with pytest.raises(ServerRefused) as caught:
            await api.make_room(device, room, PREKEY, seats)
        assert caught.value.code is ErrorCode.ALREADY_EXISTS
        soon = int(time.time()) + 60
        assert await api.make_room(device, os.urandom(16), PREKEY, seats, soon) == soon
        with pytest.raises(ServerRefused) as caught:
            await api.make_room(device, os.urandom(16), PREKEY, seats)
        assert caught.value.code is ErrorCode.QUOTA_EXCEEDED
        host = await here.connect()
        await host.open(1, room, SigningKey(device.seed))
        assert Opened.unpack((await host.until(Type.OPENED)).body).expires == expires


@pytest.mark.parametrize(
    ("prekey", "seats", "expires", "code"),
    [
        (bytes(5), [public(SigningKey(bytes(32)))], None, ErrorCode.BAD_REQUEST),
        (PREKEY, [], None, ErrorCode.BAD_REQUEST),
        (PREKEY, [bytes(32)], None, ErrorCode.BAD_REQUEST),
        (PREKEY, [b"\1" + bytes(31)], None, ErrorCode.BAD_REQUEST),
        (PREKEY, [public(SigningKey(bytes(32)))] * 2, None, ErrorCode.BAD_REQUEST),
        (
            PREKEY,
            [public(SigningKey(bytes(31) + bytes((n,)))) for n in range(4)],
            None,
            ErrorCode.ROOM_FULL,
        ),
        (PREKEY, [public(SigningKey(bytes(32)))], 1, ErrorCode.BAD_REQUEST),
    ],
)
async def test_rooms_have_a_form(
    tmp_path: Path, prekey: bytes, seats: list[bytes], expires: int | None, code: ErrorCode
) -> None:
    async with world(tmp_path) as here:
        device = ClientKey(os.urandom(32))
        await here.enrol(SigningKey(device.seed))
        api = Api(here.origin, here.http, os.urandom)
        with pytest.raises(ServerRefused) as caught:
            await api.make_room(device, os.urandom(16), prekey, seats, expires)
        assert caught.value.code is code
