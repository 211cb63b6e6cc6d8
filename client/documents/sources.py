"""What is sent as one part: a file as it is, or several files and folders as one zip.

Sources say how long they are before they are read, and read the same twice: an upload that was cut
goes on in the middle.
"""

from __future__ import annotations

import mimetypes
import os
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from client.sealing.tree import CHUNK_BYTES

FILES = 100_000
# The first and last times that a zip can write.
_YEARS = 1980, 2107
# What a zip that is written straight through, in its 64-bit form, has around a file and at its end.
_LOCAL, _EXTRA, _AFTER = 30, 20, 24
_CENTRAL, _END, _END_64 = 46, 22, 76
_LARGE = zipfile.ZIP64_LIMIT
_UNIX = 3


class SourceChanged(Exception):
    """A file is no longer what it was when sending began."""


class SourceUnreadable(Exception):
    """A file cannot be read just now."""


class Source(Protocol):
    """`name` and `media` are those of the part, `length` in bytes; `stamp` shows a change."""

    name: str
    media: str
    length: int

    @property
    def stamp(self) -> str: ...

    def chunks(self, first: int = 0) -> Iterator[bytes]:
        """64 KiB at a time (the last may be shorter), from chunk number `first` on.

        Raises SourceChanged, SourceUnreadable.
        """
        ...


@dataclass(frozen=True)
class _Entry:
    """A file, what it is called in a zip, its size in bytes and when it was written."""

    path: Path
    name: str
    size: int
    written: int

    @property
    def stamp(self) -> str:
        return f"{self.name}:{self.size}:{self.written}"

    def read(self, offset: int = 0) -> Iterator[bytes]:
        """Raises SourceChanged, SourceUnreadable."""
        left = self.size - offset
        try:
            with self.path.open("rb") as file:
                file.seek(offset)
                while left > 0 and (block := file.read(min(CHUNK_BYTES, left))):
                    left -= len(block)
                    yield block
                if left > 0 or file.read(1) or os.fstat(file.fileno()).st_mtime_ns != self.written:
                    raise SourceChanged(str(self.path))
        except OSError as error:
            raise SourceUnreadable(f"{self.path}: {error.strerror}") from error


def _entry(path: Path, name: str) -> _Entry:
    found = path.stat()
    return _Entry(path, name, found.st_size, found.st_mtime_ns)


class FileSource:
    """One file."""

    def __init__(self, path: Path) -> None:
        self._entry = _entry(path, path.name)
        self.name = path.name
        self.media = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self.length = self._entry.size

    @property
    def stamp(self) -> str:
        return self._entry.stamp

    def chunks(self, first: int = 0) -> Iterator[bytes]:
        return self._entry.read(first * CHUNK_BYTES)


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


class ZipSource:
    """Several files, or what is in folders, in a zip without compression."""

    media = "application/zip"

    def __init__(self, paths: list[Path]) -> None:
        self._entries = list(_walk(paths))
        self.name = f"{paths[0].resolve().name if len(paths) == 1 else 'documents'}.zip"
        self.length = _zip_length(self._entries)

    @property
    def stamp(self) -> str:
        return "\n".join(entry.stamp for entry in self._entries)

    def chunks(self, first: int = 0) -> Iterator[bytes]:
        """From the middle on it is written from the beginning, and not given."""
        for number, chunk in enumerate(self._all()):
            if number >= first:
                yield chunk

    def _all(self) -> Iterator[bytes]:
        pipe = _Pipe()
        with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED, allowZip64=True) as made:
            for entry in self._entries:
                with made.open(_info(entry), "w", force_zip64=True) as inside:
                    for block in entry.read():
                        inside.write(block)
                        yield from pipe.take()
                yield from pipe.take()
        yield from pipe.take(all_of_it=True)


def _walk(paths: list[Path]) -> Iterator[_Entry]:
    """Raises ValueError for more files than may be, none at all, or two of one name."""
    names: set[str] = set()
    for path in paths:
        top = path.resolve()
        inside = sorted(top.rglob("*")) if top.is_dir() else [top]
        for file in inside:
            if file.is_symlink() or not file.is_file():
                continue
            name = file.relative_to(top.parent).as_posix()
            if name in names:
                raise ValueError(f"two files are called {name}")
            names.add(name)
            if len(names) > FILES:
                raise ValueError(f"more than {FILES:,} files")
            yield _entry(file, name)
    if not names:
        raise ValueError("no file is there")


def _info(entry: _Entry) -> zipfile.ZipInfo:
    when = time.gmtime(entry.written // 10**9)
    year = min(max(when.tm_year, _YEARS[0]), _YEARS[1])
    info = zipfile.ZipInfo(entry.name, (year, *when[1:6]))
    # Whoever unpacks it may read and write it; what the sender may do with it is nobody's business.
    info.create_system = _UNIX
    info.external_attr = 0o600 << 16
    return info


def _zip_length(entries: list[_Entry]) -> int:
    """As `zipfile` writes it; a test compares the two."""
    at = central = 0
    for entry in entries:
        name = len(entry.name.encode())
        wide = entry.size > _LARGE
        extra = (16 if wide else 0) + (8 if at > _LARGE else 0)
        central += _CENTRAL + name + (4 + extra if extra else 0)
        at += _LOCAL + name + _EXTRA + entry.size + _AFTER
    wide = len(entries) > zipfile.ZIP_FILECOUNT_LIMIT or at > _LARGE or central > _LARGE
    return at + central + _END + (_END_64 if wide else 0)


def source_of(paths: list[Path]) -> Source:
    """One file stays what it is; a folder, or several things, become a zip. Raises ValueError."""
    (first, *more) = paths
    return FileSource(first) if not more and first.is_file() else ZipSource(paths)
