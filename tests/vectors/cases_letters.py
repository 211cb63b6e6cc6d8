"""Letters: a small message to a few keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from client.sealing.encoding import b64u, fields, sha256, u8, u32
from client.sealing.hpke import seal_base
from client.sealing.kdf import CHACHA, ZERO_NONCE, hkdf
from client.sealing.letter import seal_letter
from client.sealing.xwing import KemKey
from tests.vectors.cases_documents import pattern
from tests.vectors.forge import RECORDER, Case, Drbg, drawn, flipped, good, refused, sealed

READERS = tuple(KemKey(drawn(f"letter reader {number}")) for number in range(9))
ONE, TWO = READERS[:2]
CONTEXT = fields("mailbox", drawn("letter mailbox", 16))
OTHER_CONTEXT = fields("mailbox", drawn("another letter mailbox", 16))
# Many letters here are under one content key, so that they differ in one thing: never for real.
KEY, OTHER_KEY = drawn("letter content key"), drawn("another letter content key")
MESSAGE = "Ordonnance fictive pour Łukasz Şahin".encode()
STANZA, ENCAPSULATION = 1168, 1120
SMALLEST = 1024


def _stanza(
    reader: KemKey,
    content_key: bytes = KEY,
    *,
    label: str = "aparte/1 letter",
    context: bytes = CONTEXT,
    named: KemKey | None = None,
) -> bytes:
    info = fields(label, context, (named or reader).public)
    enc, wrapped = seal_base(reader.public, info, content_key, RECORDER.encapsulate)
    return enc + wrapped


def _small_order(stanza: bytes) -> bytes:
    """The stanza with an X25519 point that every reader refuses."""
    return stanza[: ENCAPSULATION - 32] + bytes(32) + stanza[ENCAPSULATION:]


def _head(
    stanzas: Sequence[bytes],
    committed: bytes = KEY,
    *,
    suite: int = 1,
    kind: int = 9,
    count: int | None = None,
) -> bytes:
    number = len(stanzas) if count is None else count
    commitment = hkdf(committed, b"", "aparte/1 letter commitment")
    return u8(suite) + u8(kind) + u8(number) + b"".join(stanzas) + commitment


def _body(message: bytes = MESSAGE, size: int = SMALLEST) -> bytes:
    return (u32(len(message)) + message).ljust(size, b"\0")


def _letter(
    head: bytes, body: bytes | None = None, *, key: bytes | None = None, aad: bytes | None = None
) -> bytes:
    """A letter put together by hand, so that one thing alone is wrong with it."""
    key = key or hkdf(KEY, b"", "aparte/1 letter key")
    aad = sha256(head) if aad is None else aad
    return head + CHACHA.seal(key, ZERO_NONCE, aad, _body() if body is None else body)


def _inputs(letter: bytes, reader: KemKey = ONE, context: bytes = CONTEXT) -> Case:
    return sealed(letter=letter, context=context, seed=reader.seed)


def _written(readers: Sequence[KemKey], message: bytes, label: str) -> tuple[bytes, Case]:
    """A letter, and what it takes to write it again."""
    publics = [reader.public for reader in readers]
    kem = RECORDER.encapsulate
    letter = seal_letter(publics, CONTEXT, message, Drbg(label), kem)
    return letter, {
        "recipients": [b64u(public) for public in publics],
        "content_key": b64u(drawn(label)),
        "secrets": [b64u(kem(public).secret) for public in publics],
    }


def letter() -> list[Case]:
    return [*_opened(), *_sized(), *_not_written(), *_not_read(), *_not_opened()]


def _opened() -> list[Case]:
    one, one_again = _written(READERS[:1], MESSAGE, "a letter to one")
    two, two_again = _written(READERS[:2], MESSAGE, "a letter to two")
    eight, eight_again = _written(READERS[:8], MESSAGE, "a letter to eight")
    empty, empty_again = _written(READERS[:1], b"", "an empty letter")
    message = sealed(message=MESSAGE)
    passed_over = [_small_order(_stanza(ONE)), _stanza(ONE)]
    return [
        good("to one", _inputs(one) | one_again, message),
        good("to two, the first reads", _inputs(two) | two_again, message),
        good("to two, the second reads", _inputs(two, TWO), message),
        good("to eight, the first reads", _inputs(eight) | eight_again, message),
        good("to eight, the last reads", _inputs(eight, READERS[7]), message),
        good("an empty message", _inputs(empty) | empty_again, sealed(message=b"")),
        good(
            "filled to more than it needs",
            _inputs(_letter(_head([_stanza(ONE)]), _body(size=4096))),
            message,
        ),
        good(
            "a stanza whose encapsulation is refused is passed over",
            _inputs(_letter(_head(passed_over))),
            message,
        ),
        good(
            "two stanzas of the reader, the first of which is true",
            _inputs(_letter(_head([_stanza(ONE), _stanza(ONE, OTHER_KEY)]))),
            message,
        ),
        good(
            "two content keys, the reader's is the one committed to",
            _inputs(_letter(_head([_stanza(ONE), _stanza(TWO, OTHER_KEY)]))),
            message,
        ),
    ]


def _sized() -> list[Case]:
    """The message is `length` bytes of the pattern that trees are over."""
    cases = []
    for length, size in (
        *((1020, 1024), (1021, 4096), (4092, 4096), (4093, 16384), (16380, 16384)),
        *((16381, 49152), (49148, 49152)),
    ):
        message = pattern(length)
        whole, again = _written(READERS[:1], message, f"a letter of {length}")
        told = {"length": length, "sha256": b64u(sha256(message))}
        cases.append(good(f"{length:,} bytes in {size:,}", _inputs(whole) | again, told))
    return cases


def _not_written() -> list[Case]:
    public = ONE.public

    def inputs(recipients: Sequence[bytes], length: int = 10) -> Case:
        listed: list[Any] = [b64u(key) for key in recipients]
        return sealed(recipients=listed, context=CONTEXT, length=length)

    cases: list[tuple[str, str, Case]] = [
        ("to write to nobody", "bad_form", inputs([])),
        ("to write to nine", "bad_form", inputs([reader.public for reader in READERS])),
        ("to write 49,149 bytes", "too_long", inputs([public], 49_149)),
        ("to write to a key one byte short", "bad_key", inputs([public[:-1]])),
        ("to write to a key out of range", "bad_key", inputs([b"\xff\xff\xff" + public[3:]])),
        ("to write to two, one an X25519 key of small order", "bad_key",
         inputs([public, TWO.public[:-32] + bytes(32)])),
    ]  # fmt: skip
    return [refused(name, "letter", code, inputs) for name, code, inputs in cases]


def _not_read() -> list[Case]:
    """Refused by what everybody sees, or by what a reader sees who has opened all."""
    stanza = _stanza(ONE)
    head = _head([stanza])
    whole = _letter(head)
    nine = _head([_stanza(reader) for reader in READERS])
    two_stanzas = [stanza, _stanza(TWO)]
    first_padding = _body()[: 4 + len(MESSAGE)] + b"\1"
    cases: list[tuple[str, str, bytes]] = [
        ("nothing", "bad_form", b""),
        ("suite 2", "bad_suite", _letter(_head([stanza], suite=2))),
        ("another kind", "bad_form", _letter(_head([stanza], kind=8))),
        ("suite and kind alone", "bad_form", whole[:2]),
        ("no stanza", "bad_form", _letter(_head([]))),
        ("nine stanzas", "bad_form", _letter(nine)),
        ("n is one more than there are", "bad_form", _letter(_head(two_stanzas, count=3))),
        ("n is one less than there are", "bad_form", _letter(_head(two_stanzas, count=1))),
        ("cut off after n", "bad_form", whole[:3]),
        ("cut off in a stanza", "bad_form", whole[:600]),
        ("cut off after the head", "bad_form", head),
        ("one byte short", "bad_form", whole[:-1]),
        ("one byte more", "bad_form", whole + b"\0"),
        ("an empty body", "bad_form", _letter(head, b"")),
        ("a body of 2,048 bytes", "bad_form", _letter(head, _body(size=2048))),
        ("a length one past the body", "bad_form",
         _letter(head, u32(SMALLEST - 3).ljust(SMALLEST, b"\0"))),
        ("a length far past the body", "bad_form",
         _letter(head, u32(2**32 - 1).ljust(SMALLEST, b"\0"))),
        ("the first byte of the padding is not zero", "bad_form",
         _letter(head, first_padding.ljust(SMALLEST, b"\0"))),
        ("the last byte of the padding is not zero", "bad_form",
         _letter(head, flipped(_body(), SMALLEST - 1))),
    ]  # fmt: skip
    return [refused(name, "letter", code, _inputs(raw)) for name, code, raw in cases]


def _not_opened() -> list[Case]:
    stanza, second = _stanza(ONE), _stanza(TWO)
    head, both = _head([stanza]), _head([stanza, second])
    whole, two = _letter(head), _letter(both)
    tail, tail_of_two = whole[len(head) :], two[len(both) :]
    salamander = _letter(_head([stanza, _stanza(TWO, OTHER_KEY)]))
    other_key = hkdf(OTHER_KEY, b"", "aparte/1 letter key")

    def alone(changed: bytes) -> Case:
        """Sealed under the changed stanza's own head: it is what must not open."""
        return _inputs(_letter(_head([changed])))

    stanzas: list[tuple[str, Case]] = [
        ("another reader", _inputs(whole, TWO)),
        ("another context", _inputs(whole, context=OTHER_CONTEXT)),
        ("no context", _inputs(whole, context=b"")),
        ("the stanza is for another context", alone(_stanza(ONE, context=OTHER_CONTEXT))),
        ("the stanza names another recipient", alone(_stanza(ONE, named=TWO))),
        ("the stanza has another label", alone(_stanza(ONE, label="aparte/1 another"))),
        ("a flipped bit in the ML-KEM ciphertext", alone(flipped(stanza, 5))),
        ("a flipped bit in the X25519 key", alone(flipped(stanza, 1100))),
        ("a flipped bit in the wrapped key", alone(flipped(stanza, ENCAPSULATION))),
        ("a flipped bit in the tag of the wrapped key", alone(flipped(stanza, STANZA - 1))),
        ("the only encapsulation is refused", alone(_small_order(stanza))),
    ]
    cases: list[tuple[str, str, Case]] = [
        ("an altered commitment", "bad_commitment", _inputs(flipped(whole, len(head) - 1))),
        ("a commitment to another key", "bad_commitment",
         _inputs(_letter(_head([stanza], OTHER_KEY)))),
        ("two content keys, the reader's is the other one", "bad_commitment",
         _inputs(salamander, TWO)),
        ("two stanzas of the reader, the second of which is true", "bad_commitment",
         _inputs(_letter(_head([_stanza(ONE, OTHER_KEY), stanza])))),
        ("sealed under another key than the one committed to", "cannot_open",
         _inputs(_letter(head, key=other_key))),
        ("sealed under the content key itself", "cannot_open", _inputs(_letter(head, key=KEY))),
        ("sealed without the head", "cannot_open", _inputs(_letter(head, aad=b""))),
        ("sealed over the head, not its hash", "cannot_open", _inputs(_letter(head, aad=head))),
        ("an altered stanza of another reader", "cannot_open",
         _inputs(flipped(two, 3 + STANZA + 5))),
        ("stanzas in another order", "cannot_open",
         _inputs(_head([second, stanza]) + tail_of_two)),
        ("a stanza added", "cannot_open", _inputs(both + tail)),
        ("a stanza taken out", "cannot_open", _inputs(head + tail_of_two)),
        ("an altered first byte of what is sealed", "cannot_open",
         _inputs(flipped(whole, len(head)))),
        ("an altered tag", "cannot_open", _inputs(flipped(whole, len(whole) - 1))),
    ]  # fmt: skip
    return [
        *(refused(name, "hpke", "cannot_open", inputs) for name, inputs in stanzas),
        *(refused(name, "letter", code, inputs) for name, code, inputs in cases),
    ]
