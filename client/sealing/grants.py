"""What is given between two screens once the code was typed (Adding a device, Helpers)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from client.sealing import certificate as certificates
from client.sealing.adding import AddingLink, Request, Use
from client.sealing.certificate import Certificate
from client.sealing.encoding import (
    SUITE,
    b64u,
    b64u_decode,
    fields,
    json_bytes,
    json_object,
    require_head,
    sha256,
    u8,
)
from client.sealing.errors import SealCode, SealError
from client.sealing.forms import is_vouchers
from client.sealing.handshake import Random
from client.sealing.kdf import hkdf, mac, same
from client.sealing.keys import KEY_BYTES, SIGNATURE_BYTES, Signer, verify
from client.sealing.letter import open_letter, seal_letter
from client.sealing.profile import text_member
from client.sealing.second import SECOND_CERTIFICATE_BYTES, SEED_BYTES
from client.sealing.xwing import Encapsulate, KemKey, encapsulate

KEPT_KIND = 17
NAME_UNITS = 60
VOUCHERS = 4
_KEPT_BYTES = 2 + 32
SECOND_BYTES = SEED_BYTES + SECOND_CERTIFICATE_BYTES


@dataclass(frozen=True)
class PersonGrant:
    """The vault's key, 32 bytes."""

    vault: bytes = field(repr=False)

    def encode(self) -> bytes:
        return json_bytes({"v": 1, "t": "person", "vault": b64u(self.vault)})


@dataclass(frozen=True)
class PractitionerGrant:
    """`secret` is what the ring holds for the new device; keys are 32 bytes.

    `second`, where the card names a second key: the seed of the device's, 32 bytes, and its second
    certificate.
    """

    certificate: Certificate
    secret: bytes = field(repr=False)
    vault: bytes = field(repr=False)
    second: bytes = field(default=b"", repr=False)

    def encode(self) -> bytes:
        more = {"second": b64u(self.second)} if self.second else {}
        return json_bytes(
            {
                "v": 1,
                "t": "practitioner",
                "identity": b64u(self.certificate.identity),
                "certificate": b64u(self.certificate.raw),
                "secret": b64u(self.secret),
                "vault": b64u(self.vault),
                **more,
            }
        )


@dataclass(frozen=True)
class HelperGrant:
    """What a helper keeps: a means' secret, 32 bytes, and the name of who asks for help.

    `vouchers`, as in `supply`, pay for the way between the two screens on the day it is asked for.
    """

    secret: bytes = field(repr=False)
    name: str
    vouchers: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)

    def encode(self) -> bytes:
        value = {"v": 1, "t": "helper", "secret": b64u(self.secret), "name": self.name}
        paid = {"vouchers": list(self.vouchers)} if self.vouchers else {}
        return json_bytes(value | paid)


@dataclass(frozen=True)
class WayGrant:
    """What a helper gives back: the secret, 32 bytes."""

    secret: bytes = field(repr=False)

    def encode(self) -> bytes:
        return json_bytes({"v": 1, "t": "way", "secret": b64u(self.secret)})


Grant = PersonGrant | PractitionerGrant | HelperGrant | WayGrant


def _context(request: Request) -> bytes:
    return fields(request.use.value, sha256(request.raw))


def make_grant(
    adder: Signer,
    request: Request,
    grant: Grant,
    random: Random,
    kem: Encapsulate = encapsulate,
) -> bytes:
    """What the other screen gets once its code was typed. Raises `bad_key`, `bad_form`."""
    content = grant.encode()
    _READERS[request.use](_object(content), request)
    signature = adder.sign(request.use.label("grant"), sha256(request.raw), content)
    return seal_letter([request.seal], _context(request), signature + content, random, kem)


