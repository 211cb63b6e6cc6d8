"""What of some files and folders is a study, put in order as one zip that begins with its index."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from client.documents.sources import (
    Source,
    SourceUnreadable,
    ZipSource,
    source_of,
    walk,
    zip_name,
)
from client.documents.zipping import Entry, places
from client.imaging.head import LeftOut, Reason, head_of
from client.imaging.members import members
from client.imaging.order import Found, in_order
from client.sealing import study
from client.sealing.errors import SealError
from client.sealing.study import Index, Instance, Series, Study


@dataclass(frozen=True)
class _Placed:
    """A file under the name that says where it is shown; its own name may say whose it is."""

    name: str
    entry: Entry

    @property
    def size(self) -> int:
        return self.entry.size

    @property
    def written(self) -> int:
        return self.entry.written

    @property
    def stamp(self) -> str:
        return f"{self.name}:{self.entry.stamp}"

    def read(self) -> Iterator[bytes]:
        return self.entry.read()


@dataclass(frozen=True)
class _Made:
    """The index: written by nobody else, at the same time as the newest file that it names."""

    content: bytes
    written: int
    name: str = study.NAME

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def stamp(self) -> str:
        return f"{self.name}:{hashlib.sha256(self.content).hexdigest()}"

    def read(self) -> Iterator[bytes]:
        yield self.content


@dataclass(frozen=True)
class Collected:
    """A study that was found, and how many files were left out of it, by why."""

    source: Source
    index: Index
    left_out: Counter[Reason]

    def lines(self) -> Iterator[str]:
        """What is said of it before it is sent."""
        studies = _counted(len(self.index.studies), "study", "studies")
        series = _counted(len(list(self.index.series)), "series", "series")
        yield f"{studies}: {series}, {_counted(len(list(self.index.instances)), 'image')}."
        if left := self.left_out.total():
            whys = ", ".join(f"{count} {why}" for why, count in sorted(self.left_out.items()))
            yield f"{_counted(left, 'file')} left out: {whys}."


def _counted(count: int, one: str, several: str = "") -> str:
    return f"{count:,} {one if count == 1 else several or f'{one}s'}"


def collect(paths: Sequence[Path], name: str | None = None) -> Collected | None:
    """The study in these files, folders and zips; nothing where no file is DICOM.

    `name` is that of the zip, if another than the path's own.

    Raises ValueError for more than one study may have, or no file at all.
    """
    left_out: Counter[Reason] = Counter()
    shown = in_order(_found(_entries(paths), left_out))
    if not shown:
        return None
    files = [
        _Placed(f"study-{a}/series-{b}/image-{c:05}.dcm", one.file)
        for a, series in enumerate(shown, 1)
        for b, images in enumerate(series, 1)
        for c, one in enumerate(images, 1)
    ]
    index = _index(shown, files)
    try:
        line = _Made(index.encode(), max(file.written for file in files))
    except SealError:
        raise ValueError("what a list says of these images is too long") from None
    source = ZipSource(name or zip_name(paths), [line, *files], "imaging")
    return Collected(source, index, left_out)


def recognised(paths: Sequence[Path]) -> tuple[Source, Collected | None]:
    """What to send: the study in these paths, or else the paths as they are. Raises ValueError."""
    found = collect(paths)
    return (found.source, found) if found else (source_of(paths), None)


def _entries(paths: Sequence[Path]) -> Iterator[Entry]:
    given = {path.resolve() for path in paths}
    for entry in walk(paths):
        inside = members(entry.path) if entry.path in given else None
        if inside is None:
            yield entry
        else:
            yield from inside


def _found(entries: Iterable[Entry], left_out: Counter[Reason]) -> Iterator[Found[Entry]]:
    seen: set[str] = set()
    for entry in entries:
        try:
            head = head_of(entry.read(), entry.size)
            if head.instance_uid in seen:
                raise LeftOut(Reason.TWICE)
        except LeftOut as error:
            left_out[error.reason] += 1
            continue
        except SourceUnreadable:
            left_out[Reason.DAMAGED] += 1
            continue
        seen.add(head.instance_uid)
        if len(seen) > study.INSTANCES:
            raise ValueError(f"more than {study.INSTANCES:,} images")
        yield Found(head, entry)


def _index(shown: list[list[list[Found[Entry]]]], files: Sequence[Entry]) -> Index:
    # Behind the line feed comes what stands behind the index as a file of the zip.
    before = _Made(b"", 0)
    (begin, *begins, _) = places([before, *files])
    placed = zip(begins, files, strict=False)

    def instance(one: Found[Entry]) -> Instance:
        at, file = next(placed)
        return Instance(at - begin, file.size, one.head.instance)

    def series(images: list[Found[Entry]]) -> Series:
        return Series(images[0].head.series, tuple(map(instance, images)))

    return Index(
        tuple(Study(one[0][0].head.study, tuple(map(series, one))) for one in shown),
    )
