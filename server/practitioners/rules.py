"""Who may be enrolled: the holder of a code, with a device that its identity key vouches for."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from server.requests.ed25519 import is_key, verifies
from server.requests.encoding import decode
from server.requests.refusals import Refused
from signaling.errors import ErrorCode
from signaling.wire import fields

CERTIFICATE_BYTES = 137
_SIGNED_BYTES = 73
CODE_BYTES = 16


class Request(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    certificate: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    code: bytes
    identity: bytes
    device: bytes


def read(body: bytes, signer: bytes) -> Enrolment:
    """Check the form of a request and the device certificate in it (docs/sealed-formats.md).

    Raises `bad_request`, `bad_code` or `bad_signature`.
    """
    try:
        request = msgspec.json.decode(body, type=Request)
    except msgspec.DecodeError:
        raise Refused(ErrorCode.BAD_REQUEST) from None
    certificate = decode(request.certificate, CERTIFICATE_BYTES)
    try:
        code = decode(request.code, CODE_BYTES)
    except Refused:
        raise Refused(ErrorCode.BAD_CODE) from None
    identity, device = certificate[1:33], certificate[33:65]
    if certificate[0] != 1 or device != signer or not is_key(identity) or identity == device:
        raise Refused(ErrorCode.BAD_REQUEST)
    said = fields(b"aparte/1 device certificate", certificate[:_SIGNED_BYTES])
    if not verifies(identity, said, certificate[_SIGNED_BYTES:]):
        raise Refused(ErrorCode.BAD_SIGNATURE)
    return Enrolment(code, identity, device)
