"""Nonces, ids, addresses and headers: the small parts that every request goes through."""

from __future__ import annotations

import hmac
import ipaddress

import pytest
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from server.requests.addresses import Addresses, client_of, group_of, is_among
from server.requests.encoding import b64u, decode
from server.requests.headers import WORKERS, of_every_answer
from server.requests.nonces import Nonces
from server.requests.refusals import Refused, answer, answer_bytes
from signaling.errors import ErrorCode


class Clock:
    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def nonces(clock: Clock, secret: bytes = b"s" * 32) -> Nonces:
    def mac(label: bytes, data: bytes) -> bytes:
        return hmac.digest(secret, label + data, "sha256")

    return Nonces(mac, 300, clock, bytes)


def test_a_nonce_holds_for_five_minutes() -> None:
    clock = Clock()
    made = nonces(clock)
    nonce = made.issue()
    for later in (0, 299, 300):
        clock.now = Clock.now + later
        made.require(nonce)
    clock.now = Clock.now + 301
    with pytest.raises(Refused) as refused:
        made.require(nonce)
    assert refused.value.code is ErrorCode.STALE_NONCE


def test_a_nonce_from_the_future_or_of_another_secret_is_not_ours() -> None:
    clock = Clock()
    made = nonces(clock)
    nonce = made.issue()
    with pytest.raises(Refused):
        nonces(clock, b"t" * 32).require(nonce)
    clock.now -= 60
    with pytest.raises(Refused):
        made.require(nonce)


@given(place=st.integers(0, 27), bit=st.integers(0, 7))
def test_a_changed_nonce_is_not_ours(place: int, bit: int) -> None:
    made = nonces(Clock())
    data = bytearray(decode(made.issue(), 28))
    data[place] ^= 1 << bit
    with pytest.raises(Refused):
        made.require(b64u(bytes(data)))


@pytest.mark.parametrize("nonce", ["", None, 1, "A", "A" * 37, "A" * 39, "é" * 38])
def test_what_is_no_nonce(nonce: object) -> None:
    with pytest.raises(Refused) as refused:
        nonces(Clock()).require(nonce)
    assert refused.value.code is ErrorCode.STALE_NONCE


def test_secrets_and_addresses_do_not_print() -> None:
    assert repr(nonces(Clock(), b"secret")) == "Nonces(hidden)"
    addresses = Addresses(2)
    addresses.take("192.0.2.1")
    assert "192" not in repr(addresses)


@given(st.binary(max_size=64))
def test_base64url_has_one_reading(data: bytes) -> None:
    text = b64u(data)
    assert decode(text, len(data)) == data
    for other in (f"{text}=", f" {text}", f"{text}A", text[:-1]):
        if len(other) != len(text):
            with pytest.raises(Refused):
                decode(other, len(data))


@pytest.mark.parametrize(
    "text", ["AAAAAAAAAAAAAAAAAAAAAB", "AAAA+AAAAAAAAAAAAAAAAA", "A" * 21, None]
)
def test_ids_of_another_form(text: object) -> None:
    with pytest.raises(Refused) as refused:
        decode(text, 16)
    assert refused.value.code is ErrorCode.BAD_REQUEST


TRUSTED = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "counts_as"),
    [
        ("192.0.2.1", None, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.1", "192.0.2.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "garbage", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, garbage, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("fd00::1", "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("2001:db8::1%eth0", None, "2001:db8::/64"),
    ],
)
def test_whom_a_request_counts_against(peer: str, forwarded: str | None, counts_as: str) -> None:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = make_mocked_request("GET", "/", headers=headers).clone(remote=peer)
    assert client_of(request, TRUSTED) == counts_as


def test_names_of_addresses() -> None:
    assert group_of("192.0.2.1") == "192.0.2.1"
    assert group_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert group_of("2001:db8::1") == group_of("2001:db8::ffff") == "2001:db8::/64"
    assert is_among("10.1.2.3", TRUSTED)
    assert not is_among("192.0.2.1", TRUSTED)
    assert not is_among("garbage", TRUSTED)


def test_an_address_holds_so_many_connections() -> None:
    addresses = Addresses(2)
    addresses.take("a")
    addresses.take("a")
    with pytest.raises(Refused) as refused:
        addresses.take("a")
    assert refused.value.code is ErrorCode.TOO_MANY_CONNECTIONS
    addresses.take("b")
    addresses.give_back("a")
    addresses.take("a")


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    text = of_every_answer("https://consult.example.org")["Content-Security-Policy"]
    policy = dict(directive.split(" ", 1) for directive in text.split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["worker-src"] == policy["style-src"] == "'self'"
    assert policy["connect-src"] == "'self' wss://consult.example.org"
    assert policy["require-trusted-types-for"] == "'script'"
    assert policy["trusted-types"] == "aparte-worker"
    words = text.replace(";", " ").split()
    foreign = [word for word in words if "://" in word and "consult.example.org" not in word]
    assert foreign == []
    assert not [word for word in words if "unsafe" in word or "*" in word or word == "data:"]


@pytest.mark.parametrize("begin", WORKERS)
def test_what_reads_files_compiles_its_codecs_and_reaches_nobody(begin: str) -> None:
    headers = of_every_answer("https://consult.example.org", f"{begin}AbCd1234.js")
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] in {"'wasm-unsafe-eval'", "'none'"}
    assert policy["worker-src"] == "'none'"
    assert "connect-src" not in policy
    assert headers.keys() == of_every_answer("https://consult.example.org").keys()


def test_other_headers_of_every_answer() -> None:
    headers = of_every_answer("https://consult.example.org")
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    for feature in ("camera", "microphone", "display-capture", "screen-wake-lock"):
        assert f"{feature}=(self)" in headers["Permissions-Policy"]
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" in headers
    plain = of_every_answer("http://localhost:8480")
    assert "Strict-Transport-Security" not in plain
    assert "ws://localhost:8480" in plain["Content-Security-Policy"]


@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_code_has_an_answer(code: ErrorCode) -> None:
    refused = Refused(code)
    response = answer(refused)
    assert response.status == code.http
    whole = answer_bytes(refused)
    assert whole.startswith(f"HTTP/1.1 {code.http} ".encode())
    assert str(code).encode() in whole
