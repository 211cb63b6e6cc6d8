"""Sealed links: what follows from one, the words that are spoken, and what is handed over."""

from __future__ import annotations

from dataclasses import replace

from client.sealing.agefile import seal_file
from client.sealing.encoding import SUITE, b64u, fields, json_bytes, lv, u8
from client.sealing.envelope import Leaves, SealedPart, StreamedPart
from client.sealing.handed import HANDED_KIND, Outside, write_handed
from client.sealing.kept import Proof
from client.sealing.sealed_link import SealedLink, draw_code
from client.sealing.words import WordsError
from tests.vectors.cases_kept import PARTS, KeptDocument
from tests.vectors.cases_practitioners import REGISTRAR, REVOKED, SERVER, THIRD
from tests.vectors.forge import (
    GUEST,
    OTHER_IDENTITY,
    RECORDER,
    Case,
    Drbg,
    drawn,
    flipped,
    good,
    refused,
    sealed,
)

LINK = SealedLink(drawn("sealed link"))
OTHER = SealedLink(drawn("another sealed link"))
CODE = draw_code(Drbg("sealed link code"))
ONES = (2**56 - 2**5).to_bytes(7, "big")
OUTSIDE = Outside(
    tuple(
        StreamedPart(
            drawn(f"outside {n}", 16),
            1659 + len(part),
            Leaves(1691, drawn(f"leaves {n}")),
            drawn(f"outside read {n}"),
        )
        for n, part in enumerate(PARTS)
    ),
    drawn("outside key"),
)
WHOLE = SealedPart(drawn("whole", 16), 2000, drawn("whole hash"), drawn("whole read"))


def sealed_link() -> list[Case]:
    return [*_fragments(), *_words(), *_handed(), *_files()]


def _fragments() -> list[Case]:
    secret = b64u(LINK.secret)

    def case(fragment: str) -> Case:
        return sealed(what="fragment", fragment=fragment)

    found = sealed(secret=LINK.secret, place=LINK.place, reader=LINK.reader.public)
    wrong = {
        "nothing": "",
        "no version": secret,
        "another version": f"2.{secret}",
        "a secret cut short": f"1.{secret[:-1]}",
        "a longer secret": f"1.{b64u(drawn('long', 33))}",
        "one part more": f"1.{secret}.{secret}",
        "another writing of the secret": f"1.{secret[:-1]}{chr(ord(secret[-1]) + 1)}",
        "padding": f"1.{secret}=",
        "a consult's link": f"1.{b64u(drawn('room', 16))}.{secret}.{b64u(drawn('hash', 16))}",
    }
    return [
        good("a link", case(f"1.{secret}"), found),
        *(refused(name, "link", "bad_link", case(text)) for name, text in wrong.items()),
    ]


def _words() -> list[Case]:
    def written(name: str, code: bytes, language: str) -> Case:
        text = " ".join(LINK.words(code, language))
        case = sealed(what="words", secret=LINK.secret, text=text, language=language)
        return good(name, case, sealed(code=code))

    def wrong(name: str, text: str) -> Case:
        try:
            LINK.read_words(text)
        except WordsError as error:
            said = sealed(what="words", secret=LINK.secret, text=text)
            return refused(
                name, "words", error.code, said | {"at": error.at, "nearest": error.nearest}
            )
        raise AssertionError(name)

    french, english = (LINK.words(CODE, language) for language in ("french", "english"))
    typed = sealed(what="words", secret=LINK.secret, text=", ".join(french).upper())
    others = next(
        words
        for n in range(100)
        if not _fits(words := OTHER.words(draw_code(Drbg(f"other {n}")), "english"))
    )
    return [
        written("French words", CODE, "french"),
        written("English words", CODE, "english"),
        written("zeros", bytes(7), "french"),
        written("ones", ONES, "english"),
        good("capitals with commas", typed, sealed(code=CODE)),
        wrong("no words", ""),
        wrong("four words", " ".join(french[:4])),
        wrong("six words", " ".join([*french, french[0]])),
        wrong("one letter wrong", " ".join([*english[:4], english[4][:-1] + "q"])),
        wrong("a word of the other language", " ".join([*french[:2], "zebra", *french[3:]])),
        wrong("another word", " ".join([*english[:3], "zoo", english[4]])),
        wrong("the words of another link", " ".join(others)),
    ]


def _fields(count: int) -> bytes:
    """Too few, or too many."""
    return u8(SUITE) + u8(HANDED_KIND) + lv(fields(*(bytes([at]) for at in range(count))))


def _outside(*parts: dict[str, object], version: int = 1) -> bytes:
    return json_bytes({"v": version, "key": b64u(OUTSIDE.key), "parts": list(parts)})


def _fits(words: list[str]) -> bool:
    try:
        LINK.read_words(" ".join(words))
    except WordsError:
        return False
    return True


def _raw(
    proof: Proof,
    *rest: bytes,
    outside: bytes = b"",
    kind: int = HANDED_KIND,
    suite: int = SUITE,
) -> bytes:
    beside = (proof.statement, proof.receipt, proof.record, proof.server, proof.registrar)
    return b"".join((u8(suite), u8(kind), lv(fields(*beside, outside)), *rest))


