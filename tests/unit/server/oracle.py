"""http-message-signatures over the server's own keys: what RFC 9421 says of a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    HTTPSignatureKeyResolver,
)
from nacl.exceptions import BadSignatureError

from server.requests.ed25519 import verifies
from server.requests.encoding import decode


class Ed25519(HTTPSignatureAlgorithm):
    """`ed25519` of RFC 9421, section 3.3.6."""

    algorithm_id = "ed25519"

    def __init__(self, public_key: bytes | None = None, private_key: object = None) -> None:
        assert private_key is None
        self._key = public_key or b""

    def sign(self, _message: bytes) -> bytes:
        raise AssertionError

    def verify(self, signature: bytes, message: bytes) -> None:
        if not verifies(self._key, message, signature):
            raise BadSignatureError


class Keys(HTTPSignatureKeyResolver):
    """Keys name themselves: `keyid` is the public key."""

    def resolve_public_key(self, key_id: str) -> bytes:
        return decode(key_id, 32)

    def resolve_private_key(self, _key_id: str) -> bytes:
        raise AssertionError


@dataclass(frozen=True)
class Request:
    """What the library reads of a request. `url` is absolute."""

    method: str
    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Found:
    components: list[str]
    parameters: dict[str, int | str]


def holds(request: Request) -> Found | None:
    """What the one signature `sig` with our tag covers, or None where the library refuses it."""
    verifier = HTTPMessageVerifier(signature_algorithm=Ed25519, key_resolver=Keys())
    verifier.require_created = False
    try:
        (result,) = verifier.verify(request, max_age=None, expect_tag="aparte", expect_label="sig")
    except HTTPMessageSignaturesException:
        return None
    covered = [name for name in result.covered_components if name != '"@signature-params"']
    return Found(covered, dict(result.parameters))
