"""What a voucher pays for is renewed with another: by its owner, later, and never for less."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.cells import Cell
from tests.integration.running import Answer, Client, client_of, serving
from tests.integration.serving import serving as running
from tests.integration.signing import Signer, b64u, token
from tests.integration.vouchers import HOUR, register, voucher

KINDS = ("mailboxes", "cells", "blobs")
SIZE = 1000


@dataclass
class Thing:
    """A mailbox, cell or blob of 1,000 bytes, under a key of its own."""

    client: Client
    owner: Signer
    path: str

    async def renew(self, paid: bytes, signer: Signer | None = None, key: str = "") -> Answer:
        target = f"{self.path}/renewal?voucher={b64u(paid)}"
        return await self.client.signed(
            signer or self.owner, "POST", target, idempotency=key or None
        )

    async def said(self, signer: Signer | None = None) -> Answer:
        return await self.client.signed(signer or self.owner, "GET", f"{self.path}/renewal")

    async def ends(self) -> int:
        answer = await self.said()
        assert answer.status == 200, answer.body
        return int(str(answer.json()["expires"]))

    async def delete(self) -> Answer:
        return await self.client.signed(self.owner, "DELETE", self.path)


async def made(client: Client, kind: str, paid: bytes) -> Thing:
    owner, pays = client.signer(), f"?voucher={b64u(paid)}"
    if kind == "cells":
        cell = Cell(client, owner, client.signer(), client.signer())
        answer = await cell.put(bytes(SIZE), query=pays)
        path = cell.target
    elif kind == "blobs":
        path = f"/v1/blobs/{token()}"
        read = f"&read={b64u(owner.public)}"
        answer = await client.signed(owner, "PUT", path + pays + read, bytes(SIZE))
    else:
        path = f"/v1/mailboxes/{token()}"
        answer = await client.signed(owner, "PUT", path + pays, b'{"append":[]}')
    assert answer.status == 201, answer.body
    return Thing(client, owner, path)


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async with serving(tmp_path / "data", voucher_bytes=3 * SIZE) as client:
        yield client


@pytest.fixture
async def doctor(client: Client) -> Signer:
    return await client.enrolled()


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_renewed_outlives_what_paid_first(
    client: Client, doctor: Signer, kind: str
) -> None:
    thing = await made(client, kind, await voucher(client, doctor, SIZE, seconds=2))
    first = await thing.ends()
    answer = await thing.renew(await voucher(client, doctor, SIZE, seconds=HOUR))
    assert (answer.status, answer.json()["expires"]) == (200, await thing.ends())
    await asyncio.sleep(max(0, first - time.time()) + 1)
    assert await thing.ends() >= first + HOUR - 5
    body = await client.signed(thing.owner, "GET", thing.path)
    assert body.status == 200
    assert (await thing.delete()).status == 204


@pytest.mark.parametrize("kind", KINDS)
async def test_the_bytes_of_the_first_voucher_are_free_again(
    client: Client, doctor: Signer, kind: str
) -> None:
    thing = await made(client, kind, await voucher(client, doctor, SIZE))
    later = await voucher(client, doctor, SIZE, seconds=2 * HOUR)
    more = secrets.token_bytes(32)
    assert (await register(client, doctor, more, size=2 * SIZE)).error == "quota_exceeded"
    assert (await thing.renew(later)).status == 200
    assert (await register(client, doctor, more, size=2 * SIZE)).status == 201
    # The other one is freed with it in its turn.
    assert (await thing.delete()).status == 204
    assert (await register(client, doctor, secrets.token_bytes(32), size=SIZE)).status == 201


@pytest.mark.parametrize("kind", KINDS)
async def test_a_retry_is_answered_alike_and_spends_nothing(
    client: Client, doctor: Signer, kind: str
) -> None:
    thing = await made(client, kind, await voucher(client, doctor, SIZE))
    later, key = await voucher(client, doctor, SIZE, seconds=2 * HOUR), token()
    first = await thing.renew(later, key=key)
    same = await thing.renew(later, key=key)
    # Whoever was killed before the answer came knows no key of it any more.
    anew = await thing.renew(later)
    assert [first.status, same.status, anew.status] == [200, 200, 200]
    assert first.body == same.body == anew.body


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_refused_changes_nothing(client: Client, doctor: Signer, kind: str) -> None:
    paid = await voucher(client, doctor, SIZE, seconds=HOUR)
    thing = await made(client, kind, paid)
    ends = await thing.ends()
    small = await voucher(client, doctor, SIZE - 1, seconds=2 * HOUR)
    refused = await thing.renew(small)
    assert (refused.status, refused.error) == (507, "quota_exceeded")
    sooner = await voucher(client, doctor, SIZE, seconds=HOUR // 2)
    refused = await thing.renew(sooner)
    assert (refused.status, refused.error) == (403, "bad_voucher")
    # Neither was spent.
    for unspent in (small, sooner):
        other = await made(client, "mailboxes", unspent)
        assert (await thing.renew(unspent)).error == "bad_voucher"
        assert (await other.delete()).status == 204
    expired = await voucher(client, doctor, SIZE, seconds=1)
    await asyncio.sleep(2)
    assert (await thing.renew(expired)).error == "bad_voucher"
    assert (await thing.renew(secrets.token_bytes(32))).error == "bad_voucher"
    later = await voucher(client, doctor, SIZE, seconds=2 * HOUR)
    stranger = client.signer()
    refused = await thing.renew(later, stranger)
    assert (refused.status, refused.error) == (404, "not_found")
    assert (await thing.said(stranger)).error == "not_found"
    unpaid = await client.signed(thing.owner, "POST", f"{thing.path}/renewal")
    assert unpaid.error == "bad_request"
    assert await thing.ends() == ends
    assert (await thing.renew(later)).status == 200


@pytest.mark.parametrize("kind", KINDS)
async def test_who_pays_may_renew_without_the_key(
    client: Client, doctor: Signer, kind: str
) -> None:
    thing = await made(client, kind, await voucher(client, doctor, SIZE))
    assert (await thing.said(doctor)).json()["expires"] == await thing.ends()
    later = await voucher(client, doctor, SIZE, seconds=2 * HOUR)
    other = await client.enrolled()
    assert (await thing.said(other)).error == "not_found"
    assert (await thing.renew(later, other)).error == "not_found"
    answer = await thing.renew(later, doctor)
    assert (answer.status, answer.json()["expires"]) == (200, await thing.ends())
    # It is nobody else's for that.
    assert (await client.signed(doctor, "DELETE", thing.path)).error == "not_found"


@pytest.mark.parametrize("kind", KINDS)
async def test_no_thing_takes_vouchers_of_two_practitioners(
    client: Client, doctor: Signer, kind: str
) -> None:
    thing = await made(client, kind, await voucher(client, doctor, SIZE))
    ends = await thing.ends()
    other = await voucher(client, await client.enrolled(), SIZE, seconds=2 * HOUR)
    assert (await thing.renew(other)).error == "bad_voucher"
    assert await thing.ends() == ends
    assert (await made(client, kind, other)).path


@pytest.mark.parametrize("kind", KINDS)
async def test_of_several_at_once_each_voucher_pays_or_is_good_still(
    client: Client, doctor: Signer, kind: str
) -> None:
    thing = await made(client, kind, await voucher(client, doctor, SIZE))
    paid = [await voucher(client, doctor, SIZE, seconds=(2 + n) * HOUR) for n in range(2)]
    answers = await asyncio.gather(*map(thing.renew, paid))
    spent = [answer.status == 200 for answer in answers]
    assert spent[1]
    assert await thing.ends() == answers[1].json()["expires"]
    for one, was_spent in zip(paid, spent, strict=True):
        if not was_spent:
            await made(client, kind, one)
    # One voucher pays for the thing, and nothing is lost of the others.
    assert (await thing.delete()).status == 204
    left = 3 if all(spent) else 2
    more = secrets.token_bytes(32)
    assert (await register(client, doctor, more, size=left * SIZE)).status == 201


async def test_a_mailbox_may_hold_what_the_other_voucher_pays_for(
    client: Client, doctor: Signer
) -> None:
    owner, sender = client.signer(), client.signer()
    paid = b64u(await voucher(client, doctor, 500))
    path = f"/v1/mailboxes/{token()}"
    body = f'{{"append":["{b64u(sender.public)}"]}}'.encode()
    assert (await client.signed(owner, "PUT", f"{path}?voucher={paid}", body)).status == 201
    assert (await client.signed(sender, "POST", path, bytes(600))).error == "quota_exceeded"
    later = await voucher(client, doctor, 700, seconds=2 * HOUR)
    assert (await Thing(client, owner, path).renew(later)).status == 200
    assert (await client.signed(sender, "POST", path, bytes(600))).status == 201


async def test_blobs_that_end_otherwise_are_not_renewed(client: Client, doctor: Signer) -> None:
    read = f"&read={b64u(doctor.public)}"
    paid = await voucher(client, doctor, SIZE)
    counted = Thing(client, client.signer(), f"/v1/blobs/{token()}")
    first = f"{counted.path}?openings=1&voucher={b64u(paid)}{read}"
    assert (await client.signed(counted.owner, "PUT", first, bytes(SIZE))).status == 201
    own = Thing(client, doctor, f"/v1/blobs/{token()}")
    first = f"{own.path}?offset=0{read}"
    assert (await client.signed(doctor, "PUT", first, bytes(SIZE))).status == 201
    paid = await voucher(client, doctor, SIZE)
    begun = Thing(client, client.signer(), f"/v1/blobs/{token()}")
    first = f"{begun.path}?length={SIZE}&voucher={b64u(paid)}{read}"
    assert (await client.signed(begun.owner, "PUT", first, b"1")).status == 201
    later = await voucher(client, doctor, SIZE, seconds=2 * HOUR)
    for thing in (counted, own, begun):
        assert (await thing.renew(later)).error == "not_found"
    assert (await made(client, "blobs", later)).path


async def test_what_was_renewed_stays_so_after_a_kill(tmp_path: Path) -> None:
    async with running(tmp_path) as server, client_of(server.origin, server.data) as client:
        doctor = await client.enrolled()
        things = []
        for kind in KINDS:
            thing = await made(client, kind, await voucher(client, doctor, SIZE))
            later = await voucher(client, doctor, SIZE, seconds=2 * HOUR)
            answer = await thing.renew(later)
            assert answer.status == 200
            things.append((thing, later, answer))
        await server.kill()
        await server.start()
        for thing, later, answer in things:
            assert await thing.ends() == answer.json()["expires"]
            assert (await thing.renew(later)).body == answer.body
