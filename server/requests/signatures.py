"""Signed requests: RFC 9421 as docs/protocol.md, section 3, profiles it, with RFC 9530 digests."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from aiohttp import web
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
)

from server.config import Config
from server.limits import Limits
from server.requests.ed25519 import Ed25519, is_key
from server.requests.encoding import decode
from server.requests.nonces import Nonces
from server.requests.refusals import Refused
from signaling.errors import ErrorCode

NONCES = web.AppKey("nonces", Nonces)
CONFIG = web.AppKey("config", Config)

TAG = "aparte"
LABEL = "sig"
_PARAMETERS = {"keyid", "nonce", "tag"}
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed a request, and what it must carry. `digest` is None where there is no body.

    `request_hash` names the whole signed request for idempotency: method, path, query and digest.
    """

    key: bytes
    digest: bytes | None
    idempotency: bytes | None
    request_hash: bytes
    body: bytes = field(default=b"", repr=False)


class _Keys(HTTPSignatureKeyResolver):
    """Keys name themselves: `keyid` is the public key."""

    def resolve_public_key(self, key_id: str) -> bytes:
        key = decode(key_id, 32)
        if not is_key(key):
            raise Refused(ErrorCode.BAD_SIGNATURE)
        return key

    def resolve_private_key(self, _key_id: str) -> bytes:
        raise TypeError("the server signs nothing")


@dataclass(frozen=True, slots=True)
class _Message:
    """What the library reads of a request."""

    method: str
    url: str
    headers: dict[str, str]


def _message(request: web.Request, origin: str) -> _Message:
    """Take `@authority` from the settings: a Host header is only what somebody sent."""
    wanted = ("Signature", "Signature-Input", "Content-Digest", "Idempotency-Key")
    headers: dict[str, str] = {}
    for name in wanted:
        values = request.headers.getall(name, [])
        if len(values) > 1:
            raise Refused(ErrorCode.BAD_REQUEST)
        if values:
            headers[name] = values[0]
    return _Message(request.method, origin + request.raw_path, headers)


def check_head(request: web.Request) -> Signed:
    """Check a signature before any of the body is read.

    Raises `bad_signature`, `stale_nonce` or `bad_request`.
    """
    config = request.app[CONFIG]
    message = _message(request, config.origin)
    has_body = request.can_read_body or "Content-Digest" in message.headers
    components = ["@method", "@authority", "@path", "@query"]
    components += ["content-digest"] if has_body else []
    components += ["idempotency-key"] if request.method != "GET" else []
    verifier = HTTPMessageVerifier(
        signature_algorithm=Ed25519,
        key_resolver=_Keys(),
    )
    verifier.require_created = False
    try:
        results = verifier.verify(message, max_age=None, expect_tag=TAG, expect_label=LABEL)
    except HTTPMessageSignaturesException:
        raise Refused(ErrorCode.BAD_SIGNATURE) from None
    result = results[0]
    covered = [
        name.strip('"') for name in result.covered_components if name != '"@signature-params"'
    ]
    if covered != components or set(result.parameters) != _PARAMETERS:
        raise Refused(ErrorCode.BAD_SIGNATURE)
    request.app[NONCES].require(result.parameters["nonce"])
    digest = _read_digest(message.headers["Content-Digest"]) if has_body else None
    token = None
    if request.method != "GET":
        token = decode(message.headers["Idempotency-Key"], 16)
    named = f"{request.method}\n{request.raw_path}".encode() + b"\n" + (digest or b"")
    key = decode(result.parameters["keyid"], 32)
    return Signed(key, digest, token, hashlib.sha256(named).digest())


def _read_digest(value: str) -> bytes:
    found = _DIGEST.fullmatch(value)
    if not found:
        raise Refused(ErrorCode.BAD_REQUEST)
    try:
        return base64.b64decode(found[1], validate=True)
    except binascii.Error:
        raise Refused(ErrorCode.BAD_REQUEST) from None


async def chunks(request: web.Request, limits: Limits) -> AsyncIterator[bytes]:
    """Give the body as it comes in. Raises `timeout` where the sender falls silent."""
    while True:
        try:
            async with asyncio.timeout(limits.body_pause_seconds):
                chunk = await request.content.read(_CHUNK)
        except TimeoutError:
            raise Refused(ErrorCode.TIMEOUT) from None
        if not chunk:
            return
        yield chunk


async def signed(request: web.Request) -> Signed:
    """Check a signed request with a small body, and read it.

    Raises `bad_signature`, `stale_nonce`, `bad_request`, `bad_digest`, `timeout`.
    """
    head = check_head(request)
    limits = request.app[CONFIG].limits
    body = bytearray()
    async with asyncio.timeout(limits.body_pause_seconds):
        async for chunk in chunks(request, limits):
            body += chunk
            if len(body) > limits.json_bytes:
                raise Refused(ErrorCode.BAD_REQUEST)
    if head.digest is not None:
        require_digest(head.digest, hashlib.sha256(body).digest())
    return Signed(head.key, head.digest, head.idempotency, head.request_hash, bytes(body))


def require_digest(signed_digest: bytes, found: bytes) -> None:
    """Raises `bad_digest`."""
    if not hmac.compare_digest(signed_digest, found):
        raise Refused(ErrorCode.BAD_DIGEST)
