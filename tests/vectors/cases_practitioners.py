"""Cards, attestations, device lists, records and receipts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from client.sealing import certificate as certificates
from client.sealing.card import Attestation, Card, sign_attestation, sign_card
from client.sealing.devices import Device, DeviceList, make_devices
from client.sealing.encoding import b64u, fields, json_bytes, json_object, sha256, u64
from client.sealing.keys import SigningKey
from client.sealing.objects import Purpose, sign_object
from tests.vectors.cases_keys import MIXED_ORDER
from tests.vectors.forge import (
    DEVICE,
    GUEST,
    IDENTITY,
    ISSUED,
    OTHER_IDENTITY,
    SMALL_ORDER,
    Case,
    drawn,
    flipped,
    good,
    refused,
    sealed,
)

REGISTRAR = SigningKey(drawn("registrar"))
SERVER = SigningKey(drawn("practitioners' server"))
PHONE = SigningKey(drawn("phone"))
AT = 1_700_086_400
CARD = Card(
    3,
    "2026-03-01T09:30:00Z",
    "Dr Łukasz Şahin-Fictif",
    "Médecin",
    "Médecine générale",
    "10003456786",
    "1 rue de l’Exemple, 75000 Paris",
    "Paris",
    ("fr", "pl", "tr"),
    listed=True,
)
SIGNED_CARD = sign_card(CARD, IDENTITY)
NAMED = drawn("hash of a second key")
TWICE_CARD = replace(CARD, version=4, second=NAMED)
SIGNED_TWICE_CARD = sign_card(TWICE_CARD, IDENTITY)
ATTESTATION = Attestation(
    sha256(SIGNED_CARD),
    "2026-03-02T10:00:00Z",
    "Registre de démonstration",
    ("identity", "register"),
)
LAPTOP_ENTRY = Device(DEVICE.public, ISSUED)
PHONE_ENTRY = Device(PHONE.public, ISSUED + 60)
REVOKED = ISSUED + 3600
FIRST = make_devices(IDENTITY, 1, ISSUED, (LAPTOP_ENTRY,))
SECOND = make_devices(IDENTITY, 2, ISSUED + 60, (LAPTOP_ENTRY, PHONE_ENTRY))
THIRD = make_devices(IDENTITY, 3, REVOKED, (replace(LAPTOP_ENTRY, until=REVOKED), PHONE_ENTRY))


def _shown(card: Card) -> Case:
    return json_object(card.encode()) | {"languages": list(card.languages)}


def card() -> list[Case]:
    least = Card(1, "2026-03-01T09:30:00Z", "D")
    return [
        *(
            good(name, sealed(card=raw, seed=IDENTITY.seed), _card_gives(one, raw))
            for name, one, raw in (
                ("a card", CARD, SIGNED_CARD),
                ("a card that names a second key", TWICE_CARD, SIGNED_TWICE_CARD),
                ("no more than a name", least, sign_card(least, IDENTITY)),
            )
        ),
        *(
            good(f"version {spelled}", sealed(card=raw), _card_gives(CARD, raw))
            for spelled in ("3.0", "3e0")
            for raw in [_spelled(spelled)]
        ),
        *(
            refused(name, "card", code, sealed(card=sign_object(Purpose.CARD, payload, IDENTITY)))
            for name, code, payload in _bad_cards()
        ),
        refused(
            "an attestation as a card",
            "card",
            "bad_form",
            sealed(card=sign_attestation(ATTESTATION, REGISTRAR)),
        ),
        refused("a flipped name", "card", "bad_signature", sealed(card=flipped(SIGNED_CARD, 100))),
        refused("cut short", "card", "bad_form", sealed(card=SIGNED_CARD[:-1])),
    ]


def _spelled(version: str) -> bytes:
    """The card, with its version in other letters."""
    payload = CARD.encode().replace(b'"version":3,', f'"version":{version},'.encode())
    return sign_object(Purpose.CARD, payload, IDENTITY)


def _card_gives(one: Card, raw: bytes) -> Case:
    shown = {name: value for name, value in _shown(one).items() if name != "v"}
    return shown | sealed(identity=IDENTITY.public, hash=sha256(raw))


def _bad_cards() -> list[tuple[str, str, bytes]]:
    value = json_object(CARD.encode())

    def altered(**members: Any) -> bytes:
        return json_bytes(value | members)

    def without(name: str) -> bytes:
        return json_bytes({key: one for key, one in value.items() if key != name})

    form = "bad_form"
    return [
        ("another version of the format", "bad_suite", altered(v=2)),
        ("version 0", form, altered(version=0)),
        ("a version with a fraction", form, altered(version=1.5)),
        ("a version beyond what all can count", form, altered(version=2**53)),
        ("no name", form, without("name")),
        ("an empty name", form, altered(name="")),
        ("a name of 121 units", form, altered(name="x" * 121)),
        ("half a surrogate pair", form, CARD.encode().replace(b'Paris","lang', b'\\ud83d","lang')),
        ("no speciality", form, without("speciality")),
        ("a number of ten digits", form, altered(rpps="1000345678")),
        ("a number in other digits", form, altered(rpps="١٠٠٠٣٤٥٦٧٨٦")),
        ("a language in capitals", form, altered(languages=["FR"])),
        ("a language twice", form, altered(languages=["fr", "fr"])),
        ("nine languages", form, altered(languages=[f"a{c}" for c in "abcdefghi"])),
        ("a language that is no text", form, altered(languages=[1])),
        ("listed is a number", form, altered(listed=1)),
        ("no second key, not even an empty one", form, without("second")),
        ("a second key of 31 bytes", form, altered(second=b64u(bytes(31)))),
        ("a second key that is no base64url", form, altered(second="=" * 43)),
        ("a second key written another way", form, altered(second="A" * 42 + "B")),
        ("a day that is none", form, altered(issued="2026-02-30T09:30:00Z")),
        ("no moment", form, without("issued")),
        ("a name twice", form, CARD.encode().replace(b'"name":', b'"name":"A","name":', 1)),
        ("2,049 bytes", "too_long", altered(x="x" * (2049 - len(altered(x=""))))),
    ]


def attestation() -> list[Case]:
    raw = sign_attestation(ATTESTATION, REGISTRAR)
    about = sealed(registrar=REGISTRAR.public, card_hash=sha256(SIGNED_CARD))
    value = json_object(ATTESTATION.encode())

    def altered(**members: Any) -> bytes:
        return sign_object(Purpose.ATTESTATION, json_bytes(value | members), REGISTRAR)

    cases = [
        ("another registrar", "wrong_registrar", sign_attestation(ATTESTATION, OTHER_IDENTITY)),
        ("of another card", "wrong_statement", altered(card=b64u(bytes(32)))),
        ("the hash is short", "bad_form", altered(card=b64u(bytes(31)))),
        ("nothing checked", "bad_form", altered(checked=[])),
        ("an unknown check", "bad_form", altered(checked=["identity", "hearsay"])),
        ("a check twice", "bad_form", altered(checked=["identity", "identity"])),
        ("checked is a text", "bad_form", altered(checked="identity")),
        ("a registrar without a name", "bad_form", altered(registrar="")),
        ("no day", "bad_form", altered(issued="yesterday")),
        ("another version of the format", "bad_suite", altered(v=2)),
        ("a card as an attestation", "bad_form", SIGNED_CARD),
        ("a flipped signature", "bad_signature", flipped(raw, len(raw) - 60)),
    ]
    return [
        good(
            "an attestation",
            about | sealed(attestation=raw, seed=REGISTRAR.seed),
            {
                "issued": ATTESTATION.issued,
                "registrar": ATTESTATION.registrar,
                "checked": list(ATTESTATION.checked),
            },
        ),
        *(
            refused(name, "attestation", code, about | sealed(attestation=one))
            for name, code, one in cases
        ),
    ]


def _gives(one: DeviceList) -> Case:
    listed = [
        {"device": b64u(entry.device), "since": entry.since, "until": entry.until}
        for entry in one.devices
    ]
    said = sealed(identity=one.identity, version=one.version, issued=one.issued)
    return said | {"devices": listed}


def _forged_list(entries: bytes, count: int, version: int = 1, issued: int = ISSUED) -> bytes:
    head = b"\1" + IDENTITY.public + u64(version) + u64(issued) + bytes([count])
    return head + entries + IDENTITY.sign("aparte/1 devices", head + entries)


def _entry(device: bytes = DEVICE.public, since: int = ISSUED, until: int = 0) -> bytes:
    return device + u64(since) + u64(until)


def devices() -> list[Case]:
    return [*_read(), *_continued(), *_in_force()]


def _read() -> list[Case]:
    many = tuple(Device(SigningKey(drawn(f"device {n}")).public, ISSUED + n) for n in range(64))
    full = make_devices(IDENTITY, 64, ISSUED + 64, many)
    raw = SECOND.raw
    wrong = [
        ("nothing", "bad_form", b""),
        ("another suite", "bad_suite", b"\2" + raw[1:]),
        ("cut within its head", "bad_form", raw[:40]),
        ("one byte short", "bad_form", raw[:-1]),
        ("one byte more", "bad_form", raw + b"\0"),
        ("no device", "bad_form", _forged_list(b"", 0)),
        ("65 devices", "bad_form", _forged_list(full.raw[50:-64] + _entry(), 65)),
        ("version 0", "bad_form", _forged_list(_entry(), 1, version=0)),
        ("a version beyond what all can count", "bad_form", _forged_list(_entry(), 1, 2**53)),
        ("a time beyond it", "bad_form", _forged_list(_entry(until=2**53), 1)),
        ("its own time beyond it", "bad_form", _forged_list(_entry(), 1, issued=2**53)),
        ("a device twice", "bad_form", _forged_list(_entry() + _entry(since=ISSUED + 1), 2)),
        ("a device of small order", "bad_key", _forged_list(_entry(SMALL_ORDER), 1)),
        ("a device of mixed order", "bad_key", _forged_list(_entry(MIXED_ORDER), 1)),
        ("a device added by somebody else", "bad_signature", _added(DEVICE)),
        ("a revocation struck out", "bad_signature", THIRD.raw[:97] + bytes(1) + THIRD.raw[98:]),
        ("a flipped signature", "bad_signature", flipped(raw, len(raw) - 60)),
    ]
    return [
        *(
            good(name, sealed(devices=one.raw, identity_seed=IDENTITY.seed), _gives(one))
            for name, one in (
                ("one device", FIRST),
                ("two devices", SECOND),
                ("one of them revoked", THIRD),
                ("64 devices", full),
            )
        ),
        *(refused(name, "devices", code, sealed(devices=one)) for name, code, one in wrong),
    ]


def _added(signer: SigningKey) -> bytes:
    """A device that a device adds by itself: what the holder of a stolen laptop would do."""
    head = SECOND.raw[:-64]
    return head + signer.sign("aparte/1 devices", head)


def _continued() -> list[Case]:
    def of(version: int, *entries: Device, key: SigningKey = IDENTITY) -> DeviceList:
        return make_devices(key, version, ISSUED + version, entries)

    laptop, phone = LAPTOP_ENTRY, PHONE_ENTRY
    gone = replace(laptop, until=REVOKED)
    fine = [
        ("the same list again", SECOND, SECOND),
        ("a device more", SECOND, FIRST),
        ("a device revoked, with versions between", of(9, gone, phone), SECOND),
        (
            "revoked from an earlier time on",
            of(4, replace(laptop, until=REVOKED - 9), phone),
            THIRD,
        ),
    ]
    wrong = [
        ("an older version", "rolled_back", SECOND, THIRD),
        ("other bytes under the same version", "forked", of(2, laptop, phone), SECOND),
        ("a device fewer", "forked", of(4, gone), THIRD),
        ("another order", "forked", of(3, phone, laptop), SECOND),
        ("since another time", "forked", of(3, replace(laptop, since=1), phone), SECOND),
        ("a revocation undone", "rolled_back", of(4, laptop, phone), THIRD),
        ("a revocation put off", "rolled_back",
         of(4, replace(laptop, until=REVOKED + 1), phone), THIRD),
        ("another practitioner's", "wrong_host", of(3, laptop, key=OTHER_IDENTITY), SECOND),
    ]  # fmt: skip
    return [
        *(
            good(f"after another: {name}", sealed(devices=new.raw, last=last.raw), _gives(new))
            for name, new, last in fine
        ),
        *(
            refused(
                f"after another: {name}", "devices", code, sealed(devices=new.raw, last=last.raw)
            )
            for name, code, new, last in wrong
        ),
    ]


def _in_force() -> list[Case]:
    laptop = certificates.issue(IDENTITY, DEVICE.public, ISSUED).raw
    phone = certificates.issue(IDENTITY, PHONE.public, ISSUED + 60).raw
    earlier = certificates.issue(IDENTITY, PHONE.public, ISSUED).raw
    stranger = certificates.issue(OTHER_IDENTITY, DEVICE.public, ISSUED).raw
    fine: list[tuple[str, DeviceList, bytes, int | None]] = [
        ("in force", SECOND, phone, None),
        ("in force while another is revoked", THIRD, phone, None),
        ("signed before it was revoked", THIRD, laptop, REVOKED - 1),
    ]
    wrong: list[tuple[str, str, DeviceList, bytes, int | None]] = [
        ("revoked", "revoked", THIRD, laptop, None),
        ("signed the moment it was revoked", "revoked", THIRD, laptop, REVOKED),
        ("not in the list", "revoked", FIRST, phone, None),
        ("not in the list, with a receipt", "revoked", FIRST, phone, ISSUED),
        ("a certificate of another time", "revoked", SECOND, earlier, None),
        ("another practitioner's device", "wrong_host", SECOND, stranger, None),
    ]

    def inputs(devices: DeviceList, certificate: bytes, signed_at: int | None) -> Case:
        said = sealed(devices=devices.raw, certificate=certificate)
        return said if signed_at is None else said | {"signed_at": signed_at}

    return [
        *(
            good(f"a device: {name}", inputs(listed, raw, at), _gives(listed))
            for name, listed, raw, at in fine
        ),
        *(
            refused(f"a device: {name}", "devices", code, inputs(listed, raw, at))
            for name, code, listed, raw, at in wrong
        ),
    ]


@dataclass(frozen=True)
class _Shown:
    """What a server shows, and what the reader knows."""

    card: bytes = SIGNED_CARD
    attestation: bytes = sign_attestation(ATTESTATION, REGISTRAR)
    devices: DeviceList = THIRD
    time: int = AT
    server: SigningKey = SERVER
    registrar: bytes = REGISTRAR.public
    last_card: bytes = b""
    last_devices: bytes = b""
    now: int = AT

    def status(self) -> bytes:
        said = (sha256(self.card), sha256(self.devices.raw), u64(self.time))
        return u64(self.time) + self.server.sign("aparte/1 status", *said)

    def case(self, record: bytes = b"") -> Case:
        whole = fields(self.card, self.attestation, self.devices.raw, self.status())
        about = sealed(
            record=record or whole,
            identity=IDENTITY.public,
            server=SERVER.public,
            registrar=self.registrar,
            now=self.now,
        )
        if self.last_card:
            about |= sealed(last_card=self.last_card, last_devices=self.last_devices)
        return about

    def gives(self) -> Case:
        said = sealed(card=sha256(self.card), version=self.devices.version, confirmed=self.time)
        return said | {"attested": self.attestation != b""}


def _older(second: bytes) -> bytes:
    return sign_card(replace(CARD, version=2, second=second), IDENTITY)


def _newer(second: bytes) -> bytes:
    return sign_card(replace(CARD, version=4, second=second), IDENTITY)


def record() -> list[Case]:
    day = 24 * 3600
    older = sign_card(replace(CARD, version=2, name="Dr L. Şahin-Fictif"), IDENTITY)
    twin = sign_card(replace(CARD, place="Lyon"), IDENTITY)
    known = _Shown(last_card=older, last_devices=SECOND.raw)
    whole = fields(SIGNED_CARD, _Shown().attestation, THIRD.raw, _Shown().status())
    theirs = sign_card(CARD, OTHER_IDENTITY)
    their_list = make_devices(OTHER_IDENTITY, 3, ISSUED, (LAPTOP_ENTRY,))
    fine = [
        ("attested", _Shown()),
        ("attested by nobody", _Shown(attestation=b"")),
        ("where there is no registrar", _Shown(attestation=b"", registrar=b"")),
        ("after an older card and list", known),
        (
            "after an older card with the same second key",
            replace(known, card=_newer(NAMED), attestation=b"", last_card=_older(NAMED)),
        ),
        ("the same as before", replace(known, last_card=SIGNED_CARD, last_devices=THIRD.raw)),
        ("confirmed two days ago", _Shown(now=AT + 2 * day)),
        ("confirmed two days from now", _Shown(now=AT - 2 * day)),
    ]
    wrong = [
        ("another practitioner's card", "wrong_host", _Shown(card=theirs, attestation=b"")),
        ("another practitioner's devices", "wrong_host", _Shown(devices=their_list)),
        ("signed by another server", "bad_signature", _Shown(server=OTHER_IDENTITY)),
        ("attested, and no registrar is known", "wrong_registrar", _Shown(registrar=b"")),
        ("attested by another", "wrong_registrar", _Shown(registrar=GUEST.public)),
        ("the attestation of another card", "wrong_statement", _Shown(card=older)),
        ("confirmed more than two days ago", "stale_status", _Shown(now=AT + 2 * day + 1)),
        ("confirmed far in the future", "stale_status", _Shown(now=AT - 2 * day - 1)),
        ("an older card than before", "rolled_back",
         replace(known, card=older, attestation=b"", last_card=SIGNED_CARD)),
        ("another card of the same version", "forked", replace(known, last_card=twin)),
        ("a second key taken off the card", "forked",
         replace(known, attestation=b"", last_card=_older(NAMED))),
        ("a second key put on the card later", "forked",
         replace(known, card=_newer(NAMED), attestation=b"")),
        ("another second key than before", "forked",
         replace(known, card=_newer(drawn("another")), attestation=b"", last_card=_older(NAMED))),
        ("an older list than before", "rolled_back",
         replace(known, devices=SECOND, last_devices=THIRD.raw)),
    ]  # fmt: skip
    forms = [
        ("nothing", "bad_form", fields()),
        ("three fields", "bad_form", fields(SIGNED_CARD, b"", THIRD.raw)),
        ("five fields", "bad_form", whole + fields(b"")),
        ("something behind it", "bad_form", whole + b"\0"),
        ("a status cut short", "bad_form", fields(SIGNED_CARD, b"", THIRD.raw, bytes(71))),
        ("a status of another list", "bad_signature",
         fields(SIGNED_CARD, b"", SECOND.raw, _Shown().status())),
        ("a status of another card", "bad_signature",
         fields(older, b"", THIRD.raw, _Shown().status())),
    ]  # fmt: skip
    return [
        *(good(name, shown.case(), shown.gives()) for name, shown in fine),
        *(refused(name, "record", code, shown.case()) for name, code, shown in wrong),
        *(
            refused(name, "record", code, _Shown().case() | sealed(record=raw))
            for name, code, raw in forms
        ),
    ]


def receipt() -> list[Case]:
    said = drawn("something signed")
    raw = u64(AT) + SERVER.sign("aparte/1 receipt", said, u64(AT))
    about = sealed(receipt=raw, hash=said, server=SERVER.public)
    status = u64(AT) + SERVER.sign("aparte/1 status", said, u64(AT))
    return [
        good("a receipt", about, {"time": AT}),
        *(
            refused(name, "receipt", code, about | members)
            for name, code, members in (
                ("of something else", "bad_signature", sealed(hash=drawn("something else"))),
                ("of another server", "bad_signature", sealed(server=OTHER_IDENTITY.public)),
                ("another time", "bad_signature", sealed(receipt=flipped(raw, 7))),
                ("a status as a receipt", "bad_signature", sealed(receipt=status)),
                ("one byte short", "bad_form", sealed(receipt=raw[:-1])),
                ("one byte more", "bad_form", sealed(receipt=raw + b"\0")),
            )
        ),
    ]
