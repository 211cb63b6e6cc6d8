"""Sealed links: what follows from one, the words that are spoken, and what is handed over."""

from __future__ import annotations

from dataclasses import replace

from client.sealing.agefile import seal_file
from client.sealing.encoding import SUITE, b64u, fields, lv, u8
from client.sealing.kept import Proof
from client.sealing.sealed_link import HANDED_KIND, SealedLink, draw_code, write_handed
from client.sealing.words import WordsError
from tests.vectors.cases_kept import PARTS, KeptDocument
from tests.vectors.cases_practitioners import REGISTRAR, REVOKED, SERVER, THIRD
from tests.vectors.forge import (
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


def _fits(words: list[str]) -> bool:
    try:
        LINK.read_words(" ".join(words))
    except WordsError:
        return False
    return True


def _raw(proof: Proof, *rest: bytes, kind: int = HANDED_KIND, suite: int = SUITE) -> bytes:
    beside = (proof.statement, proof.receipt, proof.record, proof.server, proof.registrar)
    return b"".join((u8(suite), u8(kind), lv(fields(*beside)), *rest))


def _handed() -> list[Case]:
    def case(raw: bytes) -> Case:
        said = sealed(what="handed", handed=raw, server=SERVER.public)
        return said | sealed(registrar=REGISTRAR.public)

    def fine(name: str, proof: Proof, *, attested: bool = True) -> Case:
        gives = {"attested": attested, "parts": [b64u(part) for part in PARTS]}
        return good(name, case(write_handed(proof, PARTS)), gives)

    whole = KeptDocument().proof()
    raw = write_handed(whole, PARTS)
    end = len(_raw(whole, *PARTS))
    wrong = [
        ("nothing", "bad_form", "form", b""),
        ("another suite", "bad_suite", "form", _raw(whole, *PARTS, suite=2)),
        ("another kind", "bad_form", "form", _raw(whole, *PARTS, kind=15)),
        ("a proof cut off", "bad_form", "form", raw[:100]),
        ("four fields", "bad_form", "form", b"\1\x10" + lv(fields(b"a", b"b", b"c", b"d"))),
        ("six fields", "bad_form", "form",
         b"\1\x10" + lv(fields(*(b"abcdef"[i : i + 1] for i in range(6))))),
        ("nothing that says who wrote it", "bad_form", "form",
         _raw(Proof(whole.statement, whole.receipt), *PARTS)),
        ("another server's papers", "wrong_host", "server",
         _raw(replace(whole, server=OTHER_IDENTITY.public), *PARTS)),
        ("another registrar", "wrong_registrar", "server",
         _raw(replace(whole, registrar=OTHER_IDENTITY.public), *PARTS)),
        ("an altered statement", "bad_signature", "statement",
         _raw(replace(whole, statement=flipped(whole.statement, 200)), *PARTS)),
        ("a guest's statement", "bad_form", "statement",
         _raw(replace(whole, statement=KeptDocument(certificate=None).statement()), *PARTS)),
        ("a part cut off", "altered", "parts", _raw(whole, *PARTS)[:-1]),
        ("an altered part", "altered", "parts", _raw(whole, flipped(PARTS[0], 3), PARTS[1])),
        ("something behind the parts", "bad_form", "parts", raw[:end] + b"\0\1"),
        ("signed once the device was revoked", "revoked", "devices",
         _raw(KeptDocument(devices=THIRD, seen=REVOKED).proof(), *PARTS)),
    ]  # fmt: skip
    return [
        fine("a document", whole),
        fine("one that nobody attested", KeptDocument(attested=False).proof(), attested=False),
        good("no more zeros than there are", case(raw[:end]), _parts()),
        *(refused(name, layer, code, case(bent)) for name, code, layer, bent in wrong),
    ]


def _parts() -> Case:
    return {"attested": True, "parts": [b64u(part) for part in PARTS]}


def _files() -> list[Case]:
    """The whole way: each takes as long as Argon2id does."""
    key = LINK.key(CODE)
    whole = write_handed(KeptDocument().proof(), PARTS)
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
