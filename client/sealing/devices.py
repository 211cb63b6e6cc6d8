"""A practitioner's devices: a list that the identity key signs and that only grows."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from client.sealing.certificate import Certificate
from client.sealing.encoding import SUITE, sha256
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import SIGNATURE_BYTES, Signer, require_key, verify

MAX_DEVICES = 64
IN_FORCE = 0
_LABEL = "aparte/1 devices"
_HEAD = struct.Struct(">B32sQQB")
_ENTRY = struct.Struct(">32sQQ")
_MOST = 2**53 - 1


@dataclass(frozen=True)
class Device:
    """`since` is its certificate's `issued`; `until` is when it was revoked, 0 while it is not.

    Both in Unix seconds.
    """

    device: bytes
    since: int
    until: int = IN_FORCE


@dataclass(frozen=True)
class DeviceList:
    """A checked list. `issued` in Unix seconds; `raw` is what travels."""

    identity: bytes
    version: int
    issued: int
    devices: tuple[Device, ...]
    raw: bytes

    @property
    def hash(self) -> bytes:
        return sha256(self.raw)


def make_devices(
    identity: Signer, version: int, issued: int, devices: tuple[Device, ...]
) -> DeviceList:
    """Sign a list. Raises what readers raise."""
    head = _HEAD.pack(SUITE, identity.public, version, issued, len(devices))
    said = head + b"".join(_ENTRY.pack(one.device, one.since, one.until) for one in devices)
    return read_devices(said + identity.sign(_LABEL, said))


def read_devices(raw: bytes) -> DeviceList:
    """Check form, keys and signature.

    Raises `bad_form`, `bad_suite`, `bad_key`, `bad_signature`.
    """
    if not raw:
        raise SealError(SealCode.BAD_FORM, "nothing came")
    if raw[0] != SUITE:
        raise SealError(SealCode.BAD_SUITE)
    if len(raw) < _HEAD.size:
        raise SealError(SealCode.BAD_FORM, "a list cut short")
    _, identity, version, issued, count = _HEAD.unpack_from(raw)
    end = _HEAD.size + count * _ENTRY.size
    if len(raw) != end + SIGNATURE_BYTES or not 1 <= count <= MAX_DEVICES:
        raise SealError(SealCode.BAD_FORM, "a list of another length")
    devices = tuple(Device(*entry) for entry in _ENTRY.iter_unpack(raw[_HEAD.size : end]))
    numbers = (version, issued, *(n for one in devices for n in (one.since, one.until)))
    if not version or max(numbers) > _MOST:
        raise SealError(SealCode.BAD_FORM, "a number out of range")
    if len({one.device for one in devices}) < count:
        raise SealError(SealCode.BAD_FORM, "a device stands twice")
    for one in devices:
        require_key(one.device)
    verify(identity, raw[end:], _LABEL, raw[:end])
    return DeviceList(identity, version, issued, devices, raw)


def require_continues(new: DeviceList, last: DeviceList) -> None:
    """Refuse a list that is not the one remembered, and does not go on from it.

    Raises `wrong_host`, `rolled_back`, `forked`.
    """
    if new.identity != last.identity:
        raise SealError(SealCode.WRONG_HOST)
    if new.version < last.version:
        raise SealError(SealCode.ROLLED_BACK)
    if new.version == last.version:
        if new.raw != last.raw:
            raise SealError(SealCode.FORKED)
        return
    if len(new.devices) < len(last.devices):
        raise SealError(SealCode.FORKED)
    pairs = list(zip(last.devices, new.devices, strict=False))
    if any((old.device, old.since) != (one.device, one.since) for old, one in pairs):
        raise SealError(SealCode.FORKED)
    if any(old.until and not 0 < one.until <= old.until for old, one in pairs):
        raise SealError(SealCode.ROLLED_BACK, "a revocation undone")


def require_in_force(
    devices: DeviceList, certificate: Certificate, signed_at: int | None = None
) -> None:
    """Refuse a device that is not in force; `signed_at` is the time of a receipt, if there is one.

    Raises `wrong_host`, `revoked`.
    """
    if certificate.identity != devices.identity:
        raise SealError(SealCode.WRONG_HOST)
    for one in devices.devices:
        if (one.device, one.since) == (certificate.device, certificate.issued):
            before = signed_at is not None and signed_at < one.until
            if one.until == IN_FORCE or before:
                return
    raise SealError(SealCode.REVOKED)
