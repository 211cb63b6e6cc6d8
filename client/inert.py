"""Names that somebody else chose, on a terminal."""

from __future__ import annotations

import unicodedata


def inert(text: str) -> str:
    """The text without what moves a cursor, turns the reading direction or hides itself."""
    return "".join("·" if unicodedata.category(char)[0] == "C" else char for char in text)
