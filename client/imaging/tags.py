"""What an index takes of a DICOM file, in the DICOM JSON model (PS3.18 F.2), and where it lies."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydicom.dataset import Dataset as Elements

from client.limits import DICOM_VALUE_BYTES
from client.sealing.encoding import json_bytes
from client.sealing.study import Dataset

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
# The last of the tags above: what comes behind is never looked at.
LAST = 0x00280011

Vector = tuple[float, ...]


@dataclass(frozen=True)
class Plane:
    """Where an image lies: its first corner, and the directions of its rows and columns."""

    position: Vector
    row: Vector
    column: Vector


def described(found: Elements, tags: Mapping[int, str]) -> Dataset:
    """What has another form than its tag, or is too long for a list, is not there."""
    return dict(_elements(found, tags))


def _elements(found: Elements, tags: Mapping[int, str]) -> Iterator[tuple[str, dict[str, object]]]:
    for tag, vr in tags.items():
        if tag not in found:
            continue
        try:
            said = found[tag].to_json_dict(None, 0)
            fits = len(json_bytes(said)) <= DICOM_VALUE_BYTES
        except Exception:  # noqa: BLE001, S112 - one bad value, of whatever kind, hides no image
            continue
        if fits and said["vr"] == vr:
            yield f"{tag:08X}", said


def plane_of(found: Elements) -> Plane | None:
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
