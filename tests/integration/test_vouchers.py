"""Vouchers: who registers them, how many, and that each pays once."""

from __future__ import annotations

import hashlib
import itertools
import json
import secrets
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.app import database_of
from server.vouchers import store
from tests.integration.running import Client, serving, settings
from tests.integration.signing import Signer, b64u, token
from tests.integration.vouchers import HOUR, register, voucher


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    small: dict[str, Any] = {"vouchers": 3, "voucher_bytes": 1000, "voucher_seconds": 2 * HOUR}
    async with serving(tmp_path / "data", **small) as made:
        yield made


@pytest.fixture
async def doctor(client: Client) -> Signer:
    return await client.enrolled()


def target_of(paid: bytes, mailbox: str | None = None) -> str:
    return f"/v1/mailboxes/{mailbox or token()}?voucher={b64u(paid)}"


NO_KEYS = b'{"append":[]}'


async def test_a_voucher_pays_once_for_whoever_has_it(client: Client, doctor: Signer) -> None:
    paid = await voucher(client, doctor, size=500)
    anybody, other = client.signer(), client.signer()
    assert (await client.signed(anybody, "PUT", target_of(paid), NO_KEYS)).status == 201
    again = await client.signed(other, "PUT", target_of(paid), NO_KEYS)
    assert (again.status, again.error) == (403, "bad_voucher")


async def test_the_retry_of_what_a_voucher_paid_for_gets_the_same_answer(
    client: Client, doctor: Signer
) -> None:
    owner, key = client.signer(), token()
    target = target_of(await voucher(client, doctor, size=500))
    first = await client.signed(owner, "PUT", target, NO_KEYS, idempotency=key)
    second = await client.signed(owner, "PUT", target, NO_KEYS, idempotency=key)
    assert (first.status, first.body) == (second.status, second.body)
    assert first.status == 201


async def test_unknown_and_expired_vouchers_pay_for_nothing(client: Client, doctor: Signer) -> None:
    owner = client.signer()
    unknown = await client.signed(owner, "PUT", target_of(secrets.token_bytes(32)), NO_KEYS)
    assert unknown.error == "bad_voucher"
    old = await voucher(client, doctor, size=500)
    database = database_of(settings(client.data, 1))
    late = store.vouchers.update().values(expires=int(time.time()))
    await database.write(lambda connection: connection.execute(late))
    await database.close()
    assert (await client.signed(owner, "PUT", target_of(old), NO_KEYS)).error == "bad_voucher"


async def test_a_voucher_that_failed_to_pay_is_not_spent(client: Client, doctor: Signer) -> None:
    owner, mailbox = client.signer(), token()
    first, second = await voucher(client, doctor, 300), await voucher(client, doctor, 300)
    assert (await client.signed(owner, "PUT", target_of(first, mailbox), NO_KEYS)).status == 201
    taken = await client.signed(owner, "PUT", target_of(second, mailbox), NO_KEYS)
    assert taken.error == "already_exists"
    assert (await client.signed(owner, "PUT", target_of(second), NO_KEYS)).status == 201


async def test_only_practitioners_register(client: Client) -> None:
    answer = await register(client, client.signer(), secrets.token_bytes(32), size=1)
    assert (answer.status, answer.error) == (403, "not_enrolled")


async def test_how_many_and_how_much_is_bounded(client: Client, doctor: Signer) -> None:
    one = [secrets.token_bytes(32) for _ in range(4)]
    assert (await register(client, doctor, *one, size=1)).error == "quota_exceeded"
    assert (await register(client, doctor, *one[:2], size=501)).error == "quota_exceeded"
    assert (await register(client, doctor, *one[:2], size=500)).status == 201
    assert (await register(client, doctor, one[2], size=1)).error == "quota_exceeded"
    other = await client.enrolled()
    assert (await register(client, other, one[2], size=1)).status == 201


async def test_bytes_are_free_again_when_what_they_paid_for_is_gone(
    client: Client, doctor: Signer
) -> None:
    owner, mailbox = client.signer(), token()
    paid = await voucher(client, doctor, size=1000)
    assert (await client.signed(owner, "PUT", target_of(paid, mailbox), NO_KEYS)).status == 201
    more = secrets.token_bytes(32)
    assert (await register(client, doctor, more, size=1000)).error == "quota_exceeded"
    assert (await client.signed(owner, "DELETE", f"/v1/mailboxes/{mailbox}")).status == 204
    assert (await register(client, doctor, more, size=1000)).status == 201


async def test_a_hash_is_registered_once(client: Client, doctor: Signer) -> None:
    one = secrets.token_bytes(32)
    assert (await register(client, doctor, one, size=1)).status == 201
    assert (await register(client, doctor, one, size=1)).error == "already_exists"


def asked(**changes: object) -> bytes:
    good: dict[str, object] = {
        "hash": b64u(hashlib.sha256(b"").digest()),
        "bytes": 1,
        "expires": int(time.time()) + 60,
    }
    return json.dumps({"vouchers": [good | changes]}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"vouchers":[]}',
        json.dumps({"vouchers": [json.loads(asked())["vouchers"][0]] * 2}).encode(),
        json.dumps({"vouchers": [json.loads(asked())["vouchers"][0]] * 65}).encode(),
        asked(hash="short"),
        asked(bytes=0),
        asked(bytes=1001),
        asked(bytes=2**70),
        asked(bytes="1"),
        asked(expires=int(time.time()) - 1),
        asked(expires=int(time.time()) + 3 * HOUR),
        asked(more=1),
    ],
    # Named by number: the bodies have the time in them, and all processes of a run compare names.
    ids=itertools.count(),
)
async def test_what_is_no_voucher_is_refused(client: Client, doctor: Signer, body: bytes) -> None:
    answer = await client.signed(doctor, "POST", "/v1/vouchers", body)
    assert (answer.status, answer.error) == (400, "bad_request")
