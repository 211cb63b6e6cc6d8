"""Links and claims written from docs/protocol.md alone: no code is shared with the server."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field

from nacl.signing import VerifyKey

from tests.integration.running import Answer, Client
from tests.integration.signing import Signer, b64u, fields
from tests.integration.vouchers import voucher

NOBODY = bytes(32)
START = bytes(32)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


@dataclass
class Read:
    """What GET gives."""

    links: list[bytes]
    accepted: bytes
    claimed: bytes
    value: bytes


def unpacked(body: bytes) -> Read:
    items, at = [], 0
    while at < len(body):
        length = int.from_bytes(body[at : at + 4], "big")
        items.append(body[at + 4 : at + 4 + length])
        at += 4 + length
    chain, accepted, claimed, value = items
    return Read(
        [chain[at : at + 250] for at in range(0, len(chain), 250)], accepted, claimed, value
    )


@dataclass
class Cell:
    """A cell with all three keys, and the newest link that it was given."""

    client: Client
    owner: Signer
    reader: Signer
    claimer: Signer
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    version: int = 0
    newest: bytes = START

    @property
    def target(self) -> str:
        return f"/v1/cells/{b64u(self.id)}"

    def link(self, value: bytes, **changes: object) -> bytes:
        """The next version; a test may have it say something else."""
        said: dict[str, object] = {
            "one": 1,
            "id": self.id,
            "owner": self.owner.public,
            "read": self.reader.public,
            "claim": self.claimer.public,
            "version": self.version + 1,
            "flags": 0,
            "previous": self.newest,
            "hash": sha256(value),
        }
        head = struct.pack(">B16s32s32s32sQB32s32s", *(said | changes).values())
        return head + self.owner.key.sign(fields(b"aparte/1 cell", head)).signature

    async def put(
        self, value: bytes, link: bytes | None = None, query: str = "", key: str | None = None
    ) -> Answer:
        link = link or self.link(value)
        answer = await self.client.signed(
            self.owner, "PUT", self.target + query, link + value, idempotency=key
        )
        if answer.status < 300:
            self.version, self.newest = self.version + 1, sha256(link)
        return answer

    async def get(self, reader: Signer | None = None, after: int = 0) -> Read:
        target = f"{self.target}?after={after}"
        answer = await self.client.signed(reader or self.owner, "GET", target)
        assert answer.status == 200, answer.body
        return unpacked(answer.body)

    def claim(self, claimant: Signer, receipt: bytes) -> bytes:
        said = fields(b"aparte/1 claim", self.id, claimant.public, receipt)
        return claimant.public + receipt + self.claimer.key.sign(said).signature

    async def claimed(self, claim: bytes, signer: Signer | None = None) -> Answer:
        return await self.client.signed(signer or self.claimer, "POST", self.target, claim)


async def made(client: Client, value: bytes = b"one") -> Cell:
    doctor = await client.enrolled()
    cell = Cell(client, client.signer(), client.signer(), client.signer())
    paid = b64u(await voucher(client, doctor))
    answer = await cell.put(value, query=f"?voucher={paid}")
    assert answer.status == 201, answer.body
    return cell


async def server_key(client: Client) -> VerifyKey:
    said = json.loads((await client.send("GET", "/v1/server")).body)
    assert said["origin"] == client.origin
    return VerifyKey(base64.urlsafe_b64decode(said["key"] + "="))
