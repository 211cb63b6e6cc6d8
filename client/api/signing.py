"""Signed requests: RFC 9421 in the one profile of docs/protocol.md, section 3.

http-message-signatures always writes `created`, which that profile leaves out, so that no client's
clock counts; the signature base is therefore put together here. The library checks it in the tests.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from client.sealing.encoding import b64u


class RequestSigner(Protocol):
    """An Ed25519 key that signs bytes as they are."""

    @property
    def public(self) -> bytes: ...

    def sign_bytes(self, data: bytes) -> bytes: ...


@dataclass(frozen=True)
class Unsigned:
    """A request before it is signed. `target` has the query; `digest` is SHA-256 of the body."""

    method: str
    origin: str
    target: str
    nonce: str
    digest: bytes | None = None
    idempotency: str | None = None


def _binary(data: bytes) -> str:
    return f":{base64.b64encode(data).decode('ascii')}:"


def sign_request(request: Unsigned, signer: RequestSigner) -> dict[str, str]:
    """Give the headers that sign a request."""
    path, _, query = request.target.partition("?")
    covered = {
        "@method": request.method,
        "@authority": urlsplit(request.origin).netloc.lower(),
        "@path": path,
        "@query": f"?{query}",
    }
    headers: dict[str, str] = {}
    if request.digest is not None:
        headers["content-digest"] = f"sha-256={_binary(request.digest)}"
    if request.idempotency is not None:
        headers["idempotency-key"] = request.idempotency
    covered |= headers
    names = " ".join(f'"{name}"' for name in covered)
    key, nonce = b64u(signer.public), request.nonce
    parameters = f'({names});keyid="{key}";nonce="{nonce}";tag="aparte"'
    lines = [f'"{name}": {value}' for name, value in covered.items()]
    base = "\n".join([*lines, f'"@signature-params": {parameters}'])
    return headers | {
        "signature-input": f"sig={parameters}",
        "signature": f"sig={_binary(signer.sign_bytes(base.encode()))}",
    }
