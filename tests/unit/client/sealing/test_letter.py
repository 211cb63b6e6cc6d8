"""What the vectors of letters do not show: our own encapsulations, and another HPKE."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from hypothesis import given, settings
from hypothesis import strategies as st

from client.sealing.encoding import fields
from client.sealing.errors import SealError
from client.sealing.hpke import open_base, seal_base
from client.sealing.letter import MESSAGE_BYTES, RECIPIENTS, open_letter, seal_letter
from client.sealing.xwing import ENCAPSULATION_BYTES, KemKey
from tests.vectors.forge import Drbg, drawn, flipped

KEYS = [KemKey(drawn(f"letter test {number}")) for number in range(RECIPIENTS)]
PUBLICS = [key.public for key in KEYS]
STRANGER = KemKey(drawn("letter test stranger"))
CONTEXT = fields("mailbox", bytes(16))
SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
PRIVATE = hpke.MLKEM768X25519PrivateKey(KEYS[0].mlkem, KEYS[0].x25519)
# The limit of a message in a mailbox (docs/protocol.md, Mailboxes).
MAILBOX_MESSAGE = 61_440
LETTER = seal_letter(PUBLICS[:2], CONTEXT, b"x" * 40, Drbg("a letter"))


@given(text=st.binary(max_size=80), info=st.binary(max_size=80))
@settings(max_examples=40, deadline=None)
def test_what_we_wrap_the_library_opens(text: bytes, info: bytes) -> None:
    enc, sealed = seal_base(PUBLICS[0], info, text)
    assert SUITE.decrypt(enc + sealed, PRIVATE, info) == text
    with pytest.raises(InvalidTag):
        SUITE.decrypt(enc + sealed, PRIVATE, info + b"x")


@given(text=st.binary(max_size=80), info=st.binary(max_size=80))
@settings(max_examples=40, deadline=None)
def test_what_the_library_wraps_we_open(text: bytes, info: bytes) -> None:
    made = SUITE.encrypt(text, PRIVATE.public_key(), info)
    enc, sealed = made[:ENCAPSULATION_BYTES], made[ENCAPSULATION_BYTES:]
    assert open_base(KEYS[0], info, enc, sealed) == text
    with pytest.raises(SealError, match="cannot_open"):
        open_base(KEYS[0], info + b"x", enc, sealed)


@given(
    count=st.integers(1, RECIPIENTS),
    context=st.binary(max_size=40),
    message=st.one_of(st.binary(max_size=60), st.integers(0, MESSAGE_BYTES).map(bytes)),
    seed=st.text(max_size=8),
)
@settings(max_examples=40, deadline=None)
def test_a_letter_opens_for_each_recipient_and_for_nobody_else(
    count: int, context: bytes, message: bytes, seed: str
) -> None:
    letter = seal_letter(PUBLICS[:count], context, message, Drbg(seed))
    for key in KEYS[:count]:
        assert open_letter(key, context, letter) == message
    for key in (*KEYS[count:], STRANGER):
        with pytest.raises(SealError, match="cannot_open"):
            open_letter(key, context, letter)


@given(at=st.integers(0, len(LETTER) - 1), change=st.integers(1, 255), reader=st.integers(0, 1))
@settings(max_examples=200, deadline=None)
def test_no_byte_of_a_letter_can_be_another(at: int, change: int, reader: int) -> None:
    altered = bytearray(LETTER)
    altered[at] ^= change
    with pytest.raises(SealError):
        open_letter(KEYS[reader], CONTEXT, bytes(altered))


@given(st.binary(max_size=4_000))
@settings(max_examples=100, deadline=None)
def test_anything_else_is_refused_with_a_code(data: bytes) -> None:
    for raw in (data, b"\1\x09" + data, LETTER[: len(data)], LETTER + data + b"x"):
        with pytest.raises(SealError):
            open_letter(KEYS[0], CONTEXT, raw)


def test_the_longest_letter_fits_into_a_mailbox() -> None:
    longest = seal_letter(PUBLICS, CONTEXT, bytes(MESSAGE_BYTES), Drbg("the longest letter"))
    assert len(longest) == 58_547 <= MAILBOX_MESSAGE


def test_a_letter_that_is_refused_says_nothing_of_keys_or_message() -> None:
    content_key = drawn("a letter")
    commitment = len(LETTER) - 16 - 1024 - 1
    for key, letter in ((STRANGER, LETTER), (KEYS[0], flipped(LETTER, commitment))):
        with pytest.raises(SealError) as refusal:
            open_letter(key, CONTEXT, letter)
        told = repr(refusal.value) + str(refusal.value) + repr(refusal.value.__context__)
        for secret in (content_key, key.seed, b"x" * 40):
            assert repr(secret)[2:-1] not in told
