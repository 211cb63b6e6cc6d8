"""Mailboxes: who writes, who reads, how much, and that nothing acknowledged is lost or doubled."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from server.limits import ANSWER_BYTES, APPEND_KEYS, MESSAGE_BYTES
from signaling.watches import Kind
from signaling.wire import ErrorCode
from tests.integration.running import Answer, Client, client_of, serving
from tests.integration.serving import serving as running
from tests.integration.signing import Signer, b64u, token
from tests.integration.vouchers import voucher
from tests.integration.watching import watcher

Messages = list[tuple[int, bytes]]


@dataclass
class Box:
    """A mailbox with one append key, and what its people do."""

    client: Client
    owner: Signer
    sender: Signer
    id: str

    @property
    def target(self) -> str:
        return f"/v1/mailboxes/{self.id}"

    @property
    def raw(self) -> bytes:
        return base64.urlsafe_b64decode(self.id + "==")

    async def append(self, body: bytes, idempotency: str | None = None) -> Answer:
        return await self.client.signed(self.sender, "POST", self.target, body, idempotency)

    async def read(self, after: int = 0, reader: Signer | None = None) -> Messages:
        answer = await self.client.signed(
            reader or self.owner, "GET", f"{self.target}?after={after}"
        )
        assert answer.status == 200, answer.body
        return unpacked(answer.body)


def unpacked(body: bytes) -> Messages:
    """As docs/protocol.md, section 6, packs them."""
    found, at = [], 0
    while at < len(body):
        sequence, length = struct.unpack_from(">QI", body, at)
        found.append((sequence, body[at + 12 : at + 12 + length]))
        at += 12 + length
    return found


def keys_of(*keys: Signer) -> bytes:
    return json.dumps({"append": [b64u(key.public) for key in keys]}).encode()


async def made(client: Client, size: int = 2**20, keep: int | None = None) -> Box:
    doctor = await client.enrolled()
    box = Box(client, client.signer(), client.signer(), token())
    paid = b64u(await voucher(client, doctor, size))
    target = f"{box.target}?voucher={paid}" + (f"&keep={keep}" if keep else "")
    answer = await client.signed(box.owner, "PUT", target, keys_of(box.sender))
    assert answer.status == 201, answer.body
    assert answer.json()["mailbox"] == box.id
    return box


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async with serving(tmp_path / "data", mailbox_messages=20) as client:
        yield client


@pytest.fixture
async def box(client: Client) -> Box:
    return await made(client)


async def test_who_was_cut_off_makes_the_same_mailbox_again(client: Client) -> None:
    doctor, owner = await client.enrolled(), client.signer()
    paid, other = await voucher(client, doctor, 500), await voucher(client, doctor, 500)
    box = Box(client, owner, client.signer(), token())
    again = f"{box.target}?voucher={b64u(paid)}"
    first = await client.signed(owner, "PUT", again, keys_of(client.signer()))
    second = await client.signed(owner, "PUT", again, keys_of(box.sender))
    assert (first.status, second.status) == (201, 200)
    assert first.json() == second.json()
    assert (await box.append(b"to the keys of the last request")).status == 201
    refused = [
        await client.signed(owner, "PUT", f"{box.target}?voucher={b64u(other)}", keys_of()),
        await client.signed(client.signer(), "PUT", again, keys_of()),
    ]
    assert [answer.error for answer in refused] == ["already_exists"] * 2
    assert (await box.append(b"nothing changed")).status == 201


async def test_messages_come_back_in_order_to_the_owner_alone(client: Client, box: Box) -> None:
    for number, body in enumerate((b"one", b"two", b"three"), 1):
        answer = await box.append(body)
        assert (answer.status, answer.json()) == (201, {"sequence": number})
    assert await box.read() == [(1, b"one"), (2, b"two"), (3, b"three")]
    assert await box.read(after=2) == [(3, b"three")]
    assert await box.read(after=3) == []
    for stranger in (box.sender, client.signer()):
        refused = await client.signed(stranger, "GET", box.target)
        assert (refused.status, refused.error) == (404, "not_found")


async def test_a_retry_is_the_same_message(box: Box) -> None:
    key = token()
    answers = [await box.append(b"once", key) for _ in range(3)]
    assert {answer.body for answer in answers} == {b'{"sequence":1}'}
    assert await box.read() == [(1, b"once")]


async def test_numbers_are_not_used_again(client: Client, box: Box) -> None:
    await box.append(b"one")
    await box.append(b"two")
    erased = await client.signed(box.owner, "DELETE", f"{box.target}?through=2")
    assert erased.status == 204
    assert (await box.append(b"three")).json() == {"sequence": 3}
    assert await box.read() == [(3, b"three")]


async def test_a_sender_whose_key_was_taken_away_is_a_stranger(client: Client, box: Box) -> None:
    other = client.signer()
    replaced = await client.signed(box.owner, "PUT", box.target, keys_of(other))
    assert replaced.status == 200
    gone = await box.append(b"text")
    assert (gone.status, gone.error) == (404, "not_found")
    assert (await client.signed(other, "POST", box.target, b"text")).status == 201
    for stranger in (other, client.signer()):
        refused = await client.signed(stranger, "PUT", box.target, keys_of(stranger))
        assert refused.error == "not_found"


async def test_a_full_mailbox_says_so_until_it_is_emptied(client: Client) -> None:
    box = await made(client, size=100)
    assert (await box.append(bytes(60))).status == 201
    full = await box.append(bytes(41))
    assert (full.status, full.error) == (507, "quota_exceeded")
    assert (await box.append(bytes(40))).status == 201
    await client.signed(box.owner, "DELETE", f"{box.target}?through=1")
    assert (await box.append(bytes(60))).status == 201


async def test_there_are_only_so_many_messages(client: Client, box: Box) -> None:
    for _ in range(20):
        assert (await box.append(b"x")).status == 201
    assert (await box.append(b"x")).error == "quota_exceeded"


async def test_what_has_expired_makes_room(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", mailbox_seconds=1, sweep_seconds=0.3) as client:
        box = await made(client, size=100)
        assert (await box.append(bytes(60))).status == 201
        assert (await box.append(bytes(60))).error == "quota_exceeded"
        await asyncio.sleep(2.5)
        assert (await box.append(bytes(60))).status == 201
        assert [sequence for sequence, _ in await box.read()] == [2]


async def test_messages_rest_as_long_as_their_mailbox_was_made_for(tmp_path: Path) -> None:
    limits: dict[str, Any] = {"mailbox_seconds": 1, "mailbox_longest_seconds": 60}
    async with serving(tmp_path / "data", **limits) as client:
        short, long = await made(client), await made(client, keep=60)
        for box in (short, long):
            assert (await box.append(b"text")).status == 201
        # Other keys change nothing of it.
        answer = await client.signed(long.owner, "PUT", long.target, keys_of(long.sender))
        assert answer.status == 200
        await asyncio.sleep(2.5)
        assert [len(await box.read()) for box in (short, long)] == [0, 1]


@pytest.mark.parametrize("keep", ["0", "34560001", "-1", "1.5", ""])
async def test_messages_do_not_rest_for_ever(client: Client, keep: str) -> None:
    paid = b64u(await voucher(client, await client.enrolled()))
    made = f"/v1/mailboxes/{token()}?voucher={paid}"
    refused = await client.signed(client.signer(), "PUT", f"{made}&keep={keep}", keys_of())
    assert (refused.status, refused.error) == (400, "bad_request")
    assert (await client.signed(client.signer(), "PUT", made, keys_of())).status == 201


async def test_how_long_messages_rest_is_said_at_first(client: Client, box: Box) -> None:
    refused = await client.signed(box.owner, "PUT", f"{box.target}?keep=60", keys_of())
    assert (refused.status, refused.error) == (400, "bad_request")
    assert (await box.append(b"text")).status == 201


async def test_an_answer_has_a_size_and_at_least_one_message(client: Client) -> None:
    box = await made(client, size=2**21)
    large = MESSAGE_BYTES
    for _ in range(18):
        assert (await box.append(bytes(large))).status == 201
    first = await client.signed(box.owner, "GET", box.target)
    assert len(first.body) <= ANSWER_BYTES
    found = unpacked(first.body)
    rest = await box.read(after=found[-1][0])
    assert [number for number, _ in found + rest] == list(range(1, 19))
    assert rest


@pytest.mark.parametrize("body", [b"", bytes(MESSAGE_BYTES + 1)])
async def test_a_message_has_a_size(box: Box, body: bytes) -> None:
    answer = await box.append(body)
    assert (answer.status, answer.error) == (400, "bad_request")
    assert await box.read() == []


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"\xff", b'{"append":["short"]}', b'{"append":[],"more":1}']
)
async def test_what_names_no_keys_is_refused(client: Client, box: Box, body: bytes) -> None:
    answer = await client.signed(box.owner, "PUT", box.target, body)
    assert (answer.status, answer.error) == (400, "bad_request")
    assert (await box.append(b"text")).status == 201


async def test_keys_are_good_different_and_few(client: Client, box: Box) -> None:
    weak = {"append": [b64u(bytes(32))]}
    many = [client.signer() for _ in range(APPEND_KEYS + 1)]
    for body in (json.dumps(weak).encode(), keys_of(many[0], many[0]), keys_of(*many)):
        assert (await client.signed(box.owner, "PUT", box.target, body)).error == "bad_request"
    assert (await client.signed(box.owner, "PUT", box.target, keys_of(*many[1:]))).status == 200


@pytest.mark.parametrize(
    ("method", "query"),
    [
        ("GET", "?after=-1"),
        ("GET", "?after=01"),
        ("GET", "?after=1&after=2"),
        ("GET", "?after=99999999999999999999"),
        ("GET", "?other=1"),
        ("DELETE", "?through=x"),
        ("PUT", "?voucher=short"),
    ],
)
async def test_a_query_is_read_strictly(client: Client, box: Box, method: str, query: str) -> None:
    body = keys_of() if method == "PUT" else None
    answer = await client.signed(box.owner, method, box.target + query, body)
    assert (answer.status, answer.error) == (400, "bad_request")


async def test_a_mailbox_that_was_deleted_is_gone(client: Client, box: Box) -> None:
    await box.append(b"text")
    assert (await client.signed(box.sender, "DELETE", box.target)).error == "not_found"
    assert (await client.signed(box.owner, "DELETE", box.target)).status == 204
    assert (await box.append(b"text")).error == "not_found"
    assert (await client.signed(box.owner, "GET", box.target)).error == "not_found"


async def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    async with running(tmp_path) as run, client_of(run.origin, run.data) as client:
        box = await made(client)
        key = token()
        assert (await box.append(b"one", key)).status == 201
        await run.kill()
        await run.start()
        client.nonce = ""
        assert (await box.append(b"one", key)).json() == {"sequence": 1}
        assert await box.read() == [(1, b"one")]


async def test_a_watch_is_told_with_the_message_itself(client: Client, box: Box) -> None:
    async with watcher(client) as watching:
        await watching.watching(7, Kind.MAILBOX, box.raw, box.owner)
        await box.append(b"one")
        change = await watching.changed(7)
        assert (change.latest, change.message) == (1, b"one")
        await box.append(b"two")
        change = await watching.changed(7)
        assert (change.latest, change.message) == (2, b"two")


async def test_a_watch_that_is_behind_is_told_to_fetch(client: Client, box: Box) -> None:
    await box.append(b"one")
    await box.append(b"two")
    async with watcher(client) as watching:
        await watching.watching(7, Kind.MAILBOX, box.raw, box.owner, known=1)
        change = await watching.changed(7)
        assert (change.latest, change.message) == (2, b"")
        await watching.watching(8, Kind.MAILBOX, box.raw, box.owner, known=2)
        await watching.quiet()


async def test_two_watches_of_one_mailbox_are_both_told(client: Client, box: Box) -> None:
    async with watcher(client) as one, watcher(client) as two:
        for watching in (one, two):
            await watching.watching(1, Kind.MAILBOX, box.raw, box.owner)
        await box.append(b"one")
        assert (await one.changed(1)).latest == (await two.changed(1)).latest == 1


async def test_strangers_watch_nothing(client: Client, box: Box) -> None:
    async with watcher(client) as watching:
        for stranger in (box.sender, client.signer()):
            await watching.watch(1, Kind.MAILBOX, box.raw, stranger)
            assert await watching.refused(1) == (ErrorCode.NOT_FOUND, True)
        await watching.watch(1, Kind.MAILBOX, secrets.token_bytes(16), box.owner)
        assert await watching.refused(1) == (ErrorCode.NOT_FOUND, True)
        await watching.watch(1, Kind.CELL, box.raw, box.owner)
        assert await watching.refused(1) == (ErrorCode.NOT_FOUND, True)
        # A proof for another connection.
        watching.nonce = bytes(32)
        await watching.watch(1, Kind.MAILBOX, box.raw, box.owner)
        assert await watching.refused(1) == (ErrorCode.NOT_FOUND, True)


async def test_a_watch_ends_when_closed_and_when_the_mailbox_goes(client: Client, box: Box) -> None:
    async with watcher(client) as watching:
        for channel in (1, 2):
            await watching.watching(channel, Kind.MAILBOX, box.raw, box.owner)
        await watching.close(1)
        await box.append(b"one")
        assert (await watching.changed(2)).latest == 1
        await client.signed(box.owner, "DELETE", box.target)
        assert await watching.refused(2) == (ErrorCode.NOT_FOUND, True)
        await watching.quiet()


async def test_a_channel_is_one_thing_at_a_time(client: Client, box: Box) -> None:
    async with watcher(client) as watching:
        await watching.watching(1, Kind.MAILBOX, box.raw, box.owner)
        for channel in (0, 1):
            await watching.watch(channel, Kind.MAILBOX, box.raw, box.owner)
            assert await watching.refused(channel) == (ErrorCode.BAD_CHANNEL, False)
        await watching.relay(1)
        assert await watching.refused(1) == (ErrorCode.NOT_ALLOWED, False)
        await box.append(b"one")
        assert (await watching.changed(1)).latest == 1
