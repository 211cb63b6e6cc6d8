"""A practitioner who signs twice: made, kept, and read again."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from client.documents.sending import Author
from client.host.practitioner import Practitioner, Stated, load, make
from client.sealing.authored import object_of, read_authored
from client.sealing.card import require_second
from client.sealing.encoding import sha256
from client.sealing.errors import SealCode, SealError
from client.sealing.second import SecondKey
from client.sealing.statement import PartInfo, Person, Statement
from client.vault import Memory

STATEMENT = Statement(
    "file",
    "2026-01-02T03:04:05Z",
    bytes(32),
    Person("Dr D"),
    None,
    (PartInfo("", "", 0, bytes(32)),),
)


def author(who: Practitioner) -> Author:
    return Author(who.device, who.certificate, Person(who.profile.name), who.second)


def test_is_there_again_and_signs_as_the_card_says() -> None:
    keeper = Memory()
    made = make(Stated("Dr D"), keeper, os.urandom, 1_700_000_000, twice=True)
    again = load(keeper)
    assert again is not None
    assert again.second is not None
    assert made.second is not None
    assert again.second.certificate == made.second.certificate
    assert made.card.card.second == sha256(again.second.certificate.identity)
    signed = read_authored(author(again).sign(STATEMENT))
    require_second(made.card.card, signed)


def test_once_is_not_enough_then_and_nothing_can_be_taken_off() -> None:
    made = make(Stated("Dr D"), Memory(), os.urandom, 1_700_000_000, twice=True)
    once = read_authored(replace(author(made), second=None).sign(STATEMENT))
    with pytest.raises(SealError) as refused:
        require_second(made.card.card, once)
    assert refused.value.code is SealCode.BAD_SIGNATURE
    with pytest.raises(SealError) as cut:
        read_authored(object_of(author(made).sign(STATEMENT)))
    assert cut.value.code is SealCode.BAD_FORM


def test_who_did_not_choose_it_signs_once() -> None:
    made = make(Stated("Dr D"), Memory(), os.urandom, 1_700_000_000)
    assert made.second is None
    assert made.card.card.second == b""
    require_second(made.card.card, read_authored(author(made).sign(STATEMENT)))


def test_its_secret_does_not_print() -> None:
    made = make(Stated("Dr D"), Memory(), os.urandom, 1_700_000_000, twice=True)
    assert made.second is not None
    assert repr(made.second.key) == "SecondKey(hidden)"
    assert "hidden" not in repr(made)
    seed = bytes(range(32))
    assert repr(seed)[2:-1] not in repr(SecondKey(seed))
