"""Cells: versions in a chain, one claim, and what the server signs of both."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from nacl.exceptions import BadSignatureError
from sqlalchemy import select

from server.app import database_of
from server.cells import store
from server.cells.links import LINK_BYTES
from server.limits import CELL_BYTES, LINKS_AT_ONCE
from signaling.watches import Kind
from signaling.wire import ErrorCode
from tests.integration.cells import NOBODY, START, Cell, made, server_key, sha256
from tests.integration.running import Answer, Client, client_of, serving, settings
from tests.integration.serving import serving as running
from tests.integration.signing import b64u, fields, token
from tests.integration.vouchers import HOUR, register, voucher
from tests.integration.watching import watcher


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async with serving(tmp_path / "data") as client:
        yield client


@pytest.fixture
async def cell(client: Client) -> Cell:
    return await made(client)


async def test_versions_follow_each_other_and_are_read_by_three_keys(cell: Cell) -> None:
    assert (await cell.put(b"two")).status == 200
    for reader in (cell.owner, cell.reader, cell.claimer):
        found = await cell.get(reader)
        assert found.value == b"two"
        assert [sha256(link) for link in found.links][-1] == cell.newest
        assert found.links[1][154:186] != found.links[0][154:186]
        assert found.links[1][122:154] == sha256(found.links[0])
        assert found.claimed == b""
    late = await cell.get(after=1)
    assert (len(late.links), late.value) == (1, b"two")
    assert (await cell.get(after=2)).links == []
    assert (await cell.get(after=2)).value == b"two"


async def test_an_acceptance_is_the_servers_word(client: Client, cell: Cell) -> None:
    key = await server_key(client)
    accepted = (await cell.put(b"two")).body
    assert accepted == (await cell.get()).accepted
    said = fields(b"aparte/1 cell accepted", cell.newest, accepted[:8])
    key.verify(said, accepted[8:])
    with pytest.raises(BadSignatureError):
        key.verify(said + b"\0", accepted[8:])


async def test_of_two_versions_at_once_one_is_told_to_try_again(cell: Cell) -> None:
    before = (cell.version, cell.newest)
    assert (await cell.put(b"mine")).status == 200
    cell.version, cell.newest = before
    stale = await cell.put(b"theirs")
    assert (stale.status, stale.error) == (409, "stale_version")
    assert (await cell.get()).value == b"mine"


@pytest.mark.parametrize(
    "changes",
    [{"version": 3}, {"version": 1}, {"previous": bytes(32)}, {"previous": b"p" * 32}],
)
async def test_what_does_not_follow_is_stale(cell: Cell, changes: dict[str, object]) -> None:
    refused = await cell.put(b"two", cell.link(b"two", **changes))
    assert refused.error == "stale_version"
    assert (await cell.get()).value == b"one"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"one": 2}, "bad_request"),
        ({"flags": 2}, "bad_request"),
        ({"version": 0}, "bad_request"),
        ({"version": 2**63}, "bad_request"),
        ({"hash": bytes(32)}, "bad_request"),
        ({"id": bytes(16)}, "bad_request"),
        ({"read": b"\1" + bytes(31)}, "bad_request"),
        ({"read": NOBODY}, "bad_request"),
        ({"claim": NOBODY}, "bad_request"),
    ],
)
async def test_what_is_no_version_is_refused(
    cell: Cell, changes: dict[str, object], code: str
) -> None:
    refused = await cell.put(b"two", cell.link(b"two", **changes))
    assert refused.error == code
    assert (await cell.get()).value == b"one"


async def test_a_link_is_signed_by_the_owner(client: Client, cell: Cell) -> None:
    link = cell.link(b"two")
    broken = link[:-1] + bytes([link[-1] ^ 1])
    assert (await cell.put(b"two", broken)).error == "bad_signature"
    stranger = Cell(client, client.signer(), cell.reader, cell.claimer, cell.id, 1, cell.newest)
    assert (await stranger.put(b"two")).error == "not_found"


async def test_a_value_has_a_size(cell: Cell) -> None:
    assert (await cell.put(bytes(CELL_BYTES))).status == 200
    assert (await cell.put(bytes(CELL_BYTES + 1))).error == "bad_request"
    short = await cell.client.signed(cell.owner, "PUT", cell.target, bytes(LINK_BYTES - 1))
    assert short.error == "bad_request"
    assert (await cell.put(b"")).status == 200
    assert (await cell.get()).value == b""


async def test_a_cell_begins_at_one(client: Client) -> None:
    cell = Cell(client, client.signer(), client.signer(), client.signer())
    assert (await cell.put(b"one")).error == "not_found"
    cell.version, cell.newest = 1, START
    assert (await cell.put(b"one", query=f"?voucher={'A' * 43}")).error == "stale_version"


async def test_strangers_read_nothing(client: Client, cell: Cell) -> None:
    refused = await client.signed(client.signer(), "GET", cell.target)
    assert (refused.status, refused.error) == (404, "not_found")
    for signer in (cell.reader, cell.claimer):
        assert (await client.signed(signer, "DELETE", cell.target)).error == "not_found"


async def test_long_chains_come_in_parts(cell: Cell) -> None:
    for number in range(LINKS_AT_ONCE + 4):
        await cell.put(str(number).encode())
    first = await cell.get()
    assert (len(first.links), first.value) == (LINKS_AT_ONCE, b"")
    rest = await cell.get(after=LINKS_AT_ONCE)
    assert sha256(rest.links[-1]) == cell.newest
    assert rest.value == str(LINKS_AT_ONCE + 3).encode()
    assert rest.links[0][122:154] == sha256(first.links[-1])


async def test_a_claim_is_taken_once_and_its_retries_get_the_same(
    client: Client, cell: Cell
) -> None:
    claimant, receipt = client.signer(), secrets.token_bytes(32)
    claim = cell.claim(claimant, receipt)
    first, again = await cell.claimed(claim), await cell.claimed(claim)
    assert (first.status, first.body) == (201, again.body)
    assert (await cell.get()).claimed == first.body
    assert first.body[:128] == claim
    said = fields(
        b"aparte/1 claim accepted", cell.id, claimant.public, receipt, first.body[128:136]
    )
    (await server_key(client)).verify(said, first.body[136:])
    for other in (cell.claim(client.signer(), receipt), cell.claim(claimant, bytes(32))):
        lost = await cell.claimed(other)
        assert (lost.status, lost.error) == (409, "already_claimed")


async def test_of_many_claims_at_once_one_wins(client: Client, cell: Cell) -> None:
    claims = [cell.claim(client.signer(), secrets.token_bytes(32)) for _ in range(20)]
    nonces = [await client.fresh_nonce() for _ in claims]

    async def claim(body: bytes, nonce: str) -> str:
        headers = cell.claimer.headers("POST", cell.target, nonce, body)
        answer = await client.send("POST", cell.target, body, headers)
        return answer.error

    told = await asyncio.gather(*map(claim, claims, nonces))
    assert sorted(told) == ["", *["already_claimed"] * 19]


async def test_a_claim_is_signed_with_the_claim_key(client: Client, cell: Cell) -> None:
    claim = cell.claim(client.signer(), bytes(32))
    for signer in (cell.owner, cell.reader, client.signer()):
        assert (await cell.claimed(claim, signer)).error in {"not_found", "bad_signature"}
    broken = claim[:-1] + bytes([claim[-1] ^ 1])
    assert (await cell.claimed(broken)).error == "bad_signature"
    assert (await cell.claimed(claim[:-1])).error == "bad_request"
    assert (await cell.claimed(bytes(128))).error == "bad_request"
    assert (await cell.get()).claimed == b""


async def test_a_cell_without_a_claim_key_is_nobodys_to_claim(client: Client) -> None:
    paid = b64u(await voucher(client, await client.enrolled()))
    cell = Cell(client, client.signer(), client.signer(), client.signer())
    link = cell.link(b"one", claim=NOBODY)
    assert (await cell.put(b"one", link, f"?voucher={paid}")).status == 201
    refused = await cell.claimed(cell.claim(client.signer(), bytes(32)))
    assert (refused.status, refused.error) == (404, "not_found")


async def test_a_closed_cell_stays_closed(client: Client, cell: Cell) -> None:
    assert (await cell.put(b"closed", cell.link(b"closed", flags=1))).status == 200
    refused = await cell.claimed(cell.claim(client.signer(), bytes(32)))
    assert (refused.status, refused.error) == (410, "cell_closed")
    assert (await cell.put(b"open again")).error == "cell_closed"
    assert (await cell.get()).value == b"closed"


async def test_closing_after_a_claim_leaves_the_claim(client: Client, cell: Cell) -> None:
    claim = cell.claim(client.signer(), bytes(32))
    first = await cell.claimed(claim)
    assert (await cell.put(b"closed", cell.link(b"closed", flags=1))).status == 200
    assert (await cell.claimed(claim)).body == first.body


async def erased(cell: Cell) -> Answer:
    """Its owner erases it, and makes version 1 of it anew with a good voucher."""
    assert (await cell.client.signed(cell.owner, "DELETE", cell.target)).status == 204
    cell.version, cell.newest = 0, START
    paid = await voucher(cell.client, await cell.client.enrolled())
    return await cell.put(b"anew", query=f"?voucher={b64u(paid)}")


async def test_a_claimed_cell_that_was_erased_is_not_made_again(cell: Cell) -> None:
    claim = cell.claim(cell.client.signer(), bytes(32))
    assert (await cell.claimed(claim)).status == 201
    refused = await erased(cell)
    assert (refused.status, refused.error) == (409, "already_exists")
    # To everybody else it is a cell that is gone.
    for answer in (
        await cell.claimed(claim),
        await cell.client.signed(cell.reader, "GET", cell.target),
        await cell.client.signed(cell.owner, "DELETE", cell.target),
        await cell.client.signed(cell.owner, "GET", f"{cell.target}/renewal"),
    ):
        assert (answer.status, answer.error) == (404, "not_found")


async def test_a_cell_that_nobody_claimed_is_made_again(cell: Cell) -> None:
    assert (await erased(cell)).status == 201
    assert (await cell.get()).value == b"anew"


async def test_what_is_said_of_an_erased_cell_ends_when_it_would_have(
    client: Client, cell: Cell
) -> None:
    assert (await cell.claimed(cell.claim(client.signer(), bytes(32)))).status == 201
    assert (await erased(cell)).error == "already_exists"
    database = database_of(settings(client.data, 1))
    for days, left in ((0, 1), (1, 0)):
        now = time.time() + days * 24 * HOUR
        await database.write(partial(store.forget_expired, now=now))
        rows = await database.read(lambda connection: connection.execute(select(store.tombs)).all())
        assert len(rows) == left
    await database.close()
    paid = await voucher(client, await client.enrolled())
    assert (await cell.put(b"anew", query=f"?voucher={b64u(paid)}")).status == 201


@pytest.mark.parametrize(("claims", "told"), [(False, ""), (True, "quota_exceeded")])
async def test_an_erased_cell_frees_its_bytes_and_a_claimed_one_no_voucher(
    tmp_path: Path, claims: bool, told: str
) -> None:
    async with serving(tmp_path / "data", vouchers=2, voucher_bytes=1000) as client:
        doctor = await client.enrolled()
        cell = Cell(client, client.signer(), client.signer(), client.signer())
        paid = await voucher(client, doctor, 1000)
        assert (await cell.put(b"", query=f"?voucher={b64u(paid)}")).status == 201
        if claims:
            assert (await cell.claimed(cell.claim(client.signer(), bytes(32)))).status == 201
        assert (await client.signed(cell.owner, "DELETE", cell.target)).status == 204
        await voucher(client, doctor, 999)
        last = await register(client, doctor, secrets.token_bytes(32), size=1)
        assert last.error == told


async def test_a_retry_of_a_version_is_one_version(cell: Cell) -> None:
    link, key = cell.link(b"two"), token()
    first = await cell.put(b"two", link, key=key)
    cell.version, cell.newest = 1, first.body[:32]
    again = await cell.put(b"two", link, key=key)
    assert (first.status, first.body) == (again.status, again.body)
    assert len((await cell.get()).links) == 2


async def test_who_was_cut_off_makes_the_same_cell_again(client: Client) -> None:
    doctor = await client.enrolled()
    paid = f"?voucher={b64u(await voucher(client, doctor, 5000))}"
    cell = Cell(client, client.signer(), client.signer(), client.signer())
    link, other = cell.link(b"one"), cell.link(b"another")
    first, second = await cell.put(b"one", link, paid), await cell.put(b"one", link, paid)
    assert (first.status, second.status) == (201, 200)
    assert first.body == second.body
    assert (await cell.put(b"another", other, paid)).error == "already_exists"
    assert (await cell.get()).value == b"one"


async def test_what_was_accepted_survives_a_kill(tmp_path: Path) -> None:
    async with running(tmp_path) as run, client_of(run.origin, run.data) as client:
        cell = await made(client)
        claim = cell.claim(client.signer(), bytes(32))
        accepted, claimed = (await cell.put(b"two")).body, (await cell.claimed(claim)).body
        key = await server_key(client)
        await run.kill()
        await run.start()
        client.nonce = ""
        found = await cell.get()
        assert (found.value, found.accepted, found.claimed) == (b"two", accepted, claimed)
        assert await server_key(client) == key


async def test_a_watch_hears_of_versions_claims_and_the_end(client: Client, cell: Cell) -> None:
    async with watcher(client) as watching:
        for channel, key in enumerate((cell.owner, cell.reader, cell.claimer), 1):
            await watching.watching(channel, Kind.CELL, cell.id, key, known=1)
        await cell.put(b"two")
        assert [(await watching.changed(n)).latest for n in (1, 2, 3)] == [2, 2, 2]
        await cell.claimed(cell.claim(client.signer(), bytes(32)))
        assert [(await watching.changed(n)).latest for n in (1, 2, 3)] == [2, 2, 2]
        await client.signed(cell.owner, "DELETE", cell.target)
        assert await watching.refused(1) == (ErrorCode.NOT_FOUND, True)
