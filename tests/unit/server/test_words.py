"""Words as they are searched for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.practitioners.words import folded


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("  Dr  Łukasz ŞAHIN ", " dr lukasz sahin"),
        ("Saint-Étienne", " saint etienne"),
        ("Œillet, Ærø & Straße", " oeillet aero strasse"),
        ("İstanbul ılık", " istanbul ilik"),
        ("l’Exemple_2", " l exemple 2"),
        ("𝓐ïda", " aida"),
        ("%_\\", ""),
        ("\x00\u202e", ""),
    ],
)
def test_case_accents_and_signs_do_not_count(text: str, words: str) -> None:
    assert folded(text) == words


@given(st.text(max_size=60))
def test_what_is_folded_stays_so(text: str) -> None:
    once = folded(text)
    assert folded(once) == once
    assert once == "" or once.startswith(" ")
    assert "  " not in once
