"""Enrolment with one-time codes."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from server.app import codes_of
from tests.integration.running import Answer, Client, serving
from tests.integration.signing import Signer, b64u, token

TARGET = "/v1/practitioners"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async with serving(tmp_path / "data") as made:
        yield made


def body_of(code: bytes | str, certificate: bytes) -> bytes:
    text = code if isinstance(code, str) else b64u(code)
    return f'{{"code":"{text}","certificate":"{b64u(certificate)}"}}'.encode()


async def enrol(
    client: Client,
    device: Signer,
    code: bytes | str,
    identity: SigningKey | None = None,
    idempotency: str | None = None,
) -> Answer:
    certificate = device.certificate(identity or SigningKey.generate())
    body = body_of(code, certificate)
    return await client.signed(device, "POST", TARGET, body, idempotency)


async def test_a_code_enrols_once(client: Client) -> None:
    code = client.code()
    assert (await enrol(client, client.signer(), code)).status == 201
    again = await enrol(client, client.signer(), code)
    assert (again.status, again.error) == (403, "bad_code")
    assert list((client.data / "codes").iterdir()) == []


async def test_a_code_that_came_back_from_a_copy_of_the_disk_is_still_used_up(
    client: Client,
) -> None:
    code = client.code()
    assert (await enrol(client, client.signer(), code)).status == 201
    codes_of(client.data).add(code, time.time() + 60)
    assert (await enrol(client, client.signer(), code)).error == "bad_code"


async def test_a_retry_after_a_lost_answer_is_the_same_enrolment(client: Client) -> None:
    device, identity, key = client.signer(), SigningKey.generate(), token()
    code = client.code()
    first = await enrol(client, device, code, identity, key)
    again = await enrol(client, device, code, identity, key)
    assert (first.status, again.status) == (201, 201)
    other = await enrol(client, device, client.code(), identity, key)
    assert (other.status, other.error) == (409, "idempotency_conflict")


@pytest.mark.parametrize("code", ["", "AAAA", b64u(bytes(16)), "../" * 7 + "x"])
async def test_codes_that_nobody_made(client: Client, code: str) -> None:
    assert (await enrol(client, client.signer(), code)).error == "bad_code"


async def test_an_expired_code(client: Client) -> None:
    code = bytes(range(16))
    codes_of(client.data).add(code, time.time() - 1)
    assert (await enrol(client, client.signer(), code)).error == "bad_code"


async def test_a_certificate_for_another_device_uses_no_code_up(client: Client) -> None:
    code, device = client.code(), client.signer()
    body = body_of(code, client.signer().certificate(SigningKey.generate()))
    assert (await client.signed(device, "POST", TARGET, body)).error == "bad_request"
    assert (await enrol(client, device, code)).status == 201


async def test_a_certificate_whose_signature_does_not_hold(client: Client) -> None:
    code, device = client.code(), client.signer()
    good = device.certificate(SigningKey.generate())
    for place in (70, 136):
        bad = bytearray(good)
        bad[place] ^= 1
        answer = await client.signed(device, "POST", TARGET, body_of(code, bytes(bad)))
        assert (answer.status, answer.error) == (401, "bad_signature")
    for bad_form in (b"\2" + good[1:], b"\1" + b"\1" + bytes(31) + good[33:], good[:-1]):
        answer = await client.signed(device, "POST", TARGET, body_of(code, bad_form))
        assert answer.error == "bad_request"


async def test_keys_are_enrolled_once(client: Client) -> None:
    device, identity = client.signer(), SigningKey.generate()
    assert (await enrol(client, device, client.code(), identity)).status == 201
    assert (await enrol(client, device, client.code())).error == "already_exists"
    same = await enrol(client, client.signer(), client.code(), identity)
    assert (same.status, same.error) == (409, "already_exists")


async def test_who_is_not_enrolled_makes_no_room_and_no_blob(client: Client) -> None:
    stranger = client.signer()
    assert (await client.signed(stranger, "POST", "/v1/rooms", b"{}")).error == "not_enrolled"
    target = f"/v1/blobs/{token()}?read={b64u(stranger.public)}"
    assert (await client.signed(stranger, "PUT", target, b"x")).error == "not_enrolled"
