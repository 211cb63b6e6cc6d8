"""Secrets from which follows where a sealed blob lies, and who reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from client.sealing.kdf import hkdf
from client.sealing.keys import SigningKey


@dataclass(frozen=True)
class Derived:
    """A secret of 32 bytes, from which all else follows; `LABEL` says what it is a secret of."""

    LABEL: ClassVar[str]

    secret: bytes = field(repr=False)

    def _derived(self, what: str, length: int = 32) -> bytes:
        return hkdf(self.secret, b"", f"aparte/1 {self.LABEL} {what}", length)

    @property
    def place(self) -> bytes:
        """The id of the blob: 16 bytes."""
        return self._derived("place", 16)

    @property
    def reader(self) -> SigningKey:
        """What reads the blob, and whatever else lies beside it."""
        return SigningKey(self._derived("read"))
