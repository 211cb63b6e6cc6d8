"""Vouchers: what a practitioner gives to somebody whom the server need not know."""

from __future__ import annotations

from client.api.http import Api
from client.api.signing import RequestSigner
from client.sealing.encoding import b64u, sha256

VOUCHER_BYTES = 32


async def register(api: Api, device: RequestSigner, sizes: list[int], expires: int) -> list[bytes]:
    """Make a voucher for each size in bytes, good until `expires` (Unix seconds)."""
    made = [api.random(VOUCHER_BYTES) for _ in sizes]
    asked = [
        {"hash": b64u(sha256(one)), "bytes": size, "expires": expires}
        for one, size in zip(made, sizes, strict=True)
    ]
    await api.call("POST", "/v1/vouchers", device, {"vouchers": asked})
    return made
