"""A session of writes that can be sent again, to the same server or to what is left of it."""

from __future__ import annotations

import json
import os
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from server.app import codes_of
from tests.integration.cells import Cell, sha256, unpacked
from tests.integration.running import Answer, Client
from tests.integration.signing import Identity, Signer, b64u, token

KIB = 1024
# `make crash` takes every point, `make test` a sample.
EVERY = os.environ.get("CRASH") == "all"
# Requests are signed for a server that is yet to come.
NOWHERE = cast("Client", None)


@dataclass(frozen=True)
class Write:
    """One request; the same `token` in every attempt."""

    signer: Signer
    method: str
    target: str
    body: bytes | None
    token: str = field(default_factory=token)


@dataclass
class Session:
    """What is sent, in order, and the keys to look at what came of it."""

    writes: list[Write]
    owner: Signer
    mailbox: str
    reader: Signer
    blob: str
    content: bytes
    cell: Cell
    card: bytes
    counted: str


def prepared(data: Path) -> Session:
    """A session, and the enrolment code that it begins with in the folder of a server."""
    code = secrets.token_bytes(16)
    codes_of(data).add(code, time.time() + 3600)
    identity, device, phone = Identity(""), Signer(""), Signer("")
    owner, sender, reader, blob = Signer(""), Signer(""), Signer(""), token()
    vouchers = [secrets.token_bytes(32) for _ in range(3)]
    mailbox, room, gone = token(), token(), token()
    counted = f"/v1/blobs/{token()}"
    opening = json.dumps({"opening": token()}).encode()
    cell, versions = _versions(b"one", b"two")
    content = secrets.token_bytes(200 * KIB)
    expires = int(time.time()) + 3600
    registered = [
        {"hash": b64u(sha256(one)), "bytes": 64 * KIB, "expires": expires} for one in vouchers
    ]
    cards = (identity.card(), identity.card(2, name="Dr Fictif, deux"))
    asked = {"room": room, "prekey": b64u(bytes(1216)), "seats": [b64u(sender.public)]}
    piece = f"/v1/blobs/{blob}?read={b64u(reader.public)}&length={len(content)}&offset="
    box = f"/v1/mailboxes/{mailbox}"
    small = f"/v1/blobs/{gone}?read={b64u(reader.public)}"
    writes = [
        Write(device, "POST", "/v1/practitioners", identity.enrolment(code, device)),
        Write(device, "POST", "/v1/vouchers", json.dumps({"vouchers": registered}).encode()),
        Write(device, "POST", "/v1/rooms", json.dumps(asked).encode()),
        Write(owner, "PUT", f"{box}?voucher={b64u(vouchers[0])}",
              json.dumps({"append": [b64u(sender.public)]}).encode()),
        Write(sender, "POST", box, b"first" * 100),
        Write(sender, "POST", box, b"second" * 1000),
        Write(cell.owner, "PUT", f"{cell.target}?voucher={b64u(vouchers[1])}", versions[0]),
        Write(cell.owner, "PUT", cell.target, versions[1]),
        Write(cell.claimer, "POST", cell.target, cell.claim(reader, bytes(32))),
        Write(owner, "PUT", f"{counted}?read={b64u(reader.public)}&voucher={b64u(vouchers[2])}"
              "&openings=2", b"counted"),
        Write(reader, "POST", f"{counted}/openings", opening),
        Write(device, "PUT", f"{piece}0", content[: 100 * KIB]),
        Write(device, "PUT", f"{piece}{100 * KIB}", content[100 * KIB :]),
        Write(identity, "PUT", f"/v1/practitioners/{b64u(identity.public)}/devices",
              identity.devices(2, (device, 0), (phone, 0))),
        Write(identity, "PUT", f"/v1/practitioners/{b64u(identity.public)}/card", cards[1]),
        Write(owner, "DELETE", f"{box}?through=1", None),
        Write(sender, "POST", box, b"third"),
        Write(device, "PUT", small, b"soon gone"),
        Write(device, "DELETE", small.partition("?")[0], None),
    ]  # fmt: skip
    return Session(writes, owner, box, reader, blob, content, cell, cards[1], counted)


def _versions(*values: bytes) -> tuple[Cell, list[bytes]]:
    """A cell that is nowhere yet, and the bodies that give it these values."""
    signers = (Signer(""), Signer(""), Signer(""))
    cell, bodies = Cell(NOWHERE, *signers), []
    for value in values:
        link = cell.link(value)
        bodies.append(link + value)
        cell.version, cell.newest = cell.version + 1, sha256(link)
    return cell, bodies


async def sent(client: Client, write: Write) -> Answer:
    """Send a write, signed for this server."""
    signer = Signer(client.authority, write.signer.key)
    return await client.signed(signer, write.method, write.target, write.body, write.token)


async def sent_again(client: Client, session: Session, acknowledged: list[Answer]) -> None:
    """All of it from the beginning: what was acknowledged is answered as it was, and there once."""
    for number, write in enumerate(session.writes):
        answer = await sent(client, write)
        assert answer.status < 300, (number, write.method, write.target, answer.body)
        if number < len(acknowledged):
            assert answer.body == acknowledged[number].body, (number, write.target)
    await looked_at(client, session)


async def looked_at(client: Client, session: Session) -> None:
    """All is there that should be, once."""

    async def get(signer: Signer, target: str) -> bytes:
        answer = await client.signed(Signer(client.authority, signer.key), "GET", target)
        assert answer.status == 200, answer.body
        return answer.body

    messages = await get(session.owner, f"{session.mailbox}?after=0")
    second, third = b"second" * 1000, b"third"
    assert messages == _message(2, second) + _message(3, third)
    assert await get(session.reader, f"/v1/blobs/{session.blob}") == session.content
    opened = json.loads(await get(session.owner, f"{session.counted}/openings"))
    assert (opened["most"], opened["used"]) == (2, 1)
    cell = unpacked(await get(session.cell.owner, f"{session.cell.target}?after=0"))
    assert (len(cell.links), cell.value, len(cell.claimed)) == (2, b"two", 200)
    card = session.writes[-5].target.rpartition("/")[0]
    assert session.card in (await client.send("GET", card)).body


def _message(sequence: int, body: bytes) -> bytes:
    return sequence.to_bytes(8, "big") + len(body).to_bytes(4, "big") + body
