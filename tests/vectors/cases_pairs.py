"""Rosters, and the handshake of two guests."""

from __future__ import annotations

from typing import Any

from client.sealing import certificate as certificates
from client.sealing.encoding import b64u, json_bytes, sha256, u8, u64
from client.sealing.keys import SigningKey
from client.sealing.objects import Purpose, sign_object
from client.sealing.pair import (
    Pair,
    PairOffer,
    make_pair_answer,
    make_pair_offer,
)
from client.sealing.roster import Roster, RosterMember, sign_roster
from client.sealing.xwing import KemKey
from tests.vectors.cases_handshake import CERTIFICATE
from tests.vectors.forge import (
    DEVICE,
    GUEST,
    IDENTITY,
    ISSUED,
    NON_CANONICAL,
    OTHER_GUEST,
    OTHER_IDENTITY,
    OTHER_ROOM,
    RECORDER,
    ROOM,
    SMALL_ORDER,
    Case,
    Drbg,
    drawn,
    flipped,
    good,
    refused,
    sealed,
)

# Who offers has the larger key.
SMALLER, LARGER = sorted((GUEST, OTHER_GUEST), key=lambda key: key.public)
THIRD, OUTSIDER = SigningKey(drawn("third guest")), SigningKey(drawn("outsider"))
NAMES = ("Łukasz Şahin", "Nadia Test-Fictive", "")
MEMBERS = tuple(
    RosterMember(key.public, name)
    for key, name in zip((SMALLER, LARGER, THIRD), NAMES, strict=True)
)
ROSTER = Roster(ROOM, 7, MEMBERS)


def _value() -> dict[str, Any]:
    members = [{"key": b64u(member.key), "name": member.name} for member in MEMBERS]
    return {"v": 1, "room": b64u(ROOM), "version": 7, "members": members}


def _signed(value: dict[str, Any]) -> bytes:
    return sign_object(Purpose.ROSTER, json_bytes(value), DEVICE, CERTIFICATE)


def _named(*members: object) -> bytes:
    return _signed(_value() | {"members": list(members)})


def _inputs(roster: bytes, last: int = 6, guest: bytes = SMALLER.public) -> Case:
    return sealed(roster=roster, identity=IDENTITY.public, room=ROOM, guest=guest, last=last)


def _told(roster: Roster) -> Case:
    members = [{"key": b64u(member.key), "name": member.name} for member in roster.members]
    return {"version": roster.version, "members": members}


