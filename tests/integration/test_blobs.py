"""Blobs: who may store, fetch and delete, how much, and what is left of an upload that fails."""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import Connection

from server.app import database_of
from server.blobs import store as blob_rows
from server.requests.signatures import chunks
from server.rooms import store as rooms
from signaling.errors import ErrorCode
from signaling.record import RoomRecord, Seat
from tests.integration.running import Client, Process, process, serving, settings
from tests.integration.services import NODES
from tests.integration.signing import Signer, b64u, token

KIB = 1024


SMALL: dict[str, Any] = {
    "blob_bytes": 256 * KIB,
    "practitioner_bytes": 640 * KIB,
    "room_bytes": 128 * KIB,
}


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async with serving(tmp_path / "data", **SMALL) as made:
        yield made


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[Client]:
    """Of a server in one process: a test reaches into it."""
    async with serving(tmp_path / "data", nodes=1, **SMALL) as made:
        yield made


@pytest.fixture
async def doctor(client: Client) -> Signer:
    return await client.enrolled()


@pytest.fixture
def reader(client: Client) -> Signer:
    return client.signer()


def target_of(blob: str, reader: Signer, room: bytes | None = None) -> str:
    of_room = "" if room is None else f"&room={b64u(room)}"
    return f"/v1/blobs/{blob}?read={b64u(reader.public)}{of_room}"


def files(client: Client) -> list[Path]:
    return list((client.data / "blobs").iterdir())


async def admitted(client: Client, guest: Signer, nodes: int = NODES, **changes: object) -> bytes:
    """A room in whose durable record a guest key is admitted."""
    room = secrets.token_bytes(16)
    seat = Seat(bytes(32), guest.public, admitted=bool(changes.get("admitted", True)))
    record = RoomRecord(
        id=room,
        identity=bytes(32),
        prekey=b"",
        seats=(seat,),
        expires=int(time.time()) + 3600,
        ended=bool(changes.get("ended")),
    )
    database = database_of(settings(client.data, 1, nodes=nodes))
    await database.write(lambda connection: rooms.create(connection, record))
    await database.close()
    return room


async def test_what_is_stored_comes_back_to_the_read_key_alone(
    client: Client, doctor: Signer, reader: Signer
) -> None:
    blob, body = token(), secrets.token_bytes(200 * KIB)
    stored = await client.signed(doctor, "PUT", target_of(blob, reader), body)
    assert stored.status == 201
    said = stored.json()
    assert (said["blob"], said["length"]) == (blob, len(body))
    assert isinstance(said["expires"], int)
    assert abs(said["expires"] - time.time() - 30 * 86400) < 60
    got = await client.signed(reader, "GET", f"/v1/blobs/{blob}")
    assert (got.status, got.body) == (200, body)
    assert got.headers["Content-Type"] == "application/octet-stream"
    for other in (doctor, client.signer()):
        assert (await client.signed(other, "GET", f"/v1/blobs/{blob}")).error == "not_found"


async def test_an_empty_blob(client: Client, doctor: Signer, reader: Signer) -> None:
    blob = token()
    assert (await client.signed(doctor, "PUT", target_of(blob, reader), b"")).status == 201
    got = await client.signed(reader, "GET", f"/v1/blobs/{blob}")
    assert (got.status, got.body) == (200, b"")


async def test_only_who_stored_it_deletes_it(
    client: Client, doctor: Signer, reader: Signer
) -> None:
    blob, key = token(), token()
    await client.signed(doctor, "PUT", target_of(blob, reader), b"x")
    target = f"/v1/blobs/{blob}"
    for other in (reader, await client.enrolled()):
        assert (await client.signed(other, "DELETE", target)).error == "not_found"
    assert (await client.signed(doctor, "DELETE", target, None, key)).status == 204
    assert files(client) == []
    assert (await client.signed(doctor, "DELETE", target, None, key)).status == 204
    assert (await client.signed(doctor, "DELETE", target)).error == "not_found"
    assert (await client.signed(reader, "GET", target)).error == "not_found"


async def test_a_retry_is_the_same_write(client: Client, doctor: Signer, reader: Signer) -> None:
    blob, key = token(), token()
    target = target_of(blob, reader)
    first = await client.signed(doctor, "PUT", target, b"text", key)
    again = await client.signed(doctor, "PUT", target, b"text", key)
    assert (first.status, first.body) == (again.status, again.body)
    assert len(files(client)) == 1
    other = await client.signed(doctor, "PUT", target, b"other", key)
    assert other.error == "idempotency_conflict"
    assert (await client.signed(doctor, "PUT", target, b"text")).error == "already_exists"
    assert (await client.signed(reader, "GET", f"/v1/blobs/{blob}")).body == b"text"


