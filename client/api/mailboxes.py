"""Mailboxes: append to one, or read and empty one's own (docs/protocol.md, section 6)."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from client.api.errors import ServerUnreachable
from client.api.http import Api, Request
from client.api.signing import RequestSigner
from client.sealing.encoding import b64u

MESSAGE_BYTES = 61_440
_HEAD = struct.Struct(">QI")


def _target(mailbox: bytes) -> str:
    return f"/v1/mailboxes/{b64u(mailbox)}"


async def make(
    api: Api,
    owner: RequestSigner,
    mailbox: bytes,
    senders: Sequence[bytes],
    voucher: bytes,
    keep: int | None = None,
) -> int:
    """Make a mailbox that these keys may append to; give when it expires, in Unix seconds.

    `keep`: seconds that its messages rest, where it is not what all have.
    """
    target = f"{_target(mailbox)}?voucher={b64u(voucher)}"
    if keep is not None:
        target = f"{target}&keep={keep}"
    answer = await api.call("PUT", target, owner, _keys(senders))
    return int(answer["expires"])


async def allow(api: Api, owner: RequestSigner, mailbox: bytes, senders: Sequence[bytes]) -> None:
    """Let just these keys append from now on."""
    await api.call("PUT", _target(mailbox), owner, _keys(senders))


def _keys(senders: Sequence[bytes]) -> dict[str, list[str]]:
    return {"append": [b64u(key) for key in senders]}


async def append(api: Api, sender: RequestSigner, mailbox: bytes, message: bytes) -> int:
    """Add a sealed message of 1 to 61,440 bytes; give its number."""
    request = Request("POST", _target(mailbox), sender, message, json=False)
    return int(Api.read(await api.answer(request))["sequence"])


async def read(
    api: Api, owner: RequestSigner, mailbox: bytes, after: int
) -> list[tuple[int, bytes]]:
    """The next messages after a number, each with its own; none where there is nothing later."""
    body = await api.answer(Request("GET", f"{_target(mailbox)}?after={after}", owner))
    found: list[tuple[int, bytes]] = []
    at = 0
    while at < len(body):
        if len(body) - at < _HEAD.size:
            raise ServerUnreachable("the server answered something else than messages")
        sequence, length = _HEAD.unpack_from(body, at)
        at += _HEAD.size + length
        if at > len(body) or sequence <= (found[-1][0] if found else after):
            raise ServerUnreachable("the server answered something else than messages")
        found.append((sequence, body[at - length : at]))
    return found


async def erase(api: Api, owner: RequestSigner, mailbox: bytes, through: int) -> None:
    """Erase the messages up to and with a number."""
    await api.answer(Request("DELETE", f"{_target(mailbox)}?through={through}", owner))


async def delete(api: Api, owner: RequestSigner, mailbox: bytes) -> None:
    """Erase a mailbox with all that is in it."""
    await api.answer(Request("DELETE", _target(mailbox), owner))
