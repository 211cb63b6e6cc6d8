"""One-time enrolment codes, each a file named after the code's hash.

Files, because `aparte-server enrol` is another process than the server, and the database has one
writer. What is on the disk enrols nobody: 16 random bytes do not follow from their hash.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from pathlib import Path

from server.engines.faults import StorageFailed
from server.engines.files import sync_folder, write_durably

CODE_BYTES = 16


def hash_of(code: bytes) -> bytes:
    return hashlib.sha256(code).digest()


class Codes:
    """The folder of unused codes; `folder` is made when the first one is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, code: bytes, expires: float) -> None:
        """Make a code usable once, until then (Unix seconds). Raises StorageFailed."""
        try:
            if not self._folder.exists():
                self._folder.mkdir(mode=0o700, parents=True)
                sync_folder(self._folder.parent)
            write_durably(self._path(hash_of(code)), str(int(expires)).encode())
        except OSError as fault:
            raise StorageFailed from fault

    async def is_good(self, code: bytes, now: float) -> bool:
        """Whether the operator has made this code, and it has neither been removed nor expired."""
        expires = await asyncio.to_thread(self._expires, self._path(hash_of(code)))
        return expires > now

    async def remove(self, code: bytes) -> None:
        """Best effort: that a code was used is written in the database."""
        with contextlib.suppress(OSError):
            await asyncio.to_thread(self._path(hash_of(code)).unlink, missing_ok=True)

    def held(self) -> list[str]:
        """The hashes of those that were neither used nor removed. Raises OSError."""
        if not self._folder.exists():
            return []
        return sorted(path.name for path in self._folder.iterdir())

    async def sweep(self, now: float) -> None:
        """Remove what has expired."""
        await asyncio.to_thread(self._sweep, now)

    def _sweep(self, now: float) -> None:
        if not self._folder.exists():
            return
        for path in self._folder.iterdir():
            if self._expires(path) <= now:
                path.unlink(missing_ok=True)

    def _path(self, hashed: bytes) -> Path:
        return self._folder / hashed.hex()

    @staticmethod
    def _expires(path: Path) -> float:
        try:
            return int(path.read_bytes())
        except (OSError, ValueError):
            return 0
