"""Zips that are looked into: the files of a disc that came as one, read where they lie."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from client.documents.sources import SourceChanged, SourceUnreadable
from client.limits import FOLDER_FILES, ZIP_LIST_BYTES
from client.sealing.tree import CHUNK_BYTES

_ENCRYPTED = 1
_LOCAL, _LOCAL_BYTES = b"PK\x03\x04", 30


class _Listed(io.FileIO):
    """A zip whose list of files, which is read in one piece, is of a sane length."""

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > ZIP_LIST_BYTES:
            raise zipfile.BadZipFile("a list of files that is too long")
        return super().read(-1 if size is None else size)


@dataclass(frozen=True)
class Member:
    """A file in a zip. `size` is what the zip's list says, and `written` is when the zip was."""

    path: Path
    written: int
    info: zipfile.ZipInfo

    @property
    def name(self) -> str:
        return self.info.filename

    @property
    def size(self) -> int:
        return self.info.file_size

    @property
    def stamp(self) -> str:
        return f"{self.name}:{self.size}:{self.info.CRC}:{self.written}"

    def read(self) -> Iterator[bytes]:
        """No more than its size, and all of that. Raises SourceChanged, SourceUnreadable."""
        left, crc = self.size, 0
        try:
            with self.path.open("rb") as file:
                if os.fstat(file.fileno()).st_mtime_ns != self.written:
                    raise SourceChanged(str(self.path))
                for block in self._plain(file):
                    left -= len(block)
                    crc = zlib.crc32(block, crc)
                    if left < 0:
                        break
                    yield block
        except OSError as error:
            raise SourceUnreadable(f"{self.path}: {error.strerror}") from error
        except zlib.error as error:
            raise self._damaged() from error
        if left or crc != self.info.CRC:
            raise self._damaged()

    def _damaged(self) -> SourceUnreadable:
        return SourceUnreadable(f"{self.path}: {self.name} is damaged, or packed in another way")

    def _plain(self, file: BinaryIO) -> Iterator[bytes]:
        file.seek(self.info.header_offset)
        head = file.read(_LOCAL_BYTES)
        if not head.startswith(_LOCAL) or self.info.flag_bits & _ENCRYPTED:
            raise self._damaged()
        names, extra = (int.from_bytes(head[at : at + 2], "little") for at in (26, 28))
        file.seek(names + extra, os.SEEK_CUR)
        if self.info.compress_type == zipfile.ZIP_STORED:
            yield from _blocks(file, self.info.compress_size)
            return
        # Others may want more memory than there is to open a small file.
        if self.info.compress_type != zipfile.ZIP_DEFLATED:
            raise self._damaged()
        inflating = zlib.decompressobj(-zlib.MAX_WBITS)
        for block in _blocks(file, self.info.compress_size):
            packed = block
            while plain := inflating.decompress(packed, CHUNK_BYTES):
                yield plain
                packed = inflating.unconsumed_tail


def _blocks(file: BinaryIO, length: int) -> Iterator[bytes]:
    while length > 0 and (block := file.read(min(CHUNK_BYTES, length))):
        length -= len(block)
        yield block


def members(path: Path) -> list[Member] | None:
    """The files in it, or nothing where it is no zip.

    Raises ValueError for more files than may be.
    """
    written = path.stat().st_mtime_ns
    try:
        with _Listed(path) as file:
            listed = zipfile.ZipFile(file).infolist() if zipfile.is_zipfile(file) else None
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        return None
    if listed is None:
        return None
    if len(listed) > FOLDER_FILES:
        raise ValueError(f"more than {FOLDER_FILES:,} files")
    return [Member(path, written, one) for one in listed if not one.is_dir()]
