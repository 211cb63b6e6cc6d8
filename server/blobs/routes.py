"""`PUT`, `GET` and `DELETE /v1/blobs/{id}`: streamed both ways, never held in memory."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from server.blobs import store
from server.blobs.keeping import BLOBS
from server.blobs.rules import Account
from server.blobs.store import Blob
from server.engines.files import NAME_BYTES, Draft
from server.requests import idempotency
from server.requests.ed25519 import is_key
from server.requests.encoding import b64u
from server.requests.idempotency import Answer
from server.requests.queries import Query, id_of
from server.requests.refusals import Refused
from server.requests.signatures import Signed, check_head, chunks, require_digest, signed
from server.services import SERVICES
from signaling.errors import ErrorCode
from signaling.wire import ID_BYTES, KEY_BYTES


async def put(request: web.Request) -> web.Response:
    """Store a body. 201 `{"blob", "length", "expires"}`.

    Raises besides the signature's codes `not_enrolled`, `not_admitted`, `blob_too_large`,
    `quota_exceeded`, `already_exists`, `bad_digest`, `timeout`, `storage_failed`.
    """
    services, parts = request.app[SERVICES], request.app[BLOBS]
    head = check_head(request)
    query = Query(request, "read", "room")
    blob, read, room = (
        id_of(request),
        query.binary("read", KEY_BYTES),
        query.binary("room", ID_BYTES),
    )
    if head.digest is None or request.content_length is None or read is None or not is_key(read):
        sentence = "A blob needs Content-Length, Content-Digest and a read key."
        raise Refused(ErrorCode.BAD_REQUEST, sentence)
    account = await parts.gate.account(head.key, room)
    length = request.content_length
    if length > services.config.limits.blob_bytes:
        raise Refused(ErrorCode.BLOB_TOO_LARGE)
    now = services.clock()
    async with services.database.read() as connection:
        earlier = await idempotency.recall(connection, head, now)
        taken = await store.is_taken(connection, blob)
    if earlier is not None:
        # The retry of a write whose answer was lost: take the body, so that the answer arrives.
        await _receive(request, head, length, None)
        return earlier.response()
    if taken:
        raise Refused(ErrorCode.ALREADY_EXISTS)
    async with _reserved(request, account, length):
        name = services.random(NAME_BYTES).hex()
        expires = int(now) + services.config.limits.blob_seconds
        wanted = Blob(blob, name, head.key, read, account.id, length, expires)
        draft = await parts.files.draft(name)
        try:
            await _receive(request, head, length, draft)
            await draft.keep()
            answer = await _commit(request, head, wanted, account.most, draft)
        except BaseException:
            draft.drop()
            raise
    return answer.response()


@asynccontextmanager
async def _reserved(request: web.Request, account: Account, length: int) -> AsyncIterator[None]:
    """Hold these bytes of a quota while they come in. Raises `quota_exceeded`."""
    reserved = request.app[BLOBS].reserved
    # First, so that of two uploads at once each sees the other.
    reserved.add(account.id, length)
    try:
        async with request.app[SERVICES].database.read() as connection:
            used = await store.used(connection, account.id)
        if used + reserved.of(account.id) > account.most:
            raise Refused(ErrorCode.QUOTA_EXCEEDED)
        yield
    finally:
        reserved.add(account.id, -length)


async def _receive(request: web.Request, head: Signed, length: int, draft: Draft | None) -> None:
    found = hashlib.sha256()
    async for chunk in chunks(request, length, ErrorCode.BAD_REQUEST):
        found.update(chunk)
        if draft is not None:
            await draft.write(chunk)
    require_digest(head, found.digest())


async def _commit(
    request: web.Request, head: Signed, blob: Blob, most: int, draft: Draft
) -> Answer:
    """Write the row that makes a kept file a blob; look again at what may have changed."""
    services = request.app[SERVICES]
    now = services.clock()
    body = {"blob": b64u(blob.id), "length": blob.length, "expires": blob.expires}
    async with services.database.write() as connection:
        earlier = await idempotency.recall(connection, head, now)
        if earlier is not None:
            draft.drop()
            return earlier
        if await store.is_taken(connection, blob.id):
            raise Refused(ErrorCode.ALREADY_EXISTS)
        # An upload that was committed and let go of its reservation just as ours was looked at.
        if await store.used(connection, blob.account) + blob.length > most:
            raise Refused(ErrorCode.QUOTA_EXCEEDED)
        await store.add(connection, blob)
        expires = now + services.config.limits.idempotency_seconds
        answer = Answer(201, msgspec.json.encode(body))
        return await idempotency.remember(connection, head, answer, expires)


async def get(request: web.Request) -> web.StreamResponse:
    """Give the bytes to the holder of the read key."""
    services = request.app[SERVICES]
    head = check_head(request)
    Query(request)
    async with services.database.read() as connection:
        blob = await store.find(connection, id_of(request), services.clock())
    if blob is None or blob.read != head.key:
        raise Refused(ErrorCode.NOT_FOUND)
    response = web.StreamResponse()
    response.content_type = "application/octet-stream"
    response.content_length = blob.length
    async for piece in request.app[BLOBS].files.read(blob.file):
        if not response.prepared:
            await response.prepare(request)
        await response.write(piece)
    return response


async def remove(request: web.Request) -> web.Response:
    """Erase a blob that the signer stored. 204."""
    services, parts = request.app[SERVICES], request.app[BLOBS]
    head = await signed(request)
    Query(request)
    blob = id_of(request)
    files: list[str] = []

    async def write(connection: AsyncConnection, now: float) -> Answer:
        found = await store.find(connection, blob, now)
        if found is None or found.owner != head.key:
            raise Refused(ErrorCode.NOT_FOUND)
        await store.remove(connection, blob)
        files.append(found.file)
        return Answer(204)

    answer = await idempotency.once(services, head, write)
    for file in files:
        await parts.files.remove(file)
    return answer.response()


def setup(app: web.Application) -> None:
    app.router.add_put("/v1/blobs/{id}", put)
    app.router.add_get("/v1/blobs/{id}", get, allow_head=False)
    app.router.add_delete("/v1/blobs/{id}", remove)