async def test_two_at_once_for_one_id_and_for_one_write(
    client: Client, doctor: Signer, reader: Signer
) -> None:
    target, key = target_of(token(), reader), token()
    await client.fresh_nonce()
    same = [client.signed(doctor, "PUT", target, b"text" * KIB, key) for _ in range(5)]
    assert {answer.status for answer in await asyncio.gather(*same)} == {201}
    target = target_of(token(), reader)
    rivals = [client.signed(doctor, "PUT", target, b"text" * KIB) for _ in range(5)]
    assert sorted(answer.status for answer in await asyncio.gather(*rivals)) == [201, *4 * [409]]
    assert len(files(client)) == 2


async def test_another_body_than_signed_leaves_nothing(
    client: Client, doctor: Signer, reader: Signer
) -> None:
    target = target_of(token(), reader)
    headers = doctor.headers("PUT", target, await client.fresh_nonce(), b"signed")
    assert (await client.send("PUT", target, b"sneaky", headers)).error == "bad_digest"
    assert files(client) == []
    assert (await client.signed(doctor, "PUT", target, b"signed")).status == 201


async def test_too_large_by_one_byte(client: Client, doctor: Signer, reader: Signer) -> None:
    exact, over = bytes(256 * KIB), bytes(256 * KIB + 1)
    assert (await client.signed(doctor, "PUT", target_of(token(), reader), exact)).status == 201
    answer = await client.signed(doctor, "PUT", target_of(token(), reader), over)
    assert (answer.status, answer.error) == (413, "blob_too_large")


async def test_the_quota_of_a_practitioner_counts_what_is_on_its_way(
    client: Client, doctor: Signer, reader: Signer
) -> None:
    await client.fresh_nonce()
    puts = [
        client.signed(doctor, "PUT", target_of(token(), reader), bytes(200 * KIB)) for _ in range(6)
    ]
    answers = await asyncio.gather(*puts)
    stored = [answer for answer in answers if answer.status == 201]
    assert 1 <= len(stored) <= 3
    refused = {(answer.status, answer.error) for answer in answers if answer not in stored}
    assert refused == {(507, "quota_exceeded")}
    while (
        await client.signed(doctor, "PUT", target_of(token(), reader), bytes(200 * KIB))
    ).status == 201:
        stored.append(stored[0])
    assert len(stored) == 3
    target = f"/v1/blobs/{stored[0].json()['blob']}"
    assert (await client.signed(doctor, "DELETE", target)).status == 204
    again = await client.signed(doctor, "PUT", target_of(token(), reader), bytes(200 * KIB))
    assert again.status == 201
    colleague = await client.enrolled()
    assert (await client.signed(colleague, "PUT", target_of(token(), reader), b"x")).status == 201


async def test_guests_store_within_their_rooms_quota(client: Client, reader: Signer) -> None:
    guest, stranger = client.signer(), client.signer()
    room = await admitted(client, guest)
    put = target_of(token(), reader, room)
    assert (await client.signed(stranger, "PUT", put, b"x")).error == "not_admitted"
    assert (await client.signed(guest, "PUT", put, bytes(100 * KIB))).status == 201
    more = target_of(token(), reader, room)
    assert (await client.signed(guest, "PUT", more, bytes(100 * KIB))).error == "quota_exceeded"
    assert (await client.signed(guest, "PUT", more, bytes(20 * KIB))).status == 201
    alone = target_of(token(), reader)
    assert (await client.signed(guest, "PUT", alone, b"x")).error == "not_enrolled"
    elsewhere = target_of(token(), reader, await admitted(client, stranger))
    assert (await client.signed(guest, "PUT", elsewhere, b"x")).error == "not_admitted"


