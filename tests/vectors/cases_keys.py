"""Keys, certificates, X-Wing and links."""

from __future__ import annotations

import hashlib
import json

from nacl.bindings import crypto_core_ed25519_add, crypto_scalarmult_ed25519_base_noclamp

from client.sealing import certificate as certificates
from client.sealing.encoding import b64u, b64u_decode, fields, u8, u64
from client.sealing.link import Link, link_hash
from client.sealing.xwing import KemKey
from tests.vectors.forge import (
    DEVICE,
    FOLDER,
    IDENTITY,
    ISSUED,
    NON_CANONICAL,
    OTHER_IDENTITY,
    OTHER_PREKEY,
    OTHER_ROOM,
    PREKEY,
    RECORDER,
    ROOM,
    SECRET,
    SMALL_ORDER,
    Case,
    drawn,
    flipped,
    good,
    refused,
    sealed,
)

MIXED_ORDER = crypto_core_ed25519_add(IDENTITY.public, SMALL_ORDER)
NEUTRAL = b"\x01" + bytes(31)
ORDER = 2**252 + 27742317777372353535851937790883648493


def _unreduced(signature: bytes) -> bytes:
    s = int.from_bytes(signature[32:], "little") + ORDER
    return signature[:32] + s.to_bytes(32, "little")


def _with_r(extra: bytes | None, message: bytes) -> bytes:
    """What holds once both sides are multiplied by the cofactor: R is nothing, or has `extra`."""
    a = int.from_bytes(hashlib.sha512(IDENTITY.seed).digest()[:32], "little")
    a = (a & ((1 << 254) - 8)) | (1 << 254)
    nonce = 0 if extra is None else 1234567
    r = NEUTRAL
    if extra is not None:
        made = crypto_scalarmult_ed25519_base_noclamp(nonce.to_bytes(32, "little"))
        r = crypto_core_ed25519_add(made, extra)
    k = int.from_bytes(hashlib.sha512(r + IDENTITY.public + message).digest(), "little")
    return r + ((nonce + k * a) % ORDER).to_bytes(32, "little")


def keys() -> list[Case]:
    message = fields("aparte/1 vector", b"first", b"second")
    signature = IDENTITY.sign("aparte/1 vector", b"first", b"second")
    said = {"label": "aparte/1 vector", "items": [b64u(b"first"), b64u(b"second")]}
    base = sealed(key=IDENTITY.public, signature=signature) | said
    return [
        good("a signature", base | sealed(seed=IDENTITY.seed), {}),
        *(
            refused(name, "key", "bad_key", base | sealed(key=key))
            for name, key in {
                "the neutral element": NEUTRAL,
                "all zeros, a point of order 4": bytes(32),
                "a point of order 8": SMALL_ORDER,
                "a component of order 8": MIXED_ORDER,
                "a second way to write y = 3": NON_CANONICAL,
                "not on the curve": b"\x02" + bytes(31),
                "31 bytes": IDENTITY.public[:31],
                "33 bytes": IDENTITY.public + b"\0",
            }.items()
        ),
        refused(
            "S is not reduced",
            "key",
            "bad_signature",
            base | sealed(signature=_unreduced(signature)),
        ),
        refused(
            "a flipped bit", "key", "bad_signature", base | sealed(signature=flipped(signature, 3))
        ),
        *(
            refused(name, "key", "bad_signature", base | sealed(signature=_with_r(extra, message)))
            for name, extra in (
                ("R has a component of order 8", SMALL_ORDER),
                ("R is the neutral element", None),
            )
        ),
        refused("another key", "key", "bad_signature", base | sealed(key=OTHER_IDENTITY.public)),
        refused("another label", "key", "bad_signature", base | {"label": "aparte/1 other"}),
        refused(
            "the same bytes cut elsewhere",
            "key",
            "bad_signature",
            base | {"items": [b64u(b"firsts"), b64u(b"econd")]},
        ),
        refused("63 bytes", "key", "bad_signature", base | sealed(signature=signature[:63])),
    ]


def certificate() -> list[Case]:
    made = certificates.issue(IDENTITY, DEVICE.public, ISSUED)

    def signed(device: bytes, suite: int = 1) -> bytes:
        text = u8(suite) + IDENTITY.public + device + u64(ISSUED)
        return text + IDENTITY.sign("aparte/1 device certificate", text)

    small = u8(1) + SMALL_ORDER + made.raw[33:]
    return [
        good(
            "a certificate",
            sealed(certificate=made.raw, identity_seed=IDENTITY.seed),
            sealed(identity=made.identity, device=made.device, issued=ISSUED),
        ),
        *(
            refused(name, "certificate", code, sealed(certificate=raw))
            for name, code, raw in (
                ("nothing", "bad_form", b""),
                ("one byte short", "bad_form", made.raw[:-1]),
                ("one byte more", "bad_form", made.raw + b"\0"),
                ("another suite, signed", "bad_suite", signed(DEVICE.public, 2)),
                ("a device key of small order, signed", "bad_key", signed(SMALL_ORDER)),
                ("a device key of mixed order, signed", "bad_key", signed(MIXED_ORDER)),
                ("an identity key of small order", "bad_key", small),
                (
                    "another device key",
                    "bad_signature",
                    made.raw[:33] + OTHER_IDENTITY.public + made.raw[65:],
                ),
                ("another time", "bad_signature", flipped(made.raw, 72)),
                ("a flipped signature", "bad_signature", flipped(made.raw, 100)),
            )
        ),
    ]