def roster() -> list[Case]:
    whole = sign_roster(ROSTER, DEVICE, CERTIFICATE)
    alone = Roster(ROOM, 1, MEMBERS[:1])
    one = {"key": b64u(SMALLER.public), "name": "a"}
    theirs = certificates.issue(OTHER_IDENTITY, DEVICE.public, ISSUED)
    value = _value()
    four = [*value["members"], {"key": b64u(OUTSIDER.public), "name": "d"}]
    half = json_bytes(value | {"members": [one | {"name": "half"}]}).replace(b"half", b"\\ud83d")
    cases: list[tuple[str, str, Case]] = [
        ("nothing", "bad_form", _inputs(b"")),
        ("suite 2", "bad_suite", _inputs(b"\x02" + whole[1:])),
        ("a flipped payload", "bad_signature", _inputs(flipped(whole, 200))),
        ("a flipped signature", "bad_signature", _inputs(flipped(whole, len(whole) - 60))),
        ("signed as a statement", "bad_signature",
         _inputs(sign_object(Purpose.STATEMENT, ROSTER.encode(), DEVICE, CERTIFICATE))),
        ("signed by a member", "wrong_host",
         _inputs(sign_object(Purpose.ROSTER, ROSTER.encode(), LARGER))),
        ("of another identity", "wrong_host", _inputs(sign_roster(ROSTER, DEVICE, theirs))),
        ("of another room", "wrong_room", _inputs(_signed(value | {"room": b64u(OTHER_ROOM)}))),
        ("the version taken last", "replayed", _inputs(whole, last=7)),
        ("an older version", "replayed", _inputs(whole, last=8)),
        ("without the reader", "wrong_guest", _inputs(whole, guest=OUTSIDER.public)),
        ("another version of the format", "bad_suite", _inputs(_signed(value | {"v": 2}))),
        ("true for the format's version", "bad_suite", _inputs(_signed(value | {"v": True}))),
        ("version 0", "bad_form", _inputs(_signed(value | {"version": 0}), last=0)),
        ("a version that is a text", "bad_form", _inputs(_signed(value | {"version": "7"}))),
        ("a version beyond 2^53", "bad_form", _inputs(_signed(value | {"version": 2**53}))),
        ("nobody", "bad_form", _inputs(_named())),
        ("four members", "bad_form", _inputs(_named(*four))),
        ("members that are no list", "bad_form", _inputs(_signed(value | {"members": {}}))),
        ("a member that is no object", "bad_form", _inputs(_named(one, 1))),
        ("a member twice", "bad_form", _inputs(_named(one, one | {"name": "b"}))),
        ("a key of 31 bytes", "bad_form", _inputs(_named(one, one | {"key": b64u(bytes(31))}))),
        ("a key of small order", "bad_key",
         _inputs(_named(one, one | {"key": b64u(SMALL_ORDER)}))),
        ("a key that is not canonical", "bad_key",
         _inputs(_named(one, one | {"key": b64u(NON_CANONICAL)}))),
        ("a name that is no text", "bad_form", _inputs(_named(one | {"name": 1}))),
        ("a name of 121 characters", "bad_form", _inputs(_named(one | {"name": "x" * 121}))),
        ("half a surrogate pair in a name", "bad_form",
         _inputs(sign_object(Purpose.ROSTER, half, DEVICE, CERTIFICATE))),
        ("a room of 15 bytes", "bad_form", _inputs(_signed(value | {"room": b64u(bytes(15))}))),
    ]  # fmt: skip
    seeds = sealed(device_seed=DEVICE.seed, certificate=CERTIFICATE.raw)
    return [
        good("three members", _inputs(whole) | seeds, _told(ROSTER)),
        good(
            "one member, the first roster",
            _inputs(sign_roster(alone, DEVICE, CERTIFICATE), last=0) | seeds,
            _told(alone),
        ),
        *(refused(name, "roster", code, inputs) for name, code, inputs in cases),
    ]


OFFERER = Pair(ROSTER, LARGER.public, SMALLER.public)
ANSWERER = Pair(ROSTER, SMALLER.public, LARGER.public)
COUNTER = 3


def _offer() -> PairOffer:
    return make_pair_offer(OFFERER, LARGER, COUNTER, Drbg("pair offer"))


def _forged_offer(
    *,
    signer: SigningKey = LARGER,
    room: bytes = ROOM,
    own: bytes = LARGER.public,
    peer: bytes = SMALLER.public,
    label: str = "aparte/1 pair offer",
    ephemeral: bytes | None = None,
    counter: int = COUNTER,
) -> bytes:
    key = ephemeral or _offer().ephemeral.public
    signature = signer.sign(label, room, own, peer, u64(counter), key)
    return u8(1) + u8(7) + u64(counter) + key + signature


def _offer_inputs(
    offer: bytes,
    *,
    own: bytes = SMALLER.public,
    peer: bytes = LARGER.public,
    last: int = COUNTER - 1,
) -> Case:
    members = [b64u(member.key) for member in MEMBERS]
    inputs = sealed(offer=offer, room=ROOM, own=own, peer=peer, last=last)
    return {"op": "offer", "members": members} | inputs


