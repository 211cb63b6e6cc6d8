"""A signer written from docs/protocol.md alone: it shares no code with the server or the client."""

from __future__ import annotations

import base64
import hashlib
import json
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


@dataclass
class Identity(Signer):
    """A practitioner's identity key, and the papers that it signs (docs/sealed-formats.md)."""

    def card(self, version: int = 1, **changes: object) -> bytes:
        text = {
            "v": 1,
            "version": version,
            "issued": "2026-01-02T03:04:05Z",
            "name": "Dr Fictif",
            "profession": "Médecin",
            "speciality": "",
            "rpps": "10003456786",
            "address": "1 rue de l’Exemple",
            "place": "Paris",
            "languages": ["fr"],
            "listed": False,
            "second": "",
        } | changes
        return self.signed_object(b"aparte/1 card", 2, json.dumps(text).encode())

    def attestation(self, card: bytes) -> bytes:
        """As a registrar, whose key this then is."""
        text = {
            "v": 1,
            "card": b64u(hashlib.sha256(card).digest()),
            "issued": "2026-01-03T03:04:05Z",
            "registrar": "Registre fictif",
            "checked": ["identity"],
        }
        return self.signed_object(b"aparte/1 attestation", 3, json.dumps(text).encode())

    def signed_object(self, label: bytes, kind: int, payload: bytes) -> bytes:
        said = fields(label, bytes([kind]), self.public, payload)
        who = bytes([1, kind]) + fields(self.public, payload)
        return who + self.key.sign(said).signature

    def devices(self, version: int, *entries: tuple[Signer, int]) -> bytes:
        """A list of devices and until when each is in force: 0, or a time."""
        listed = [
            one.public + (1).to_bytes(8, "big") + until.to_bytes(8, "big") for one, until in entries
        ]
        head = b"\1" + self.public + version.to_bytes(8, "big") + (1).to_bytes(8, "big")
        said = head + bytes([len(listed)]) + b"".join(listed)
        return said + self.key.sign(fields(b"aparte/1 devices", said)).signature

    def enrolment(self, code: bytes | str, device: Signer) -> bytes:
        """The body of `POST /v1/practitioners`."""
        text = code if isinstance(code, str) else b64u(code)
        said = {
            "code": text,
            "card": b64u(self.card()),
            "devices": b64u(self.devices(1, (device, 0))),
        }
        return json.dumps(said).encode()