def _handed() -> list[Case]:
    def case(raw: bytes) -> Case:
        said = sealed(what="handed", handed=raw, server=SERVER.public)
        return said | sealed(registrar=REGISTRAR.public)

    def fine(name: str, proof: Proof, *, attested: bool = True) -> Case:
        gives = {"attested": attested, "parts": [b64u(part) for part in PARTS]}
        return good(name, case(write_handed(proof, tuple(PARTS))), gives)

    whole = KeptDocument().proof()
    file = KeptDocument(certificate=None, kind="file").statement()
    report = KeptDocument(certificate=None, kind="report")
    stranger = Proof(file, b"", b"", SERVER.public, REGISTRAR.public)
    outside = [part.members() for part in OUTSIDE.parts]
    raw = write_handed(whole, tuple(PARTS))
    end = len(_raw(whole, *PARTS))
    wrong = [
        ("nothing", "bad_form", "form", b""),
        ("another suite", "bad_suite", "form", _raw(whole, *PARTS, suite=2)),
        ("another kind", "bad_form", "form", _raw(whole, *PARTS, kind=15)),
        ("a proof cut off", "bad_form", "form", raw[:100]),
        ("five fields", "bad_form", "form", _fields(5)),
        ("seven fields", "bad_form", "form", _fields(7)),
        ("no server's key", "wrong_host", "server",
         _raw(Proof(whole.statement, whole.receipt), *PARTS)),
        ("nothing that says who wrote it", "bad_form", "statement",
         _raw(replace(whole, record=b""), *PARTS)),
        ("another server's papers", "wrong_host", "server",
         _raw(replace(whole, server=OTHER_IDENTITY.public), *PARTS)),
        ("another registrar", "wrong_registrar", "server",
         _raw(replace(whole, registrar=OTHER_IDENTITY.public), *PARTS)),
        ("an altered statement", "bad_signature", "statement",
         _raw(replace(whole, statement=flipped(whole.statement, 200)), *PARTS)),
        ("a guest's statement with a device's papers", "bad_form", "statement",
         _raw(replace(whole, statement=file), *PARTS)),
        ("a guest's prescription", "bad_form", "statement",
         _raw(replace(stranger, statement=KeptDocument(certificate=None).statement()), *PARTS)),
        ("a guest's report", "bad_form", "statement",
         _raw(replace(stranger, statement=report.statement()), *PARTS)),
        ("a part cut off", "altered", "parts", _raw(whole, *PARTS)[:-1]),
        ("an altered part", "altered", "parts", _raw(whole, flipped(PARTS[0], 3), PARTS[1])),
        ("something behind the parts", "bad_form", "parts", raw[:end] + b"\0\1"),
        ("signed once the device was revoked", "revoked", "devices",
         _raw(KeptDocument(devices=THIRD, seen=REVOKED).proof(), *PARTS)),
        ("parts outside, and inside", "bad_form", "parts",
         _raw(whole, *PARTS, outside=OUTSIDE.encode())),
        ("one part of two outside", "wrong_statement", "outside",
         _raw(whole, outside=Outside(OUTSIDE.parts[:1], OUTSIDE.key).encode())),
        ("no part outside", "bad_form", "outside", _raw(whole, outside=_outside())),
        ("parts outside without leaves", "bad_form", "outside",
         _raw(whole, outside=_outside(WHOLE.members(), WHOLE.members()))),
        ("a part with leaves and a hash", "bad_form", "outside",
         _raw(whole, outside=_outside(*(WHOLE.members() | part for part in outside)))),
        ("parts outside in version 2", "bad_suite", "outside",
         _raw(whole, outside=_outside(*outside, version=2))),
    ]  # fmt: skip
    return [
        fine("a document", whole),
        fine("one that nobody attested", KeptDocument(attested=False).proof(), attested=False),
        good("no more zeros than there are", case(raw[:end]), _parts()),
        good(
            "by somebody whom nobody knows",
            case(write_handed(stranger, tuple(PARTS))),
            {
                "attested": False,
                "stranger": b64u(GUEST.public),
                "parts": [b64u(part) for part in PARTS],
            },
        ),
        good(
            "parts outside",
            case(write_handed(whole, OUTSIDE)),
            {"attested": True, "key": b64u(OUTSIDE.key), "outside": outside},
        ),
        *(refused(name, layer, code, case(bent)) for name, code, layer, bent in wrong),
    ]


def _parts() -> Case:
    return {"attested": True, "parts": [b64u(part) for part in PARTS]}


def _files() -> list[Case]:
    """The whole way: each takes as long as Argon2id does."""
    key = LINK.key(CODE)
    whole = write_handed(KeptDocument().proof(), tuple(PARTS))
    random = Drbg("sealed link file")
    file = b"".join(seal_file([whole], key.public, random, RECORDER.wrap))

    def case(link: SealedLink, code: bytes) -> Case:
        said = sealed(what="file", secret=link.secret, code=code, file=file)
        return said | sealed(server=SERVER.public, registrar=REGISTRAR.public)

    other = draw_code(Drbg("other code"))
    return [
        good("a file", case(LINK, CODE), _parts() | sealed(seed=key.seed)),
        refused("with other words", "age", "cannot_open", case(LINK, other)),
        refused("with another link", "age", "cannot_open", case(OTHER, CODE)),
    ]
