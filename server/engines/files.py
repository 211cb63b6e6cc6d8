"""Files that were acknowledged are on the disk: written aside, fsynced, renamed, folder fsynced."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import BinaryIO

from server.engines.faults import StorageFailed

_NAME = re.compile(r"[A-Za-z0-9_-]{22}")
_CHUNK = 256 * 1024


class Draft:
    """A file being written, unseen until it is kept."""

    def __init__(self, path: Path, final: Path, handle: BinaryIO) -> None:
        self._path = path
        self._final = final
        self._handle = handle
        self._kept = False
        self.length = 0

    async def write(self, chunk: bytes) -> None:
        """Raises StorageFailed."""
        try:
            await asyncio.to_thread(self._handle.write, chunk)
        except OSError as fault:
            raise StorageFailed from fault
        self.length += len(chunk)

    async def keep(self) -> None:
        """Make it durable under its name. Raises StorageFailed, and then nothing is kept."""
        try:
            await asyncio.to_thread(self._keep)
        except OSError as fault:
            raise StorageFailed from fault

    def _keep(self) -> None:
        self._handle.flush()
        os.fsync(self._handle.fileno())
        self._handle.close()
        self._path.replace(self._final)
        self._kept = True
        sync_folder(self._final.parent)

    def drop(self) -> None:
        """Forget it. A file that was kept, but whose row was not, goes too."""
        with contextlib.suppress(OSError):
            self._handle.close()
        for path in (self._path, *([self._final] if self._kept else [])):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Files:
    """One folder, spread over 64 by the first character of the name, and one for drafts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._drafts = folder / "drafts"
        self._drafts.mkdir(parents=True, exist_ok=True)
        # Drafts of a process that was killed: nobody was told that they are stored.
        for left in self._drafts.iterdir():
            left.unlink()

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError("the name of a file is an id")
        return self._folder / f"{ord(name[0]):02x}" / name

    async def draft(self, name: str, unique: str) -> Draft:
        """Begin a file; `unique` tells apart two writers of one name. Raises StorageFailed."""
        final = self._path(name)
        path = self._drafts / unique

        def begin() -> BinaryIO:
            if not final.parent.exists():
                final.parent.mkdir(exist_ok=True)
                sync_folder(self._folder)
            return path.open("xb")

        try:
            return Draft(path, final, await asyncio.to_thread(begin))
        except OSError as fault:
            raise StorageFailed from fault

    async def open(self, name: str) -> BinaryIO | None:
        """Raises StorageFailed; None where there is no such file."""
        try:
            return await asyncio.to_thread(self._path(name).open, "rb")
        except FileNotFoundError:
            return None
        except OSError as fault:
            raise StorageFailed from fault

    async def remove(self, name: str) -> None:
        """Raises StorageFailed."""
        try:
            await asyncio.to_thread(self._path(name).unlink, missing_ok=True)
        except OSError as fault:
            raise StorageFailed from fault


async def read_chunks(handle: BinaryIO) -> AsyncGenerator[bytes, None]:
    """Give a file piece by piece, and close it. Raises StorageFailed."""
    try:
        while chunk := await asyncio.to_thread(handle.read, _CHUNK):
            yield chunk
    except OSError as fault:
        raise StorageFailed from fault
    finally:
        handle.close()
