"""Vouchers as a practitioner's device registers them."""

from __future__ import annotations

import hashlib
import json
import secrets
import time

from tests.integration.running import Answer, Client
from tests.integration.signing import Signer, b64u

HOUR = 3600


async def register(
    client: Client, doctor: Signer, *vouchers: bytes, size: int = 2**20, seconds: int = HOUR
) -> Answer:
    asked = [
        {
            "hash": b64u(hashlib.sha256(one).digest()),
            "bytes": size,
            "expires": int(time.time()) + seconds,
        }
        for one in vouchers
    ]
    body = json.dumps({"vouchers": asked}).encode()
    return await client.signed(doctor, "POST", "/v1/vouchers", body)


async def voucher(client: Client, doctor: Signer, size: int = 2**20, seconds: int = HOUR) -> bytes:
    """A voucher that is good."""
    made = secrets.token_bytes(32)
    answer = await register(client, doctor, made, size=size, seconds=seconds)
    assert answer.status == 201, answer.body
    return made
