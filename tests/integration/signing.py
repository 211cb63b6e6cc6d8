"""A signer written from docs/protocol.md alone: it shares no code with the server or the client."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field

from nacl.signing import SigningKey


def b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def fields(*items: bytes) -> bytes:
    return b"".join(len(item).to_bytes(4, "big") + item for item in items)


def digest_of(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def token() -> str:
    """A fresh idempotency key, id or code."""
    return b64u(secrets.token_bytes(16))


@dataclass
class Signer:
    """Signs for one `authority`, as in the server's origin; a test may have it sign nonsense."""

    authority: str
    key: SigningKey = field(default_factory=SigningKey.generate)

    @property
    def public(self) -> bytes:
        return bytes(self.key.verify_key)

    def headers(
        self,
        method: str,
        target: str,
        nonce: str,
        body: bytes | None = None,
        *,
        idempotency: str | None = None,
        tag: str = "aparte",
        more: str = "",
        components: list[str] | None = None,
        label: str = "sig",
        keyid: str | None = None,
        digest: str | None = None,
    ) -> dict[str, str]:
        """The headers of a request with this target (path and query)."""
        path, _, query = target.partition("?")
        values = {
            "@method": method,
            "@authority": self.authority,
            "@path": path,
            "@query": f"?{query}",
        }
        headers: dict[str, str] = {}
        if body is not None:
            headers["Content-Digest"] = digest or digest_of(body)
            values["content-digest"] = headers["Content-Digest"]
        if method != "GET":
            headers["Idempotency-Key"] = idempotency or token()
            values["idempotency-key"] = headers["Idempotency-Key"]
        chosen = list(values) if components is None else components
        listed = " ".join(f'"{name}"' for name in chosen)
        keyid = keyid or b64u(self.public)
        parameters = f'({listed});keyid="{keyid}";nonce="{nonce}";tag="{tag}"{more}'
        lines = [f'"{name}": {values[name]}' for name in chosen]
        base = "\n".join([*lines, f'"@signature-params": {parameters}'])
        signature = base64.b64encode(self.key.sign(base.encode()).signature).decode()
        headers["Signature-Input"] = f"{label}={parameters}"
        headers["Signature"] = f"{label}=:{signature}:"
        return headers

    def certificate(self, identity: SigningKey, issued: int = 1) -> bytes:
        """Have an identity key vouch for this device key (docs/sealed-formats.md)."""
        keys = bytes(identity.verify_key) + self.public
        said = b"\1" + keys + issued.to_bytes(8, "big")
        label = b"aparte/1 device certificate"
        return said + identity.sign(fields(label, said)).signature
