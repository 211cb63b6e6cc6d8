"""Vaults: keys, heads, pages with records, merging, and the letter of a vault that moved."""

from __future__ import annotations

from typing import Any

from client.sealing.certificate import issue
from client.sealing.encoding import b64u, fields, json_bytes, padded, sha256, u8, u32, u64
from client.sealing.kdf import CHACHA, ZERO_NONCE
from client.sealing.letter import seal_letter
from client.sealing.objects import Purpose, sign_object
from client.sealing.vault import (
    SIZES,
    Head,
    HeadKind,
    Record,
    VaultKey,
    head_of,
    merge,
    seal_head,
    seal_moved,
    seal_page,
    write_records,
)
from client.sealing.xwing import KemKey
from tests.vectors.forge import (
    DEVICE,
    GUEST,
    IDENTITY,
    ISSUED,
    RECORDER,
    Case,
    Drbg,
    drawn,
    flipped,
    good,
    refused,
    sealed,
)

KEY = VaultKey(drawn("vault"))
OTHER = VaultKey(drawn("another vault"))
NEW = VaultKey(drawn("vault that it moved to"))
BLOB = drawn("vault blob", 16)
SALT = drawn("vault salt")
VERSION = 7
SEAL = KemKey(drawn("remaining device's X-Wing seed"))
OTHER_SEAL = KemKey(drawn("device that was taken out's X-Wing seed"))
CERTIFICATE = issue(IDENTITY, DEVICE.public, ISSUED)
ONE, TWO, THREE = sorted(drawn(f"record {n}", 16) for n in range(3))
RECORDS = (
    Record(
        ONE, 1, "document", '{"at":"2026-03-01T09:30:00Z","texte":"« Œdème » 📄\\u0007\u2028/"}'
    ),
    Record(TWO, 3, "a later kind", "not even JSON"),
    Record(THREE, 2, "document", None),
)


def _head(kind: HeadKind, blob: bytes, blob_id: bytes = BLOB) -> Head:
    return head_of(kind, SALT, blob_id, blob)


def _records(*records: Record) -> list[dict[str, object]]:
    return [record.members() for record in records]


# Heads.

PAGE = seal_page(KEY, SALT, BLOB, RECORDS)
HEAD = _head(HeadKind.PAGE, PAGE)


def _keys() -> list[Case]:
    told = sealed(place=KEY.place, owner=KEY.owner.public, reader=KEY.reader.public)
    return [good("what follows from a vault's key", sealed(what="key", vault=KEY.secret), told)]


def _sealed_head(body: bytes, version: int = VERSION) -> bytes:
    start = u8(1) + u8(11) + SALT
    return start + CHACHA.seal(KEY.head_key(SALT, version), ZERO_NONCE, start, body)


def _heads() -> list[Case]:
    def case(raw: bytes, version: int = VERSION, key: VaultKey = KEY) -> Case:
        return sealed(what="head", vault=key.secret, version=version, head=raw)

    def told(head: Head) -> Case:
        return sealed(kind=int(head.kind), blob=head.blob, length=head.length, hash=head.hash)

    raw = seal_head(KEY, VERSION, HEAD)
    moved = Head(HeadKind.MOVED, SALT, BLOB, 5_000, sha256(b"letter"))
    tail = BLOB + u64(len(PAGE)) + sha256(PAGE)
    assert raw == _sealed_head(u8(0) + tail)
    return [
        good("a head", case(raw) | sealed(salt=SALT), told(HEAD)),
        good("a head of a vault that moved", case(seal_head(KEY, VERSION, moved)), told(moved)),
        *(
            refused(f"a head {name}", layer, code, inputs)
            for name, layer, code, inputs in (
                ("of another version of the cell", "head", "cannot_open", case(raw, VERSION + 1)),
                ("of another vault", "head", "cannot_open", case(raw, key=OTHER)),
                ("with another salt", "head", "cannot_open", case(flipped(raw, 5))),
                ("altered", "head", "cannot_open", case(flipped(raw, 40))),
                ("of another suite", "head", "bad_suite", case(u8(2) + raw[1:])),
                ("of another format", "head", "bad_form", case(raw[:1] + u8(10) + raw[2:])),
                ("that is empty", "head", "bad_form", case(b"")),
                ("a byte short", "head", "bad_form", case(raw[:-1])),
                ("with a byte more", "head", "bad_form", case(raw + b"\0")),
                ("of a third kind", "head", "bad_form", case(_sealed_head(u8(2) + tail))),
                (
                    "of an empty blob",
                    "head",
                    "bad_form",
                    case(_sealed_head(u8(0) + BLOB + u64(0) + sha256(b""))),
                ),
                (
                    "of a blob longer than a number",
                    "head",
                    "bad_form",
                    case(_sealed_head(u8(0) + BLOB + u64(2**53) + sha256(PAGE))),
                ),
            )
        ),
    ]


