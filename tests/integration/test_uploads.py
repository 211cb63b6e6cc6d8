"""Blobs in pieces: resumed where they stopped, paid for by vouchers, fetched by ranges."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.integration.running import Answer, Client, client_of, serving
from tests.integration.serving import serving as running
from tests.integration.signing import Signer, b64u, token
from tests.integration.vouchers import register, voucher

KIB = 1024


@dataclass
class Upload:
    client: Client
    owner: Signer
    reader: Signer
    body: bytes
    id: str = field(default_factory=token)
    paid: str = ""

    @property
    def target(self) -> str:
        return f"/v1/blobs/{self.id}"

    async def piece(self, first: int, last: int, query: str = "", key: str | None = None) -> Answer:
        """Send the bytes from one place to another."""
        head = f"&read={b64u(self.reader.public)}{self.paid}" if first == 0 else ""
        target = f"{self.target}?length={len(self.body)}&offset={first}{head}{query}"
        return await self.client.signed(self.owner, "PUT", target, self.body[first:last], key)

    async def state(self) -> dict[str, object]:
        answer = await self.client.signed(self.owner, "GET", f"{self.target}/upload")
        assert answer.status == 200, answer.body
        return answer.json()

    async def get(self, ranged: str | None = None) -> Answer:
        nonce = await self.client.fresh_nonce()
        headers = self.reader.headers("GET", self.target, nonce)
        if ranged is not None:
            headers["Range"] = ranged
        return await self.client.send("GET", self.target, None, headers)


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async with serving(tmp_path / "data", piece_bytes=64 * KIB, blob_bytes=256 * KIB) as client:
        yield client


@pytest.fixture
async def upload(client: Client) -> Upload:
    doctor = await client.enrolled()
    return Upload(client, doctor, client.signer(), secrets.token_bytes(100 * KIB))


def files(client: Client) -> int:
    return len(list((client.data / "blobs").iterdir()))


async def test_pieces_make_a_blob(upload: Upload) -> None:
    first = await upload.piece(0, 40 * KIB)
    assert (first.status, first.json()["offset"]) == (201, 40 * KIB)
    assert (await upload.state())["offset"] == 40 * KIB
    assert (await upload.get()).error == "not_found"
    second = await upload.piece(40 * KIB, 100 * KIB)
    assert (second.status, second.json()["offset"]) == (200, 100 * KIB)
    assert (await upload.get()).body == upload.body
    assert files(upload.client) == 2


async def test_a_retry_of_a_piece_is_the_same_piece(upload: Upload) -> None:
    key = token()
    await upload.piece(0, 40 * KIB)
    first = await upload.piece(40 * KIB, 60 * KIB, key=key)
    again = await upload.piece(40 * KIB, 60 * KIB, key=key)
    assert (first.status, first.body) == (again.status, again.body)
    assert files(upload.client) == 2


async def test_a_piece_elsewhere_changes_nothing(upload: Upload) -> None:
    await upload.piece(0, 40 * KIB)
    for first, last in ((10 * KIB, 20 * KIB), (41 * KIB, 50 * KIB), (50 * KIB, 100 * KIB)):
        wrong = await upload.piece(first, last)
        assert (wrong.status, wrong.error) == (409, "bad_offset")
    assert (await upload.piece(0, 40 * KIB)).error == "already_exists"
    assert (await upload.state())["offset"] == 40 * KIB
    assert files(upload.client) == 1


async def test_two_tabs_with_the_same_piece_make_one(upload: Upload) -> None:
    await upload.piece(0, 40 * KIB)
    await upload.client.fresh_nonce()
    pieces = [upload.piece(40 * KIB, 90 * KIB) for _ in range(4)]
    answers = await asyncio.gather(*pieces)
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]
    assert (await upload.piece(90 * KIB, 100 * KIB)).status == 200
    assert (await upload.get()).body == upload.body
    assert files(upload.client) == 3


async def test_pieces_have_a_size_and_a_place(upload: Upload) -> None:
    assert (await upload.piece(0, 65 * KIB)).error == "blob_too_large"
    assert (await upload.piece(0, 0)).error == "bad_request"
    target = f"{upload.target}?length=10&offset=0&read={b64u(upload.reader.public)}"
    past = await upload.client.signed(upload.owner, "PUT", target, bytes(11))
    assert past.error == "bad_request"
    await upload.piece(0, 10)
    changed = f"{upload.target}?length=11&offset=10"
    other = await upload.client.signed(upload.owner, "PUT", changed, b"x")
    assert other.error == "bad_request"


async def test_only_who_began_goes_on(client: Client, upload: Upload) -> None:
    await upload.piece(0, 10)
    for stranger in (client.signer(), upload.reader):
        target = f"{upload.target}?length={len(upload.body)}&offset=10"
        refused = await client.signed(stranger, "PUT", target, b"x")
        assert refused.error == "not_found"
        asked = await client.signed(stranger, "GET", f"{upload.target}/upload")
        assert asked.error == "not_found"


async def test_an_upload_that_was_begun_counts_as_a_whole(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", practitioner_bytes=150 * KIB) as client:
        doctor, reader = await client.enrolled(), client.signer()
        first = Upload(client, doctor, reader, bytes(100 * KIB))
        second = Upload(client, doctor, reader, bytes(100 * KIB))
        assert (await first.piece(0, 1)).status == 201
        assert (await second.piece(0, 1)).error == "quota_exceeded"
        assert (await client.signed(doctor, "DELETE", first.target)).status == 204
        assert (await second.piece(0, 1)).status == 201


async def test_an_upload_that_stalls_is_erased(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", upload_seconds=1, sweep_seconds=0.3) as client:
        doctor, reader = await client.enrolled(), client.signer()
        upload = Upload(client, doctor, reader, bytes(100))
        whole = Upload(client, doctor, reader, bytes(100))
        await upload.piece(0, 1)
        await whole.piece(0, 100)
        for _ in range(100):
            if files(client) == 1:
                break
            await asyncio.sleep(0.1)
        assert files(client) == 1
        assert (await whole.get()).status == 200
        assert (await upload.piece(1, 2)).error == "not_found"


async def test_a_voucher_pays_for_a_blob_of_anybodys(client: Client, upload: Upload) -> None:
    patient = client.signer()
    small = await voucher(client, upload.owner, 50 * KIB)
    enough = await voucher(client, upload.owner, 300 * KIB)
    mine = Upload(client, patient, client.signer(), secrets.token_bytes(260 * KIB))
    mine.paid = f"&voucher={b64u(small)}"
    assert (await mine.piece(0, KIB)).error == "quota_exceeded"
    mine.paid = f"&voucher={b64u(enough)}"
    for first in range(0, 260 * KIB, 52 * KIB):
        assert (await mine.piece(first, first + 52 * KIB)).status in {200, 201}
    assert (await mine.get()).body == mine.body
    other = Upload(client, patient, client.signer(), b"x", paid=mine.paid)
    assert (await other.piece(0, 1)).error == "bad_voucher"
    assert (await client.signed(patient, "DELETE", mine.target)).status == 204
    assert (await other.piece(0, 1)).error == "bad_voucher"


async def test_a_room_and_a_voucher_do_not_both_pay(client: Client, upload: Upload) -> None:
    paid = b64u(await voucher(client, upload.owner))
    both = await upload.piece(0, 10, f"&voucher={paid}&room={token()}")
    assert both.error == "bad_request"
    assert (await register(client, upload.owner, secrets.token_bytes(32))).status == 201


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, 100 * KIB),
        ("bytes=40959-40960", 40959, 40961),
        ("bytes=40960-61439", 40960, 61440),
        ("bytes=102399-", 102399, 102400),
        ("bytes=-1", 102399, 102400),
        ("bytes=-999999999", 0, 102400),
        ("bytes=50000-999999999", 50000, 102400),
    ],
)
async def test_any_range_across_pieces(upload: Upload, asked: str, begin: int, end: int) -> None:
    for first in range(0, 100, 20):
        await upload.piece(first * KIB, (first + 20) * KIB)
    found = await upload.get(asked)
    assert (found.status, found.body) == (206, upload.body[begin:end])
    assert found.headers["Content-Range"] == f"bytes {begin}-{end - 1}/102400"


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=102400-",
        "bytes=5-4",
        "bytes=-0",
        "bytes=0-1,3-4",
        "bytes=a-b",
        "lines=1-2",
        "bytes=-",
    ],
)
async def test_a_range_outside_is_refused(upload: Upload, asked: str) -> None:
    await upload.piece(0, 64 * KIB)
    await upload.piece(64 * KIB, 100 * KIB)
    refused = await upload.get(asked)
    assert (refused.status, refused.error) == (416, "bad_range")


async def test_an_upload_goes_on_after_a_kill(tmp_path: Path) -> None:
    async with running(tmp_path) as run, client_of(run.origin, run.data) as client:
        doctor = await client.enrolled()
        upload = Upload(client, doctor, client.signer(), secrets.token_bytes(100 * KIB))
        assert (await upload.piece(0, 50 * KIB)).status == 201
        await run.kill()
        await run.start()
        client.nonce = ""
        assert (await upload.state())["offset"] == 50 * KIB
        assert (await upload.piece(50 * KIB, 100 * KIB)).status == 200
        assert (await upload.get()).body == upload.body
