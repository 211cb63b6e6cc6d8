"""`PUT`, `GET` and `DELETE /v1/blobs/{id}`: streamed both ways, never held in memory."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import Connection

from server.blobs import counters, keeping, openings, store, uploads
from server.blobs.keeping import BLOBS
from server.blobs.rules import read_range, voucher_account, voucher_of
from server.blobs.store import Blob, Piece
from server.requests import idempotency
from server.requests.idempotency import Answer
from server.requests.queries import Query, id_of
from server.requests.refusals import Refused
from server.requests.signatures import check_head, signed
from server.services import SERVICES, IdentityOf
from server.vouchers import renewal
from server.vouchers.renewal import Held, Renewable
from server.vouchers.store import Voucher
from signaling.errors import ErrorCode
from signaling.wire import ID_BYTES


async def get_upload(request: web.Request) -> web.Response:
    """Tell who stores a blob how far it has come. 200."""
    services = request.app[SERVICES]
    head = check_head(request)
    Query(request)
    wanted, now = id_of(request), services.clock()
    found = await services.database.read(lambda connection: store.find(connection, wanted, now))
    blob = _owned(found, head.key)
    return web.Response(body=uploads.said(blob), content_type="application/json")


async def get(request: web.Request) -> web.StreamResponse:
    """Give the bytes, or a range of them, to the holder of the read key.

    Raises `bad_range`; where openings are counted also `used_up`, `withdrawn`, `expired`.
    """
    services = request.app[SERVICES]
    head = check_head(request)
    opening = Query(request, "opening").binary("opening", ID_BYTES)
    wanted, now = id_of(request), services.clock()

    def look(connection: Connection) -> tuple[Blob, list[Piece]]:
        openings.require_open(connection, wanted, head.key, opening, now)
        blob = store.find(connection, wanted, now)
        if blob is None or blob.read != head.key or not blob.is_complete:
            raise Refused(ErrorCode.NOT_FOUND)
        return blob, store.pieces_of(connection, blob.id)

    blob, pieces = await services.database.read(look)
    part = read_range(request.headers.get("Range"), blob.length)
    begin, end = part or (0, blob.length)
    response = web.StreamResponse(status=200 if part is None else 206)
    response.content_type = "application/octet-stream"
    response.content_length = end - begin
    response.headers["Accept-Ranges"] = "bytes"
    if part is not None:
        response.headers["Content-Range"] = f"bytes {begin}-{end - 1}/{blob.length}"
    for piece in pieces:
        first = max(begin - piece.offset, 0)
        count = min(end - piece.offset, piece.length) - first
        if count <= 0 and begin != end:
            continue
        async for read in request.app[BLOBS].files.read(piece.file, first, count):
            if not response.prepared:
                await response.prepare(request)
            await response.write(read)
    return response


async def remove(request: web.Request) -> web.Response:
    """Erase a blob that the signer stored, complete or not. 204."""
    services, parts = request.app[SERVICES], request.app[BLOBS]
    head = await signed(request)
    Query(request)
    blob = id_of(request)

    def write(connection: Connection, now: float) -> tuple[Answer, list[str]]:
        found = _owned(store.find(connection, blob, now), head.key)
        return Answer(204), keeping.withdraw(connection, found)

    answer, files = await idempotency.first(services, head, write)
    for file in files or ():
        await parts.files.remove(file)
    return answer.response()


def _owned(found: Blob | None, signer: bytes) -> Blob:
    if found is None or found.owner != signer:
        raise Refused(ErrorCode.NOT_FOUND)
    return found


def _held(connection: Connection, blob: bytes, now: float) -> Held | None:
    found = store.find(connection, blob, now)
    # What was said of the end of one whose openings are counted stays true.
    if found is None or not found.is_complete or counters.is_taken(connection, blob):
        return None
    paid = voucher_of(found.account)
    return None if paid is None else Held(found.owner, Voucher(paid, found.length, found.expires))


def _renew(connection: Connection, blob: bytes, paid: Voucher) -> None:
    store.renew(connection, blob, voucher_account(paid.hash), paid.expires)


def setup(app: web.Application, identity_of: IdentityOf) -> None:
    router, path = app.router, "/v1/blobs/{id}"
    router.add_put(path, uploads.put)
    router.add_get(path, get, allow_head=False)
    router.add_get(f"{path}/upload", get_upload, allow_head=False)
    router.add_delete(path, remove)
    router.add_post(f"{path}/openings", openings.post)
    router.add_get(f"{path}/openings", openings.get, allow_head=False)
    renewal.setup(app, path, Renewable(_held, _renew), identity_of)