# Pages.


def _sealed_page(body: bytes) -> bytes:
    return CHACHA.seal(KEY.page_key(SALT, BLOB), ZERO_NONCE, b"", body)


def _holding(value: dict[str, Any]) -> bytes:
    text = json_bytes(value)
    return _sealed_page(padded(u32(len(text)) + text, SIZES))


def _pages() -> list[Case]:
    def case(page: bytes, head: Head | None = None, key: VaultKey = KEY) -> Case:
        raw = seal_head(KEY, VERSION, head or _head(HeadKind.PAGE, page))
        if key is not KEY:
            raw = seal_head(key, VERSION, head or _head(HeadKind.PAGE, page))
        return sealed(what="page", vault=key.secret, version=VERSION, head=raw, page=page)

    def wrong(name: str, code: str, layer: str, inputs: Case) -> Case:
        return refused(f"a page {name}", layer, code, inputs)

    def listed(**members: Any) -> Case:
        record = RECORDS[0].members() | members
        return case(_holding({"v": 1, "records": [record]}))

    def holding(*records: dict[str, Any]) -> Case:
        return case(_holding({"v": 1, "records": list(records)}))

    told = {"records": _records(*RECORDS)}
    first, second, third = _records(*RECORDS)
    beyond = _sealed_page(u32(4_093) + bytes(4_092))
    many = tuple(
        Record(record, 1, "k", None) for record in sorted(drawn(f"many {n}", 16) for n in range(60))
    )
    elsewhere = drawn("another vault blob", 16)
    body = json_bytes({"v": 1, "records": []})
    half = _half()
    return [
        good("a page", case(PAGE) | sealed(salt=SALT), told),
        good(
            "a page without a record",
            case(seal_page(KEY, SALT, BLOB, ())) | sealed(salt=SALT),
            {"records": []},
        ),
        good(
            "a page of the second size",
            case(seal_page(KEY, SALT, BLOB, many)) | sealed(salt=SALT),
            {"records": _records(*many)},
        ),
        good(
            "a page with what pads a blob",
            case(PAGE + bytes(9), HEAD),
            {"records": _records(*RECORDS)},
        ),
        wrong("cut off", "altered", "page", case(PAGE[:-1], HEAD)),
        wrong("of other bytes", "altered", "page", case(flipped(PAGE, 9), HEAD)),
        wrong(
            "under another blob's id",
            "cannot_open",
            "page",
            case(PAGE, _head(HeadKind.PAGE, PAGE, elsewhere)),
        ),
        wrong("of another vault", "cannot_open", "page", case(PAGE, key=OTHER)),
        wrong("that is a letter", "bad_form", "page", case(PAGE, _head(HeadKind.MOVED, PAGE))),
        wrong("of no size", "bad_form", "page", case(_sealed_page(bytes(5_000)))),
        wrong(
            "with a length past the end",
            "bad_form",
            "page",
            case(beyond),
        ),
        wrong(
            "with padding that is not zero",
            "bad_form",
            "page",
            case(_sealed_page((u32(len(body)) + body).ljust(4_095, b"\0") + b"x")),
        ),
        wrong(
            "of another version", "bad_suite", "records", case(_holding({"v": 2, "records": []}))
        ),
        wrong("without a list", "bad_form", "records", case(_holding({"v": 1, "records": {}}))),
        wrong(
            "with a record twice",
            "bad_form",
            "records",
            holding(first, first),
        ),
        wrong(
            "out of order",
            "bad_form",
            "records",
            holding(second, first, third),
        ),
        wrong("with a record that counts from 0", "bad_form", "records", listed(n=0)),
        wrong("with a record beyond counting", "bad_form", "records", listed(n=2**53)),
        wrong("with a record that counts in halves", "bad_form", "records", listed(n=1.5)),
        wrong("with a short id", "bad_form", "records", listed(id="AAAA")),
        wrong("with a record of no kind", "bad_form", "records", listed(kind="")),
        wrong("with a kind of 21 units", "bad_form", "records", listed(kind="x" * 21)),
        wrong("with an object for data", "bad_form", "records", listed(data={})),
        wrong(
            "without data",
            "bad_form",
            "records",
            holding({k: v for k, v in first.items() if k != "data"}),
        ),
        wrong(
            "with half a surrogate pair",
            "bad_form",
            "records",
            case(_sealed_page(padded(u32(len(half)) + half, SIZES))),
        ),
    ]


