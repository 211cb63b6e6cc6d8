"""Practitioners: enrolling, their papers, and when the server saw something that they signed."""

from __future__ import annotations

from client.api.http import Api, Request, Server
from client.api.signing import RequestSigner
from client.sealing.devices import DeviceList
from client.sealing.encoding import b64u, json_bytes
from client.sealing.record import Asked, Known, Record, read_record

_PATH = "/v1/practitioners"


async def enrol(
    api: Api, device: RequestSigner, code: str, card: bytes, devices: DeviceList
) -> None:
    """Enrol an identity with its card and first device. Raises `bad_code`, `already_exists`."""
    body = {"code": code, "card": b64u(card), "devices": b64u(devices.raw)}
    await api.call("POST", _PATH, device, body)


async def fetch(api: Api, server: Server, identity: bytes, last: Known | None = None) -> Record:
    """Ask for somebody's record, and check it against what is remembered.

    Raises ServerRefused (`not_found`), ServerUnreachable, SealError.
    """
    raw = await api.open(f"{_PATH}/{b64u(identity)}")
    return read_record(raw, Asked(identity, server.key, server.registrar), last)


async def put_card(api: Api, identity: RequestSigner, card: bytes) -> None:
    """Replace one's card. Raises `stale_version`."""
    await _put(api, identity, identity.public, "card", card)


async def put_devices(api: Api, identity: RequestSigner, devices: DeviceList) -> None:
    """Replace one's list of devices. Raises `stale_version`, `already_exists`."""
    await _put(api, identity, identity.public, "devices", devices.raw)


async def put_attestation(
    api: Api, anybody: RequestSigner, identity: bytes, attestation: bytes
) -> None:
    """Add what the registrar says of a card. Raises `not_allowed`, `stale_version`."""
    await _put(api, anybody, identity, "attestation", attestation)


async def receipt(api: Api, device: RequestSigner, hash_: bytes) -> bytes:
    """Have the server sign that it saw a hash now: 72 bytes. Raises `not_enrolled`."""
    body = json_bytes({"hash": b64u(hash_)})
    return await api.answer(Request("POST", "/v1/receipts", device, body))


async def _put(api: Api, signer: RequestSigner, identity: bytes, what: str, body: bytes) -> None:
    target = f"{_PATH}/{b64u(identity)}/{what}"
    await api.answer(Request("PUT", target, signer, body, json=False))