def _offers() -> list[Case]:
    made = _offer()
    inputs, raw = _offer_inputs, made.offer
    out_of_range = b"\xff\xff\xff" + made.ephemeral.public[3:]
    other = KemKey(drawn("other pair ephemeral")).public
    above, below = [
        next(
            key
            for key in (SigningKey(drawn(f"outsider {n}")) for n in range(99))
            if (key.public > SMALLER.public) is larger
        )
        for larger in (True, False)
    ]
    cases: list[tuple[str, str, Case]] = [
        ("no offer", "bad_form", inputs(b"")),
        ("an offer of suite 2", "bad_suite", inputs(b"\x02" + raw[1:])),
        ("an offer of another kind", "bad_form", inputs(b"\x01\x08" + raw[2:])),
        ("an offer one byte short", "bad_form", inputs(raw[:-1])),
        ("an offer with a byte more", "bad_form", inputs(raw + b"\0")),
        ("an offer of the smaller key", "bad_form",
         inputs(_forged_offer(signer=below, own=below.public), peer=below.public)),
        ("an offer by nobody of the roster", "wrong_guest",
         inputs(_forged_offer(signer=above, own=above.public), peer=above.public)),
        ("an offer to another guest", "bad_signature",
         inputs(_forged_offer(peer=THIRD.public))),
        ("an offer of another guest", "bad_signature", inputs(_forged_offer(signer=THIRD))),
        ("an offer for another room", "bad_signature", inputs(_forged_offer(room=OTHER_ROOM))),
        ("an offer signed as an answer", "bad_signature",
         inputs(_forged_offer(label="aparte/1 pair answer"))),
        ("another ephemeral key", "bad_signature",
         inputs(raw[:10] + other + raw[10 + len(other):])),
        ("another counter", "bad_signature", inputs(flipped(raw, 9))),
        ("an ephemeral key out of range", "bad_key",
         inputs(_forged_offer(ephemeral=out_of_range))),
        ("a counter beyond 2^53", "bad_form", inputs(_forged_offer(counter=2**53))),
        ("the counter taken last", "replayed", inputs(raw, last=COUNTER)),
        ("a lower counter", "replayed", inputs(raw, last=COUNTER + 1)),
    ]  # fmt: skip
    again = sealed(guest_seed=LARGER.seed, ephemeral_seed=made.ephemeral.seed)
    return [
        good("an offer", inputs(raw) | again, {"counter": COUNTER}),
        good(
            "the highest counter that JSON holds",
            inputs(_forged_offer(counter=2**53 - 1)),
            {"counter": 2**53 - 1},
        ),
        *(refused(name, "pair", code, inputs) for name, code, inputs in cases),
    ]


def _forged_answer(
    *,
    signer: SigningKey = SMALLER,
    room: bytes = ROOM,
    peer: bytes = LARGER.public,
    offer: bytes | None = None,
    enc: bytes | None = None,
) -> bytes:
    made = RECORDER.encapsulate(_offer().ephemeral.public)
    digest, enc = sha256(offer or _offer().offer), enc or made.enc
    said = (room, SMALLER.public, peer, digest, enc)
    return u8(1) + u8(8) + digest + enc + signer.sign("aparte/1 pair answer", *said)


def _answer_inputs(answer: bytes, peer: bytes = SMALLER.public) -> Case:
    made = _offer()
    inputs = sealed(
        answer=answer,
        offer=made.offer,
        ephemeral_seed=made.ephemeral.seed,
        room=ROOM,
        own=LARGER.public,
        peer=peer,
    )
    return {"op": "answer", "members": [b64u(member.key) for member in MEMBERS]} | inputs


def _answers() -> list[Case]:
    offered = _offer()
    kem = RECORDER.encapsulate(offered.ephemeral.public)
    made = make_pair_answer(offered.offer, ANSWERER, SMALLER, RECORDER.encapsulate)
    inputs, raw = _answer_inputs, made.answer
    other = RECORDER.encapsulate(KemKey(drawn("other pair ephemeral")).public).enc
    cases: list[tuple[str, str, Case]] = [
        ("no answer", "bad_form", inputs(b"")),
        ("an answer of suite 2", "bad_suite", inputs(b"\x02" + raw[1:])),
        ("an answer of another kind", "bad_form", inputs(b"\x01\x07" + raw[2:])),
        ("an answer one byte short", "bad_form", inputs(raw[:-1])),
        ("an answer by nobody of the roster", "wrong_guest", inputs(raw, OUTSIDER.public)),
        ("an answer to another offer", "stale_exchange",
         inputs(_forged_answer(offer=_forged_offer(counter=9)))),
        ("an answer to another guest", "bad_signature", inputs(_forged_answer(peer=THIRD.public))),
        ("an answer of another guest", "bad_signature", inputs(_forged_answer(signer=THIRD))),
        ("an answer for another room", "bad_signature", inputs(_forged_answer(room=OTHER_ROOM))),
        ("another encapsulation", "bad_signature",
         inputs(raw[:34] + other + raw[34 + len(other):])),
    ]  # fmt: skip
    again = sealed(guest_seed=SMALLER.seed, enc=kem.enc, secret=kem.secret)
    return [
        good("an answer", inputs(raw) | again, sealed(root=made.root)),
        *(refused(name, "pair", code, inputs) for name, code, inputs in cases),
    ]


def pair() -> list[Case]:
    return [*_offers(), *_answers()]
