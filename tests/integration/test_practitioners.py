"""Enrolment with one-time codes, and the papers that practitioners sign."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nacl.signing import VerifyKey

from server.app import codes_of
from tests.integration.running import Answer, Client, serving
from tests.integration.signing import Identity, Signer, b64u, fields, token

TARGET = "/v1/practitioners"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async with serving(tmp_path / "data") as made:
        yield made


async def enrol(
    client: Client,
    device: Signer,
    code: bytes | str,
    identity: Identity | None = None,
    idempotency: str | None = None,
) -> Answer:
    body = (identity or client.identity()).enrolment(code, device)
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
    device, identity, key = client.signer(), client.identity(), token()
    code = client.code()
    first = await enrol(client, device, code, identity, key)
    again = await enrol(client, device, code, identity, key)
    assert (first.status, again.status) == (201, 201)
    other = await enrol(client, device, client.code(), identity, key)
    assert (other.status, other.error) == (409, "idempotency_conflict")
    assert (await enrol(client, device, code, identity)).status == 201
    assert (await enrol(client, client.signer(), code, identity)).error == "bad_code"


@pytest.mark.parametrize("code", ["", "AAAA", b64u(bytes(16)), "../" * 7 + "x"])
async def test_codes_that_nobody_made(client: Client, code: str) -> None:
    assert (await enrol(client, client.signer(), code)).error == "bad_code"


async def test_an_expired_code(client: Client) -> None:
    code = bytes(range(16))
    codes_of(client.data).add(code, time.time() - 1)
    assert (await enrol(client, client.signer(), code)).error == "bad_code"


async def test_papers_that_do_not_fit_use_no_code_up(client: Client) -> None:
    code, device, other = client.code(), client.signer(), client.signer()
    identity, stranger = client.identity(), client.identity()
    card, devices = identity.card(), identity.devices(1, (device, 0))
    cases = [
        (stranger.card(), devices, "bad_request"),
        (identity.card(2), devices, "bad_request"),
        (identity.card(name=""), devices, "bad_request"),
        (identity.card(languages=["Français"]), devices, "bad_request"),
        (identity.card(address="x" * 2049), devices, "bad_request"),
        (identity.attestation(card), devices, "bad_request"),
        (card[:-1] + bytes([card[-1] ^ 1]), devices, "bad_signature"),
        (card, identity.devices(2, (device, 0)), "bad_request"),
        (card, identity.devices(1, (other, 0)), "bad_request"),
        (card, identity.devices(1, (device, 0), (other, 0)), "bad_request"),
        (card, identity.devices(1, (device, 1)), "bad_request"),
        (card, devices[:-1], "bad_request"),
        (card, devices[:-1] + bytes([devices[-1] ^ 1]), "bad_signature"),
        (card, b"", "bad_request"),
        (b"", devices, "bad_request"),
    ]
    for one, listed, error in cases:
        said = {"code": b64u(code), "card": b64u(one), "devices": b64u(listed)}
        answer = await client.signed(device, "POST", TARGET, json.dumps(said).encode())
        assert answer.error == error, answer.body
    assert (await enrol(client, device, code)).status == 201


async def test_keys_are_enrolled_once(client: Client) -> None:
    device, identity = client.signer(), client.identity()
    assert (await enrol(client, device, client.code(), identity)).status == 201
    assert (await enrol(client, device, client.code())).error == "already_exists"
    same = await enrol(client, client.signer(), client.code(), identity)
    assert (same.status, same.error) == (409, "already_exists")


async def test_who_is_not_enrolled_makes_no_room_no_blob_and_gets_no_receipt(
    client: Client,
) -> None:
    stranger = client.signer()
    assert (await client.signed(stranger, "POST", "/v1/rooms", b"{}")).error == "not_enrolled"
    target = f"/v1/blobs/{token()}?read={b64u(stranger.public)}"
    assert (await client.signed(stranger, "PUT", target, b"x")).error == "not_enrolled"
    assert (await receipt(client, stranger, bytes(32))).error == "not_enrolled"


async def receipt(client: Client, device: Signer, hash_: bytes) -> Answer:
    body = json.dumps({"hash": b64u(hash_)}).encode()
    return await client.signed(device, "POST", "/v1/receipts", body)


@dataclass
class Known:
    """An enrolled practitioner with one device."""

    client: Client
    identity: Identity
    device: Signer

    @property
    def target(self) -> str:
        return f"{TARGET}/{b64u(self.identity.public)}"

    async def put(
        self, what: str, body: bytes, signer: Signer | None = None, key: str | None = None
    ) -> str | int:
        """The status, or the error's code."""
        target = f"{self.target}/{what}"
        answer = await self.client.signed(signer or self.identity, "PUT", target, body, key)
        return answer.error or answer.status

    async def record(self) -> list[bytes]:
        """Card, attestation, devices and status, as anybody is shown them."""
        answer = await self.client.send("GET", self.target)
        assert answer.status == 200, answer.body
        items, rest = [], answer.body
        while rest:
            end = 4 + int.from_bytes(rest[:4], "big")
            items.append(rest[4:end])
            rest = rest[end:]
        return items


