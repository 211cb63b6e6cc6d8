"""The index of a study: what a list of its series shows, and where each file lies (Studies)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from client.sealing.encoding import json_bytes
from client.sealing.errors import SealCode, SealError
from client.sealing.statement import natural_member, versioned

NAME = "index.json"
INDEX_BYTES = 8 * 1024 * 1024
INSTANCES = 10_000
TAGS = 64
_MOST = 2**53
_TAG = re.compile(r"[0-9A-F]{8}")
_VR = re.compile(r"[A-Z]{2}")
# A local file header (APPNOTE 4.3.7), up to the name.
_LOCAL_BYTES = 30
_LOCAL = b"PK\x03\x04"
_ENCRYPTED = 1

# An object of the DICOM JSON model: whoever made the index wrote what stands in it.
Dataset = dict[str, Any]


@dataclass(frozen=True)
class Instance:
    """A DICOM file of `length` bytes, `at` bytes behind the index."""

    at: int
    length: int
    dataset: Dataset


@dataclass(frozen=True)
class Series:
    dataset: Dataset
    instances: tuple[Instance, ...]


@dataclass(frozen=True)
class Study:
    dataset: Dataset
    series: tuple[Series, ...]


@dataclass(frozen=True)
class Index:
    studies: tuple[Study, ...]

    @property
    def series(self) -> Iterator[Series]:
        return (series for study in self.studies for series in study.series)

    @property
    def instances(self) -> Iterator[Instance]:
        """In the order in which they are shown, and lie in the zip."""
        return (instance for series in self.series for instance in series.instances)

    def encode(self) -> bytes:
        """The line that the zip begins with. Raises `bad_form` for what no reader would take."""
        studies = [
            {
                "dataset": study.dataset,
                "series": [
                    {
                        "dataset": series.dataset,
                        "instances": [
                            {"at": one.at, "length": one.length, "dataset": one.dataset}
                            for one in series.instances
                        ],
                    }
                    for series in study.series
                ],
            }
            for study in self.studies
        ]
        line = json_bytes({"v": 1, "studies": studies}) + b"\n"
        read_index(line)
        return line


def index_begins(start: bytes) -> int:
    """Where the index begins in a zip that begins so: behind the header of its first file.

    Raises `bad_form` where that is another file, or not there as it is.
    """
    names, extra = (int.from_bytes(start[at : at + 2], "little") for at in (26, 28))
    named = start[_LOCAL_BYTES : _LOCAL_BYTES + names]
    flags, method = (int.from_bytes(start[at : at + 2], "little") for at in (6, 8))
    if not start.startswith(_LOCAL) or named != NAME.encode():
        raise SealError(SealCode.BAD_FORM, "a zip that does not begin with an index")
    if method or flags & _ENCRYPTED:
        raise SealError(SealCode.BAD_FORM, "an index that is packed")
    return _LOCAL_BYTES + names + extra


def read_index(line: bytes) -> Index:
    """Read an index, with the line feed at its end.

    Raises `bad_form`, or `bad_suite` for another version.
    """
    if len(line) > INDEX_BYTES or line.find(b"\n") != len(line) - 1:
        raise SealError(SealCode.BAD_FORM, "an index is one line of at most 8 MiB")
    index = Index(tuple(_study(study) for study in _objects(versioned(line), "studies")))
    count, end = 0, 0
    for instance in index.instances:
        count += 1
        if instance.at < end:
            raise SealError(SealCode.BAD_FORM, "instances that do not lie one behind the other")
        end = instance.at + instance.length
    if count > INSTANCES or end >= _MOST:
        raise SealError(SealCode.BAD_FORM, "too many instances, or too long ones")
    return index


def _objects(value: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    found = value.get(name)
    if not isinstance(found, list) or not 1 <= len(found) <= INSTANCES:
        raise SealError(SealCode.BAD_FORM, f"{name} is not a list of 1 to {INSTANCES:,}")
    for one in found:
        if not isinstance(one, dict):
            raise SealError(SealCode.BAD_FORM, f"{name} has something else than objects")
        yield one


def _study(value: dict[str, Any]) -> Study:
    return Study(_dataset(value), tuple(_series(one) for one in _objects(value, "series")))


def _series(value: dict[str, Any]) -> Series:
    return Series(_dataset(value), tuple(_instance(one) for one in _objects(value, "instances")))


def _instance(value: dict[str, Any]) -> Instance:
    at, length = natural_member(value, "at"), natural_member(value, "length")
    if length == 0:
        raise SealError(SealCode.BAD_FORM, "a file of no bytes")
    return Instance(at, length, _dataset(value))


def _dataset(value: dict[str, Any]) -> Dataset:
    found = value.get("dataset")
    if not isinstance(found, dict) or len(found) > TAGS:
        raise SealError(SealCode.BAD_FORM, f"a dataset is an object of at most {TAGS} tags")
    for tag, element in found.items():
        if not _TAG.fullmatch(tag) or not isinstance(element, dict):
            raise SealError(SealCode.BAD_FORM, "a tag of another form")
        vr, values = element.get("vr"), element.get("Value", [None])
        if not isinstance(vr, str) or not _VR.fullmatch(vr):
            raise SealError(SealCode.BAD_FORM, "a tag without a value representation")
        if not isinstance(values, list) or not values:
            raise SealError(SealCode.BAD_FORM, "a value that is not a list, or an empty one")
    return found