def _half() -> bytes:
    whole = write_records([Record(ONE, 1, "k", "?")])
    return whole.replace(b'"?"', b'"\\ud83d"')


# Merging.


def _merging() -> list[Case]:
    def case(name: str, *states: tuple[Record, ...]) -> Case:
        inputs = {"what": "merge", "states": [_records(*state) for state in states]}
        return good(f"merging {name}", inputs, {"records": _records(*merge(*states))})

    old, new = Record(ONE, 1, "k", "z"), Record(ONE, 2, "k", "a")
    gone = Record(ONE, 2, "k", None)
    emoji, wide = Record(ONE, 2, "k", "😀"), Record(ONE, 2, "k", "\uff5e")
    return [
        case("nothing", (), ()),
        case("two that know different records", RECORDS[:2], RECORDS[1:]),
        case("an older record and a newer", (old,), (new,)),
        case("a newer record and an older", (new,), (old,)),
        case("one changed on two sides", (new,), (Record(ONE, 2, "k", "b"),)),
        case("one of two kinds", (new,), (Record(ONE, 2, "l", "A"),)),
        case("one changed and erased at once", (gone,), (new,)),
        case("one whose texts compare otherwise as UTF-16", (emoji,), (wide,)),
        case("one whose text ends earlier", (new,), (Record(ONE, 2, "k", "a "),)),
        case("three", (old,), (new,), RECORDS),
    ]


# A vault that moved.


def _moved(
    *,
    payload: dict[str, Any] | None = None,
    purpose: Purpose = Purpose.VAULT_MOVED,
    context: bytes = fields("vault", KEY.place),
    by_guest: bool = False,
) -> bytes:
    said = {"v": 1, "from": b64u(KEY.place), "vault": b64u(NEW.secret)} | (payload or {})
    if by_guest:
        signed = fields(GUEST.public, json_bytes(said))
        signature = GUEST.sign(purpose, u8(1), GUEST.public, json_bytes(said))
        raw = u8(1) + u8(1) + signed + signature
    else:
        raw = sign_object(purpose, json_bytes(said), DEVICE, CERTIFICATE)
    kem = RECORDER.encapsulate
    return seal_letter([SEAL.public], context, raw, Drbg("vault moved"), kem)


def _moves() -> list[Case]:
    def case(
        letter: bytes, seal: KemKey = SEAL, kind: HeadKind = HeadKind.MOVED, held: bytes = b""
    ) -> Case:
        head = seal_head(KEY, VERSION, _head(kind, letter))
        inputs = sealed(what="moved", vault=KEY.secret, version=VERSION, head=head)
        return inputs | sealed(seed=seal.seed, letter=held or letter)

    def wrong(name: str, code: str, layer: str, inputs: Case) -> Case:
        return refused(f"a vault that moved: {name}", layer, code, inputs)

    letter = seal_moved(
        KEY, NEW, [SEAL.public], DEVICE, CERTIFICATE, Drbg("vault moved"), RECORDER.encapsulate
    )
    assert letter == _moved()
    kem = RECORDER.encapsulate(SEAL.public)
    written = sealed(device_seed=DEVICE.seed, content_key=Drbg("vault moved")(32))
    written |= sealed(enc=kem.enc, kem_secret=kem.secret)
    told = sealed(vault=NEW.secret, device=DEVICE.public, identity=IDENTITY.public)
    return [
        good("a vault that moved", case(letter) | written, told),
        wrong("altered", "altered", "blob", case(letter, held=flipped(letter, 2_000))),
        wrong("a page", "bad_form", "head", case(letter, kind=HeadKind.PAGE)),
        wrong("read by whom it leaves", "cannot_open", "letter", case(letter, OTHER_SEAL)),
        wrong(
            "a letter of another vault",
            "cannot_open",
            "letter",
            case(_moved(context=fields("vault", OTHER.place))),
        ),
        wrong(
            "said as something else",
            "bad_signature",
            "object",
            case(_moved(purpose=Purpose.ROSTER)),
        ),
        wrong("said by a guest", "bad_form", "object", case(_moved(by_guest=True))),
        wrong("another version", "bad_suite", "payload", case(_moved(payload={"v": 2}))),
        wrong("a short key", "bad_form", "payload", case(_moved(payload={"vault": "AAAA"}))),
        wrong(
            "said of another vault",
            "wrong_recipient",
            "payload",
            case(_moved(payload={"from": b64u(OTHER.place)})),
        ),
    ]


def vault() -> list[Case]:
    return [*_keys(), *_heads(), *_pages(), *_merging(), *_moves()]
