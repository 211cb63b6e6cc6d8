"""What is sent as one part: a file as it is, or several files and folders as one zip.

Sources say how long they are before they are read, and read the same twice: an upload that was cut
goes on in the middle.
"""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from client.documents.zipping import Entry, zip_chunks, zip_length
from client.limits import FOLDER_FILES
from client.sealing.statement import Kind
from client.sealing.tree import CHUNK_BYTES


class SourceChanged(Exception):
    """A file is no longer what it was when sending began."""


class SourceUnreadable(Exception):
    """A file cannot be read just now."""


class Source(Protocol):
    """`name` and `media` are those of the part, `length` in bytes; `stamp` shows a change.

    `kind` is what its author states that it is.
    """

    name: str
    media: str
    length: int
    kind: Kind

    @property
    def stamp(self) -> str: ...

    def chunks(self, first: int = 0) -> Iterator[bytes]:
        """64 KiB at a time (the last may be shorter), from chunk number `first` on.

        Raises SourceChanged, SourceUnreadable.
        """
        ...


@dataclass(frozen=True)
class FileEntry:
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


def _entry(path: Path, name: str) -> FileEntry:
    found = path.stat()
    return FileEntry(path, name, found.st_size, found.st_mtime_ns)


class FileSource:
    """One file."""

    kind: Kind = "file"

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


class ZipSource:
    """Several files in a zip without compression."""

    media = "application/zip"

    def __init__(self, name: str, entries: Sequence[Entry], kind: Kind = "file") -> None:
        self._entries = entries
        self.name = name
        self.kind: Kind = kind
        self.length = zip_length(entries)

    @property
    def stamp(self) -> str:
        return "\n".join(entry.stamp for entry in self._entries)

    def chunks(self, first: int = 0) -> Iterator[bytes]:
        """From the middle on it is written from the beginning, and not given."""
        for number, chunk in enumerate(zip_chunks(self._entries)):
            if number >= first:
                yield chunk


def walk(paths: Sequence[Path]) -> Iterator[FileEntry]:
    """The files, and those in the folders, each once, under names that begin with the path's own.

    Raises ValueError for more files than may be, none at all, or two of one name.
    """
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
            if len(names) > FOLDER_FILES:
                raise ValueError(f"more than {FOLDER_FILES:,} files")
            yield _entry(file, name)
    if not names:
        raise ValueError("no file is there")


def zip_name(paths: Sequence[Path]) -> str:
    """What the zip of these is called."""
    name = paths[0].resolve().name if len(paths) == 1 else "documents"
    return f"{name.removesuffix('.zip')}.zip"


def source_of(paths: Sequence[Path]) -> Source:
    """One file stays what it is; a folder, or several things, become a zip. Raises ValueError."""
    (first, *more) = paths
    if not more and first.is_file():
        return FileSource(first)
    return ZipSource(zip_name(paths), list(walk(paths)))
