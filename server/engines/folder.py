"""The data folder: made if it is not there, and held while a server runs over it."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from server.engines.faults import StorageFailed
from server.engines.files import sync_folder

_PAUSE = 0.05
_PATIENCE = 30.0


class Claim:
    """A hold on a folder. `alone`: no other process was there when it began."""

    def __init__(self, lock: BinaryIO, *, alone: bool) -> None:
        self._lock = lock
        self.alone = alone

    def share(self) -> None:
        """Let others in, who find us there."""
        fcntl.flock(self._lock, fcntl.LOCK_SH)


@contextlib.asynccontextmanager
async def claimed(folder: Path, *, shared: bool) -> AsyncIterator[Claim]:
    """Hold the folder while the block runs; the lock goes with the process, however it ends.

    Processes that share a database and a bus may share it, once the first has called `share()`.
    Any other two would be two writers of one database, and each would erase the other's uploads
    as strangers. Raises StorageFailed.
    """
    with _lock_of(folder) as lock:
        yield Claim(lock, alone=await _alone(lock, shared=shared))


def _lock_of(folder: Path) -> BinaryIO:
    try:
        if not folder.exists():
            # Another process may be making it.
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(folder.parent)
        return (folder / "lock").open("ab")
    except OSError as fault:
        raise StorageFailed from fault


async def _alone(lock: BinaryIO, *, shared: bool) -> bool:
    for _ in range(int(_PATIENCE / _PAUSE)):
        if _locks(lock, fcntl.LOCK_EX):
            return True
        if shared and _locks(lock, fcntl.LOCK_SH):
            return False
        if not shared:
            break
        # Another one is just beginning, alone as far as it knows.
        await asyncio.sleep(_PAUSE)
    raise StorageFailed from BlockingIOError("another aparte-server is using it")


def _locks(lock: BinaryIO, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
