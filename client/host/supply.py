"""What a practice gives to a guest who keeps documents: it pays, and is not told for what."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

from client.api import vouchers
from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api
from client.api.signing import RequestSigner
from client.sealing.authored import read_authored
from client.sealing.encoding import b64u, b64u_decode
from client.sealing.mail import Mail
from client.sealing.padme import padme
from client.sealing.statement import read_statement

KIB = 1024
MIB = 1024 * KIB
# A page of a vault, and what stands in a kept document beside its parts.
PAGE = 64 * KIB
# A mailbox, pages and heads, and documents that are there already or are brought along.
SUPPLY = [MIB, *[PAGE] * 28, *[MIB] * 4]
# What is made with a voucher ends with it.
SECONDS = 3 * 365 * 24 * 3600


async def make_supply(
    api: Api, device: RequestSigner, sizes: list[int]
) -> list[dict[str, str | int]]:
    """Vouchers as they stand in messages and mails.

    Raises ServerRefused, ServerUnreachable.
    """
    until = int(time.time()) + SECONDS
    made = await vouchers.register(api, device, sizes, until)
    moment = datetime.fromtimestamp(until, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return [
        {"voucher": b64u(voucher), "bytes": size, "until": moment}
        for voucher, size in zip(made, sizes, strict=True)
    ]


async def with_supply(api: Api, device: RequestSigner, said: Mail) -> Mail:
    """A document with what keeping it takes: for its blob, and for a page.

    One that goes without, because the server gives nothing, is worth more than none.
    """
    signed = read_authored(b64u_decode(said.value["statement"]))
    size = sum(part.length for part in read_statement(signed.payload).parts)
    try:
        paid = await make_supply(api, device, [padme(size + PAGE), PAGE])
    except (ServerRefused, ServerUnreachable):
        return said
    return replace(said, value=said.value | {"vouchers": paid})
