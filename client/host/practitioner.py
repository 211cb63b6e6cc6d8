"""A practitioner's keys: the identity key apart from the device's, both wrapped where they rest."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from client.api.http import Random
from client.sealing import certificate as certificates
from client.sealing.certificate import Certificate
from client.sealing.keys import SigningKey
from client.sealing.profile import HostProfile
from client.vault import Keeper


@dataclass(frozen=True)
class Practitioner:
    """One device of a practitioner. The identity key is not here: it only signs certificates."""

    device: SigningKey = field(repr=False)
    certificate: Certificate
    profile: HostProfile


@dataclass(frozen=True)
class _Kept:
    certificate: bytes
    profile: HostProfile
    device_seed: bytes = field(repr=False)


def make(profile: HostProfile, keeper: Keeper, random: Random, issued: int) -> Practitioner:
    """Make identity and device keys, and keep each under its own name; `issued` in Unix seconds."""
    identity, device = SigningKey(random(32)), SigningKey(random(32))
    certificate = certificates.issue(identity, device.public, issued)
    keeper.put("identity", identity.seed)
    kept = _Kept(certificate.raw, profile, device.seed)
    keeper.put("device", msgspec.json.encode(kept))
    return Practitioner(device, certificate, profile)


def load(keeper: Keeper) -> Practitioner | None:
    data = keeper.get("device")
    if data is None:
        return None
    kept = msgspec.json.decode(data, type=_Kept)
    device = SigningKey(kept.device_seed)
    return Practitioner(device, certificates.read(kept.certificate), kept.profile)
