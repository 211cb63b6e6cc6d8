"""Permits: made by a practice, withdrawn by it, and looked behind by whoever has one (Permits)."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from client.api import blobs, practitioners, vouchers
from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api, Random
from client.api.signing import RequestSigner
from client.documents.links import Opening
from client.mail.address import Address
from client.sealing.agefile import open_file, seal_file
from client.sealing.certificate import Certificate
from client.sealing.devices import require_in_force
from client.sealing.encoding import b64u, b64u_decode
from client.sealing.errors import SealCode, SealError
from client.sealing.handed import Handed
from client.sealing.kdf import hkdf
from client.sealing.keys import SigningKey
from client.sealing.mail import Mail
from client.sealing.permit import PAPERS_BYTES, Permit, practice_of
from client.sealing.permit_papers import (
    Destination,
    Papers,
    PermitPapers,
    read_papers,
    sign_destination,
)
from client.sealing.record import Record, require_fresh
from client.sealing.sealed_link import SealedLink
from client.sealing.streamed import Shape
from signaling.wire import ErrorCode


@dataclass(frozen=True)
class Allowed:
    """What may be sent: files of `length` bytes, and so many links, until then (Unix seconds)."""

    length: int
    until: int
    links: int = 1


@dataclass(frozen=True)
class By:
    """Who gives a permit that says whose it is: a device of the practice."""

    device: SigningKey = field(repr=False)
    certificate: Certificate


async def make_permit(
    api: Api, device: RequestSigner, allowed: Allowed, random: Random, practice: bytes = b""
) -> Permit:
    """Let somebody send, once; the practice of this device pays.

    `practice`: as `practice_of` gives it; its papers are then to be put there.
    """
    size = Shape(allowed.length).blob
    permit = Permit(random(32), size, allowed.until, allowed.links, practice)
    await vouchers.register_these(api, device, permit.vouchers, permit.until)
    return permit


async def make_addressed(
    api: Api, practitioner: By, allowed: Allowed, to: Address, owner: SigningKey
) -> Permit:
    """The same, of a permit that says whose it is, and where what is sent goes.

    `owner` is the key that can replace the papers, and withdraws the permit.
    """
    practice = practice_of(practitioner.certificate.identity)
    permit = await make_permit(api, practitioner.device, allowed, api.random, practice)
    await put_papers(api, practitioner, permit, to, owner)
    return permit


async def put_papers(
    api: Api, practitioner: By, permit: Permit, to: Address, owner: SigningKey
) -> None:
    """Put the practice's papers behind a permit, in the place of those that may be there."""
    certificate, server = practitioner.certificate, await api.who()
    there = Destination(to.mailbox, to.append, to.seal)
    said = sign_destination(permit, there, practitioner.device, certificate)
    record = await api.open(f"/v1/practitioners/{b64u(certificate.identity)}")
    plain = Papers(said, record, server.key, server.registrar or b"").encode()
    # What it says must hold for whoever opens it.
    read_papers(plain, permit, server.key, server.registrar)
    sealed = b"".join(seal_file([plain], permit.key.public, api.random))
    if len(sealed) > PAPERS_BYTES:
        raise SealError(SealCode.TOO_LONG)
    # Paid for first: where there is no room those of before stay.
    (voucher,) = await vouchers.register(api, practitioner.device, [PAPERS_BYTES], permit.until)
    await _gone(api, owner, permit.place)
    payer = blobs.Payer(voucher=voucher)
    await blobs.put(api, owner, permit.place, permit.reader.public, sealed, payer)


@dataclass(frozen=True)
class Behind:
    """Whose permit it is. `record` is the newest that could be had.

    `asked`: the server has said within two days that it had nothing newer.
    """

    papers: PermitPapers
    record: Record
    asked: bool


async def look_behind(api: Api, permit: Permit) -> Behind:
    """Fetch and check the papers that lie behind a permit, and what the server says today.

    Raises SealError as `read_papers` does, and `rolled_back` or `forked` where the server
    contradicts them; ServerRefused (`not_found` for a permit that was withdrawn),
    ServerUnreachable.
    """
    sealed = bytearray()
    async for chunk in blobs.get(api, permit.reader, permit.place):
        sealed += chunk
        if len(sealed) > PAPERS_BYTES:
            raise SealError(SealCode.TOO_LONG)
    plain = b"".join(open_file([bytes(sealed)], permit.key))
    server = await api.who()
    papers = read_papers(plain, permit, server.key, server.registrar)
    certificate = papers.certificate
    try:
        record = await practitioners.fetch(api, server, certificate.identity, papers.record.known)
        require_in_force(record.devices, certificate)
        require_fresh(record, int(time.time()))
    except (ServerRefused, ServerUnreachable):
        return Behind(papers, papers.record, asked=False)
    except SealError as error:
        if error.code is not SealCode.STALE_STATUS:
            raise
        return Behind(papers, papers.record, asked=False)
    return Behind(papers, record, asked=True)


def address_of(papers: PermitPapers) -> Address:
    to = papers.destination
    return Address(to.mailbox, to.append, to.seal)


async def withdraw_permit(api: Api, permit: Permit, owner: SigningKey) -> bool:
    """Spend what is not spent of it; False where somebody has used it.

    Done again after a lost answer it gives the same, until `clear_withdrawn` was called: what is
    spent stands until then.
    """
    for number, voucher in enumerate(permit.vouchers):
        reader = SigningKey(hkdf(owner.seed, b"", "aparte/1 permit withdrawn read"))
        try:
            payer = blobs.Payer(voucher=voucher)
            await blobs.put(api, owner, _spent(owner, number), reader.public, b"\0", payer)
        except ServerRefused as error:
            if error.code is ErrorCode.BAD_VOUCHER and number == 0:
                return False
            if error.code not in {ErrorCode.ALREADY_EXISTS, ErrorCode.BAD_VOUCHER}:
                raise
    return True


async def clear_withdrawn(api: Api, permit: Permit, owner: SigningKey) -> None:
    """Have the bytes free again, and nobody find whose permit it was."""
    for number in range(len(permit.vouchers)):
        await _gone(api, owner, _spent(owner, number))
    await _gone(api, owner, permit.place)


def _spent(owner: SigningKey, number: int) -> bytes:
    """Where a voucher is spent that nobody is to use."""
    return hkdf(owner.seed, b"", f"aparte/1 permit withdrawn {number}", 16)


async def _gone(api: Api, owner: SigningKey, blob: bytes) -> None:
    try:
        await blobs.delete(api, owner, blob)
    except ServerRefused as error:
        if error.code is not ErrorCode.NOT_FOUND:
            raise


async def open_arrived(api: Api, files: Mail) -> Handed:
    """Open the link that a `files` letter brought. Raises as `Opening.open_with` does."""
    link = SealedLink(b64u_decode(files.value["link"], 32))
    return await Opening(api, link).open_with(b64u_decode(files.value["code"], 7))
