"""Marks on pictures: presentation states and key object selections (PS3.3 A.33, A.35.4).

Whoever made the file chose its bytes: it is read within limits, as *Studies* says, and what is
none of a mark is left out and counted.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice

import pydicom
from pydicom import config
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.uid import KeyObjectSelectionDocumentStorage

from client.imaging.head import LeftOut, Reason, read_head
from client.inert import inert

FILE_BYTES = 1024 * 1024
MARKS, CHOSEN, POINTS, ON, PLACES = 2_000, 500, 512, 500, 20_000
_BEYOND = 65_535
_NOTE = 120
_MANUFACTURER = "Aparté"
_STATES = re.compile(r"1\.2\.840\.10008\.5\.1\.4\.1\.1\.11\.([1-9]|1[0-2])")
_OWN_MEASURE = re.compile(r"\d+\.\d(°| px| mm( at detector)?)")
_UID = re.compile(r"(?=.{1,64}$)(0|[1-9]\d*)(\.(0|[1-9]\d*))*")

Point = tuple[float, float]


@dataclass(frozen=True)
class Target:
    """A picture that a mark is on. `frame` is from 0, and None for all of the file."""

    instance: str
    frame: int | None


@dataclass(frozen=True)
class Mark:
    """`kind` is length, angle, note, or shape: of that nothing is measured. In pixels."""

    kind: str
    points: tuple[Point, ...]
    text: str
    on: tuple[Target, ...]


@dataclass(frozen=True)
class Marks:
    """What one file says; `left` counts what it has besides."""

    study: str
    instance: str
    by: str
    marks: tuple[Mark, ...]
    chosen: tuple[Target, ...]
    left: int


def is_of_marks(sop_class: str) -> bool:
    return bool(sop_class == KeyObjectSelectionDocumentStorage or _STATES.fullmatch(sop_class))


def read_marks(file: bytes) -> Marks | None:
    """Read a file of marks; None for an image. Raises LeftOut."""
    if len(file) > FILE_BYTES:
        raise LeftOut(Reason.DAMAGED)
    head = read_head(file, whole=True)
    (sop_class,) = head.instance.get("00080016", {}).get("Value", [""])[:1]
    if not is_of_marks(sop_class):
        return None
    if not (_UID.fullmatch(head.study_uid) and _UID.fullmatch(head.instance_uid)):
        raise LeftOut(Reason.DAMAGED)
    try:
        with warnings.catch_warnings(), config.disable_value_validation():
            warnings.simplefilter("ignore")
            found = pydicom.dcmread(BytesIO(file))
            if sop_class == KeyObjectSelectionDocumentStorage:
                return _selection(found)
            return _presentation(found)
    except Exception as error:
        # Of hostile bytes the library may raise anything.
        raise LeftOut(Reason.DAMAGED) from error


def _presentation(found: Dataset) -> Marks:
    ours = _text(found, "Manufacturer") == _MANUFACTURER
    series = _items(found, "ReferencedSeriesSequence")
    everywhere = _targets(
        (image for one in series for image in _items(one, "ReferencedImageSequence")), ON
    )
    marks: list[Mark] = []
    left = places = 0
    for annotation in _items(found, "GraphicAnnotationSequence"):
        own = _items(annotation, "ReferencedImageSequence")
        on = _targets(own, ON) if own else everywhere
        drawn, refused = _drawn(annotation, ours=ours)
        left += refused
        for kind, points, text in drawn:
            places += len(on)
            if on and len(marks) < MARKS and places <= PLACES:
                marks.append(Mark(kind, points, text, on))
            else:
                left += 1
    by = _note(_person(found, "ContentCreatorName"))
    return Marks(*_uids(found), by, tuple(marks), (), left)


def _selection(found: Dataset) -> Marks:
    content = _items(found, "ContentSequence")
    images = (one for one in content if _text(one, "ValueType") == "IMAGE")
    named = [ref for one in images for ref in _items(one, "ReferencedSOPSequence")[:1]]
    chosen = _targets(named)
    by = _note(next((_person(one, "PersonName") for one in content if "PersonName" in one), ""))
    return Marks(
        *_uids(found), by, (), chosen[:CHOSEN], max(len(named), len(chosen)) - len(chosen[:CHOSEN])
    )


def _uids(found: Dataset) -> tuple[str, str]:
    return _text(found, "StudyInstanceUID"), _text(found, "SOPInstanceUID")


def _targets(references: Iterable[Dataset], most: int | None = None) -> tuple[Target, ...]:
    """No more references are read than `most` takes."""
    return tuple(islice(_each(references), most))


def _each(references: Iterable[Dataset]) -> Iterator[Target]:
    for one in references:
        instance = _text(one, "ReferencedSOPInstanceUID")
        if not _UID.fullmatch(instance):
            continue
        numbers = _values(one, "ReferencedFrameNumber")
        if not numbers:
            yield Target(instance, None)
        frames = (n for n in numbers[:ON] if isinstance(n, int) and n >= 1)
        yield from (Target(instance, int(n) - 1) for n in frames)


def _note(text: str) -> str:
    line = inert(" ".join(text.split())).strip()
    return line if len(line) <= _NOTE else f"{line[: _NOTE - 1]}…"


_Drawn = tuple[str, tuple[Point, ...], str]


def _drawn(annotation: Dataset, *, ours: bool) -> tuple[list[_Drawn], int]:
    graphics = _items(annotation, "GraphicObjectSequence")
    texts = [
        (item, text)
        for item in _items(annotation, "TextObjectSequence")
        if (text := _note(_text(item, "UnformattedTextValue")))
        and not (ours and _OWN_MEASURE.fullmatch(text))
    ]
    shapes = [shape for item in graphics if (shape := _graphic(item, ours=ours))]
    if shapes:
        said = _note(" · ".join(text for _, text in texts))
        notes = [said, *[""] * (len(shapes) - 1)]
        found = [(*shape, note) for shape, note in zip(shapes, notes, strict=True)]
        return found, len(graphics) - len(shapes)
    alone = [("note", (at,), text) for item, text in texts if (at := _place(item))]
    return list(alone), len(graphics) + len(texts) - len(alone)


def _place(item: Dataset) -> Point | None:
    """Where a text stands: the point that it is of, or the middle of its box."""
    anchor = _points(item, "AnchorPoint", 1)
    if anchor and _text(item, "AnchorPointAnnotationUnits") == "PIXEL":
        return anchor[0]
    corners = [
        _points(item, f"BoundingBox{corner}HandCorner", 1) for corner in ("TopLeft", "BottomRight")
    ]
    one, other = corners
    if not (one and other) or _text(item, "BoundingBoxAnnotationUnits") != "PIXEL":
        return None
    return (one[0][0] + other[0][0]) / 2, (one[0][1] + other[0][1]) / 2


# How many points each kind of graphic has, at least and at most (PS3.3 C.10.5.1.2).
_COUNTS = {
    "POINT": (1, 1),
    "POLYLINE": (2, POINTS),
    "INTERPOLATED": (2, POINTS),
    "CIRCLE": (2, 2),
    "ELLIPSE": (4, 4),
}


def _graphic(item: Dataset, *, ours: bool) -> tuple[str, tuple[Point, ...]] | None:
    """Lines of others may be arrows: nothing is measured of them."""
    name, count = _text(item, "GraphicType"), _number(item, "NumberOfGraphicPoints")
    least, most = _COUNTS.get(name, (1, 0))
    pixels = _text(item, "GraphicAnnotationUnits") == "PIXEL"
    plane = pixels and _number(item, "GraphicDimensions") == 2
    points = _points(item, "GraphicData", count) if plane and least <= count <= most else None
    if not points:
        return None
    if name == "POINT":
        return "note", points
    measured = {2: "length", 3: "angle"} if ours and name in {"POLYLINE", "INTERPOLATED"} else {}
    return measured.get(count, "shape"), points


def _points(item: Dataset, keyword: str, count: int) -> tuple[Point, ...] | None:
    """None where one is missing, or no number, or far outside of any picture."""
    found = _values(item, keyword)
    values = [float(n) for n in found if isinstance(n, int | float) and abs(n) <= _BEYOND]
    if not len(values) == len(found) == 2 * count:
        return None
    return tuple(zip(values[::2], values[1::2], strict=True))


def _items(found: Dataset, keyword: str) -> list[Dataset]:
    items = found.get(keyword)
    return list(items) if isinstance(items, Sequence) else []


def _values(found: Dataset, keyword: str) -> list[object]:
    """Of whatever kind the file says that they are; one that is unreadable is an empty text."""
    try:
        value = found.get(keyword)
    except (TypeError, ValueError):
        return [""]
    if value is None:
        return []
    return list(value) if isinstance(value, list | MultiValue) else [value]


def _number(found: Dataset, keyword: str) -> int:
    """The first one; 0 where it is none."""
    first = next(iter(_values(found, keyword)), 0)
    return first if isinstance(first, int) else 0


def _text(found: Dataset, keyword: str) -> str:
    """The first one."""
    return str(next(iter(_values(found, keyword)), "")).strip()


def _person(found: Dataset, keyword: str) -> str:
    """As people write it: `DOE^JANE^^Dr` begins with the family's name."""
    family, given, middle, prefix, suffix, *_ = (
        f"{_text(found, keyword).partition('=')[0]}^^^^".split("^")
    )
    parts = (prefix, given, middle, family, suffix)
    return " ".join(part.strip() for part in parts if part.strip())
