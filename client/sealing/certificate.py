"""Device certificate: the identity key says that a device key is its own (137 bytes)."""

from __future__ import annotations

from dataclasses import dataclass

from client.sealing.encoding import SUITE, u8, u64
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import Signer, require_key, verify

CERTIFICATE_BYTES = 137
_SIGNED = 73
_LABEL = "aparte/1 device certificate"


@dataclass(frozen=True)
class Certificate:
    """Keys are Ed25519 public keys; `issued` is in Unix seconds; `raw` is what travels."""

    identity: bytes
    device: bytes
    issued: int
    raw: bytes


def issue(identity: Signer, device: bytes, issued: int) -> Certificate:
    require_key(device)
    signed = u8(SUITE) + identity.public + device + u64(issued)
    raw = signed + identity.sign(_LABEL, signed)
    return Certificate(identity.public, device, issued, raw)


def read(raw: bytes) -> Certificate:
    """Check form, both keys and the signature.

    Raises `bad_form`, `bad_suite`, `bad_key` or `bad_signature`.
    """
    if len(raw) != CERTIFICATE_BYTES:
        raise SealError(SealCode.BAD_FORM, "a certificate of another length")
    if raw[0] != SUITE:
        raise SealError(SealCode.BAD_SUITE)
    identity, device = raw[1:33], raw[33:65]
    require_key(device)
    verify(identity, raw[_SIGNED:], _LABEL, raw[:_SIGNED])
    return Certificate(identity, device, int.from_bytes(raw[65:_SIGNED], "big"), raw)
