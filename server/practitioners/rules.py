"""Who may be enrolled: the holder of a code, with a device that its identity key vouches for."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from server.practitioners.codes import CODE_BYTES
from server.requests.ed25519 import is_key, verifies
from server.requests.encoding import decode
from server.requests.refusals import Refused
from signaling.errors import ErrorCode
from signaling.wire import fields

CERTIFICATE_BYTES = 137
_SIGNED_BYTES = 73
_LABEL = b"aparte/1 device certificate"


class Body(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    certificate: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    code: bytes = field(repr=False)
    identity: bytes
    device: bytes


def read(body: bytes, signer: bytes) -> Enrolment:
    """Check the form of a request and its device certificate (docs/sealed-formats.md).

    Raises `bad_request`, `bad_code` or `bad_signature`.
    """
    try:
        asked = msgspec.json.decode(body, type=Body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        sentence = 'The body should be {"code": …, "certificate": …}.'
        raise Refused(ErrorCode.BAD_REQUEST, sentence) from None
    certificate = decode(asked.certificate, CERTIFICATE_BYTES)
    try:
        code = decode(asked.code, CODE_BYTES)
    except Refused:
        raise Refused(ErrorCode.BAD_CODE) from None
    identity, device = certificate[1:33], certificate[33:65]
    if certificate[0] != 1 or not is_key(identity):
        raise Refused(ErrorCode.BAD_REQUEST, "The device certificate's form is wrong.")
    if device != signer:
        sentence = "The certificate is for another device key than the signer's."
        raise Refused(ErrorCode.BAD_REQUEST, sentence)
    said = fields(_LABEL, certificate[:_SIGNED_BYTES])
    if not verifies(identity, said, certificate[_SIGNED_BYTES:]):
        raise Refused(ErrorCode.BAD_SIGNATURE, "The device certificate's signature does not hold.")
    return Enrolment(code, identity, device)
