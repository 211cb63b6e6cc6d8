"""The pages' own texts, so that a test can be led through them in any language."""

from __future__ import annotations

import functools
import json
from pathlib import Path

_FEATURES = Path(__file__).resolve().parents[2] / "web" / "src" / "features"
LANGUAGES = ("fr", "en")


@functools.cache
def _texts(feature: str, language: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads(
        (_FEATURES / feature / "texts" / f"{language}.json").read_text()
    )
    return texts


def say(language: str, name: str) -> str:
    """The text of `feature.key`, as in `guest.continue`."""
    feature, key = name.split(".")
    return _texts(feature, language)[key]
