"""Marks of a practice: what follows from the secret of their record."""

from __future__ import annotations

from client.sealing.practice_marks import PracticeMarks
from tests.vectors.forge import Case, drawn, good, sealed


def marks() -> list[Case]:
    secret = drawn("practice marks")
    found = PracticeMarks(secret)
    gives = sealed(place=found.place, reader=found.reader.public, key=found.key.public)
    return [good("marks of a practice", sealed(secret=secret), gives)]
