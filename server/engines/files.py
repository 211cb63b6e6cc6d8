"""Files whose keeping was acknowledged are on the disk: file fsynced, then its folder.

A file has a random name that its store writes into a record. Without the record it is nobody's:
what a killed process left behind is found by `strangers()`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
from collections.abc import AsyncIterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import BinaryIO

from server.engines.faults import StorageFailed

NAME_BYTES = 16
_NAME = re.compile(r"[0-9a-f]{32}")
_CHUNK = 256 * 1024


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_durably(path: Path, data: bytes) -> None:
    """Make a new small file, whole or not at all. Raises OSError."""
    _draft(path.with_name(f".{path.name}"), data).replace(path)
    sync_folder(path.parent)


def write_first(path: Path, data: bytes) -> None:
    """As `write_durably`, unless somebody else was first: then theirs stays. Raises OSError."""
    draft = _draft(path.with_name(f".{path.name}.{secrets.token_hex(8)}"), data)
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
    sync_folder(path.parent)


def _draft(draft: Path, data: bytes) -> Path:
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return draft


class Draft:
    """A file being written. It is `keep()`-ed or `drop()`-ed."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path = path
        self._file = file

    async def write(self, chunks: Sequence[bytes]) -> None:
        """Put these behind what was written before. Raises StorageFailed."""
        try:
            await asyncio.to_thread(self._write, chunks)
        except OSError as fault:
            raise StorageFailed from fault

    def _write(self, chunks: Sequence[bytes]) -> None:
        self._file.writelines(chunks)
        # The disk begins, and `keep()` waits for the rest alone (posix_fadvise(2), on dirty pages).
        os.posix_fadvise(self._file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    async def keep(self) -> None:
        """Make it durable. Raises StorageFailed."""
        try:
            await asyncio.to_thread(self._keep)
        except OSError as fault:
            raise StorageFailed from fault

    def _keep(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        sync_folder(self._path.parent)

    def drop(self) -> None:
        """Forget it, kept or not."""
        # Closing writes what was buffered, which fails on a full disk.
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(OSError):
            self._path.unlink()


class Files:
    """One flat folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def open(self) -> None:
        """Make the folder. Raises StorageFailed."""
        try:
            await asyncio.to_thread(self._make)
        except OSError as fault:
            raise StorageFailed from fault

    def _make(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(self._folder.parent)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError("the name of a file is 32 hexadecimal digits")
        return self._folder / name

    async def draft(self, name: str) -> Draft:
        """Begin a new file. Raises StorageFailed."""
        path = self._path(name)
        try:
            return Draft(path, await asyncio.to_thread(path.open, "xb", _CHUNK))
        except OSError as fault:
            raise StorageFailed from fault

    async def read(self, name: str, first: int, count: int) -> AsyncIterator[bytes]:
        """Give `count` bytes of a file from `first` on, bit by bit. Raises StorageFailed."""
        try:
            file = await asyncio.to_thread(self._path(name).open, "rb")
            try:
                await asyncio.to_thread(file.seek, first)
                while count > 0 and (
                    chunk := await asyncio.to_thread(file.read, min(_CHUNK, count))
                ):
                    count -= len(chunk)
                    yield chunk
            finally:
                file.close()
        except OSError as fault:
            raise StorageFailed from fault

    async def remove(self, name: str) -> None:
        """Remove a file that is there no more, or still. Raises StorageFailed."""
        try:
            await asyncio.to_thread(self._path(name).unlink, missing_ok=True)
        except OSError as fault:
            raise StorageFailed from fault

    async def strangers(self, known: AbstractSet[str]) -> list[str]:
        """The files that no record names."""
        names = await asyncio.to_thread(os.listdir, self._folder)
        return [name for name in names if _NAME.fullmatch(name) and name not in known]
