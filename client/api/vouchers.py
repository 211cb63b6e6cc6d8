"""Vouchers: what a practitioner gives to somebody whom the server need not know."""

from __future__ import annotations

from client.api.http import Api, Request
from client.api.signing import RequestSigner
from client.sealing.encoding import b64u, sha256

VOUCHER_BYTES = 32


async def register(api: Api, device: RequestSigner, sizes: list[int], expires: int) -> list[bytes]:
    """Make a voucher for each size in bytes, good until `expires` (Unix seconds)."""
    made = [api.random(VOUCHER_BYTES) for _ in sizes]
    await register_these(api, device, dict(zip(made, sizes, strict=True)), expires)
    return made


async def register_these(
    api: Api, device: RequestSigner, sizes: dict[bytes, int], expires: int
) -> None:
    """Have these vouchers pay, each for so many bytes, until `expires` (Unix seconds)."""
    asked = [
        {"hash": b64u(sha256(one)), "bytes": size, "expires": expires}
        for one, size in sizes.items()
    ]
    await api.call("POST", "/v1/vouchers", device, {"vouchers": asked})


async def ends(api: Api, owner: RequestSigner, thing: str) -> int:
    """When something that a voucher pays for ends, in Unix seconds.

    `thing`: its path, as `/v1/cells/{id}`; mailboxes and blobs likewise.
    """
    answer = await api.answer(Request("GET", f"{thing}/renewal", owner))
    return int(Api.read(answer)["expires"])


async def renew(api: Api, owner: RequestSigner, thing: str, voucher: bytes) -> int:
    """Have another voucher of the same practitioner pay for it; give when it ends from then on.

    It may be called again with the same one. Refused with `bad_voucher` where that ends no later,
    and with `quota_exceeded` where it pays for fewer bytes.
    """
    request = Request("POST", f"{thing}/renewal?voucher={b64u(voucher)}", owner)
    return int(Api.read(await api.answer(request))["expires"])
