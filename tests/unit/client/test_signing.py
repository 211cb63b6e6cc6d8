"""Our signatures hold for the library that servers check them with, and only as they were made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)

from client.api.signing import Unsigned, sign_request
from client.sealing.encoding import b64u, b64u_decode
from client.sealing.keys import SigningKey

KEY = SigningKey(bytes(range(32)))
BODY = b'{"room":"x"}'
REQUEST = Unsigned(
    "POST",
    "https://consult.example.org",
    "/v1/rooms?a=1&b=%20",
    "nonce",
    hashlib.sha256(BODY).digest(),
    b64u(bytes(16)),
)


@dataclass
class Message:
    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


class Keys(HTTPSignatureKeyResolver):
    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(b64u_decode(key_id))


def verify(request: Unsigned, headers: dict[str, str]) -> Any:
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=Keys())
    verifier.require_created = False
    message = Message(request.method, request.origin + request.target, headers)
    (result,) = verifier.verify(message, max_age=None, expect_tag="aparte", expect_label="sig")
    return result


def test_a_signature_holds() -> None:
    result = verify(REQUEST, sign_request(REQUEST, KEY))
    assert dict(result.parameters) == {
        "keyid": b64u(KEY.public),
        "nonce": "nonce",
        "tag": "aparte",
    }
    covered = [name.strip('"') for name in result.covered_components]
    assert covered[:6] == [
        "@method",
        "@authority",
        "@path",
        "@query",
        "content-digest",
        "idempotency-key",
    ]


def test_without_body_query_or_key() -> None:
    request = Unsigned("GET", "http://localhost:8480", "/v1/blobs/x", "nonce")
    headers = sign_request(request, KEY)
    assert set(headers) == {"signature-input", "signature"}
    verify(request, headers)


@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},
        {"origin": "https://other.example.org"},
        {"target": "/v1/rooms?a=2"},
        {"target": "/v1/other?a=1&b=%20"},
    ],
)
def test_another_request_does_not_hold(change: dict[str, Any]) -> None:
    with pytest.raises(HTTPMessageSignaturesException):
        verify(replace(REQUEST, **change), sign_request(REQUEST, KEY))
