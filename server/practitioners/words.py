"""Words as they are searched for: without case, accents and punctuation."""

from __future__ import annotations

import unicodedata

from server.practitioners.papers import Card

# Letters that Unicode takes for letters of their own, and people type without their stroke.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe"}
)


def folded(text: str) -> str:
    """Words without case, accents and punctuation, one space before each: ` lukasz sahin`."""
    # Twice: a letter made small may come apart, and one that came apart may be large.
    small = unicodedata.normalize("NFKD", text.casefold()).casefold()
    plain = unicodedata.normalize("NFKD", small.translate(_PLAIN))
    letters = (c for c in plain if not unicodedata.combining(c))
    words = "".join(c if c.isalnum() else " " for c in letters).split()
    return "".join(f" {word}" for word in words)


def keys_of(card: Card) -> dict[str, str | bool]:
    """What a card is found by."""
    text = card.text
    return {
        "listed": text.listed,
        "name_key": folded(text.name),
        "profession_key": folded(f"{text.profession} {text.speciality}"),
        "place_key": folded(text.place),
        "languages": "".join(f" {one}" for one in text.languages),
    }
