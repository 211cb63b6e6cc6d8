"""Where the marks lie that a practice keeps of a study (Marks of a practice)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from client.sealing.derived import Derived
from client.sealing.xwing import KemKey


@dataclass(frozen=True)
class PracticeMarks(Derived):
    """The secret stands in a record of the practice's vault."""

    LABEL: ClassVar[str] = "practice marks"

    @property
    def key(self) -> KemKey:
        """What opens the blob."""
        return KemKey(self._derived("key"))
