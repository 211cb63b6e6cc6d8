"""Images in the order in which they are shown."""

from __future__ import annotations

import random

import pytest

from client.imaging.head import Head
from client.imaging.order import Found, in_order
from client.imaging.tags import Plane, Vector

ALONG_X: Vector = (1.0, 0.0, 0.0)
ALONG_Y: Vector = (0.0, 1.0, 0.0)


def head(
    instance: str,
    *,
    study: str = "1",
    series: str = "1.1",
    date: str | None = "20260301",
    place: int | None = 1,
    number: int | None = None,
    plane: Plane | None = None,
) -> Head:
    def said(vr: str, value: object) -> dict[str, object]:
        return {"vr": vr} if value is None else {"vr": vr, "Value": [value]}

    return Head(
        {"0020000D": said("UI", study), "00080020": said("DA", date)},
        {"0020000E": said("UI", series), "00200011": said("IS", place)},
        {"00080018": said("UI", instance), "00200013": said("IS", number)},
        plane,
    )


def shown(*heads: Head) -> list[list[list[str]]]:
    """The UIDs of the instances in order, in whatever order they were found."""
    mixed = [Found(one, one.instance_uid) for one in heads]
    random.Random(1).shuffle(mixed)
    found = in_order(mixed)
    random.Random(2).shuffle(mixed)
    assert in_order(mixed) == found
    return [[[one.file for one in series] for series in study] for study in found]


def at(z: float, row: Vector = ALONG_X, column: Vector = ALONG_Y) -> Plane:
    return Plane((-5.0, 3.0, z), row, column)


def test_studies_by_date_series_by_number_and_then_by_uid() -> None:
    found = shown(
        head("1", study="2", date="20260302", series="2.1"),
        head("2", study="9", date="20260301", series="9.2", place=2),
        head("3", study="9", date="20260301", series="9.1", place=10),
        head("4", study="8", date="20260301", series="8.1"),
        head("5", study="3", date=None, series="3.2", place=None),
        head("6", study="3", date=None, series="3.1", place=None),
        head("7", study="3", date=None, series="3.9", place=7),
    )
    assert found == [[["4"]], [["2"], ["3"]], [["1"]], [["7"], ["6"], ["5"]]]


def test_planes_side_by_side_whatever_their_numbers_say() -> None:
    found = shown(*(head(str(n), number=n, plane=at(z)) for n, z in enumerate((5.0, 0.0, 2.5), 1)))
    assert found == [[["2", "3", "1"]]]


def test_planes_that_are_tilted() -> None:
    row, column = (0.0, 0.8, 0.6), (1.0, 0.0, 0.0)
    normal = (0.0, 0.6, -0.8)

    def tilted(distance: float, shift: float) -> Plane:
        # To shift an image within its plane puts it nowhere else.
        place = tuple(n * distance + r * shift for n, r in zip(normal, row, strict=True))
        return Plane(place, row, column)

    order = (3.0, 10.0), (1.0, -20.0), (2.0, 30.0)
    found = shown(*(head(str(n), number=n, plane=tilted(*one)) for n, one in enumerate(order, 1)))
    assert found == [[["2", "3", "1"]]]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(None, id="one without a plane"),
        pytest.param(at(2.5), id="two at one place"),
        pytest.param(at(2.5004), id="two so close that they are at one place"),
        pytest.param(at(9.0, (0.0, 0.0, 1.0)), id="one across"),
        pytest.param(at(9.0, ALONG_X, (0.0, 0.9998, 0.02)), id="one a degree off"),
        pytest.param(at(9.0, ALONG_X, ALONG_X), id="one that is no plane"),
        pytest.param(at(9.0, (0.0, 0.0, 0.0)), id="one of no direction"),
        pytest.param(at(9.0, (9.0, 0.0, 0.0)), id="one whose directions are too long"),
    ],
)
def test_else_numbers_count(other: Plane | None) -> None:
    found = shown(
        head("1", number=3, plane=at(0.0)),
        head("2", number=1, plane=at(2.5)),
        head("3", number=2, plane=other),
        head("4", number=None, plane=at(-50.0)),
        head("5", number=2, plane=at(70.0)),
    )
    assert found == [[["2", "3", "5", "1", "4"]]]


def test_one_that_is_turned_over_lies_where_it_lies() -> None:
    found = shown(
        head("1", number=1, plane=at(0.0)),
        head("2", number=2, plane=at(5.0)),
        head("3", number=3, plane=at(2.5, ALONG_Y, ALONG_X)),
    )
    assert found == [[["1", "3", "2"]]]
