"""Signed requests: RFC 9421 as docs/protocol.md, section 3, profiles it, with RFC 9530 digests.

The profile leaves a signer no choice, so there is one text that a request's headers may have; what
differs from it is refused without being understood (docs/adr/0080).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace

from aiohttp import web

from server.requests.ed25519 import verifies
from server.requests.encoding import decode
from server.requests.refusals import Refused
from server.services import SERVICES
from signaling.errors import ErrorCode
from signaling.wire import KEY_BYTES

_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")
# 64 bytes in the one way to write them.
_SIGNATURE = re.compile(r"sig=:([A-Za-z0-9+/]{85}[AQgw]==):")
_PARAMETERS = re.compile(r'keyid="([A-Za-z0-9_-]{43})";nonce="([A-Za-z0-9_-]*)";tag="aparte"')
# A line break in a value would be a line of its own in what is signed.
_PLAIN = re.compile(r"[!-~](?:[ -~]*[!-~])?")
# RFC 3986, sections 3.3 and 3.4: a path and perhaps a query, never a fragment.
_TARGET = re.compile(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*")
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


@dataclass(frozen=True, slots=True)
class Message:
    """What is signed of a request. `target`: path and query as they were sent."""

    method: str
    authority: str
    target: str
    headers: Mapping[str, str]


def _message(request: web.Request, authority: str) -> Message:
    """Take `@authority` from the settings: a Host header is only what somebody sent."""
    headers: dict[str, str] = {}
    for name in _READ:
        values = request.headers.getall(name, [])
        if len(values) > 1:
            raise Refused(ErrorCode.BAD_REQUEST, f"There is more than one {name}.")
        if values:
            headers[name] = values[0]
    return Message(request.method, authority, request.raw_path, headers)


def verify(message: Message, fields: tuple[str, ...]) -> tuple[bytes, str]:
    """Check that the one signature holds and covers these header fields; give its key and nonce.

    Raises `bad_signature`, and `bad_request` for a key in another than its one encoding.
    """
    path, _, query = message.target.partition("?")
    covered = {
        "@method": message.method,
        "@authority": message.authority,
        "@path": path,
        "@query": f"?{query}",
    }
    for name in fields:
        covered[name.lower()] = message.headers.get(name, "")
    names = " ".join(f'"{name}"' for name in covered)
    before = f"sig=({names});"
    given = message.headers.get("Signature-Input", "")
    if not given.startswith(before):
        raise Refused(ErrorCode.BAD_SIGNATURE, f"There must be one signature, sig, over {names}.")
    parameters = _PARAMETERS.fullmatch(given, len(before))
    if parameters is None:
        raise Refused(ErrorCode.BAD_SIGNATURE, "The parameters must be keyid, nonce and tag.")
    signature = _SIGNATURE.fullmatch(message.headers.get("Signature", ""))
    if signature is None:
        raise Refused(ErrorCode.BAD_SIGNATURE, "There must be one signature, labelled sig.")
    if not _TARGET.fullmatch(message.target) or not all(map(_PLAIN.fullmatch, covered.values())):
        raise Refused(ErrorCode.BAD_SIGNATURE)
    lines = [f'"{name}": {value}\n' for name, value in covered.items()]
    base = f'{"".join(lines)}"@signature-params": {given.removeprefix("sig=")}'
    key = decode(parameters[1], KEY_BYTES)
    if not verifies(key, base.encode("ascii"), base64.b64decode(signature[1])):
        raise Refused(ErrorCode.BAD_SIGNATURE)
    return key, parameters[2]


def check_head(request: web.Request) -> Signed:
    """Check a signature before any of the body is read.

    Raises `bad_signature`, `stale_nonce` or `bad_request`.
    """
    services = request.app[SERVICES]
    message = _message(request, services.config.authority)
    has_body = request.can_read_body or "Content-Digest" in message.headers
    writes = request.method != "GET"
    fields: tuple[str, ...] = ("Content-Digest",) if has_body else ()
    fields += ("Idempotency-Key",) if writes else ()
    key, nonce = verify(message, fields)
    services.nonces.require(nonce)
    digest = _read_digest(message.headers["Content-Digest"]) if has_body else None
    token = decode(message.headers["Idempotency-Key"], 16) if writes else None
    named = f"{request.method}\n{request.raw_path}\n".encode() + (digest or b"")
    return Signed(key, digest, token, hashlib.sha256(named).digest())


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
                chunk = await request.content.readany()
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
