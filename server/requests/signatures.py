"""Signed requests: RFC 9421 as docs/protocol.md, section 3, profiles it, with RFC 9530 digests."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

from aiohttp import web
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
)

from server.requests.ed25519 import Ed25519
from server.requests.encoding import decode
from server.requests.refusals import Refused
from server.services import SERVICES
from signaling.errors import ErrorCode

TAG = "aparte"
LABEL = "sig"
_PARAMETERS = {"keyid", "nonce", "tag"}
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")
# One signature of 64 bytes; the library sees to it that Signature-Input names no other.
_SIGNATURE = re.compile(r"sig=:[A-Za-z0-9+/]{86}==:")
_CHUNK = 64 * 1024
_READ = ("Signature", "Signature-Input", "Content-Digest", "Idempotency-Key")


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed a request, and what it must carry.

    `digest`: SHA-256 that the body must have, None without one. `idempotency`: 16 bytes, None for
    GET. `request_hash` names method, path, query and digest. `body` is filled by `signed()` alone.
    """

    key: bytes
    digest: bytes | None
    idempotency: bytes | None
    request_hash: bytes
    body: bytes = field(default=b"", repr=False)


class _Keys(HTTPSignatureKeyResolver):
    """Keys name themselves: `keyid` is the public key."""

    def resolve_public_key(self, key_id: str) -> bytes:
        return decode(key_id, 32)

    def resolve_private_key(self, _key_id: str) -> bytes:
        raise TypeError("the server signs nothing")


@dataclass(frozen=True, slots=True)
class Message:
    """What the library reads of a request. `url` is absolute."""

    method: str
    url: str
    headers: dict[str, str]


def _message(request: web.Request, origin: str) -> Message:
    """Take `@authority` from the settings: a Host header is only what somebody sent."""
    headers: dict[str, str] = {}
    for name in _READ:
        values = request.headers.getall(name, [])
        if len(values) > 1:
            raise Refused(ErrorCode.BAD_REQUEST, f"There is more than one {name}.")
        if values:
            headers[name] = values[0]
    return Message(request.method, origin + request.raw_path, headers)


def verify(message: Message, components: tuple[str, ...]) -> dict[str, int | str]:
    """Check that the one signature `sig` holds and covers just these, and give its parameters.

    Raises `bad_signature`.
    """
    if _SIGNATURE.fullmatch(message.headers.get("Signature", "")) is None:
        raise Refused(ErrorCode.BAD_SIGNATURE, "There must be one signature, labelled sig.")
    verifier = HTTPMessageVerifier(signature_algorithm=Ed25519, key_resolver=_Keys())
    verifier.require_created = False
    try:
        (result,) = verifier.verify(message, max_age=None, expect_tag=TAG, expect_label=LABEL)
    except HTTPMessageSignaturesException:
        raise Refused(ErrorCode.BAD_SIGNATURE) from None
    covered = [f'"{name}"' for name in components]
    if list(result.covered_components) != [*covered, '"@signature-params"']:
        raise Refused(ErrorCode.BAD_SIGNATURE, f"The signature must cover {', '.join(covered)}.")
    if set(result.parameters) != _PARAMETERS:
        raise Refused(ErrorCode.BAD_SIGNATURE, "The parameters must be keyid, nonce and tag.")
    return result.parameters


def check_head(request: web.Request) -> Signed:
    """Check a signature before any of the body is read.

    Raises `bad_signature`, `stale_nonce` or `bad_request`.
    """
    services = request.app[SERVICES]
    message = _message(request, services.config.origin)
    has_body = request.can_read_body or "Content-Digest" in message.headers
    writes = request.method != "GET"
    components: tuple[str, ...] = ("@method", "@authority", "@path", "@query")
    components += ("content-digest",) if has_body else ()
    components += ("idempotency-key",) if writes else ()
    parameters = verify(message, components)
    services.nonces.require(parameters["nonce"])
    digest = _read_digest(message.headers["Content-Digest"]) if has_body else None
    token = decode(message.headers["Idempotency-Key"], 16) if writes else None
    named = f"{request.method}\n{request.raw_path}\n".encode() + (digest or b"")
    return Signed(decode(parameters["keyid"], 32), digest, token, hashlib.sha256(named).digest())


def _read_digest(value: str) -> bytes:
    found = _DIGEST.fullmatch(value)
    if found is None:
        raise Refused(ErrorCode.BAD_REQUEST, "Content-Digest should be sha-256=:…: and no more.")
    try:
        return base64.b64decode(found[1], validate=True)
    except binascii.Error:
        raise Refused(ErrorCode.BAD_REQUEST) from None


async def chunks(request: web.Request, most: int, too_long: ErrorCode) -> AsyncIterator[bytes]:
    """Give the body as it comes in, at most `most` bytes.

    Raises `timeout` where the sender falls silent or dawdles, and `too_long`.
    """
    services = request.app[SERVICES]
    limits = services.config.limits
    loop = asyncio.get_running_loop()
    length = request.content_length
    if (length or 0) > most:
        raise Refused(too_long)
    allowed = (
        limits.body_seconds + (most if length is None else length) / limits.body_bytes_a_second
    )
    end = loop.time() + allowed
    taken = 0
    while True:
        try:
            async with asyncio.timeout_at(min(end, loop.time() + limits.body_seconds)):
                chunk = await request.content.read(_CHUNK)
        except TimeoutError:
            raise Refused(ErrorCode.TIMEOUT) from None
        if not chunk:
            return
        taken += len(chunk)
        if taken > most:
            raise Refused(too_long)
        yield chunk


async def signed(request: web.Request, most: int | None = None) -> Signed:
    """Check a signed request with a small body, and read it: `most` bytes, else as JSON may be.

    Raises `bad_signature`, `stale_nonce`, `bad_request`, `bad_digest` or `timeout`.
    """
    return await with_body(request, check_head(request), most)


async def with_body(request: web.Request, head: Signed, most: int | None = None) -> Signed:
    """Read the body of a request whose head was checked: at most `most` bytes, else as JSON may be.

    Raises as `signed` does.
    """
    body = bytearray()
    most = request.app[SERVICES].config.limits.json_bytes if most is None else most
    async for chunk in chunks(request, most, ErrorCode.BAD_REQUEST):
        body += chunk
    require_digest(head, hashlib.sha256(body).digest())
    return replace(head, body=bytes(body))


def require_digest(head: Signed, found: bytes) -> None:
    """Raises `bad_digest`."""
    if head.digest is not None and not hmac.compare_digest(head.digest, found):
        raise Refused(ErrorCode.BAD_DIGEST)
