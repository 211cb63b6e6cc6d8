"""The data folder: made if it is not there, and one process's at a time."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from server.engines.faults import StorageFailed
from server.engines.files import sync_folder


@contextlib.contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Hold the folder while the block runs; the lock goes with the process, however it ends.

    Two servers over one folder would be two writers of one database, and each would erase the
    other's uploads as strangers. Raises StorageFailed.
    """
    try:
        if not folder.exists():
            folder.mkdir(mode=0o700, parents=True)
            sync_folder(folder.parent)
        lock = (folder / "lock").open("ab")
    except OSError as fault:
        raise StorageFailed from fault
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            text = "another aparte-server is using it"
            raise StorageFailed from BlockingIOError(text)
        yield
