"""Blobs whose openings are counted: read under an opening, so many times, until taken back."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.integration.running import Answer, Client, client_of, serving
from tests.integration.serving import serving as running
from tests.integration.signing import Signer, b64u, token
from tests.integration.vouchers import voucher


@dataclass
class Counted:
    """A blob that somebody who is nobody's device has made with a voucher."""

    client: Client
    owner: Signer
    reader: Signer
    body: bytes = field(default_factory=lambda: secrets.token_bytes(4_000))
    id: str = field(default_factory=token)

    @property
    def target(self) -> str:
        return f"/v1/blobs/{self.id}"

    async def put(self, paid: bytes, most: int | str, first: int = 4_000) -> Answer:
        head = f"?length=4000&offset=0&read={b64u(self.reader.public)}"
        target = f"{self.target}{head}&voucher={b64u(paid)}&openings={most}"
        return await self.client.signed(self.owner, "PUT", target, self.body[:first])

    async def open(self, opening: str, signer: Signer | None = None) -> Answer:
        body = json.dumps({"opening": opening}).encode()
        by = signer or self.reader
        return await self.client.signed(by, "POST", f"{self.target}/openings", body)

    async def get(self, opening: str = "", ranged: str = "") -> Answer:
        target = f"{self.target}?opening={opening}" if opening else self.target
        headers = self.reader.headers("GET", target, await self.client.fresh_nonce())
        return await self.client.send(
            "GET", target, None, headers | ({"Range": ranged} if ranged else {})
        )

    async def said(self, signer: Signer | None = None) -> Answer:
        return await self.client.signed(signer or self.owner, "GET", f"{self.target}/openings")

    async def used(self) -> object:
        return (await self.said()).json()["used"]

    async def withdraw(self) -> Answer:
        return await self.client.signed(self.owner, "DELETE", self.target)


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async with serving(tmp_path / "data") as client:
        yield client


@pytest.fixture
async def doctor(client: Client) -> Signer:
    return await client.enrolled()


async def made(client: Client, doctor: Signer, most: int, seconds: int = 3600) -> Counted:
    blob = Counted(client, client.signer(), client.signer())
    answer = await blob.put(await voucher(client, doctor, 4_000, seconds), most)
    assert answer.status == 201, answer.body
    return blob


async def test_bytes_come_under_an_opening_alone(client: Client, doctor: Signer) -> None:
    blob = await made(client, doctor, 2)
    assert (await blob.get()).error == "not_found"
    assert (await blob.get(token())).error == "not_found"
    opening = token()
    opened = await blob.open(opening)
    assert (opened.status, opened.json()["left"], opened.json()["length"]) == (201, 1, 4_000)
    assert (await blob.get(opening)).body == blob.body
    part = await blob.get(opening, "bytes=100-199")
    assert (part.status, part.body) == (206, blob.body[100:200])
    assert (await blob.get(token())).error == "not_found"
    said = (await blob.said()).json()
    assert (said["most"], said["used"]) == (2, 1)
    assert (await blob.said(blob.reader)).json() == said


async def test_the_same_opening_counts_once(client: Client, doctor: Signer) -> None:
    blob = await made(client, doctor, 1)
    opening = token()
    assert (await blob.open(opening)).status == 201
    again = await blob.open(opening)
    assert (again.status, again.json()["left"]) == (200, 0)
    assert await blob.used() == 1
    other = await blob.open(token())
    assert (other.status, other.error) == (410, "used_up")
    assert (await blob.get(opening)).body == blob.body
    assert (await blob.get(token())).error == "used_up"
    assert (await blob.get()).error == "used_up"


