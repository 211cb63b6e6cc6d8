"""`PUT`, `GET`, `POST` and `DELETE /v1/cells/{id}`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy import Connection

from server.cells import links, rules, store
from server.cells.links import ACCEPTED, CLAIM_ACCEPTED, CLAIM_BYTES, LINK_BYTES, Link
from server.cells.store import Cell
from server.engines.server_key import ServerKey
from server.limits import CELL_BYTES
from server.requests import idempotency
from server.requests.idempotency import Answer
from server.requests.queries import Query, id_of
from server.requests.refusals import Refused
from server.requests.signatures import check_head, signed
from server.services import IdentityOf, Services
from server.vouchers import renewal
from server.vouchers import store as vouchers
from server.vouchers.renewal import Held, Renewable
from server.vouchers.store import Voucher
from signaling.errors import ErrorCode
from signaling.wire import KEY_BYTES, fields

_U64 = 8
_CLAIMED = b"claimed"
_BYTES = "application/octet-stream"


@dataclass(frozen=True)
class Cells:
    """`tell` and `gone` are called once a version or claim is, or a cell is no longer, on the disk.

    `key` signs what is accepted.
    """

    services: Services
    key: ServerKey
    tell: Callable[[bytes, int, bytes], None]
    gone: Callable[[bytes], None]

    async def latest(self, cell: bytes, key: bytes) -> int | None:
        """The newest version, for who may read. Raises StorageFailed."""
        now = self.services.clock()
        found = await self.services.database.read(
            lambda connection: store.find(connection, cell, now)
        )
        try:
            return rules.readable(found, key).version
        except Refused:
            return None

    async def sweep(self, now: float) -> None:
        """Forget what has expired. Raises StorageFailed."""
        for cell in await self.services.database.write(
            lambda connection: store.forget_expired(connection, now)
        ):
            self.gone(cell)

    async def put(self, request: web.Request) -> web.Response:
        """Make a cell with a voucher, 201, or give it its next version, 200: *accepted*.

        The very version 1 that is there may come again, 200.

        Raises besides the signature's codes `bad_voucher`, `already_exists`, `not_found`,
        `stale_version`, `cell_closed`.
        """
        voucher = Query(request, "voucher").binary("voucher", KEY_BYTES)
        cell = id_of(request)
        head = await signed(request, LINK_BYTES + CELL_BYTES)
        link, value = links.read_version(head.body)
        rules.require_own(link, cell, head.key)

        def write(connection: Connection, now: float) -> Answer:
            accepted = self._signed(ACCEPTED, now, link.hash)
            if voucher is None:
                rules.require_next(store.find(connection, cell, now), link)
                store.advance(connection, link, value, accepted)
            else:
                rules.require_first(link)
                found = store.find(connection, cell, now)
                if found is not None and found.newest == link.hash:
                    # Who was cut off while making it makes it again.
                    return Answer(200, found.accepted, _BYTES)
                if store.is_taken(connection, cell):
                    raise Refused(ErrorCode.ALREADY_EXISTS)
                paid = vouchers.spend(connection, voucher, now)
                store.create(connection, _new(link, value, accepted, paid), link)
            return Answer(200 if voucher is None else 201, accepted, _BYTES)

        answer = await idempotency.once(self.services, head, write)
        # After a repeat too: whoever watches is told at least once.
        self.tell(cell, link.version, b"")
        return answer.response()

    async def get(self, request: web.Request) -> web.Response:
        """Give links, acceptance, claim and value, as docs/protocol.md, section 7, says."""
        after = Query(request, "after").number("after") or 0
        cell = id_of(request)
        head = check_head(request)
        now = self.services.clock()

        def read(connection: Connection) -> tuple[Cell, list[bytes]]:
            found = rules.readable(store.find(connection, cell, now), head.key)
            return found, store.links_after(connection, cell, after)

        found, chain = await self.services.database.read(read)
        reached = not chain or links.hash_of(chain[-1]) == found.newest
        value = found.value if reached else b""
        body = fields(b"".join(chain), found.accepted, found.claimed or b"", value)
        return web.Response(body=body, content_type=_BYTES)

    async def post(self, request: web.Request) -> web.Response:
        """Claim a cell. 201: *claimed*, the same for every retry of that claim.

        Raises besides the signature's codes `not_found`, `already_claimed`, `cell_closed`.
        """
        Query(request)
        cell = id_of(request)
        head = await signed(request, CLAIM_BYTES)
        claim = links.read_claim(head.body, cell, head.key)

        def write(connection: Connection, now: float) -> tuple[Answer, int]:
            found = rules.claimable(store.find(connection, cell, now), head.key)
            taken = rules.earlier_claim(found, claim)
            if taken is None:
                said = (cell, claim.claimant, claim.receipt)
                taken = claim.raw + self._signed(CLAIM_ACCEPTED, now, *said)
                store.claim(connection, cell, taken)
            return Answer(201, taken, _BYTES), found.version

        answer, version = await idempotency.first(self.services, head, write)
        if version is not None:
            self.tell(cell, version, _CLAIMED)
        return answer.response()

    async def delete(self, request: web.Request) -> web.Response:
        """Erase a cell of the signer's. 204.

        Of one that was claimed the id stays taken until it would have expired, so that nobody can
        claim it twice. Its voucher is counted until then, but pays for no bytes any more: there are
        never more of these ids than a practitioner may have vouchers.
        """
        Query(request)
        cell = id_of(request)
        head = await signed(request)

        def write(connection: Connection, now: float) -> Answer:
            found = rules.owned(store.find(connection, cell, now), head.key)
            store.remove(connection, cell)
            if found.claimed is None:
                vouchers.release(connection, found.voucher)
            else:
                store.bury(connection, found)
                vouchers.empty(connection, found.voucher)
            return Answer(204)

        answer = await idempotency.once(self.services, head, write)
        self.gone(cell)
        return answer.response()

    def _signed(self, label: bytes, now: float, *said: bytes) -> bytes:
        """The time, and the server's signature over what was accepted then."""
        time = int(now).to_bytes(_U64, "big")
        return time + self.key.sign(label, *said, time)


def _new(link: Link, value: bytes, accepted: bytes, paid: Voucher) -> Cell:
    return Cell(
        id=link.id,
        owner=link.owner,
        read=link.read,
        claim=link.claim,
        version=link.version,
        closed=link.closed,
        newest=link.hash,
        value=value,
        accepted=accepted,
        claimed=None,
        voucher=paid.hash,
        expires=paid.expires,
    )


def _held(connection: Connection, cell: bytes, now: float) -> Held | None:
    found = store.find(connection, cell, now)
    if found is None:
        return None
    return Held(found.owner, Voucher(found.voucher, len(found.value), found.expires))


def _renew(connection: Connection, cell: bytes, paid: Voucher) -> None:
    store.renew(connection, cell, paid.hash, paid.expires)


def setup(app: web.Application, cells: Cells, identity_of: IdentityOf) -> None:
    """Add the cell primitive to an application that has its `SERVICES`."""
    router, path = app.router, "/v1/cells/{id}"
    router.add_put(path, cells.put)
    router.add_get(path, cells.get, allow_head=False)
    router.add_post(path, cells.post)
    router.add_delete(path, cells.delete)
    renewal.setup(app, path, Renewable(_held, _renew), identity_of)