def read_grant(link: AddingLink, request: Request, key: KemKey, raw: bytes) -> Grant:
    """Raises as `open_letter`, and `bad_signature`, `bad_form`, `wrong_recipient`, `wrong_host`."""
    message = open_letter(key, _context(request), raw)
    signature, content = message[:SIGNATURE_BYTES], message[SIGNATURE_BYTES:]
    verify(link.adder, signature, link.use.label("grant"), sha256(request.raw), content)
    return _READERS[link.use](_object(content), request)


def _object(content: bytes) -> dict[str, object]:
    value = json_object(content)
    if value.get("v") != 1 or isinstance(value.get("v"), bool):
        raise SealError(SealCode.BAD_SUITE)
    return value


def _added(value: dict[str, object], request: Request) -> Grant:
    vault = _member(value, "vault", KEY_BYTES)
    match value.get("t"):
        case "person":
            return PersonGrant(vault)
        case "practitioner":
            secret = _member(value, "secret", KEY_BYTES)
            identity = _member(value, "identity", KEY_BYTES)
            certificate = certificates.read(_member(value, "certificate", None))
            if certificate.device != request.device:
                raise SealError(SealCode.WRONG_RECIPIENT, "another device's certificate")
            if certificate.identity != identity:
                raise SealError(SealCode.WRONG_HOST, "another practitioner's certificate")
            second = _member(value, "second", SECOND_BYTES) if "second" in value else b""
            return PractitionerGrant(certificate, secret, vault, second)
        case _:
            raise SealError(SealCode.BAD_FORM, "a grant of another type")


def _helped(value: dict[str, object], _: Request) -> Grant:
    if value.get("t") != "helper":
        raise SealError(SealCode.BAD_FORM, "a grant of another type")
    secret, name = _member(value, "secret", KEY_BYTES), _name(value)
    return HelperGrant(secret, name, _vouchers(value))


def _vouchers(value: dict[str, Any]) -> tuple[Mapping[str, Any], ...]:
    if "vouchers" not in value:
        return ()
    if not is_vouchers(VOUCHERS)(value["vouchers"]):
        raise SealError(SealCode.BAD_FORM, "vouchers of another form")
    members = ("voucher", "bytes", "until")
    return tuple({name: one[name] for name in members} for one in value["vouchers"])


def _name(value: dict[str, object]) -> str:
    if "name" not in value:
        raise SealError(SealCode.BAD_FORM, "name is missing")
    name = text_member(value, "name", NAME_UNITS)
    try:
        name.encode()
    except UnicodeEncodeError:
        raise SealError(SealCode.BAD_FORM, "half a surrogate pair") from None
    return name


def _given_back(value: dict[str, object], _: Request) -> Grant:
    if value.get("t") != "way":
        raise SealError(SealCode.BAD_FORM, "a grant of another type")
    return WayGrant(_member(value, "secret", KEY_BYTES))


_READERS: Mapping[Use, Callable[[dict[str, object], Request], Grant]] = {
    Use.ADD: _added,
    Use.HELP: _helped,
    Use.BACK: _given_back,
}


def _member(value: dict[str, object], name: str, length: int | None) -> bytes:
    text = value.get(name)
    if not isinstance(text, str):
        raise SealError(SealCode.BAD_FORM, f"{name} is missing")
    return b64u_decode(text, length)


def make_kept(secret: bytes, request: Request) -> bytes:
    """The helper's device has stored it: a means counts from here on."""
    return u8(SUITE) + u8(KEPT_KIND) + _kept(secret, request)


def read_kept(secret: bytes, request: Request, raw: bytes) -> None:
    """Raises `bad_suite`, `bad_form`, or `bad_mac` where it is not by who has the secret."""
    require_head(raw, KEPT_KIND, _KEPT_BYTES)
    if not same(raw[2:], _kept(secret, request)):
        raise SealError(SealCode.BAD_MAC)


def _kept(secret: bytes, request: Request) -> bytes:
    return mac(hkdf(secret, b"", "aparte/1 help kept", 32), sha256(request.raw))
