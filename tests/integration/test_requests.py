"""Signed requests: what holds, and everything that does not, over a real socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from tests.integration.running import Client, serving
from tests.integration.signing import Signer, b64u, digest_of, token

TARGET = "/v1/practitioners"
BODY = b"{}"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async with serving(tmp_path / "data") as made:
        yield made


@pytest.fixture
def signer(client: Client) -> Signer:
    return client.signer()


async def test_every_answer_of_the_interface_carries_the_next_nonce(client: Client) -> None:
    seen = set()
    for method, target in (("GET", "/v1/nonce"), ("GET", "/v1/no-such"), ("POST", "/v1/rooms")):
        answer = await client.send(method, target)
        seen.add(answer.headers["Aparte-Nonce"])
        assert answer.headers["Cache-Control"] == "no-store"
    assert len(seen) == 3


async def test_a_right_signature_gets_as_far_as_the_body(client: Client, signer: Signer) -> None:
    answer = await client.signed(signer, "POST", TARGET, BODY)
    assert (answer.status, answer.error) == (400, "bad_request")
    assert answer.json()["message"] == 'The body should be {"code": …, "card": …, "devices": …}.'


async def test_the_same_signature_elsewhere_does_not_hold(client: Client, signer: Signer) -> None:
    headers = signer.headers("POST", TARGET, await client.fresh_nonce(), BODY)
    for target in ("/v1/rooms", f"{TARGET}?x"):
        assert (await client.send("POST", target, BODY, headers)).error == "bad_signature"
    blob = f"/v1/blobs/{token()}"
    headers = signer.headers("GET", blob, client.nonce)
    assert (await client.send("DELETE", blob, None, headers)).error == "bad_signature"


@pytest.mark.parametrize(
    "change",
    [
        {"tag": "other"},
        {"label": "other"},
        {"more": ";created=1"},
        {"more": ";expires=4102444800"},
        {"more": ';alg="ed25519"'},
        {"components": ["@method", "@authority", "@path", "@query", "content-digest"]},
        {"components": ["@method", "@authority", "@path", "@query", "idempotency-key"]},
        {"components": ["@authority", "@path", "@query", "content-digest", "idempotency-key"]},
        {
            "components": [
                *("@authority", "@method", "@path", "@query", "content-digest", "idempotency-key"),
            ],
        },
        {"keyid": b64u(bytes(SigningKey(bytes(32)).verify_key))},
        # The neutral element, under which one signature holds for every message.
        {"keyid": b64u(b"\1" + bytes(31))},
        {"keyid": "short"},
    ],
)
async def test_every_other_form_of_signature_is_refused(
    client: Client, signer: Signer, change: dict[str, str]
) -> None:
    nonce = await client.fresh_nonce()
    headers = signer.headers("POST", TARGET, nonce, BODY, **change)  # type: ignore[arg-type] # a table of cases
    assert (await client.send("POST", TARGET, BODY, headers)).error in {
        "bad_signature",
        "bad_request",
    }


async def test_another_authority_than_ours_is_refused(client: Client) -> None:
    stranger = Signer("consult.example.org")
    headers = stranger.headers("POST", TARGET, await client.fresh_nonce(), BODY)
    assert (await client.send("POST", TARGET, BODY, headers)).error == "bad_signature"
    headers |= {"X-Forwarded-Host": "consult.example.org", "Forwarded": "host=consult.example.org"}
    assert (await client.send("POST", TARGET, BODY, headers)).error == "bad_signature"


async def test_a_request_for_another_host_is_refused(client: Client) -> None:
    for path in ("/", "/v1/nonce"):
        answer = await client.send("GET", path, headers={"Host": "evil.example"})
        assert (answer.status, answer.error) == (403, "bad_origin")
    assert (await client.send("GET", "/healthz", headers={"Host": "10.0.0.1"})).status == 200


async def test_no_signature_half_of_one_and_two_of_them(client: Client, signer: Signer) -> None:
    headers = signer.headers("POST", TARGET, await client.fresh_nonce(), BODY)
    assert (await client.send("POST", TARGET, BODY)).error == "bad_signature"
    for name in ("Signature", "Signature-Input", "Content-Digest", "Idempotency-Key"):
        some = {key: value for key, value in headers.items() if key != name}
        assert (await client.send("POST", TARGET, BODY, some)).error == "bad_signature"
    twice = headers | {
        "Signature": f"{headers['Signature']}, {headers['Signature'].replace('sig', 'two')}",
        "Signature-Input": ", ".join(
            (
                headers["Signature-Input"],
                headers["Signature-Input"].replace("sig=", "two=").replace('"aparte"', '"b"'),
            )
        ),
    }
    answer = await client.send("POST", TARGET, BODY, twice)
    assert answer.error == "bad_signature"


@pytest.mark.parametrize(
    "header", ["Signature", "Signature-Input", "Content-Digest", "Idempotency-Key"]
)
@pytest.mark.parametrize("value", ["", "sig=", "sig=:x", "ÿ", "sig=();", "(" * 5000, "sig=:AAAA:"])
async def test_garbage_in_a_header(client: Client, signer: Signer, header: str, value: str) -> None:
    headers = signer.headers("POST", TARGET, await client.fresh_nonce(), BODY)
    answer = await client.send("POST", TARGET, BODY, headers | {header: value})
    assert answer.error in {"bad_signature", "bad_request"}


async def test_the_body_must_be_what_was_signed(client: Client, signer: Signer) -> None:
    nonce = await client.fresh_nonce()
    headers = signer.headers("POST", TARGET, nonce, BODY, digest=digest_of(b"[]"))
    assert (await client.send("POST", TARGET, BODY, headers)).error == "bad_digest"
    for digest in (
        "sha-256=:AAAA:",
        f"{digest_of(BODY)}, sha-512=:AAAA:",
        digest_of(BODY).replace("sha-256", "md5"),
    ):
        headers = signer.headers("POST", TARGET, nonce, BODY, digest=digest)
        assert (await client.send("POST", TARGET, BODY, headers)).error == "bad_request"


@pytest.mark.parametrize("nonce", ["", "AAAA", b64u(bytes(28)), b64u(b"\xff" * 28), "ä"])
async def test_a_nonce_that_is_not_ours(client: Client, signer: Signer, nonce: str) -> None:
    if not nonce.isascii():
        return
    headers = signer.headers("POST", TARGET, nonce, BODY)
    answer = await client.send("POST", TARGET, BODY, headers)
    assert (answer.status, answer.error) == (401, "stale_nonce")
    headers = signer.headers("POST", TARGET, answer.headers["Aparte-Nonce"], BODY)
    assert (await client.send("POST", TARGET, BODY, headers)).error == "bad_request"


async def test_an_old_nonce_is_stale_and_the_answer_brings_the_next(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", nonce_seconds=2) as client:
        signer, old = client.signer(), await client.fresh_nonce()
        await asyncio.sleep(3.1)
        headers = signer.headers("POST", TARGET, old, BODY)
        answer = await client.send("POST", TARGET, BODY, headers)
        assert answer.error == "stale_nonce"
        assert (await client.signed(signer, "POST", TARGET, BODY)).error == "bad_request"


async def test_a_body_over_the_limit_is_refused(client: Client, signer: Signer) -> None:
    body = b"[" + b" " * 16 * 1024 + b"]"
    assert (await client.signed(signer, "POST", TARGET, body)).error == "bad_request"


async def test_a_packed_body_is_taken_as_the_bytes_that_it_is(
    client: Client, signer: Signer
) -> None:
    headers = signer.headers("POST", TARGET, await client.fresh_nonce(), b"\x1f\x8b")
    headers["Content-Encoding"] = "gzip"
    assert (await client.send("POST", TARGET, b"\x1f\x8b", headers)).error == "bad_request"


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'{"code":1}', b"\xff", b"[" * 10_000, b'{"code":"","certificate":""}'],
)
async def test_bodies_of_another_form(client: Client, signer: Signer, body: bytes) -> None:
    assert (await client.signed(signer, "POST", TARGET, body)).error == "bad_request"


async def test_unknown_paths_and_methods(client: Client) -> None:
    assert (await client.send("GET", "/v2/nonce")).error == "not_found"
    assert (await client.send("PATCH", "/v1/nonce")).error == "not_found"
    assert (await client.send("GET", "/../etc/passwd")).status == 404
    assert (await client.send("GET", "/assets/../../app.py")).status == 404


async def test_a_flood_of_bad_requests_changes_nothing_for_others(
    client: Client, signer: Signer
) -> None:
    bad = signer.headers("POST", TARGET, "AAAA", BODY)
    flood = asyncio.gather(*(client.send("POST", TARGET, BODY, bad) for _ in range(300)))
    await client.enrolled()
    assert {answer.error for answer in await flood} == {"stale_nonce"}


async def test_errors_have_one_form(client: Client) -> None:
    answer = await client.send("POST", "/v1/rooms", b"x")
    assert answer.headers["Content-Type"] == "application/json"
    assert set(json.loads(answer.body)) == {"error", "message"}
    assert "Server" not in answer.headers
