"""What stands at the beginning of a DICOM file (PS3.10): read with care, and never its pixels.

Whoever made a disc chose its bytes: no more than the head is read, and nothing in it is believed
but for how a list of series shows it.
"""

from __future__ import annotations

import re
import warnings
import zlib
from collections.abc import Iterator
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

from client.imaging.tags import LAST, OF_INSTANCE, OF_SERIES, OF_STUDY, Plane, described, plane_of
from client.limits import DICOM_HEAD_BYTES
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

_MEDIA_CLASS, _TRANSFER_SYNTAX = 0x00020002, 0x00020010


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
        described(found, OF_STUDY),
        described(found, OF_SERIES),
        described(found, OF_INSTANCE) | instance,
        plane_of(found),
    )
    # Without these it could be put nowhere.
    _ = head.study_uid, head.series_uid, head.instance_uid
    return head


class _Ended:
    """Stops behind the last tag that is wanted; else the file itself must have ended there."""

    def __init__(self, *, whole: bool) -> None:
        self._fine = whole

    def __call__(self, tag: BaseTag, _vr: str | None, _length: int) -> bool:
        if tag <= LAST:
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
