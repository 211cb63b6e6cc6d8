"""Acknowledged means on the disk; a disk that refuses changes nothing."""

from __future__ import annotations

import asyncio
import json
import random
import resource
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.app import database_of
from server.rooms import store as rooms
from tests.integration.running import Answer, Client, Process, process, settings
from tests.integration.signing import Signer, b64u, token
from tests.integration.tracing import refusing, traced
from tests.patience import PATIENCE

KIB = 1024


@pytest.fixture
def made(tmp_path: Path) -> Process:
    return Process(tmp_path / "data")


@pytest.fixture
async def client(made: Process) -> AsyncIterator[Client]:
    async with process(made) as client:
        yield client


@pytest.fixture
async def doctor(client: Client) -> Signer:
    return await client.enrolled()


def room_of(name: str, seat: Signer) -> bytes:
    asked = {"room": name, "prekey": b64u(bytes(1216)), "seats": [b64u(seat.public)]}
    return json.dumps(asked).encode()


def blob_of(reader: Signer, blob: str | None = None) -> str:
    return f"/v1/blobs/{blob or token()}?read={b64u(reader.public)}"


def pid_of(made: Process) -> int:
    assert made.process is not None
    return made.process.pid


async def rooms_in(data: Path) -> set[str]:
    database = database_of(settings(data, 1, nodes=1))
    found = await database.read(lambda c: c.execute(rooms.rooms.select()).all())
    names = {b64u(row.id) for row in found}
    await database.close()
    return names


async def test_a_blob_and_its_name_are_synced_before_the_answer(
    made: Process, client: Client, doctor: Signer, tmp_path: Path
) -> None:
    await client.fresh_nonce()
    calls = ("fsync", "fdatasync", "write", "sendto", "sendmsg", "writev")
    async with traced(pid_of(made), tmp_path, f"trace={','.join(calls)}") as trace:
        answer = await client.signed(doctor, "PUT", blob_of(doctor), b"text")
        assert answer.status == 201
    seen = trace.calls()
    (sent,) = [place for place, call in enumerate(seen) if '"HTTP/1.1 201' in call.rest]
    synced = [call.path for call in seen[:sent] if call.name in {"fsync", "fdatasync"}]
    (file,) = (made.data / "blobs").iterdir()
    wal = made.data / "aparte.sqlite-wal"
    assert synced == [str(file), str(file.parent), str(wal)]


async def test_a_room_is_synced_before_the_answer(
    made: Process, client: Client, doctor: Signer, tmp_path: Path
) -> None:
    await client.fresh_nonce()
    calls = ("fsync", "fdatasync", "write", "sendto", "sendmsg", "writev")
    async with traced(pid_of(made), tmp_path, f"trace={','.join(calls)}") as trace:
        body = room_of(token(), client.signer())
        assert (await client.signed(doctor, "POST", "/v1/rooms", body)).status == 201
    seen = trace.calls()
    (sent,) = [place for place, call in enumerate(seen) if '"HTTP/1.1 201' in call.rest]
    assert [call.name for call in seen[:sent]].count("fdatasync") == 1


@pytest.mark.parametrize(
    ("call", "error"),
    [("fsync", "EIO"), ("fdatasync", "EIO"), ("fdatasync", "ENOSPC"), ("pwrite64", "ENOSPC")],
)
async def test_a_blob_on_a_disk_that_refuses(
    made: Process, client: Client, doctor: Signer, tmp_path: Path, call: str, error: str
) -> None:
    target, key = blob_of(doctor), token()
    await client.fresh_nonce()
    async with traced(pid_of(made), tmp_path, *refusing(call, error)):
        answer = await client.signed(doctor, "PUT", target, b"text", key)
        assert (answer.status, answer.error) == (503, "storage_failed")
    assert list((made.data / "blobs").iterdir()) == []
    got = await client.signed(doctor, "GET", target.partition("?")[0])
    assert got.error == "not_found"
    assert (await client.signed(doctor, "PUT", target, b"text", key)).status == 201
    assert (await client.signed(doctor, "GET", target.partition("?")[0])).body == b"text"


@pytest.mark.parametrize(
    ("call", "error"), [("fdatasync", "EIO"), ("pwrite64", "ENOSPC"), ("pwrite64", "EIO")]
)
async def test_a_room_on_a_disk_that_refuses(
    made: Process, client: Client, doctor: Signer, tmp_path: Path, call: str, error: str
) -> None:
    name, key = token(), token()
    body = room_of(name, client.signer())
    await client.fresh_nonce()
    async with traced(pid_of(made), tmp_path, *refusing(call, error)):
        answer = await client.signed(doctor, "POST", "/v1/rooms", body, key)
        assert (answer.status, answer.error) == (503, "storage_failed")
        assert (await client.send("GET", "/healthz")).status == 200
    assert await rooms_in(made.data) == set()
    assert (await client.signed(doctor, "POST", "/v1/rooms", body, key)).status == 201
    await made.stop()
    assert await rooms_in(made.data) == {name}


async def test_a_file_that_may_not_grow(made: Process, client: Client, doctor: Signer) -> None:
    """The operating system's own limit, in place of a disk that fills up during an upload."""
    target, megabyte = blob_of(doctor), 1024 * KIB
    before = resource.prlimit(pid_of(made), resource.RLIMIT_FSIZE)
    resource.prlimit(pid_of(made), resource.RLIMIT_FSIZE, (megabyte, before[1]))
    answer = await client.signed(doctor, "PUT", target, bytes(2 * megabyte))
    assert (answer.status, answer.error) == (503, "storage_failed")
    assert list((made.data / "blobs").iterdir()) == []
    resource.prlimit(pid_of(made), resource.RLIMIT_FSIZE, before)
    assert (await client.signed(doctor, "PUT", target, bytes(2 * megabyte))).status == 201


async def test_what_was_acknowledged_outlives_kill_9(made: Process, tmp_path: Path) -> None:
    chance = random.Random(7)
    stored: dict[str, bytes] = {}
    made_rooms: set[str] = set()
    asked_rooms: set[str] = set()
    both = asyncio.Event()

    def look() -> None:
        if stored and made_rooms:
            both.set()

    async with process(made) as client:
        doctor = await client.enrolled()
        for _ in range(3):

            async def store(client: Client = client) -> None:
                blob, body = token(), secrets.token_bytes(chance.randrange(200 * KIB))
                answer = await client.signed(doctor, "PUT", blob_of(doctor, blob), body)
                if answer.status == 201:
                    stored[blob] = body
                    look()

            async def make(client: Client = client) -> None:
                name = token()
                asked_rooms.add(name)
                body = room_of(name, client.signer())
                answer = await client.signed(doctor, "POST", "/v1/rooms", body)
                if answer.status == 201:
                    made_rooms.add(name)
                    look()

            work = [asyncio.create_task(one()) for _ in range(12) for one in (store, make)]
            # A busy machine may take long over the first: something must be there to lose.
            async with asyncio.timeout(PATIENCE):
                await both.wait()
            await asyncio.sleep(chance.uniform(0.0, 0.3))
            await made.stop()
            await asyncio.gather(*work, return_exceptions=True)
            found = await rooms_in(made.data)
            assert made_rooms <= found <= asked_rooms
            await made.start()
            # The nonces of the process that was killed are no longer good: a client asks again.
            await client.fresh_nonce()
            for blob, body in stored.items():
                answer: Answer = await client.signed(doctor, "GET", f"/v1/blobs/{blob}")
                assert answer.body == body
        assert stored
        assert made_rooms
