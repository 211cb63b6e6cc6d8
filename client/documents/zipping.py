"""A zip without compression that is written straight through, of a length known before.

Each file has its lengths and its checksum behind it (Permits), in their 64-bit form.
"""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterator, Sequence
from typing import Protocol

from client.sealing.tree import CHUNK_BYTES

# The first and last times that a zip can write.
_YEARS = 1980, 2107
# What stands around a file, and at the end.
_LOCAL, _EXTRA, _AFTER = 30, 20, 24
_CENTRAL, _END, _END_64 = 46, 22, 76
_LARGE = zipfile.ZIP64_LIMIT
_UNIX = 3


class Entry(Protocol):
    """What is put into a zip: its name there, its size in bytes, when it was written (in ns).

    `stamp` shows a change.
    """

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int: ...

    @property
    def written(self) -> int: ...

    @property
    def stamp(self) -> str: ...

    def read(self) -> Iterator[bytes]:
        """All of it. Raises SourceChanged, SourceUnreadable."""
        ...


class _Pipe:
    """What a zip is written to: a stream that cannot go back, and is emptied from time to time."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits but for `take`."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self, *, all_of_it: bool = False) -> Iterator[bytes]:
        while len(self._held) >= CHUNK_BYTES or (all_of_it and self._held):
            yield bytes(self._held[:CHUNK_BYTES])
            del self._held[:CHUNK_BYTES]


def zip_chunks(entries: Sequence[Entry]) -> Iterator[bytes]:
    """64 KiB at a time; the last may be shorter."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED, allowZip64=True) as made:
        for entry in entries:
            with made.open(_info(entry), "w", force_zip64=True) as inside:
                for block in entry.read():
                    inside.write(block)
                    yield from pipe.take()
            yield from pipe.take()
    yield from pipe.take(all_of_it=True)


def _info(entry: Entry) -> zipfile.ZipInfo:
    when = time.gmtime(entry.written // 10**9)
    year = min(max(when.tm_year, _YEARS[0]), _YEARS[1])
    info = zipfile.ZipInfo(entry.name, (year, *when[1:6]))
    # Whoever unpacks it may read and write it; what the sender may do with it is nobody's business.
    info.create_system = _UNIX
    info.external_attr = 0o600 << 16
    return info


def places(entries: Sequence[Entry]) -> Iterator[int]:
    """Where the bytes of each begin, and at last where what follows all of them does."""
    at = 0
    for entry in entries:
        at += _LOCAL + len(entry.name.encode()) + _EXTRA
        yield at
        at += entry.size + _AFTER
    yield at


def zip_length(entries: Sequence[Entry]) -> int:
    """As `zipfile` writes it; a test compares the two."""
    at = central = 0
    (*begins, end) = places(entries)
    for entry, begin in zip(entries, begins, strict=True):
        name = len(entry.name.encode())
        wide = entry.size > _LARGE
        extra = (16 if wide else 0) + (8 if at > _LARGE else 0)
        central += _CENTRAL + name + (4 + extra if extra else 0)
        at = begin + entry.size + _AFTER
    wide = len(entries) > zipfile.ZIP_FILECOUNT_LIMIT or end > _LARGE or central > _LARGE
    return end + central + _END + (_END_64 if wide else 0)
