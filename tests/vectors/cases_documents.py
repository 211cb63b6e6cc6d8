"""Trees, signed objects, statements, envelopes and age files."""

from __future__ import annotations

import re
from typing import Any

from client.sealing.agefile import seal_file
from client.sealing.encoding import SUITE, b64u, fields, json_bytes, sha256, u8
from client.sealing.envelope import Envelope, Leaves, SealedPart, StreamedPart
from client.sealing.kdf import hkdf, mac
from client.sealing.objects import Purpose, read_object, sign_object
from client.sealing.padme import padme as padded_length
from client.sealing.statement import PartInfo, Person, Statement
from client.sealing.ticket import Ticket
from client.sealing.tree import tree_hash
from client.sealing.xwing import KemKey
from tests.vectors.bech32 import bech32_text, identity_text, recipient_text
from tests.vectors.cases_handshake import CERTIFICATE
from tests.vectors.cases_keys import MIXED_ORDER
from tests.vectors.forge import (
    DEVICE,
    GUEST,
    OTHER_GUEST,
    OTHER_ROOM,
    RECORDER,
    ROOM,
    Case,
    Drbg,
    drawn,
    flipped,
    good,
    refused,
    sealed,
)

CHUNK = 65536


def tree() -> list[Case]:
    """The plaintext is `length` bytes, byte i being (i * 7 + i // 65536) mod 256."""
    lengths = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK, 5 * CHUNK + 17, 7 * CHUNK]
    return [
        good(
            f"{length} bytes",
            {"length": length},
            sealed(tree=tree_hash(pattern(length))),
        )
        for length in lengths
    ]