async def test_an_upload_that_is_stored_while_another_is_looked_at_counts(
    alone: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest, reader = alone.signer(), alone.signer()
    room = await admitted(alone, guest, nodes=1)
    used = blob_rows.used
    looks: list[int] = []
    begun, looked, stored = asyncio.Event(), asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def slow_used(connection: Connection, account: bytes) -> int:
        looks.append(used(connection, account))
        found = looks[-1]
        loop.call_soon_threadsafe(begun.set)
        if len(looks) == 2:
            loop.call_soon_threadsafe(looked.set)
            stored.wait(10)
        return found

    async def slow_chunks(
        request: web.Request, most: int, too_long: ErrorCode
    ) -> AsyncIterator[bytes]:
        await looked.wait()
        async for chunk in chunks(request, most, too_long):
            yield chunk

    monkeypatch.setattr(blob_rows, "used", slow_used)
    monkeypatch.setattr("server.blobs.uploads.chunks", slow_chunks)

    async def put() -> int:
        target = target_of(token(), reader, room)
        return (await alone.signed(guest, "PUT", target, bytes(100 * KIB))).status

    first = asyncio.create_task(put())
    await begun.wait()
    await alone.fresh_nonce()
    second = asyncio.create_task(put())
    assert await first == 201
    stored.set()
    assert await second == 507


@pytest.mark.parametrize("changes", [{"admitted": False}, {"ended": True}])
async def test_a_guest_who_is_no_longer_admitted(
    client: Client, reader: Signer, changes: dict[str, bool]
) -> None:
    guest = client.signer()
    target = target_of(token(), reader, await admitted(client, guest, **changes))
    assert (await client.signed(guest, "PUT", target, b"x")).error == "not_admitted"


async def test_queries_of_another_form(client: Client, doctor: Signer, reader: Signer) -> None:
    key, blob = b64u(reader.public), token()
    for target in (
        f"/v1/blobs/{blob}",
        f"/v1/blobs/{blob}?read={key[:-1]}",
        f"/v1/blobs/{blob}?read={b64u(bytes(32))}",
        f"/v1/blobs/{blob}?read={key}&read={key}",
        f"/v1/blobs/{blob}?read={key}&more=1",
        f"/v1/blobs/{blob}?read={key}&room=AAAA",
        f"/v1/blobs/{blob[:-1]}?read={key}",
        f"/v1/blobs/{blob[:-2]}..?read={key}",
        f"/v1/blobs/%2e%2e?read={key}",
    ):
        assert (await client.signed(doctor, "PUT", target, b"x")).error == "bad_request", target
    assert (await client.signed(reader, "GET", f"/v1/blobs/{blob}?x=1")).error == "bad_request"
    assert files(client) == []


async def test_a_body_of_unknown_length_is_refused(
    client: Client, doctor: Signer, reader: Signer
) -> None:
    target = target_of(token(), reader)
    headers = doctor.headers("PUT", target, await client.fresh_nonce(), b"xx")

    async def body() -> AsyncIterator[bytes]:
        yield b"x"
        yield b"x"

    async with client.session.put(client.origin + target, data=body(), headers=headers) as answer:
        assert (await answer.json())["error"] == "bad_request"


async def test_an_upload_that_breaks_off_leaves_nothing(
    client: Client, doctor: Signer, reader: Signer
) -> None:
    target = target_of(token(), reader)
    nonce = await client.fresh_nonce()
    headers = doctor.headers("PUT", target, nonce, bytes(100 * KIB))
    port = int(client.authority.rpartition(":")[2])
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = [f"PUT {target} HTTP/1.1", f"Host: {client.authority}", f"Content-Length: {100 * KIB}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode() + bytes(50 * KIB))
    await writer.drain()
    for _ in range(100):
        if files(client):
            break
        await asyncio.sleep(0.02)
    assert len(files(client)) == 1
    writer.close()
    for _ in range(100):
        if not files(client):
            break
        await asyncio.sleep(0.02)
    assert files(client) == []
    assert (await client.signed(doctor, "PUT", target, bytes(100 * KIB))).status == 201


async def test_what_expires_is_erased_and_was_gone_before(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", blob_seconds=1, sweep_seconds=2.5) as client:
        doctor, reader, blob = await client.enrolled(), client.signer(), token()
        assert (await client.signed(doctor, "PUT", target_of(blob, reader), b"x")).status == 201
        await asyncio.sleep(1.1)
        assert (await client.signed(reader, "GET", f"/v1/blobs/{blob}")).error == "not_found"
        for _ in range(200):
            if not files(client):
                break
            await asyncio.sleep(0.02)
        assert files(client) == []
        database = database_of(settings(client.data, 1))
        assert await database.read(blob_rows.files) == set()
        await database.close()


async def test_a_file_that_no_row_names_is_erased_at_the_next_start(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with serving(data) as client:
        doctor, reader, blob = await client.enrolled(), client.signer(), token()
        assert (await client.signed(doctor, "PUT", target_of(blob, reader), b"kept")).status == 201
    (data / "blobs" / secrets.token_hex(16)).write_bytes(b"half an upload")
    async with serving(data) as client:
        assert len(files(client)) == 1
        reader.authority = client.authority
        assert (await client.signed(reader, "GET", f"/v1/blobs/{blob}")).body == b"kept"


async def test_the_largest_blob_is_never_held_in_memory(tmp_path: Path) -> None:
    made = Process(tmp_path / "data")
    async with process(made) as client:
        doctor, reader, blob = await client.enrolled(), client.signer(), token()
        before = made.peak_memory()
        body = secrets.token_bytes(1024 * KIB) * 64
        stored = await client.signed(doctor, "PUT", target_of(blob, reader), body)
        assert stored.status == 201
        assert (await client.signed(reader, "GET", f"/v1/blobs/{blob}")).body == body
        assert made.peak_memory() - before < 24 * 1024 * KIB