@pytest.fixture
async def known(client: Client) -> Known:
    device, identity = client.signer(), client.identity()
    assert (await enrol(client, device, client.code(), identity)).status == 201
    return Known(client, identity, device)


async def test_anybody_is_shown_the_papers_with_a_fresh_status(known: Known) -> None:
    card, attestation, devices, status = await known.record()
    assert card == known.identity.card()
    assert attestation == b""
    assert devices == known.identity.devices(1, (known.device, 0))
    assert abs(int.from_bytes(status[:8], "big") - time.time()) < 60
    said = json.loads((await known.client.send("GET", "/v1/server")).body)
    assert said["registrar"] is None
    key = VerifyKey(base64_of(said["key"]))
    digests = [sha256(card), sha256(devices)]
    key.verify(fields(b"aparte/1 status", *digests, status[:8]), status[8:])
    nobody = await known.client.send("GET", f"{TARGET}/{b64u(bytes(32))}")
    assert nobody.error == "not_found"
    for odd in ("x", "..", b64u(bytes(31))):
        answer = await known.client.send("GET", f"{TARGET}/{odd}")
        assert answer.error in {"bad_request", "not_found"}


def base64_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


async def test_a_card_goes_forward_alone(known: Known) -> None:
    identity = known.identity
    second = identity.card(2, name="Dr Fictif, ép. Exemple")
    assert await known.put("card", identity.card(3)) == "stale_version"
    assert await known.put("card", second, known.device) == "not_allowed"
    assert await known.put("card", second, known.client.signer()) == "not_allowed"
    assert await known.put("card", known.client.identity().card(2)) == "not_allowed"
    assert await known.put("card", second) == 204
    assert await known.put("card", second) == 204
    assert await known.put("card", identity.card()) == "stale_version"
    assert await known.put("card", identity.card(2, name="Dr Autre")) == "stale_version"
    assert (await known.record())[0] == second


async def test_a_list_of_devices_goes_forward_alone(known: Known) -> None:
    identity, laptop, phone = known.identity, known.device, known.client.signer()
    now = int(time.time())
    wrong = [
        (identity.devices(3, (laptop, 0), (phone, 0)), "stale_version"),
        (identity.devices(2, (phone, 0)), "bad_request"),
        (identity.devices(2, (phone, 0), (laptop, 0)), "bad_request"),
        (identity.devices(2, (laptop, now + 3600)), "bad_request"),
        (known.client.identity().devices(2, (laptop, 0)), "not_allowed"),
        (b"", "bad_request"),
    ]
    for body, error in wrong:
        assert await known.put("devices", body) == error
    second = identity.devices(2, (laptop, 0), (phone, 0))
    assert await known.put("devices", second, laptop) == "not_allowed"
    assert await known.put("devices", second) == 204
    assert await known.put("devices", second) == 204
    third = identity.devices(3, (laptop, now), (phone, 0))
    assert await known.put("devices", third) == 204
    for undone in (
        identity.devices(4, (laptop, 0), (phone, 0)),
        identity.devices(4, (laptop, now + 1), (phone, 0)),
        identity.devices(4, (laptop, now)),
    ):
        assert await known.put("devices", undone) == "bad_request"
    earlier = identity.devices(4, (laptop, now - 60), (phone, 0))
    assert await known.put("devices", earlier) == 204
    assert (await known.record())[2] == earlier