def pattern(length: int) -> bytes:
    return bytes((i * 7 + i // CHUNK) % 256 for i in range(length))


def _forged(kind: int, who: bytes, payload: bytes, signature: bytes) -> bytes:
    return u8(SUITE) + u8(kind) + fields(who, payload) + signature


def objects() -> list[Case]:
    payload = b'{"v":1}'
    device = sign_object(Purpose.STATEMENT, payload, DEVICE, CERTIFICATE)
    guest = sign_object(Purpose.ENVELOPE, payload, GUEST)
    long = GUEST.sign(Purpose.STATEMENT, u8(1), GUEST.public, bytes(32769))
    cases: list[tuple[str, str, str, bytes]] = [
        ("nothing", "bad_form", "statement", b""),
        ("suite 2", "bad_suite", "statement", b"\x02" + device[1:]),
        ("kind 5", "bad_form", "statement", b"\x01\x05" + device[2:]),
        ("a device that signs twice, with its certificate alone", "bad_form", "statement",
         b"\x01\x04" + device[2:]),
        ("an identity key's statement", "bad_form", "statement",
         _forged(2, GUEST.public, payload, bytes(64))),
        ("a guest's card", "bad_form", "card", _forged(1, GUEST.public, payload, bytes(64))),
        ("a registrar's card", "bad_form", "card", _forged(3, GUEST.public, payload, bytes(64))),
        ("an identity key's attestation", "bad_form", "attestation",
         _forged(2, GUEST.public, payload, bytes(64))),
        ("an identity key of small order", "bad_key", "card",
         _forged(2, bytes(32), payload, bytes(64))),
        ("one byte short", "bad_form", "statement", device[:-1]),
        ("one byte more", "bad_form", "statement", device + b"\0"),
        ("a length past the end", "bad_form", "statement", device[:2] + b"\xff" + device[3:]),
        ("a flipped payload", "bad_signature", "statement", flipped(device, 2 + 4 + 137 + 4)),
        ("a flipped signature", "bad_signature", "statement", flipped(device, len(device) - 60)),
        ("a forged certificate", "bad_signature", "statement", flipped(device, 2 + 4 + 130)),
        ("a statement as an envelope", "bad_signature", "envelope", device),
        ("an envelope as a roster", "bad_signature", "roster", guest),
        ("a guest key of small order", "bad_key", "statement",
         _forged(1, bytes(32), payload, bytes(64))),
        ("a guest key of mixed order", "bad_key", "statement",
         _forged(1, MIXED_ORDER, payload, bytes(64))),
        ("a guest's signature as a device's", "bad_form", "envelope",
         _forged(0, GUEST.public, payload, guest[-64:])),
        ("a payload of 32,769 bytes", "too_long", "statement",
         _forged(1, GUEST.public, bytes(32769), long)),
    ]  # fmt: skip
    return [
        good(
            "by a device",
            sealed(
                purpose="statement",
                object=device,
                seed=DEVICE.seed,
                certificate=CERTIFICATE.raw,
            ),
            sealed(
                payload=payload,
                hash=sha256(device),
                key=DEVICE.public,
                author=CERTIFICATE.identity,
            ),
        ),
        good(
            "by a guest",
            sealed(purpose="envelope", object=guest, seed=GUEST.seed, certificate=None),
            sealed(payload=payload, hash=sha256(guest), key=GUEST.public, author=GUEST.public),
        ),
        *(
            refused(name, "object", code, sealed(purpose=purpose, object=raw))
            for name, code, purpose, raw in cases
        ),
    ]


def _statement() -> Statement:
    return Statement(
        kind="prescription",
        issued="2026-01-02T03:04:05Z",
        random=drawn("statement random"),
        author=Person(
            "Dr Camille Démo",
            {"profession": "Médecin", "speciality": "Médecine générale", "rpps": "10003456784"},
        ),
        subject=Person("Łukasz Şahin", {"birth": "1980-02-29", "sex": "M"}),
        parts=(
            PartInfo("ordonnance.pdf", "application/pdf", 5, tree_hash(b"%PDF-")),
            PartInfo("ordonnance.json", "application/fhir+json", 2, tree_hash(b"{}")),
        ),
    )


def _value() -> dict[str, Any]:
    author = {"name": "Dr Camille Démo"}
    part = {"name": "a", "media": "text/plain", "length": 1, "tree": b64u(tree_hash(b"a"))}
    return {
        "v": 1,
        "kind": "file",
        "issued": "2026-01-02T03:04:05Z",
        "random": b64u(drawn("random")),
        "author": author,
        "subject": None,
        "parts": [part],
    }


def _dispensed(members: dict[str, Any] | None = None, **others: Any) -> bytes:
    """A statement of a prescription that is dispensed with a ticket, with other members."""
    dispensing = {
        "ticket": b64u(drawn("ticket hash")),
        "owner": b64u(drawn("owner")),
        "until": "2027-01-02T03:04:05Z",
        "lines": [{"deliveries": 1, "steps": 3}],
    }
    value = {"kind": "prescription", "dispensing": dispensing | (members or {})}
    return json_bytes(_value() | value | others)


def _dispensing() -> list[Case]:
    line = {"deliveries": 1, "steps": 3}
    said = {"kind": "prescription", "parts": 1, "subject": None}
    wrong: dict[str, bytes] = {
        "a file that is dispensed": _dispensed(kind="file"),
        "dispensing that is text": _dispensed(dispensing="x"),
        "no line to dispense": _dispensed({"lines": []}),
        "21 lines to dispense": _dispensed({"lines": [line] * 21}),
        "no delivery": _dispensed({"lines": [{"deliveries": 0, "steps": 3}]}),
        "13 deliveries": _dispensed({"lines": [{"deliveries": 13, "steps": 16}]}),
        "fewer steps than deliveries": _dispensed({"lines": [{"deliveries": 2, "steps": 1}]}),
        "17 steps": _dispensed({"lines": [{"deliveries": 1, "steps": 17}]}),
        "a ticket of 31 bytes": _dispensed({"ticket": b64u(bytes(31))}),
        "an end that is no moment": _dispensed({"until": "2027-01-02"}),
    }
    lines = [line, {"deliveries": 12, "steps": 16}]
    return [
        good(
            "a prescription that is dispensed",
            sealed(payload=_dispensed({"lines": lines})),
            said | {"dispensing": ["2027-01-02T03:04:05Z", *lines]},
        ),
        *(
            refused(name, "statement", "bad_form", sealed(payload=payload))
            for name, payload in wrong.items()
        ),
    ]


def statement() -> list[Case]:
    value = _value()
    part = value["parts"][0]
    wrong: dict[str, Any] = {
        "another kind": value | {"kind": "letter"},
        "a time without Z": value | {"issued": "2026-01-02T03:04:05"},
        "31 random bytes": value | {"random": b64u(bytes(31))},
        "no author": value | {"author": None},
        "an author without a name": value | {"author": {"name": ""}},
        "a subject that is text": value | {"subject": "x"},
        "a birth date that is none": value | {"subject": {"name": "x", "birth": "1980"}},
        "no part": value | {"parts": []},
        "17 parts": value | {"parts": [part] * 17},
        "a part that is text": value | {"parts": ["x"]},
        "a negative length": value | {"parts": [part | {"length": -1}]},
        "a length that is text": value | {"parts": [part | {"length": "1"}]},
        "a tree of 31 bytes": value | {"parts": [part | {"tree": b64u(bytes(31))}]},
    }
    said = _statement()
    return [
        good(
            "a prescription",
            sealed(payload=said.encode()),
            {"kind": "prescription", "parts": 2, "subject": "Łukasz Şahin"},
        ),
        good(
            "a file about nobody",
            sealed(payload=json_bytes(value)),
            {"kind": "file", "parts": 1, "subject": None},
        ),
        good(
            "a study about nobody",
            sealed(payload=json_bytes(value | {"kind": "imaging"})),
            {"kind": "imaging", "parts": 1, "subject": None},
        ),
        good(
            "a report about nobody",
            sealed(payload=json_bytes(value | {"kind": "report"})),
            {"kind": "report", "parts": 1, "subject": None},
        ),
        good(
            "a length with a point",
            sealed(payload=json_bytes(value | {"parts": [part | {"length": 100.0}]})),
            {"kind": "file", "parts": 1, "subject": None},
        ),
        good(
            "16 parts and a member too many",
            sealed(payload=json_bytes(value | {"parts": [part] * 16, "later": True})),
            {"kind": "file", "parts": 16, "subject": None},
        ),
        refused(
            "version 2", "statement", "bad_suite", sealed(payload=json_bytes(value | {"v": 2}))
        ),
        refused("no JSON", "statement", "bad_form", sealed(payload=b"{")),
        *(
            refused(name, "statement", "bad_form", sealed(payload=json_bytes(other)))
            for name, other in wrong.items()
        ),
        *_dispensing(),
    ]


def envelope() -> list[Case]:
    said = sign_object(Purpose.STATEMENT, _statement().encode(), DEVICE, CERTIFICATE)
    other = sign_object(Purpose.STATEMENT, json_bytes(_value()), DEVICE, CERTIFICATE)
    parts = tuple(
        SealedPart(drawn(f"blob {n}", 16), 2000 + n, drawn(f"hash {n}"), drawn(f"read {n}"))
        for n in (1, 2)
    )

    streamed = StreamedPart(
        drawn("blob 3", 16), 9000, Leaves(1691, drawn("hash 3")), drawn("read 3")
    )
    bare = StreamedPart(drawn("blob 4", 16), 9000, Leaves(1691, b""), drawn("read 4"))

    def made(**members: Any) -> bytes:
        base = {
            "statement": read_object(Purpose.STATEMENT, said).hash,
            "to": GUEST.public,
            "room": ROOM,
            "parts": parts,
            "key": drawn("document key"),
        }
        return sign_object(
            Purpose.ENVELOPE, Envelope(**(base | members)).encode(), DEVICE, CERTIFICATE
        )

    def ticketed(ticket: Ticket, statement: bytes) -> Case:
        hashed = read_object(Purpose.STATEMENT, statement).hash
        return sealed(statement=statement, envelope=made(statement=hashed, ticket=ticket))

    ticket = Ticket(drawn("ticket"))
    dispensed = _dispensed({"ticket": b64u(ticket.hash)}, parts=[_value()["parts"][0]] * 2)
    prescription = sign_object(Purpose.STATEMENT, dispensed, DEVICE, CERTIFICATE)
    base = sealed(statement=said, reader=GUEST.public, room=ROOM)
    fine = made()
    forged = flipped(fine, len(fine) - 1)
    return [
        good(
            "an envelope",
            base | sealed(envelope=fine),
            sealed(
                key=drawn("document key"),
                parts=[
                    sealed(blob=p.blob, read=p.read, length=p.length, hash=p.hash) for p in parts
                ],
            ),
        ),
        good(
            "a part with leaves",
            base | sealed(envelope=made(parts=(parts[0], streamed))),
            sealed(
                key=drawn("document key"), parts=[parts[0].members(), streamed.members()]
            ),
        ),
        good(
            "a prescription with its ticket",
            base | ticketed(ticket, prescription),
            sealed(
                key=drawn("document key"),
                ticket=ticket.secret,
                parts=[
                    sealed(blob=p.blob, read=p.read, length=p.length, hash=p.hash) for p in parts
                ],
            ),
        ),
        refused(
            "a prescription with another's ticket",
            "envelope",
            "wrong_statement",
            base | ticketed(Ticket(drawn("another ticket")), prescription),
        ),
        refused(
            "a ticket for what is not dispensed",
            "envelope",
            "wrong_statement",
            base | ticketed(ticket, said),
        ),
        refused(
            "a ticket of 31 bytes",
            "envelope",
            "bad_form",
            base | ticketed(Ticket(bytes(31)), prescription),
        ),
        *(
            refused(name, "envelope", code, base | sealed(envelope=fine) | sealed(**change))
            for name, code, change in (
                ("another reader", "wrong_recipient", {"reader": OTHER_GUEST.public}),
                ("another room", "wrong_recipient", {"room": OTHER_ROOM}),
                ("another statement", "wrong_statement", {"statement": other}),
                ("one part of two", "wrong_statement", {"envelope": made(parts=parts[:1])}),
                ("addressed to another", "wrong_recipient", {"envelope": made(to=bytes(32))}),
                ("from another room", "wrong_recipient", {"envelope": made(room=OTHER_ROOM)}),
                ("a key of 31 bytes", "bad_form", {"envelope": made(key=bytes(31))}),
                ("no part", "bad_form", {"envelope": made(parts=())}),
                ("leaves without a hash", "bad_form", {"envelope": made(parts=(bare, bare))}),
                ("a flipped signature", "bad_signature", {"envelope": forged}),
            )
        ),
    ]  # fmt: skip


def _with_stanzas(file_key: bytes, stanzas: bytes, payload: bytes) -> bytes:
    """An age header of any stanzas, with the MAC that its file key gives."""
    unsigned = b"age-encryption.org/v1\n" + stanzas + b"---"
    digest = mac(hkdf(file_key, b"", "header"), unsigned)
    return unsigned + b" " + _b64(digest) + b"\n" + payload


def _b64(data: bytes) -> bytes:
    return b64u(data).replace("-", "+").replace("_", "/").encode()


def _sealed_file(plain: bytes, key: KemKey, label: str) -> bytes:
    return b"".join(seal_file([plain], key.public, Drbg(label), RECORDER.wrap))


def age() -> list[Case]:
    key, other = KemKey(drawn("document key")), KemKey(drawn("other document key"))
    base = sealed(
        seed=key.seed,
        identity=identity_text(key.seed),
        recipient=recipient_text(key.public),
    )
    fine = _sealed_file(b"Bonjour", key, "age")
    end = fine.index(b"\n---") + 1
    stanza = fine[len(b"age-encryption.org/v1\n") : end]
    payload = fine[fine.index(b"\n", end) + 1 :]
    file_key = drawn("age", 16)
    grease = b"-> x-grease abc\n\n"
    x25519 = b"-> X25519 " + _b64(drawn("share")) + b"\n" + _b64(drawn("body")) + b"\n"
    scrypt = b"-> scrypt " + _b64(drawn("salt", 16)) + b" 10\n" + _b64(drawn("body")) + b"\n"
    long = _sealed_file(pattern(2 * CHUNK), key, "long age")
    cut = len(long) - CHUNK - 16
    swapped = long[: cut - CHUNK - 16] + long[cut:] + long[cut - CHUNK - 16 : cut]
    cases: list[tuple[str, str, bytes]] = [
        ("nothing", "bad_form", b""),
        ("another version", "bad_form", fine.replace(b"/v1", b"/v2", 1)),
        ("a header without end", "bad_form", fine[:end]),
        ("an X25519 stanza after it", "mixed_recipients",
         _with_stanzas(file_key, stanza + x25519, payload)),
        ("an X25519 stanza before it", "mixed_recipients",
         _with_stanzas(file_key, x25519 + stanza, payload)),
        ("an X25519 stanza alone", "mixed_recipients", _with_stanzas(file_key, x25519, payload)),
        ("a scrypt stanza alone", "mixed_recipients", _with_stanzas(file_key, scrypt, payload)),
        ("a grease stanza", "mixed_recipients", _with_stanzas(file_key, grease + stanza, payload)),
        ("twice the same stanza", "mixed_recipients",
         _with_stanzas(file_key, stanza + stanza, payload)),
        ("no stanza", "mixed_recipients", _with_stanzas(file_key, b"", payload)),
        ("a flipped header MAC", "cannot_open", fine[: end + 4]
         + (b"A" if fine[end + 4 : end + 5] != b"A" else b"B") + fine[end + 5 :]),
        ("a flipped payload", "cannot_open", flipped(fine, len(fine) - 20)),
        ("a flipped payload nonce", "cannot_open", flipped(fine, len(fine) - 7 - 16 - 3)),
        ("a payload cut short", "cannot_open", fine[:-1]),
        ("no payload", "cannot_open", fine[: len(fine) - len(payload)]),
        ("a nonce alone", "cannot_open", fine[: len(fine) - len(payload) + 16]),
        ("bytes after it", "cannot_open", fine + b"\0"),
        ("cut after a whole chunk", "cannot_open", long[:cut]),
        ("chunks swapped", "cannot_open", swapped),
    ]  # fmt: skip
    small = [("empty", b""), ("text", b"Bonjour")]
    large = [(f"{n} bytes", n) for n in (CHUNK, CHUNK + 1, 2 * CHUNK)]
    return [
        *(
            good(name, base | sealed(file=_sealed_file(plain, key, name)), sealed(plain=plain))
            for name, plain in small
        ),
        *(
            good(
                name,
                base | sealed(file=_sealed_file(pattern(length), key, name)),
                sealed(length=length, sha256=sha256(pattern(length))),
            )
            for name, length in large
        ),
        refused("another key", "age", "cannot_open", sealed(seed=other.seed, file=fine)),
        *(refused(name, "age", code, base | sealed(file=raw)) for name, code, raw in cases),
    ]


def code() -> list[Case]:
    seed = drawn("document key")
    whole = identity_text(seed)
    rest = whole.removeprefix("AGE-SECRET-KEY-PQ-1")
    typed = [
        ("whole", whole),
        ("without its prefix", rest),
        ("in fours, small", " ".join(re.findall(".{1,4}", rest.lower()))),
        ("a line of a file", f"{whole}\n"),
        ("capitals and small letters", whole[:40] + whole[40:].lower()),
    ]
    wrong = [
        ("nothing", ""),
        ("one letter short", rest[:-1]),
        ("one letter more", rest + "Q"),
        ("two letters exchanged", rest[:8] + rest[9] + rest[8] + rest[10:]),
        ("a letter that is none", rest[:8] + "B" + rest[9:]),
        ("another prefix's checksum", bech32_text("age-secret-key-", seed).rpartition("1")[2]),
        ("a recipient", recipient_text(KemKey(seed).public)),
        ("31 bytes", bech32_text("age-secret-key-pq-", seed[:31])),
        ("33 bytes", bech32_text("age-secret-key-pq-", seed + b"\0")),
        ("bits left over", _left_over(seed)),
    ]
    return [
        *(good(name, {"typed": text}, sealed(seed=seed)) for name, text in typed),
        *(refused(name, "code", "bad_key", {"typed": text}) for name, text in wrong),
    ]


def _left_over(seed: bytes) -> str:
    """The last word's four bits that belong to no byte are not zero."""
    return bech32_text("age-secret-key-pq-", seed + b"\x80", 52)


def padme() -> list[Case]:
    lengths = (
        0,
        1,
        2,
        3,
        4,
        8,
        9,
        16,
        17,
        100,
        1000,
        1025,
        65_536,
        65_537,
        2**26,
        2**26 + 1,
        2**33 + 1,
    )
    return [
        good(f"{length} bytes", {"length": length}, {"padded": padded_length(length)})
        for length in lengths
    ]
