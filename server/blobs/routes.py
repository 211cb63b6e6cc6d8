"""`PUT`, `GET` and `DELETE /v1/blobs/{id}`: streamed both ways, never held in memory."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time

import msgspec
from aiohttp import web

from server.blobs import store
from server.blobs.rules import Account, Gate
from server.blobs.store import Blob
from server.engines.database import Database
from server.engines.files import Draft, Files, read_chunks
from server.requests import idempotency
from server.requests.ed25519 import is_key
from server.requests.encoding import b64u, decode
from server.requests.idempotency import Answer
from server.requests.refusals import Refused
from server.requests.signatures import CONFIG, Signed, check_head, chunks, require_digest, signed
from signaling.errors import ErrorCode

FILES = web.AppKey("files", Files)
GATE = web.AppKey("blob_gate", Gate)
_DATABASE = web.AppKey("blob_database", Database)
_SWEEP = 256


def _id(request: web.Request) -> bytes:
    return decode(request.match_info["blob"], 16)


def _query(request: web.Request, allowed: set[str]) -> None:
    if set(request.query) - allowed or len(request.query) != len(set(request.query)):
        raise Refused(ErrorCode.BAD_REQUEST)


async def put(request: web.Request) -> web.Response:
    """Store a body. 201 `{"blob", "length", "expires"}`.

    Raises besides the signature's codes `not_enrolled`, `not_admitted`, `blob_too_large`,
    `quota_exceeded`, `already_exists`, `bad_digest`, `timeout`, `storage_failed`.
    """
    head = check_head(request)
    _query(request, {"read", "room"})
    blob, gate = _id(request), request.app[GATE]
    read_key = decode(request.query.get("read"), 32)
    room = decode(request.query["room"], 16) if "room" in request.query else None
    if head.digest is None or not is_key(read_key):
        raise Refused(ErrorCode.BAD_REQUEST)
    async with request.app[_DATABASE].read() as connection:
        earlier = await idempotency.recall(connection, head)
        if earlier is not None:
            return earlier.response()
        account = await gate.account(head.key, room)
        if await store.exists(connection, blob):
            raise Refused(ErrorCode.ALREADY_EXISTS)
        left = account.most - await store.used(connection, account.id)
    gate.require_length(request.content_length, account.most)
    if (request.content_length or 0) > left:
        raise Refused(ErrorCode.QUOTA_EXCEEDED)
    draft = await request.app[FILES].draft(b64u(blob), secrets.token_urlsafe(16))
    try:
        await _receive(request, head.digest, draft, gate, left)
        expires = int(time.time()) + gate.limits.blob_life
        wanted = Blob(blob, head.key, read_key, account.id, draft.length, expires)
        return (await _commit(request, head, wanted, draft, account)).response()
    except BaseException:
        draft.drop()
        raise


async def _receive(
    request: web.Request, digest: bytes, draft: Draft, gate: Gate, left: int
) -> None:
    found = hashlib.sha256()
    async for chunk in chunks(request, gate.limits):
        if draft.length + len(chunk) > gate.limits.blob_bytes:
            raise Refused(ErrorCode.BLOB_TOO_LARGE)
        if draft.length + len(chunk) > left:
            raise Refused(ErrorCode.QUOTA_EXCEEDED)
        found.update(chunk)
        await draft.write(chunk)
    require_digest(digest, found.digest())


async def _commit(
    request: web.Request, head: Signed, blob: Blob, draft: Draft, account: Account
) -> Answer:
    """Keep file and row; look again at what may have changed while the body came in."""
    seconds = request.app[CONFIG].limits.idempotency_seconds
    body = {"blob": b64u(blob.id), "length": blob.length, "expires": blob.expires}
    async with request.app[_DATABASE].write() as connection:
        earlier = await idempotency.recall(connection, head)
        if earlier is not None:
            draft.drop()
            return earlier
        if await store.exists(connection, blob.id):
            raise Refused(ErrorCode.ALREADY_EXISTS)
        if await store.used(connection, account.id) + blob.length > account.most:
            raise Refused(ErrorCode.QUOTA_EXCEEDED)
        await draft.keep()
        await store.add(connection, blob)
        answer = Answer(201, msgspec.json.encode(body))
        return await idempotency.remember(connection, head, answer, seconds)


async def get(request: web.Request) -> web.StreamResponse:
    """Give the bytes to the holder of the read key."""
    head = check_head(request)
    _query(request, set())
    async with request.app[_DATABASE].read() as connection:
        blob = await store.find(connection, _id(request))
    if blob is None or blob.read_key != head.key:
        raise Refused(ErrorCode.NOT_FOUND)
    handle = await request.app[FILES].open(b64u(blob.id))
    if handle is None:
        raise Refused(ErrorCode.NOT_FOUND)
    response = web.StreamResponse()
    response.content_type = "application/octet-stream"
    response.content_length = blob.length
    pause = request.app[CONFIG].limits.body_pause_seconds
    pieces = read_chunks(handle)
    try:
        await response.prepare(request)
        async for piece in pieces:
            async with asyncio.timeout(pause):
                await response.write(piece)
    finally:
        await pieces.aclose()
    return response


async def remove(request: web.Request) -> web.Response:
    """Erase a blob of the signer's. 204; repeating it is the same."""
    head = await signed(request)
    _query(request, set())
    blob = _id(request)
    async with request.app[_DATABASE].write() as connection:
        earlier = await idempotency.recall(connection, head)
        if earlier is not None:
            return earlier.response()
        found = await store.find(connection, blob)
        if found is None or found.owner != head.key:
            raise Refused(ErrorCode.NOT_FOUND)
        await store.remove(connection, blob)
        seconds = request.app[CONFIG].limits.idempotency_seconds
        answer = await idempotency.remember(connection, head, Answer(204), seconds)
    await request.app[FILES].remove(b64u(blob))
    return answer.response()


async def sweep(database: Database, files: Files) -> None:
    """Erase what has expired: the row first, so that no row points at nothing."""
    while True:
        async with database.write() as connection:
            old = await store.expired(connection, _SWEEP)
            for blob in old:
                await store.remove(connection, blob)
        for blob in old:
            await files.remove(b64u(blob))
        if len(old) < _SWEEP:
            return


def setup(app: web.Application, database: Database, files: Files, gate: Gate) -> None:
    app[FILES] = files
    app[GATE] = gate
    app[_DATABASE] = database
    app.router.add_put("/v1/blobs/{blob}", put)
    app.router.add_get("/v1/blobs/{blob}", get, allow_head=False)
    app.router.add_delete("/v1/blobs/{blob}", remove)