async def test_a_device_belongs_to_one_practitioner(known: Known) -> None:
    other = await known.client.enrolled()
    taken = known.identity.devices(2, (known.device, 0), (other, 0))
    assert await known.put("devices", taken) == "already_exists"
    assert (await known.record())[2] == known.identity.devices(1, (known.device, 0))


async def test_a_revoked_device_does_nothing_more(known: Known) -> None:
    client, laptop, phone = known.client, known.device, known.client.signer()
    listed = [(laptop, int(time.time())), (phone, 0)]
    assert (await receipt(client, laptop, bytes(32))).status == 201
    assert await known.put("devices", known.identity.devices(2, (laptop, 0), (phone, 0))) == 204
    assert await known.put("devices", known.identity.devices(3, *listed)) == 204
    assert (await client.signed(laptop, "POST", "/v1/rooms", b"{}")).error == "not_enrolled"
    assert (await receipt(client, laptop, bytes(32))).error == "not_enrolled"
    vouchers = b'{"vouchers":[]}'
    assert (await client.signed(laptop, "POST", "/v1/vouchers", vouchers)).error == "not_enrolled"
    assert (await enrol(client, laptop, client.code())).error == "already_exists"
    assert (await receipt(client, phone, bytes(32))).status == 201


async def test_a_receipt_says_when_the_server_saw_a_hash(known: Known) -> None:
    hash_ = bytes(range(32))
    answer = await receipt(known.client, known.device, hash_)
    time_, signature = answer.body[:8], answer.body[8:]
    said = json.loads((await known.client.send("GET", "/v1/server")).body)
    key = VerifyKey(base64_of(said["key"]))
    key.verify(fields(b"aparte/1 receipt", hash_, time_), signature)
    assert abs(int.from_bytes(time_, "big") - time.time()) < 60
    for body in (b"{}", b'{"hash":"x"}', b'{"hash":1}', b"\xff"):
        wrong = await known.client.signed(known.device, "POST", "/v1/receipts", body)
        assert wrong.error == "bad_request"


async def test_lists_grow_no_longer_than_they_may(known: Known) -> None:
    entries = [(known.device, 0), *((known.client.signer(), 0) for _ in range(63))]
    full = known.identity.devices(2, *entries)
    assert await known.put("devices", full) == 204
    longer = known.identity.devices(3, *entries, (known.client.signer(), 0))
    assert await known.put("devices", longer) == "bad_request"


async def test_two_at_once_do_not_both_come_next(known: Known) -> None:
    lists = [
        known.identity.devices(2, (known.device, 0), (known.client.signer(), 0)) for _ in range(8)
    ]
    done = await asyncio.gather(*(known.put("devices", one) for one in lists))
    assert sorted(map(str, done)) == ["204", *["stale_version"] * 7]


