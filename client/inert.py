"""Names that somebody else chose, on a terminal."""

from __future__ import annotations

import unicodedata


def inert(text: str) -> str:
    """The text without what moves a cursor, turns the reading direction or hides itself."""
    return "".join("·" if _moves(unicodedata.category(char)) else char for char in text)


def _moves(category: str) -> bool:
    """Controls, formats, halves of pairs and the like, and what separates lines or paragraphs."""
    return category[0] == "C" or category in {"Zl", "Zp"}
