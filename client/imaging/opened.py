"""A study that has come as one zip: what is where in it, by its index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from client.imaging.head import LeftOut, head_of
from client.sealing.errors import SealCode, SealError
from client.sealing.study import INDEX_BYTES, index_begins, read_index

_BLOCK_BYTES = 256 * 1024
# The header of a zip's first file is shorter by far.
_BEGINNING = 64 * 1024


@dataclass(frozen=True)
class Image:
    """A DICOM file that lies in a zip."""

    zip: Path
    offset: int
    length: int
    uid: str

    def read(self) -> Iterator[bytes]:
        return _section(self.zip, self.offset, self.length)


def _section(path: Path, offset: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(offset)
        while length > 0 and (block := file.read(min(_BLOCK_BYTES, length))):
            length -= len(block)
            yield block


def images(path: Path) -> list[Image]:
    """Those of a study, in its order, each of which is a DICOM file.

    Raises SealError `bad_form`, and as `read_index` does.
    """
    with path.open("rb") as file:
        start = file.read(_BEGINNING + INDEX_BYTES)
    begin = index_begins(start)
    end = start.find(b"\n", begin) + 1
    size = path.stat().st_size
    found = []
    for one in read_index(start[begin:end]).instances:
        offset = end + one.at
        if offset + one.length > size:
            raise SealError(SealCode.BAD_FORM, "an image behind the end of the zip")
        try:
            head = head_of(_section(path, offset, one.length), one.length)
        except LeftOut as error:
            raise SealError(SealCode.BAD_FORM, f"an image that is {error.reason}") from None
        found.append(Image(path, offset, one.length, head.instance_uid))
    return found
