"""`PUT /v1/blobs/{id}`: a blob comes in one piece or several, each on the disk when answered."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import msgspec
from aiohttp import web
from sqlalchemy import Connection

from server.blobs import counters, store
from server.blobs.keeping import BLOBS
from server.blobs.rules import Account, require_offset, require_openings, voucher_account
from server.blobs.store import Blob, Piece
from server.engines.files import NAME_BYTES, Draft
from server.requests import idempotency
from server.requests.ed25519 import is_key
from server.requests.encoding import b64u
from server.requests.idempotency import Answer
from server.requests.queries import Query, id_of
from server.requests.refusals import Refused
from server.requests.signatures import Signed, check_head, chunks, require_digest
from server.services import SERVICES
from server.vouchers import store as vouchers
from signaling.errors import ErrorCode
from signaling.wire import ID_BYTES, KEY_BYTES

# What is hashed and written at once, while as much comes in.
_GATHERED = 1024 * 1024
_NAMES = ("read", "length", "offset", "room", "voucher", "openings")


@dataclass(frozen=True, slots=True)
class Asked:
    """`read`, `length` and who pays count with the first piece alone; `size` is of this piece."""

    blob: bytes
    offset: int
    size: int
    length: int
    read: bytes | None
    room: bytes | None
    voucher: bytes | None
    openings: int | None


def said(blob: Blob) -> bytes:
    """What is answered about an upload."""
    body = {
        "blob": b64u(blob.id),
        "length": blob.length,
        "offset": blob.offset,
        "expires": blob.expires,
    }
    return msgspec.json.encode(body)


def _read(request: web.Request, head: Signed) -> Asked:
    """Raises `bad_request`, `blob_too_large`."""
    query = Query(request, *_NAMES)
    size = request.content_length
    if head.digest is None or size is None:
        sentence = "A piece of a blob needs Content-Length and Content-Digest."
        raise Refused(ErrorCode.BAD_REQUEST, sentence)
    offset, length = query.number("offset") or 0, query.number("length")
    asked = Asked(
        blob=id_of(request),
        offset=offset,
        size=size,
        length=offset + size if length is None else length,
        read=query.binary("read", KEY_BYTES),
        room=query.binary("room", ID_BYTES),
        voucher=query.binary("voucher", KEY_BYTES),
        openings=query.number("openings"),
    )
    if size > request.app[SERVICES].config.limits.piece_bytes:
        raise Refused(ErrorCode.BLOB_TOO_LARGE, "A piece of a blob may not be so long.")
    if asked.offset + asked.size > asked.length or (asked.size == 0 and asked.length > 0):
        raise Refused(ErrorCode.BAD_REQUEST, "The piece is empty, or goes past the length.")
    if asked.room is not None and asked.voucher is not None:
        raise Refused(ErrorCode.BAD_REQUEST, "Either a room or a voucher pays.")
    if asked.openings is not None:
        require_openings(asked.openings, asked.voucher)
    return asked


async def put(request: web.Request) -> web.Response:
    """Store a piece. 201 with the first one, then 200.

    Raises besides the signature's codes `not_enrolled`, `not_admitted`, `bad_voucher`,
    `blob_too_large`, `quota_exceeded`, `already_exists`, `not_found`, `bad_offset`, `bad_digest`,
    `timeout`, `storage_failed`.
    """
    services = request.app[SERVICES]
    head = check_head(request)
    asked = _read(request, head)
    now = services.clock()

    def look(connection: Connection) -> tuple[Answer | None, Blob | None]:
        earlier = idempotency.recall(connection, head, now)
        if earlier is None and asked.offset == 0 and _is_taken(connection, asked.blob):
            raise Refused(ErrorCode.ALREADY_EXISTS)
        return earlier, store.find(connection, asked.blob, now)

    earlier, found = await services.database.read(look)
    if earlier is not None:
        # The retry of a write whose answer was lost: take the body, so that the answer arrives.
        await _receive(request, head, asked.size, None)
        return earlier.response()
    if asked.offset > 0:
        require_offset(found, head.key, asked.offset, asked.length)
        return await _store(request, head, asked, None)
    if asked.read is None or not is_key(asked.read):
        raise Refused(ErrorCode.BAD_REQUEST, "A blob needs a read key.")
    if asked.voucher is not None:
        return await _store(request, head, asked, None)
    account = await request.app[BLOBS].gate.account(head.key, asked.room)
    if asked.length > services.config.limits.blob_bytes:
        raise Refused(ErrorCode.BLOB_TOO_LARGE)
    async with _reserved(request, account, asked.length):
        return await _store(request, head, asked, account)


async def _store(
    request: web.Request, head: Signed, asked: Asked, account: Account | None
) -> web.Response:
    """Take the body into a file, then make that file a piece."""
    services = request.app[SERVICES]
    piece = Piece(asked.offset, asked.size, services.random(NAME_BYTES).hex())
    draft = await request.app[BLOBS].files.draft(piece.file)

    def write(connection: Connection, now: float) -> tuple[Answer, Piece]:
        if asked.offset == 0:
            blob = _created(request, connection, head, asked, account)
        else:
            found = store.find(connection, asked.blob, now)
            blob = require_offset(found, head.key, asked.offset, asked.length)
        end = piece.offset + piece.length
        done = end == blob.length
        waits = int(now) + services.config.limits.upload_seconds
        expires = blob.lasts if done else min(blob.lasts, waits)
        store.add_piece(connection, blob.id, piece, expires)
        body = said(replace(blob, offset=end, expires=expires))
        return Answer(201 if asked.offset == 0 else 200, body), piece

    try:
        await _receive(request, head, asked.size, draft)
        await draft.keep()
    except BaseException:
        draft.drop()
        raise
    try:
        answer, kept = await idempotency.first(services, head, write)
    except Exception:
        # Not when we are cancelled: what was begun is committed all the same, and names the file.
        draft.drop()
        raise
    if kept is None:
        # The same request came twice at once, and the other was first.
        draft.drop()
    return answer.response()


def _created(
    request: web.Request,
    connection: Connection,
    head: Signed,
    asked: Asked,
    account: Account | None,
) -> Blob:
    """Write the row of a new blob; look again at what may have changed since the first look."""
    services = request.app[SERVICES]
    now = services.clock()
    if _is_taken(connection, asked.blob):
        raise Refused(ErrorCode.ALREADY_EXISTS)
    if account is None:
        paid = vouchers.spend(connection, asked.voucher or b"", now)
        if asked.length > paid.bytes:
            raise Refused(ErrorCode.QUOTA_EXCEEDED, "The voucher pays for fewer bytes.")
        holder, lasts = voucher_account(paid.hash), paid.expires
    else:
        # An upload that was committed and let go of its reservation just as ours was looked at.
        used = store.used(connection, account.id)
        if used + asked.length > account.most:
            raise Refused(ErrorCode.QUOTA_EXCEEDED)
        holder, lasts = account.id, int(now) + services.config.limits.blob_seconds
    blob = Blob(asked.blob, head.key, asked.read or b"", holder, asked.length, 0, lasts, lasts)
    store.create(connection, blob)
    if asked.openings is not None:
        counters.create(connection, blob, asked.openings, now, services.config.limits)
    return blob


def _is_taken(connection: Connection, blob: bytes) -> bool:
    return store.is_taken(connection, blob) or counters.is_taken(connection, blob)


@asynccontextmanager
async def _reserved(request: web.Request, account: Account, length: int) -> AsyncIterator[None]:
    """Hold these bytes of a quota while they come in. Raises `quota_exceeded`."""
    reserved = request.app[BLOBS].reserved
    # First, so that of two uploads at once each sees the other.
    reserved.add(account.id, length)
    try:
        used = await request.app[SERVICES].database.read(
            lambda connection: store.used(connection, account.id)
        )
        if used + reserved.of(account.id) > account.most:
            raise Refused(ErrorCode.QUOTA_EXCEEDED)
        yield
    finally:
        reserved.add(account.id, -length)


async def _receive(request: web.Request, head: Signed, size: int, draft: Draft | None) -> None:
    """Take the body: what has come is hashed and written while more comes in."""
    found = hashlib.sha256()

    async def take(some: list[bytes]) -> None:
        await asyncio.to_thread(_hash, found, some)
        if draft is not None:
            await draft.write(some)

    taking = asyncio.create_task(take([]))
    try:
        async for some in _gathered(chunks(request, size, ErrorCode.BAD_REQUEST)):
            await asyncio.wait([taking])
            taking.result()
            taking = asyncio.create_task(take(some))
    finally:
        # Whatever ended it: nobody may write to a draft that is dropped. A task that is waited for
        # so is not cancelled with us: its thread would go on.
        await asyncio.wait([taking])
        failed = taking.exception()
    if failed is not None:
        raise failed
    require_digest(head, found.digest())


def _hash(found: hashlib._Hash, some: list[bytes]) -> None:
    for chunk in some:
        found.update(chunk)


async def _gathered(coming: AsyncIterator[bytes]) -> AsyncIterator[list[bytes]]:
    """A way to a thread and back costs as much as the hash of what comes at once."""
    some: list[bytes] = []
    size = 0
    async for chunk in coming:
        some.append(chunk)
        size += len(chunk)
        if size >= _GATHERED:
            yield some
            some, size = [], 0
    yield some
