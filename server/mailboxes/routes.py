"""`PUT`, `POST`, `GET` and `DELETE /v1/mailboxes/{id}`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from aiohttp import web
from sqlalchemy import Connection

from server.limits import ANSWER_MESSAGES, MESSAGE_BYTES
from server.mailboxes import rules, store
from server.mailboxes.store import Mailbox
from server.requests import idempotency
from server.requests.encoding import b64u
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
from signaling.wire import KEY_BYTES


@dataclass(frozen=True)
class Mailboxes:
    """`tell` and `gone` are called once a message is, or a mailbox is no longer, on the disk."""

    services: Services
    tell: Callable[[bytes, int, bytes], None]
    gone: Callable[[bytes], None]

    async def latest(self, mailbox: bytes, owner: bytes) -> int | None:
        """The number of the last message, for the owner. Raises StorageFailed."""
        now = self.services.clock()
        found = await self.services.database.read(
            lambda connection: store.find(connection, mailbox, now)
        )
        return found.last if found is not None and found.owner == owner else None

    async def sweep(self, now: float) -> None:
        """Forget what has expired. Raises StorageFailed."""
        for mailbox in await self.services.database.write(
            lambda connection: store.forget_expired(connection, now)
        ):
            self.gone(mailbox)

    async def put(self, request: web.Request) -> web.Response:
        """Make a mailbox with a voucher, 201; or replace the append keys of one, 200.

        With the voucher that has paid for it, its owner may make the same one again, 200. `keep`,
        with a voucher alone: seconds that its messages rest, in the place of `mailbox_seconds`.

        Raises besides the signature's codes `bad_voucher`, `already_exists`, `not_found`.
        """
        query = Query(request, "voucher", "keep")
        voucher, keep = query.binary("voucher", KEY_BYTES), query.number("keep")
        rules.require_keep(keep, self.services.config.limits, makes=voucher is not None)
        mailbox = id_of(request)
        head = await signed(request)
        keys = rules.read_keys(head.body)

        def write(connection: Connection, now: float) -> Answer:
            found = store.find(connection, mailbox, now)
            if voucher is None or rules.is_made_with(found, head.key, voucher):
                found = rules.owned(found, head.key)
                store.replace_keys(connection, mailbox, keys)
                return _made(mailbox, found.expires, 200)
            if store.is_taken(connection, mailbox):
                raise Refused(ErrorCode.ALREADY_EXISTS)
            paid = vouchers.spend(connection, voucher, now)
            store.create(connection, self._new(mailbox, head.key, keys, paid, keep))
            return _made(mailbox, paid.expires, 201)

        return (await idempotency.once(self.services, head, write)).response()

    async def post(self, request: web.Request) -> web.Response:
        """Append a message. 201 `{"sequence"}`.

        Raises besides the signature's codes `not_found`, `quota_exceeded`.
        """
        Query(request)
        mailbox = id_of(request)
        head = await signed(request, MESSAGE_BYTES)
        body = head.body
        rules.require_message(body)
        limits = self.services.config.limits

        def write(connection: Connection, now: float) -> tuple[Answer, int]:
            # One statement for what would be two; what is refused is undone with it.
            found = rules.writable(store.count(connection, mailbox, len(body), now), head.key)
            rules.require_room(found, limits)
            store.append(connection, found, body, rules.ends(found, now, limits))
            return Answer(201, msgspec.json.encode({"sequence": found.last})), found.last

        answer, sequence = await idempotency.first(self.services, head, write)
        if sequence is not None:
            self.tell(mailbox, sequence, body)
        return answer.response()

    async def get(self, request: web.Request) -> web.Response:
        """Give messages after a number, as docs/protocol.md, section 6, packs them."""
        after = Query(request, "after").number("after") or 0
        mailbox = id_of(request)
        head = check_head(request)
        now = self.services.clock()

        def read(connection: Connection) -> bytes:
            rules.owned(store.find(connection, mailbox, now), head.key)
            return rules.packed(store.read(connection, mailbox, after, now, ANSWER_MESSAGES))

        found = await self.services.database.read(read)
        return web.Response(body=found, content_type="application/octet-stream")

    async def delete(self, request: web.Request) -> web.Response:
        """Erase messages through a number, or the mailbox with all of them. 204."""
        through = Query(request, "through").number("through")
        mailbox = id_of(request)
        head = await signed(request)

        def write(connection: Connection, now: float) -> Answer:
            found = rules.owned(store.find(connection, mailbox, now), head.key)
            if through is not None:
                store.erase(connection, mailbox, through)
            else:
                store.remove(connection, mailbox)
                vouchers.release(connection, found.voucher)
            return Answer(204)

        answer = await idempotency.once(self.services, head, write)
        if through is None:
            self.gone(mailbox)
        return answer.response()

    def renew(self, connection: Connection, mailbox: bytes, paid: Voucher) -> None:
        store.renew(connection, mailbox, paid.hash, self._most(paid), paid.expires)

    def _new(
        self,
        mailbox: bytes,
        owner: bytes,
        keys: tuple[bytes, ...],
        paid: Voucher,
        keep: int | None,
    ) -> Mailbox:
        return Mailbox(
            id=mailbox,
            owner=owner,
            append=keys,
            last=0,
            held=0,
            weight=0,
            most=self._most(paid),
            voucher=paid.hash,
            expires=paid.expires,
            keep=keep,
        )

    def _most(self, paid: Voucher) -> int:
        return min(paid.bytes, self.services.config.limits.mailbox_bytes)


def _held(connection: Connection, mailbox: bytes, now: float) -> Held | None:
    found = store.find(connection, mailbox, now)
    if found is None:
        return None
    return Held(found.owner, Voucher(found.voucher, found.most, found.expires))


def _made(mailbox: bytes, expires: int, status: int) -> Answer:
    return Answer(status, msgspec.json.encode({"mailbox": b64u(mailbox), "expires": expires}))


def setup(app: web.Application, mailboxes: Mailboxes, identity_of: IdentityOf) -> None:
    """Add the mailbox primitive to an application that has its `SERVICES`."""
    router, path = app.router, "/v1/mailboxes/{id}"
    router.add_put(path, mailboxes.put)
    router.add_post(path, mailboxes.post)
    router.add_get(path, mailboxes.get, allow_head=False)
    router.add_delete(path, mailboxes.delete)
    renewal.setup(app, path, Renewable(_held, mailboxes.renew), identity_of)