async def test_the_registrar_attests_the_card_that_is_there(tmp_path: Path) -> None:
    registrar = Identity("")
    async with serving(tmp_path / "data", more={"registrar": b64u(registrar.public)}) as client:
        device, identity = client.signer(), client.identity()
        assert (await enrol(client, device, client.code(), identity)).status == 201
        known = Known(client, identity, device)
        said = json.loads((await client.send("GET", "/v1/server")).body)
        assert said["registrar"] == b64u(registrar.public)
        attestation = registrar.attestation(identity.card())
        anybody = client.signer()
        forged = identity.attestation(identity.card())
        assert await known.put("attestation", forged, anybody) == "not_allowed"
        other = registrar.attestation(identity.card(2))
        assert await known.put("attestation", other, anybody) == "stale_version"
        assert await known.put("attestation", identity.card(), anybody) == "bad_request"
        assert await known.put("attestation", attestation, anybody) == 204
        assert (await known.record())[1] == attestation
        assert await known.put("card", identity.card(2)) == 204
        assert (await known.record())[1] == b""
        assert await known.put("attestation", other, anybody) == 204
    async with serving(tmp_path / "data", more={"registrar": b64u(identity.public)}) as client:
        # The operator has another registrar since.
        assert (await Known(client, identity, device).record())[1] == b""


PEOPLE: list[dict[str, object]] = [
    {"name": "Dr Łukasz Şahin-Fictif", "place": "Saint-Étienne", "languages": ["fr", "tr"]},
    {"name": "Dr Zoé Œillet", "profession": "Sage-femme", "place": "Lyon"},
    {"name": "Dr Anna Müller-Fictive", "speciality": "Pédiatrie", "languages": ["de", "fr"]},
    {"name": "Dr Caché Fictif", "place": "Lyon", "listed": False},
]


async def searched(client: Client, query: str = "") -> list[str]:
    """The names that a search gives, in order, over all its pages."""
    names, after = [], ""
    while True:
        answer = await client.send("GET", f"{TARGET}?{query}{after}")
        assert answer.status == 200, answer.body
        said: dict[str, Any] = json.loads(answer.body)
        for one in said["practitioners"]:
            raw = base64_of(one["card"])
            names.append(json.loads(raw[42:-64])["name"])
        if said["after"] is None:
            return names
        after = f"&after={said['after']}"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [2, 0, 1]),
        ("name=lukasz", [0]),
        ("name=SAHIN%20luk", [0]),
        ("name=oeil", [1]),
        ("name=ukasz", []),
        ("place=saint-etienne", [0]),
        ("place=lyon", [1]),
        ("profession=p%C3%A9diatr", [2]),
        ("profession=sage", [1]),
        ("language=fr", [2, 0, 1]),
        ("language=de&name=dr", [2]),
        ("name=%25", [2, 0, 1]),
        ("name=_", [2, 0, 1]),
        ("name=fictif&place=lyon", []),
    ],
)
async def test_who_wants_to_be_found_is(client: Client, query: str, found: list[int]) -> None:
    for one in PEOPLE:
        await listed(client, **one)
    assert await searched(client, query) == [PEOPLE[number]["name"] for number in found]


async def listed(client: Client, **text: object) -> None:
    device, identity = client.signer(), client.identity()
    card = identity.card(1, **({"listed": True, "place": ""} | text))
    said = {
        "code": b64u(client.code()),
        "card": b64u(card),
        "devices": b64u(identity.devices(1, (device, 0))),
    }
    answer = await client.signed(device, "POST", TARGET, json.dumps(said).encode())
    assert answer.status == 201, answer.body


async def test_a_search_comes_in_pages(client: Client) -> None:
    names = [f"Dr Fictif {number:02}" for number in range(45)]
    for name in reversed(names):
        await listed(client, name=name)
    assert await searched(client) == names
    assert await searched(client, "name=fictif") == names


@pytest.mark.parametrize("query", ["name=" + "x" * 121, "name=" + "a+" * 9, "who=x", "after=x"])
async def test_more_than_anybody_searches_for(client: Client, query: str) -> None:
    assert (await client.send("GET", f"{TARGET}?{query}")).error == "bad_request"


async def test_who_no_longer_wants_to_be_found_is_not(known: Known) -> None:
    assert await searched(known.client) == []
    assert await known.put("card", known.identity.card(2, listed=True)) == 204
    assert await searched(known.client) == ["Dr Fictif"]
    assert await known.put("card", known.identity.card(3, listed=False)) == 204
    assert await searched(known.client) == []