def xwing() -> list[Case]:
    published = json.loads((FOLDER / "xwing_draft.json").read_text(encoding="utf-8"))
    key = KemKey(drawn("xwing"))
    made = RECORDER.encapsulate(key.public)
    first = b64u_decode(published[0]["enc"])
    out_of_range = b"\xff\xff\xff" + key.public[3:]
    last_out_of_range = key.public[:1149] + b"\x01\x1d\xd0" + key.public[1152:]
    small = key.public[:1184] + bytes(32)
    other = KemKey(drawn("another xwing"))
    return [
        *(
            good(
                f"draft-connolly-cfrg-xwing-kem-08, vector {number}",
                {"seed": case["seed"], "enc": case["enc"], "eseed": case["eseed"]},
                {"public": case["public"], "secret": case["secret"]},
            )
            for number, case in enumerate(published, 1)
        ),
        good(
            "made here",
            sealed(seed=key.seed, enc=made.enc),
            sealed(public=key.public, secret=made.secret),
        ),
        good(
            "another key gives another secret, not an error",
            sealed(seed=other.seed, enc=first),
            sealed(public=other.public, secret=other.decapsulate(first)),
        ),
        *(
            refused(
                f"to decapsulate: {name}", "xwing", "cannot_open", sealed(seed=key.seed, enc=enc)
            )
            for name, enc in (
                ("an X25519 point of small order", made.enc[:1088] + bytes(32)),
                ("one byte short", made.enc[:-1]),
                ("one byte more", made.enc + b"\0"),
            )
        ),
        *(
            refused(f"to encapsulate: {name}", "xwing", "bad_key", sealed(public=public))
            for name, public in (
                ("the first coefficient out of range", out_of_range),
                ("the last coefficient is the modulus", last_out_of_range),
                ("an X25519 key of small order", small),
                ("one byte short", key.public[:-1]),
                ("one byte more", key.public + b"\0"),
            )
        ),
        refused("a seed of 31 bytes", "xwing", "bad_key", sealed(seed=key.seed[:31], enc=made.enc)),
    ]


def link() -> list[Case]:
    made = Link(ROOM, SECRET, link_hash(IDENTITY.public, PREKEY.public))
    host = sealed(identity=IDENTITY.public, prekey=PREKEY.public)
    text = made.fragment()
    parts = text.split(".")
    bad = {
        "nothing": "",
        "three parts": ".".join(parts[:3]),
        "five parts": f"{text}.AAAA",
        "version 2": text.replace("1.", "2.", 1),
        "version 01": f"0{text}",
        "a short room": f"1.{parts[1][:-2]}.{parts[2]}.{parts[3]}",
        "a long secret": f"1.{parts[1]}.{parts[2]}A.{parts[3]}",
        "a room with stray bits": f"1.{parts[1][:-1]}{'BCDEFGHIJKLMNOP'[2]}.{parts[2]}.{parts[3]}",
        "padding": f"1.{parts[1]}==.{parts[2]}.{parts[3]}",
        "the other base64": f"1.+/{parts[1][2:]}.{parts[2]}.{parts[3]}",
        "a space": f"1.{parts[1]}.{parts[2]} .{parts[3]}",
        "a line end": f"{text}\n",
        "a query after it": f"{text}?x=1",
    }
    return [
        good(
            "a link",
            {"fragment": text} | host,
            sealed(
                room=ROOM,
                secret=SECRET,
                hash=made.hash,
                join_seed=made.join_key().seed,
                join_key=made.join_key().public,
            ),
        ),
        *(refused(name, "link", "bad_link", {"fragment": value}) for name, value in bad.items()),
        *(
            refused(name, "link", "wrong_host", {"fragment": text} | host | sealed(**other))
            for name, other in (
                ("another identity", {"identity": OTHER_IDENTITY.public}),
                ("another prekey", {"prekey": OTHER_PREKEY.public}),
            )
        ),
        good(
            "another room has another join key",
            {"fragment": Link(OTHER_ROOM, SECRET, made.hash).fragment()} | host,
            sealed(
                room=OTHER_ROOM,
                secret=SECRET,
                hash=made.hash,
                join_seed=Link(OTHER_ROOM, SECRET, made.hash).join_key().seed,
                join_key=Link(OTHER_ROOM, SECRET, made.hash).join_key().public,
            ),
        ),
    ]
