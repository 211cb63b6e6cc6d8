"""What stands at the beginning of a DICOM file (PS3.10): read with care, and never its pixels.

Whoever made a disc chose its bytes: no more than the head is read, and nothing in it is believed
but for how a list of series shows it.
"""

from __future__ import annotations

import math
import re
import warnings
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from pydicom import config
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset as Elements
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
)

from client.limits import DICOM_HEAD_BYTES, DICOM_VALUE_BYTES
from client.sealing.encoding import json_bytes
from client.sealing.study import Dataset

_PREAMBLE_BYTES = 128
_MAGIC = b"DICM"
_UID = re.compile(r"[0-9.]{1,64}")
# What some system or viewer would start, or show as something else, if the file came with a name.
_PROGRAMS = (
    *(b"MZ", b"\x7fELF", b"#!", b"PK", b"%PDF", b"\xca\xfe\xba\xbe"),
    *(b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe"),
)
_BLANK = b" \t\r\n\0\xef\xbb\xbf"

# Tags that a list of series shows, with the one VR that each has (PS3.6).
OF_STUDY = {
    0x0020000D: "UI",
    0x00080020: "DA",
    0x00081030: "LO",
    0x00100010: "PN",
    0x00100020: "LO",
    0x00100030: "DA",
    0x00100040: "CS",
}
OF_SERIES = {0x0020000E: "UI", 0x00080060: "CS", 0x00200011: "IS", 0x0008103E: "LO"}
OF_INSTANCE = {
    0x00080018: "UI",
    0x00080016: "UI",
    0x00200013: "IS",
    0x00280008: "IS",
    0x00280010: "US",
    0x00280011: "US",
}
_POSITION, _ORIENTATION = 0x00200032, 0x00200037
_MEDIA_CLASS, _TRANSFER_SYNTAX = 0x00020002, 0x00020010
# The last of the tags above: what comes behind is never looked at.
_LAST = 0x00280011

Vector = tuple[float, ...]


class Reason(StrEnum):
    """Why a file is left out."""

    NO_DICOM = "not DICOM"
    DIRECTORY = "a disc's own list of files (DICOMDIR)"
    TWICE = "there twice"
    PROGRAM = "made to look like a program"
    DAMAGED = "damaged, or in an unknown form"


class LeftOut(Exception):
    """This file is none that a study has."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Plane:
    """Where an image lies: its first corner, and the directions of its rows and columns."""

    position: Vector
    row: Vector
    column: Vector


@dataclass(frozen=True)
class Head:
    """Of one instance: its UIDs, and what an index says of it, its series and its study."""

    study: Dataset
    series: Dataset
    instance: Dataset
    plane: Plane | None

    @property
    def study_uid(self) -> str:
        return uid(self.study, "0020000D")

    @property
    def series_uid(self) -> str:
        return uid(self.series, "0020000E")

    @property
    def instance_uid(self) -> str:
        return uid(self.instance, "00080018")


def uid(dataset: Dataset, tag: str) -> str:
    """Raises LeftOut where it is none."""
    values = dataset.get(tag, {}).get("Value", [])
    if len(values) == 1 and isinstance(values[0], str) and _UID.fullmatch(values[0]):
        return values[0]
    raise LeftOut(Reason.DAMAGED)


def head_of(blocks: Iterator[bytes], size: int) -> Head:
    """Read no more of a file of `size` bytes than its head takes. Raises LeftOut."""
    start = bytearray()
    for block in blocks:
        start += block
        if len(start) >= min(size, DICOM_HEAD_BYTES):
            break
        if len(start) == len(block):
            # Nearly always the first block is enough.
            try:
                return read_head(bytes(start), whole=False)
            except LeftOut as error:
                if error.reason is not Reason.DAMAGED:
                    raise
    return read_head(bytes(start[:DICOM_HEAD_BYTES]), whole=size <= DICOM_HEAD_BYTES)


def read_head(start: bytes, *, whole: bool) -> Head:
    """Read how a file begins, which is all of it where `whole`.

    Raises LeftOut.
    """
    if start[_PREAMBLE_BYTES : _PREAMBLE_BYTES + len(_MAGIC)] != _MAGIC:
        raise LeftOut(Reason.NO_DICOM)
    if start.startswith(_PROGRAMS) or start.lstrip(_BLANK).startswith(b"<"):
        raise LeftOut(Reason.PROGRAM)
    try:
        with warnings.catch_warnings(), config.disable_value_validation():
            warnings.simplefilter("ignore")
            return _read(BytesIO(start), whole=whole)
    except LeftOut:
        raise
    except Exception as error:
        # Of hostile bytes the library may raise anything.
        raise LeftOut(Reason.DAMAGED) from error


def _read(file: BytesIO, *, whole: bool) -> Head:
    file.seek(_PREAMBLE_BYTES + len(_MAGIC))
    group = read_dataset(file, False, True, stop_when=lambda tag, _vr, _length: tag >> 16 != 2)
    if _text(group, _MEDIA_CLASS) == MediaStorageDirectoryStorage:
        raise LeftOut(Reason.DIRECTORY)
    syntax = _text(group, _TRANSFER_SYNTAX)
    if syntax == DeflatedExplicitVRLittleEndian:
        inflating = zlib.decompressobj(-zlib.MAX_WBITS)
        file = BytesIO(inflating.decompress(file.read(), DICOM_HEAD_BYTES))
        whole = whole and inflating.eof
    ended = _Ended(whole=whole)
    big = syntax == ExplicitVRBigEndian
    found = read_dataset(file, syntax == ImplicitVRLittleEndian, not big, stop_when=ended)
    ended.require(found)
    instance = {"00083002": {"vr": "UI", "Value": [syntax]}}
    uid(instance, "00083002")
    head = Head(
        _described(found, OF_STUDY),
        _described(found, OF_SERIES),
        _described(found, OF_INSTANCE) | instance,
        _plane(found),
    )
    # Without these it could be put nowhere.
    _ = head.study_uid, head.series_uid, head.instance_uid
    return head


class _Ended:
    """Stops behind the last tag that is wanted; else the file itself must have ended there."""

    def __init__(self, *, whole: bool) -> None:
        self._fine = whole

    def __call__(self, tag: BaseTag, _vr: str | None, _length: int) -> bool:
        if tag <= _LAST:
            return False
        self._fine = True
        return True

    def require(self, found: Elements) -> None:
        """Raises LeftOut for a head that is cut short, or longer than is read."""
        raw = (one for one in found.elements() if isinstance(one, RawDataElement))
        cut = any(len(one.value or b"") != one.length for one in raw if one.length != 0xFFFFFFFF)
        if cut or not self._fine:
            raise LeftOut(Reason.DAMAGED)


def _text(found: Elements, tag: int) -> str:
    return str(found[tag].value) if tag in found else ""


def _described(found: Elements, tags: Mapping[int, str]) -> Dataset:
    """In the DICOM JSON model (PS3.18 F.2); what has another form than its tag is not there."""
    return dict(_elements(found, tags))


def _elements(found: Elements, tags: Mapping[int, str]) -> Iterator[tuple[str, dict[str, object]]]:
    for tag, vr in tags.items():
        if tag not in found:
            continue
        try:
            said = found[tag].to_json_dict(None, 0)
            fits = len(json_bytes(said)) <= DICOM_VALUE_BYTES
        except Exception:  # noqa: BLE001, S112 - as above: one bad value hides no image
            continue
        if fits and said["vr"] == vr:
            yield f"{tag:08X}", said


def _plane(found: Elements) -> Plane | None:
    position, orientation = (_numbers(found, tag) for tag in (_POSITION, _ORIENTATION))
    if len(position) != 3 or len(orientation) != 6:
        return None
    return Plane(position, orientation[:3], orientation[3:])


def _numbers(found: Elements, tag: int) -> Vector:
    try:
        numbers = tuple(float(value) for value in found[tag].value)
    except (KeyError, TypeError, ValueError):
        return ()
    return numbers if all(map(math.isfinite, numbers)) else ()
