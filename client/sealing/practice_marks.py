"""Where the marks lie that a practice keeps of a study (Marks of a practice)."""

from __future__ import annotations

from dataclasses import dataclass, field

from client.sealing.kdf import hkdf
from client.sealing.keys import SigningKey
from client.sealing.xwing import KemKey


@dataclass(frozen=True)
class PracticeMarks:
    """32 bytes, from which all else follows. They stand in a record of the practice's vault."""

    secret: bytes = field(repr=False)

    def _derived(self, what: str, length: int = 32) -> bytes:
        return hkdf(self.secret, b"", f"aparte/1 practice marks {what}", length)

    @property
    def place(self) -> bytes:
        """The id of the blob: 16 bytes."""
        return self._derived("place", 16)

    @property
    def reader(self) -> SigningKey:
        return SigningKey(self._derived("read"))

    @property
    def key(self) -> KemKey:
        """What opens the blob."""
        return KemKey(self._derived("key"))
