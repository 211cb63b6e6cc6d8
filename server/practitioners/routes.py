"""`/v1/practitioners`: enrolling, and a practitioner's papers; `POST /v1/receipts`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from aiohttp import web
from sqlalchemy import Connection

from server.engines.server_key import ServerKey
from server.practitioners import rules, store
from server.practitioners.codes import Codes, hash_of
from server.practitioners.directory import AT_ONCE, Sought, find
from server.practitioners.papers import (
    CARD_OBJECT_BYTES,
    LIST_BYTES,
    read_attestation,
    read_card,
    read_devices,
    registrar_of,
)
from server.practitioners.store import Papers
from server.requests import idempotency
from server.requests.encoding import b64u, decode
from server.requests.idempotency import Answer
from server.requests.queries import Query
from server.requests.refusals import Refused
from server.requests.signatures import signed
from server.services import IdentityOf, Services
from signaling.errors import ErrorCode
from signaling.wire import KEY_BYTES, fields

_BYTES = "application/octet-stream"
_STATUS = b"aparte/1 status"
_RECEIPT = b"aparte/1 receipt"


class _Hash(msgspec.Struct, forbid_unknown_fields=True):
    hash: str


@dataclass(frozen=True)
class Registry:
    """`key` signs what was newest, and when something was seen. `registrar` attests cards.

    `revoked` is called with a device's key once its revocation is on the disk.
    """

    services: Services
    codes: Codes
    key: ServerKey
    registrar: bytes | None
    identity_of: IdentityOf
    revoked: Callable[[bytes], None]

    async def enrol(self, request: web.Request) -> web.Response:
        """Enrol an identity, with its card and its first device. 201, empty."""
        services = self.services
        limits = services.config.limits
        head = await signed(request)
        wanted = rules.read(head.body, head.key)
        good = await self.codes.is_good(wanted.code, services.clock())
        code_hash = hash_of(wanted.code)

        def write(connection: Connection, now: float) -> Answer:
            found = store.find(connection, wanted.card.identity)
            if found is not None and rules.is_the_same(found.card, found.devices, wanted):
                # Whoever never heard of its success may ask for as long as it likes.
                return Answer(201)
            if not good or store.was_used(connection, code_hash):
                raise Refused(ErrorCode.BAD_CODE)
            if found is not None or store.is_known_device(connection, head.key):
                raise Refused(ErrorCode.ALREADY_EXISTS)
            store.use(connection, code_hash, now + limits.enrolment_seconds)
            store.add(connection, wanted.card, wanted.devices)
            return Answer(201)

        answer = await idempotency.once(services, head, write)
        await self.codes.remove(wanted.code)
        return answer.response()

    async def get(self, request: web.Request) -> web.Response:
        """Give the record of docs/sealed-formats.md, with a status signed now."""
        Query(request)
        identity = _identity(request)

        def read(connection: Connection) -> Papers:
            return _found(connection, identity)

        papers = await self.services.database.read(read)
        attested = self._attested(papers.attestation)
        said = (papers.card.hash, papers.devices.hash)
        status = self._signed(_STATUS, self.services.clock(), *said)
        body = fields(papers.card.raw, attested, papers.devices.raw, status)
        return web.Response(body=body, content_type=_BYTES)

    async def search(self, request: web.Request) -> web.Response:
        """Give listed practitioners in the order of their names, from after one on."""
        query = Query(request, "name", "profession", "place", "language", "after")
        words = {key: query.text(key) for key in ("name", "profession", "place", "language")}
        sought = Sought(**words, after=query.binary("after", KEY_BYTES))
        found = await self.services.database.read(lambda connection: find(connection, sought))
        listed = [
            {"card": b64u(one.card), "attestation": b64u(self._attested(one.attestation))}
            for one in found
        ]
        more = b64u(found[-1].identity) if len(found) == AT_ONCE else None
        body = msgspec.json.encode({"practitioners": listed, "after": more})
        return web.Response(body=body, content_type="application/json")

    async def put_card(self, request: web.Request) -> web.Response:
        """Replace a card by its next version. 204; also for the very one that is there."""
        Query(request)
        identity = _identity(request)
        head = await signed(request, CARD_OBJECT_BYTES)
        card = read_card(head.body)
        rules.require_own(card.identity, identity, head.key)

        def write(connection: Connection, _now: float) -> Answer:
            last = _found(connection, identity).card
            if card.raw != last.raw:
                rules.require_next_card(last, card)
                store.set_card(connection, card)
            return Answer(204)

        return (await idempotency.once(self.services, head, write)).response()

    async def put_attestation(self, request: web.Request) -> web.Response:
        """Add what the registrar says of a card. 204. The body proves itself, whoever sends it."""
        Query(request)
        identity = _identity(request)
        head = await signed(request, CARD_OBJECT_BYTES)
        attestation = read_attestation(head.body)

        def write(connection: Connection, _now: float) -> Answer:
            card = _found(connection, identity).card
            rules.require_attests(attestation, card, self.registrar)
            store.set_attestation(connection, identity, attestation.raw)
            return Answer(204)

        return (await idempotency.once(self.services, head, write)).response()

    async def put_devices(self, request: web.Request) -> web.Response:
        """Replace a list of devices by its next version. 204; also for the one that is there."""
        Query(request)
        identity = _identity(request)
        head = await signed(request, LIST_BYTES)
        listed = read_devices(head.body)
        rules.require_own(listed.identity, identity, head.key)

        def write(connection: Connection, now: float) -> Answer:
            last = _found(connection, identity).devices
            if listed.raw == last.raw:
                return Answer(204)
            rules.require_next_devices(last, listed, now)
            new = rules.added(last, listed)
            if any(store.is_known_device(connection, key) for key in new):
                raise Refused(ErrorCode.ALREADY_EXISTS)
            store.add_devices(connection, identity, new)
            store.set_devices(connection, listed)
            return Answer(204)

        answer = await idempotency.once(self.services, head, write)
        # After a repeat too, and all of them: whoever hosts with one is told at least once.
        for one in listed.entries:
            if one.until:
                self.revoked(one.key)
        return answer.response()

    async def receipt(self, request: web.Request) -> web.Response:
        """Sign that the hash of something was seen now. 201. Nothing of it is kept."""
        Query(request)
        head = await signed(request)
        try:
            said = decode(msgspec.json.decode(head.body, type=_Hash).hash, 32)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise Refused(ErrorCode.BAD_REQUEST, 'The body should be {"hash": …}.') from None
        if await self.identity_of(head.key) is None:
            raise Refused(ErrorCode.NOT_ENROLLED)
        receipt = self._signed(_RECEIPT, self.services.clock(), said)
        return web.Response(status=201, body=receipt, content_type=_BYTES)

    def _attested(self, attestation: bytes | None) -> bytes:
        """Nothing where the operator has another registrar now: who reads it would refuse all."""
        if attestation is None or registrar_of(attestation) != self.registrar:
            return b""
        return attestation

    def _signed(self, label: bytes, now: float, *said: bytes) -> bytes:
        """The time, and the server's signature over what was so then."""
        time = int(now).to_bytes(8, "big")
        return time + self.key.sign(label, *said, time)


def _identity(request: web.Request) -> bytes:
    return decode(request.match_info["identity"], KEY_BYTES)


def _found(connection: Connection, identity: bytes) -> Papers:
    """Raises `not_found`."""
    papers = store.find(connection, identity)
    if papers is None:
        raise Refused(ErrorCode.NOT_FOUND)
    return papers


def setup(app: web.Application, registry: Registry) -> None:
    """Add practitioners to an application that has its `SERVICES`."""
    router, path = app.router, "/v1/practitioners/{identity}"
    router.add_post("/v1/practitioners", registry.enrol)
    router.add_get("/v1/practitioners", registry.search, allow_head=False)
    router.add_get(path, registry.get, allow_head=False)
    router.add_put(f"{path}/card", registry.put_card)
    router.add_put(f"{path}/attestation", registry.put_attestation)
    router.add_put(f"{path}/devices", registry.put_devices)
    router.add_post("/v1/receipts", registry.receipt)
