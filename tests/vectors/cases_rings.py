"""Keyrings: sealed under pairs of means, opened with two, and with no one alone."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from client.sealing.encoding import json_bytes, padded, sha256, u32
from client.sealing.kdf import CHACHA, ZERO_NONCE, hkdf
from client.sealing.ring import BODY_BYTES, Held, Kind, Ring, seal_ring
from tests.vectors.forge import Case, Drbg, drawn, flipped, good, refused, sealed

MADE = "2026-03-01T09:30:00Z"
SHEET = Held(Kind.SHEET, drawn("sheet", 16), "Feuille", MADE)
PASSKEY = Held(Kind.PASSKEY, drawn("passkey"), "Clé d’accès", MADE)
HELPER = Held(Kind.HELPER, drawn("helper"), "Dr Z. Œillet", MADE)
LAPTOP = Held(Kind.DEVICE, drawn("laptop"), "Portable", MADE)
PHONE = Held(Kind.DEVICE, drawn("phone"), "Téléphone", MADE)
RING = Ring(drawn("root"), drawn("ring vault"), (SHEET, PASSKEY, HELPER, LAPTOP, PHONE))
LEAST = Ring(drawn("another root"), drawn("another ring vault"), (SHEET, PASSKEY))
FULL = Ring(
    drawn("a full root"),
    drawn("a full ring vault"),
    tuple(
        Held(kind, drawn(f"{kind.name} {n}", kind.length), "Œ" * 20, MADE)
        for kind, count in ((Kind.SHEET, 1), (Kind.PASSKEY, 1), (Kind.HELPER, 2), (Kind.DEVICE, 12))
        for n in range(count)
    ),
)


def _who(one: Held) -> Case:
    return sealed(kind=one.kind.name.lower(), secret=one.secret)


def _inputs(ring: bytes, means: Held, other: Held) -> Case:
    return sealed(ring=ring, means=_who(means), other=_who(other))


def _gives(ring: Ring, means: Held) -> Case:
    held = [_who(one) | {"label": one.label, "made": one.made} for one in ring.held]
    said = sealed(root=ring.root, vault=ring.vault, identity=ring.identity.public)
    said |= sealed(place=means.place, reader=means.reader.public)
    return said | sealed(owner=ring.owner(means.place).public) | {"held": held}


def _value(**members: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RING.encode())
    return found | members


def _forged(text: bytes) -> bytes:
    """A ring for the sheet and the passkey that holds something else."""
    raw = seal_ring(LEAST, SHEET, Drbg("forged ring"))
    random = Drbg("forged ring")
    random(32)
    key = random(32)
    head = raw[: -(BODY_BYTES + 16)]
    body = padded(text, (BODY_BYTES,))
    return head + CHACHA.seal(hkdf(key, b"", "aparte/1 ring key"), ZERO_NONCE, sha256(head), body)


def _holding(value: dict[str, Any]) -> bytes:
    text = json_bytes(value)
    return _forged(u32(len(text)) + text)


def ring() -> list[Case]:
    raw = seal_ring(RING, SHEET, Drbg("ring of the sheet"))
    pairs = [
        ("two means", RING, SHEET, PASSKEY),
        ("a means and a device", RING, SHEET, PHONE),
        ("the same pair from the other side", RING, PASSKEY, SHEET),
        ("no more than two means", LEAST, SHEET, PASSKEY),
        ("as many as may be", FULL, FULL.held[1], FULL.held[-1]),
    ]
    stranger = Held(Kind.DEVICE, drawn("stranger"), "", MADE)
    wrong = [
        ("a means with itself", "cannot_open", raw, SHEET, SHEET),
        ("a means and a stranger's device", "cannot_open", raw, SHEET, stranger),
        ("two devices", "cannot_open", raw, LAPTOP, PHONE),
        ("two other means than the cell's", "cannot_open", raw, PASSKEY, HELPER),
        ("a device as a passkey", "cannot_open", raw, SHEET, replace(PHONE, kind=Kind.PASSKEY)),
        ("a device that was taken out", "cannot_open",
         seal_ring(replace(RING, held=RING.held[:-1]), SHEET, Drbg("after")), SHEET, PHONE),
        ("another suite", "bad_suite", b"\2" + raw[1:], SHEET, PASSKEY),
        ("another kind", "bad_form", raw[:1] + b"\t" + raw[2:], SHEET, PASSKEY),
        ("nothing", "bad_form", b"", SHEET, PASSKEY),
        ("one byte short", "bad_form", raw[:-1], SHEET, PASSKEY),
        ("one byte more", "bad_form", raw + b"\0", SHEET, PASSKEY),
        ("a pair fewer than it says", "bad_form", flipped(raw, 34), SHEET, PASSKEY),
        ("another salt", "cannot_open", flipped(raw, 5), SHEET, PASSKEY),
        ("another's wrapped key", "cannot_open", flipped(raw, 35 + 8), SHEET, PASSKEY),
        ("a pair of others altered", "cannot_open", flipped(raw, 35 + 56 + 8), SHEET, PASSKEY),
        ("an altered body", "cannot_open", flipped(raw, -20), SHEET, PASSKEY),
    ]  # fmt: skip
    held = _value()["held"]
    forged = [
        ("another version of the format", "bad_suite", _holding(_value(v=2))),
        ("a root of 31 bytes", "bad_form", _holding(_value(root="A" * 42))),
        ("a vault's key of 31 bytes", "bad_form", _holding(_value(vault="A" * 42))),
        ("one means", "bad_form", _holding(_value(held=[held[0], held[3]]))),
        ("five means", "bad_form",
         _holding(_value(held=[*held[:3], *({**held[2], "secret": "A" * 42 + c} for c in "AE")]))),
        ("thirteen devices", "bad_form",
         _holding(_value(held=[*held[:2], *({**held[3], "secret": "A" * 41 + c + "A"}
                                             for c in "ABCDEFGHIJKLM")]))),
        ("a secret twice", "bad_form", _holding(_value(held=[*held, held[0]]))),
        ("an unknown kind", "bad_form",
         _holding(_value(held=[*held, {**held[3], "kind": "hope"}]))),
        ("a kind in capitals", "bad_form",
         _holding(_value(held=[*held[:4], {**held[4], "kind": "DEVICE"}]))),
        ("a sheet of 32 bytes", "bad_form",
         _holding(_value(held=[{**held[1], "kind": "sheet"}, *held[1:]]))),
        ("a label of 21 units", "bad_form",
         _holding(_value(held=[{**held[0], "label": "x" * 21}, *held[1:]]))),
        ("made at no moment", "bad_form",
         _holding(_value(held=[{**held[0], "made": "today"}, *held[1:]]))),
        ("held is no list", "bad_form", _holding(_value(held={}))),
        ("a length past the end", "bad_form", _forged(u32(BODY_BYTES) + b"{}")),
        ("padding that is not zero", "bad_form", _forged(u32(2) + b"{} x")),
    ]  # fmt: skip
    return [
        *(
            good(
                name,
                _inputs(seal_ring(one, means, Drbg(name)), means, other)
                | sealed(salt=Drbg(name)(32), key=_second(name)),
                _gives(one, means),
            )
            for name, one, means, other in pairs
        ),
        *(
            refused(name, "ring", code, _inputs(one, means, other))
            for name, code, one, means, other in wrong
        ),
        *(refused(name, "ring", code, _inputs(one, SHEET, PASSKEY)) for name, code, one in forged),
    ]


def _second(name: str) -> bytes:
    random = Drbg(name)
    random(32)
    return random(32)