async def test_of_many_at_once_as_many_open_as_may(client: Client, doctor: Signer) -> None:
    blob = await made(client, doctor, 3)
    answers = await asyncio.gather(*(blob.open(token()) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [201] * 3 + [410] * 5
    assert await blob.used() == 3
    one = await made(client, doctor, 3)
    opening = token()
    same = await asyncio.gather(*(one.open(opening) for _ in range(6)))
    assert sorted(answer.status for answer in same) == [200] * 5 + [201]
    assert await one.used() == 1


async def test_an_opening_ends(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", opening_seconds=1, sweep_seconds=0.3) as client:
        blob = await made(client, await client.enrolled(), 2)
        opening = token()
        assert (await blob.open(opening)).status == 201
        await asyncio.sleep(2)
        assert (await blob.get(opening)).error == "not_found"
        assert (await blob.open(opening)).status == 201
        assert (await blob.get(opening)).body == blob.body
        await asyncio.sleep(2)
        assert (await blob.get(opening)).error == "used_up"
        assert (await blob.open(opening)).error == "used_up"


async def test_what_its_owner_takes_back_is_gone(client: Client, doctor: Signer) -> None:
    blob = await made(client, doctor, 5)
    opening = token()
    await blob.open(opening)
    assert (await client.signed(blob.reader, "DELETE", blob.target)).error == "not_found"
    assert (await blob.withdraw()).status == 204
    assert not list((client.data / "blobs").iterdir())
    for answer in (
        await blob.get(opening),
        await blob.get(),
        await blob.open(token()),
        await blob.said(),
        await blob.said(blob.reader),
    ):
        assert (answer.status, answer.error) == (410, "withdrawn")
    assert (await blob.withdraw()).error == "not_found"
    paid = await voucher(client, doctor, 4_000)
    assert (await blob.put(paid, 1)).error == "already_exists"


async def test_what_was_taken_back_leaves_its_bytes_free(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", voucher_bytes=5_000, vouchers=2) as client:
        doctor = await client.enrolled()
        first = await made(client, doctor, 1)
        await first.withdraw()
        second = await made(client, doctor, 1)
        await second.withdraw()
        # But not without an end: what is said of them counts as long as they would have lasted.
        with pytest.raises(AssertionError, match="quota_exceeded"):
            await voucher(client, doctor, 4_000)


async def test_what_is_over_is_said_for_a_while(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", sweep_seconds=0.3, epitaph_seconds=3) as client:
        blob = await made(client, await client.enrolled(), 1, seconds=2)
        opening = token()
        await blob.open(opening)
        await asyncio.sleep(2.5)
        for answer in (await blob.get(opening), await blob.open(token()), await blob.said()):
            assert (answer.status, answer.error) == (410, "expired")
        await asyncio.sleep(3)
        assert (await blob.open(token())).error == "not_found"


async def test_strangers_learn_nothing(client: Client, doctor: Signer) -> None:
    blob = await made(client, doctor, 1)
    for stranger in (client.signer(), doctor):
        assert (await blob.open(token(), stranger)).error == "not_found"
        assert (await blob.said(stranger)).error == "not_found"
    assert (await blob.open(token(), blob.owner)).error == "not_found"
    await blob.withdraw()
    assert (await blob.said(client.signer())).error == "not_found"


@pytest.mark.parametrize("most", [0, 101, "x", "1.5"])
async def test_so_many_openings_and_no_others(
    client: Client, doctor: Signer, most: int | str
) -> None:
    blob = Counted(client, client.signer(), client.signer())
    assert (await blob.put(await voucher(client, doctor), most)).error == "bad_request"


async def test_a_voucher_says_until_when(client: Client, doctor: Signer) -> None:
    blob = Counted(client, doctor, client.signer())
    target = f"{blob.target}?read={b64u(blob.reader.public)}&openings=1"
    assert (await client.signed(doctor, "PUT", target, blob.body)).error == "bad_request"


@pytest.mark.parametrize("body", [b"", b"{}", b'{"opening": "x"}', b'{"opening": 1}', b"\xff"])
async def test_an_opening_has_a_name(client: Client, doctor: Signer, body: bytes) -> None:
    blob = await made(client, doctor, 1)
    answer = await client.signed(blob.reader, "POST", f"{blob.target}/openings", body)
    assert answer.error == "bad_request"
    assert await blob.used() == 0


async def test_a_blob_without_a_count_has_no_openings(client: Client, doctor: Signer) -> None:
    blob = Counted(client, doctor, client.signer())
    target = f"{blob.target}?read={b64u(blob.reader.public)}"
    assert (await client.signed(doctor, "PUT", target, blob.body)).status == 201
    assert (await blob.open(token())).error == "not_found"
    assert (await blob.said()).error == "not_found"
    assert (await blob.get(token())).error == "not_found"
    assert (await blob.get()).body == blob.body


async def test_an_upload_that_is_not_complete_is_not_opened(client: Client, doctor: Signer) -> None:
    blob = Counted(client, client.signer(), client.signer())
    assert (await blob.put(await voucher(client, doctor), 1, first=10)).status == 201
    assert (await blob.open(token())).error == "not_found"
    target = f"{blob.target}?length=4000&offset=10"
    assert (await client.signed(blob.owner, "PUT", target, blob.body[10:])).status == 200
    assert (await blob.open(token())).status == 201


async def test_what_was_counted_survives_a_kill(tmp_path: Path) -> None:
    async with running(tmp_path) as run, client_of(run.origin, run.data) as client:
        blob = await made(client, await client.enrolled(), 2)
        opening = token()
        assert (await blob.open(opening)).status == 201
        await run.kill()
        await run.start()
        client.nonce = ""
        assert (await blob.get(opening)).body == blob.body
        assert await blob.used() == 1
        assert (await blob.open(token())).status == 201
        assert (await blob.open(token())).error == "used_up"
