"""The server's own signing key: made at the first start, kept in a file of its own.

It signs what the server accepted, vouches for the nonces that it issued, and opens nothing.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from pathlib import Path

from nacl.signing import SigningKey

from server.engines.faults import StorageFailed
from server.engines.files import write_first
from signaling.wire import KEY_BYTES, fields

_NAME = "server-key"


class ServerKey:
    """The key of a data folder. Nothing is touched before `open()`."""

    def __init__(self, data: Path, random: Callable[[int], bytes]) -> None:
        self._path = data / _NAME
        self._random = random
        self._key: SigningKey | None = None

    def __repr__(self) -> str:
        return "ServerKey(hidden)"

    async def open(self) -> None:
        """Read the key, or make it. Raises StorageFailed."""
        try:
            seed = await asyncio.to_thread(self._seed)
        except OSError as fault:
            raise StorageFailed from fault
        if len(seed) != KEY_BYTES:
            text = f"{_NAME} is not a key: put it back from a copy, or remove it for a new one"
            raise StorageFailed from OSError(text)
        self._key = SigningKey(seed)

    def _seed(self) -> bytes:
        if not self._path.exists():
            write_first(self._path, self._random(KEY_BYTES))
        return self._path.read_bytes()

    @property
    def _opened(self) -> SigningKey:
        if self._key is None:
            raise RuntimeError("the key is read when the server starts")
        return self._key

    @property
    def public(self) -> bytes:
        """32 bytes."""
        return bytes(self._opened.verify_key)

    def sign(self, label: bytes, *parts: bytes) -> bytes:
        """64 bytes over `fields(label, parts…)` (docs/protocol.md)."""
        return self._opened.sign(fields(label, *parts)).signature

    def mac(self, label: bytes, data: bytes) -> bytes:
        """32 bytes that only the processes of this data folder can make: HMAC-SHA256.

        Each label has a key of its own, from which the signing key does not follow.
        """
        key = hmac.digest(bytes(self._opened), b"aparte/1 mac " + label, "sha256")
        return hmac.digest(key, data, "sha256")
