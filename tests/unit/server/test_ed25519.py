"""Strict keys, and the one Ed25519 example of RFC 9421."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from http_message_signatures import (
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
)
from nacl.bindings import crypto_core_ed25519_add
from nacl.signing import SigningKey

from server.requests.ed25519 import is_key, verifies
from tests.unit.server.oracle import Ed25519

# RFC 9421, appendix B.1.4 and B.2.6.
KEY = base64.urlsafe_b64decode("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs=")
INPUT = (
    'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
    ';created=1618884473;keyid="test-key-ed25519"'
)
SIGNATURE = (
    "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WP"
    "pBKRCw==:"
)
P = 2**255 - 19


class Resolver(HTTPSignatureKeyResolver):
    def resolve_public_key(self, key_id: str) -> bytes | None:
        return KEY if key_id == "test-key-ed25519" else None

    def resolve_private_key(self, key_id: str) -> Any:
        raise AssertionError


class Request:
    """The request of RFC 9421, appendix B.2."""

    def __init__(self, **changes: str) -> None:
        self.method = changes.pop("method", "POST")
        self.url = changes.pop("url", "https://example.com/foo?param=Value&Pet=dog")
        self.headers = {
            "Date": "Tue, 20 Apr 2021 02:07:55 GMT",
            "Content-Type": "application/json",
            "Content-Length": "18",
            "Signature-Input": INPUT,
            "Signature": SIGNATURE,
            **changes,
        }


def verify(request: Request) -> None:
    verifier = HTTPMessageVerifier(signature_algorithm=Ed25519, key_resolver=Resolver())
    verifier.verify(request, max_age=None)


def test_the_example_of_the_rfc_holds() -> None:
    verify(Request())


@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},
        {"url": "https://example.com/bar"},
        {"url": "https://example.org/foo"},
        {"Date": "Tue, 20 Apr 2021 02:07:56 GMT"},
        {"Content-Length": "19"},
        {"Signature": SIGNATURE.replace("wqc", "wqd")},
    ],
)
def test_the_example_of_the_rfc_changed_anywhere_does_not(change: dict[str, str]) -> None:
    with pytest.raises(InvalidSignature):
        verify(Request(**change))


def test_what_the_example_does_not_cover_may_change() -> None:
    verify(Request(url="https://example.com/foo?other"))


SMALL_ORDER = [
    bytes(32),
    b"\1" + bytes(31),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    (P - 1).to_bytes(32, "little"),
]
NOT_CANONICAL = [
    P.to_bytes(32, "little"),
    (P + 1).to_bytes(32, "little"),
    b"\1" + bytes(30) + b"\x80",
    bytes([0xFF] * 32),
]


@pytest.mark.parametrize("key", [*SMALL_ORDER, *NOT_CANONICAL, b"", bytes(31), bytes(33)])
def test_keys_that_are_refused(key: bytes) -> None:
    assert not is_key(key)
    # With R the neutral element and S zero the equation holds under a small-order key.
    assert not verifies(key, b"anything", b"\1" + bytes(63))


def test_a_key_with_a_small_component_is_refused() -> None:
    good = bytes(SigningKey(bytes(32)).verify_key)
    assert is_key(good)
    of_order_eight = SMALL_ORDER[2]
    assert not is_key(crypto_core_ed25519_add(good, of_order_eight))


def test_signatures_are_reduced_and_64_bytes_long() -> None:
    key = SigningKey(bytes(32))
    public, signature = bytes(key.verify_key), key.sign(b"text").signature
    assert verifies(public, b"text", signature)
    order = 2**252 + 27742317777372353535851937790883648493
    larger = int.from_bytes(signature[32:], "little") + order
    assert not verifies(public, b"text", signature[:32] + larger.to_bytes(32, "little"))
    assert not verifies(public, b"text", signature + b"\0")
    assert not verifies(public, b"text", b"")
    assert not verifies(public, b"Text", signature)
