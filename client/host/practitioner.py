"""A practitioner's keys and papers: the identity key apart from the device's, wrapped at rest."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime

import msgspec

from client.api.http import Random
from client.sealing import certificate as certificates
from client.sealing.card import Card, SignedCard, read_card, sign_card
from client.sealing.certificate import Certificate
from client.sealing.devices import Device, DeviceList, make_devices, read_devices
from client.sealing.encoding import sha256
from client.sealing.keys import SigningKey
from client.sealing.profile import HostProfile
from client.sealing.ring import identity_of
from client.sealing.second import (
    SecondDevice,
    SecondKey,
    certify_second,
    read_second_certificate,
    second_identity_of,
)
from client.vault import Keeper


@dataclass(frozen=True)
class Stated:
    """What a practitioner puts on their first card."""

    name: str
    profession: str = ""
    speciality: str = ""
    rpps: str = ""
    address: str = ""


@dataclass(frozen=True)
class Practitioner:
    """One device of a practitioner. The identity key is not here: it signs papers alone.

    `second`: what signs statements too, where the card names a second key.
    """

    device: SigningKey = field(repr=False)
    certificate: Certificate
    card: SignedCard
    devices: DeviceList
    second: SecondDevice | None = None

    @property
    def profile(self) -> HostProfile:
        """What is said of them in a consult."""
        card = self.card.card
        return HostProfile(card.name, card.profession, card.rpps)


@dataclass(frozen=True)
class _Kept:
    certificate: bytes
    card: bytes
    devices: bytes
    device_seed: bytes = field(repr=False)
    second_seed: bytes = field(default=b"", repr=False)
    second_certificate: bytes = b""


def make(
    stated: Stated, keeper: Keeper, random: Random, issued: int, *, twice: bool = False
) -> Practitioner:
    """Make root and device key and the first papers, and keep them; `issued` in Unix seconds.

    `twice`: for good, each statement is to have a second signature (ML-DSA-65). The root is kept
    under a name of its own.
    """
    root, device = random(32), SigningKey(random(32))
    identity = identity_of(root)
    certificate = certificates.issue(identity, device.public, issued)
    moment = datetime.fromtimestamp(issued, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    second = None
    if twice:
        second = certify_second(second_identity_of(root), certificate, SecondKey(random(32)))
    named = sha256(second.certificate.identity) if second else b""
    card = read_card(sign_card(Card(1, moment, **asdict(stated), second=named), identity))
    devices = make_devices(identity, 1, issued, (Device(device.public, issued),))
    keeper.put("root", root)
    kept = _Kept(certificate.raw, card.raw, devices.raw, device.seed)
    if second:
        seed, raw = second.key.seed, second.certificate.raw
        kept = replace(kept, second_seed=seed, second_certificate=raw)
    keeper.put("device", msgspec.json.encode(kept))
    return Practitioner(device, certificate, card, devices, second)


def kept_identity(keeper: Keeper) -> SigningKey:
    """The identity key of whoever was made here. Raises LookupError."""
    root = keeper.get("root")
    if root is None:
        raise LookupError("no practitioner is kept here")
    return identity_of(root)


def load(keeper: Keeper) -> Practitioner | None:
    data = keeper.get("device")
    if data is None:
        return None
    kept = msgspec.json.decode(data, type=_Kept)
    certificate = certificates.read(kept.certificate)
    second = None
    if kept.second_seed:
        certified = read_second_certificate(kept.second_certificate, certificate)
        second = SecondDevice(SecondKey(kept.second_seed), certified)
    return Practitioner(
        SigningKey(kept.device_seed),
        certificate,
        read_card(kept.card),
        read_devices(kept.devices),
        second,
    )
