"""The word of a practice on its new mailbox, to somebody whose address it has."""

from __future__ import annotations

from typing import Any

from client.sealing.certificate import issue
from client.sealing.encoding import b64u, fields, json_bytes, u8
from client.sealing.objects import Purpose, sign_object
from client.sealing.practice_moved import PracticeAddress, sign_practice_moved
from client.sealing.xwing import KemKey
from tests.vectors.forge import (
    DEVICE,
    GUEST,
    IDENTITY,
    ISSUED,
    Case,
    drawn,
    flipped,
    good,
    refused,
    sealed,
)

READER = drawn("mailbox of somebody who keeps documents", 16)
ADDRESS = PracticeAddress(
    drawn("new mailbox of a practice", 16),
    drawn("append seed of a new mailbox"),
    KemKey(drawn("X-Wing seed of a new mailbox")).public,
    1_772_357_400,
)
CERTIFICATE = issue(IDENTITY, DEVICE.public, ISSUED)
_SAID = {
    "v": 1,
    "for": b64u(READER),
    "since": ADDRESS.since,
    "mailbox": b64u(ADDRESS.mailbox),
    "append": b64u(ADDRESS.append),
    "seal": b64u(ADDRESS.seal),
}


def _said(changes: dict[str, object], purpose: Purpose = Purpose.PRACTICE_MOVED) -> bytes:
    return sign_object(purpose, json_bytes(_SAID | changes), DEVICE, CERTIFICATE)


def _by_guest() -> bytes:
    payload = json_bytes(_SAID)
    signature = GUEST.sign(Purpose.PRACTICE_MOVED, u8(1), GUEST.public, payload)
    return u8(1) + u8(1) + fields(GUEST.public, payload) + signature


def _case(said: bytes, **more: Any) -> Case:
    return sealed(reader=READER, said=said, **more)


def practice_moved() -> list[Case]:
    said = sign_practice_moved(READER, ADDRESS, DEVICE, CERTIFICATE)
    assert said == _said({})
    told = sealed(
        mailbox=ADDRESS.mailbox,
        append=ADDRESS.append,
        seal=ADDRESS.seal,
        since=ADDRESS.since,
        device=DEVICE.public,
        identity=IDENTITY.public,
    )
    wrong: list[tuple[str, str, str, bytes]] = [
        ("altered", "object", "bad_signature", flipped(said, len(said) // 2)),
        ("said as something else", "object", "bad_signature", _said({}, Purpose.VAULT_MOVED)),
        ("said by a guest", "object", "bad_form", _by_guest()),
        ("another version", "payload", "bad_suite", _said({"v": 2})),
        ("made at no time", "payload", "bad_form", _said({"since": 0})),
        ("made at half a second", "payload", "bad_form", _said({"since": 1.5})),
        ("a time beyond all numbers", "payload", "bad_form", _said({"since": 2**53})),
        ("a mailbox of 15 bytes", "payload", "bad_form", _said({"mailbox": b64u(bytes(15))})),
        ("a key that is short", "payload", "bad_form", _said({"seal": b64u(bytes(1215))})),
        ("no append key", "payload", "bad_form", _said({"append": None})),
        ("to nobody", "payload", "bad_form", _said({"for": ""})),
        (
            "to somebody else",
            "payload",
            "wrong_recipient",
            _said({"for": b64u(drawn("another mailbox", 16))}),
        ),
    ]
    return [
        good("a new mailbox", _case(said, device_seed=DEVICE.seed), told),
        *(refused(name, layer, code, _case(raw)) for name, layer, code, raw in wrong),
    ]
