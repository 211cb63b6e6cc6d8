"""What a server shows of a practitioner, and what it signs itself (Practitioners)."""

from __future__ import annotations

from dataclasses import dataclass

from client.sealing.card import Attestation, SignedCard, read_attestation, read_card
from client.sealing.devices import DeviceList, read_devices, require_continues
from client.sealing.encoding import take_fields
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import verify

FRESH_SECONDS = 48 * 3600
RECEIPT_BYTES = 72


@dataclass(frozen=True)
class Known:
    """What a reader remembers of a practitioner: the newest card and list that it has seen."""

    card: SignedCard
    devices: DeviceList


@dataclass(frozen=True)
class Record:
    """A checked record. `confirmed`: when the server said that nothing newer was there (Unix s)."""

    card: SignedCard
    devices: DeviceList
    attestation: Attestation | None
    confirmed: int

    @property
    def known(self) -> Known:
        return Known(self.card, self.devices)


@dataclass(frozen=True)
class Asked:
    """Whose record it should be, and who may vouch for what: public keys.

    `registrar` is None where the server has none.
    """

    identity: bytes
    server: bytes
    registrar: bytes | None = None


def read_record(raw: bytes, asked: Asked, last: Known | None = None) -> Record:
    """Check a record against the keys that were asked for and what is remembered.

    Raises `bad_form`, what readers of its parts raise, `wrong_host`, `rolled_back`, `forked`.
    """
    (card_raw, attested, devices_raw, status), rest = take_fields(raw, 4)
    if rest:
        raise SealError(SealCode.BAD_FORM, "more than a record")
    card = read_card(card_raw)
    if card.identity != asked.identity:
        raise SealError(SealCode.WRONG_HOST)
    devices = read_devices(devices_raw)
    if devices.identity != asked.identity:
        raise SealError(SealCode.WRONG_HOST)
    confirmed = _signed_time(status, asked.server, "aparte/1 status", card.hash, devices.hash)
    attestation = read_attestation(attested, asked.registrar, card.hash) if attested else None
    if last is not None:
        require_continues(devices, last.devices)
        _require_card_follows(card, last.card)
    return Record(card, devices, attestation, confirmed)


def require_fresh(record: Record, now: int) -> None:
    """Refuse with `stale_status` what was not confirmed within 48 hours; `now` in Unix seconds."""
    if abs(now - record.confirmed) > FRESH_SECONDS:
        raise SealError(SealCode.STALE_STATUS)


def read_receipt(raw: bytes, hash_: bytes, server: bytes) -> int:
    """When the server saw the hash of a signed object, in Unix seconds.

    Raises `bad_form`, `bad_signature`.
    """
    return _signed_time(raw, server, "aparte/1 receipt", hash_)


def _signed_time(raw: bytes, server: bytes, label: str, *said: bytes) -> int:
    if len(raw) != RECEIPT_BYTES:
        raise SealError(SealCode.BAD_FORM, "a signed time of another length")
    verify(server, raw[8:], label, *said, raw[:8])
    return int.from_bytes(raw[:8], "big")


def _require_card_follows(new: SignedCard, last: SignedCard) -> None:
    if new.card.version < last.card.version:
        raise SealError(SealCode.ROLLED_BACK)
    if new.card.version == last.card.version and new.hash != last.hash:
        raise SealError(SealCode.FORKED)
    if new.card.second != last.card.second:
        raise SealError(SealCode.FORKED, "another second key than before, or none")
