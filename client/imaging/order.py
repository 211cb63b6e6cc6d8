"""The order in which the images of a study are shown, and lie in its zip (Studies)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

from client.imaging.head import Head
from client.imaging.tags import Plane, Vector
from client.sealing.study import Dataset

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
# Directions are as good as the digits that a device writes of them: half a degree, and a thousandth
# of the millimetres that positions are in.
_PARALLEL = 0.99996
_APART = 1e-3


@dataclass(frozen=True)
class Found(Generic[T]):
    """What was read of a file, and what the file is."""

    head: Head
    file: T


def in_order(found: Iterable[Found[T]]) -> list[list[list[Found[T]]]]:
    """Studies of series of images. Of what appears twice any one may be given, but not both."""
    studies = _grouped(found, lambda one: one.head.study_uid).values()
    by_study = [
        list(_grouped(study, lambda one: one.head.series_uid).values()) for study in studies
    ]
    shown = [[_images(series) for series in study] for study in by_study]
    for study in shown:
        study.sort(key=_series_key)
    return sorted(shown, key=_study_key)


def _grouped(items: Iterable[Found[T]], key: Callable[[Found[T]], K]) -> dict[K, list[Found[T]]]:
    groups: dict[K, list[Found[T]]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def _key(dataset: Dataset, tag: str, uid: str) -> tuple[bool, int, str, str]:
    """By a number or a date; what has none comes last, and what has the same goes by its UID."""
    (value,) = dataset.get(tag, {}).get("Value", [None])[:1]
    number = value if isinstance(value, int) else 0
    text = value if isinstance(value, str) else ""
    return value is None, number, text, uid


def _study_key(study: list[list[Found[T]]]) -> tuple[bool, int, str, str]:
    head = study[0][0].head
    return _key(head.study, "00080020", head.study_uid)


def _series_key(series: list[Found[T]]) -> tuple[bool, int, str, str]:
    head = series[0].head
    return _key(head.series, "00200011", head.series_uid)


def _images(series: list[Found[T]]) -> list[Found[T]]:
    by_number = sorted(
        series, key=lambda one: _key(one.head.instance, "00200013", one.head.instance_uid)
    )
    along = _along([one.head.plane for one in by_number])
    if along is None:
        return by_number
    return [one for _, one in sorted(zip(along, by_number, strict=True), key=lambda pair: pair[0])]


def _along(planes: list[Plane | None]) -> list[float] | None:
    """How far each lies along the normal, where all are parallel and at different places."""
    normal, found = _normal(planes[0]), []
    for plane in planes:
        own = _normal(plane)
        if plane is None or normal is None or own is None or abs(_dot(own, normal)) < _PARALLEL:
            return None
        found.append(_dot(plane.position, normal))
    apart = all(after - before > _APART for before, after in pairwise(sorted(found)))
    return found if apart else None


def _normal(plane: Plane | None) -> Vector | None:
    if plane is None:
        return None
    (a, b, c), (d, e, f) = plane.row, plane.column
    normal = (b * f - c * e, c * d - a * f, a * e - b * d)
    length = _dot(normal, normal) ** 0.5
    # Rows and columns of no, or of one direction, span no plane.
    return tuple(part / length for part in normal) if 0.5 < length < 2 else None


def _dot(one: Vector, other: Vector) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
