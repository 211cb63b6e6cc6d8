"""What an operator can do with a practitioner's papers: it has the server's key, and no other."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from client.sealing.card import Attestation, Card, read_card, sign_attestation, sign_card
from client.sealing.devices import Device, make_devices, read_devices
from client.sealing.encoding import all_fields, fields, sha256, u64
from client.sealing.keys import SigningKey
from tests.hostile.attacks import GUEST, Attack, Barred, Elsewhere, Unchecked
from tests.hostile.relay import Tamper, flipped

_STRANGER = SigningKey(bytes(range(32)))
_DAY = 24 * 3600


@dataclass(frozen=True)
class Shown:
    """A record's fields, as a server may show them. `server` signs the status anew.

    `identity` signs what the doctor did by themselves.
    """

    card: bytes
    attestation: bytes
    devices: bytes
    server: SigningKey
    identity: SigningKey
    age: int = 0

    def record(self) -> bytes:
        time_ = u64(int(time.time()) - self.age)
        said = (sha256(self.card), sha256(self.devices), time_)
        status = time_ + self.server.sign("aparte/1 status", *said)
        return fields(self.card, self.attestation, self.devices, status)


class SpoilRecord(Tamper):
    """Shows something else than what a practitioner has signed; None: nothing at all."""

    def __init__(self, other: Elsewhere, change: Callable[[Shown], Shown | None]) -> None:
        super().__init__()
        self._keys, self._change = (other.server, other.identity), change

    def record(self, data: bytes) -> bytes | None:
        self.hits += 1
        card, attestation, devices, _ = all_fields(data)
        changed = self._change(Shown(card, attestation, devices, *self._keys))
        return None if changed is None else changed.record()


def _attack(
    name: str, outcome: Barred | Unchecked, change: Callable[[Shown], Shown | None]
) -> Attack:
    def tamper(other: Elsewhere) -> Tamper:
        return SpoilRecord(other, change)

    return Attack(name, GUEST, tamper, outcome)


def _another_card(shown: Shown) -> Shown:
    """The card that the doctor never signed, under a name that the patient knows."""
    said = replace(read_card(shown.card).card, version=9)
    return replace(shown, card=sign_card(said, _STRANGER))


def _another_doctor(shown: Shown) -> Shown:
    card = sign_card(Card(1, "2026-01-01T00:00:00Z", "Dr Autre-Fictif"), _STRANGER)
    devices = make_devices(_STRANGER, 1, 1, (Device(_STRANGER.public, 1),))
    return replace(shown, card=card, devices=devices.raw)


def _one_device_more(shown: Shown) -> Shown:
    """What the holder of a stolen device would add, with all that the server has."""
    listed = read_devices(shown.devices)
    entries = (*listed.devices, Device(_STRANGER.public, 1))
    signed_by_another = make_devices(_STRANGER, listed.version + 1, 1, entries).raw
    return replace(shown, devices=shown.devices[:1] + listed.identity + signed_by_another[33:])


def _revoked(shown: Shown) -> Shown:
    """The doctor has revoked the device, and the server carries its frames all the same."""
    listed = read_devices(shown.devices)
    # The same list whenever it is asked for.
    gone = replace(listed.devices[0], until=listed.devices[0].since + 1)
    newer = make_devices(shown.identity, listed.version + 1, 1, (gone, *listed.devices[1:]))
    return replace(shown, devices=newer.raw)


def _attested(shown: Shown) -> Shown:
    said = Attestation(sha256(shown.card), "2026-01-01T00:00:00Z", "Registre", ("identity",))
    return replace(shown, attestation=sign_attestation(said, _STRANGER))


REFUSED: tuple[Attack, ...] = (
    _attack("another card of the doctor's name", Barred("wrong_host"), _another_card),
    _attack("the papers of another doctor", Barred("wrong_host"), _another_doctor),
    _attack(
        "a card with a letter changed",
        Barred("bad_signature"),
        lambda shown: replace(shown, card=flipped(shown.card, 120)),
    ),
    _attack("a device that was revoked", Barred("revoked"), _revoked),
    _attack("a device more", Barred("bad_signature"), _one_device_more),
    _attack(
        "a status by another server",
        Barred("bad_signature"),
        lambda shown: replace(shown, server=_STRANGER),
    ),
    _attack("attested by nobody's registrar", Barred("wrong_registrar"), _attested),
    _attack(
        "papers that end early",
        Barred("bad_form"),
        lambda shown: replace(shown, devices=shown.devices[:-1]),
    ),
)

UNCHECKED: tuple[Attack, ...] = (
    _attack("papers withheld", Unchecked(), lambda _: None),
    _attack("a status of three days ago", Unchecked(), lambda shown: replace(shown, age=3 * _DAY)),
)
