"""Marks that the browser writes, as pydicom, our reader and a PACS take them; and others."""

from __future__ import annotations

import io
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pydicom
import pytest
from click.testing import CliRunner
from pydicom.dataset import Dataset
from pydicom.uid import GrayscaleSoftcopyPresentationStateStorage as State
from pydicom.uid import KeyObjectSelectionDocumentStorage as Selection

from client.imaging.collecting import collect
from client.imaging.commands import imaging
from client.imaging.head import LeftOut
from client.imaging.marks import Marks, Target, read_marks
from client.sealing.encoding import b64u_decode
from tests.imaging.dicoms import Ct, encoded, make_ct
from tests.integration.orthanc import orthanc
from tests.integration.web.node import Peer, build, peer

CT = Ct()
BY = "Dr Łukasz Exemple"
LINE = [(10.25, 20.5), (40.25, 20.5)]
ANGLE = [(0.0, 0.0), (8.0, 0.0), (8.0, 8.0)]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    folder = tmp_path_factory.mktemp("peer")
    build(folder)
    with peer(folder) as running:
        yield running


def seen(at: int, frames: int = 1) -> dict[str, Any]:
    origin = {"patient": CT.patient, "patientId": "DEMO-1", "birth": "19700101", "sex": "F"}
    origin |= {"study": CT.study_uid, "series": CT.series_uid, "instance": CT.uid(at)}
    origin |= {"sopClass": "1.2.840.10008.5.1.4.1.1.2", "studyDate": CT.date}
    origin |= {"studyTime": "093000", "studyId": "", "accession": "", "referring": ""}
    shape = {"rows": CT.rows, "columns": CT.columns, "aspect": 1, "inverted": False}
    values = {"slope": 1, "intercept": -1024.123456789, "unit": "HU"}
    window = {"center": 40.5, "width": 400}
    spacing = {"row": 0.5, "column": 0.5, "detector": False}
    frame = {"frame": frames - 1, "frames": frames, "window": window, "spacing": spacing}
    return {"origin": origin, **shape, **values, **frame}


def mark(kind: str, points: list[tuple[float, float]], text: str) -> dict[str, Any]:
    return {"id": 1, "kind": kind, "points": [{"x": x, "y": y} for x, y in points], "text": text}


@pytest.fixture(scope="module")
def files(node: Peer) -> list[bytes]:
    lines = [
        mark("length", LINE, "nœud <b>"),
        mark("angle", ANGLE, ""),
        mark("note", [(1, 2)], "a"),
    ]
    drawn = [{"seen": seen(0), "marks": lines}, {"seen": seen(1, 4), "marks": lines[:1]}]
    drawing = {"drawn": drawn, "chosen": [seen(0), seen(1, 4)]}
    said = node.ask("writeMarks", now=1_770_000_000, drawing=drawing, by=BY)
    return [b64u_decode(file) for file in said]


def told(node: Peer, file: bytes) -> dict[str, Any]:
    found: dict[str, Any] = node.ask("readMarks", raw={"file": file})
    return found


def as_told(found: Marks | None) -> dict[str, Any]:
    """As the browser's code says it."""
    assert found is not None

    def targets(all_: tuple[Target, ...]) -> list[dict[str, Any]]:
        return [{"instance": one.instance, "frame": one.frame} for one in all_]

    marks = [
        {
            "kind": one.kind,
            "points": [{"x": x, "y": y} for x, y in one.points],
            "text": one.text,
            "on": targets(one.on),
        }
        for one in found.marks
    ]
    who = {"study": found.study, "instance": found.instance, "by": found.by}
    return {**who, "marks": marks, "chosen": targets(found.chosen), "left": found.left}


def without_time(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name != "at"}


def test_pydicom_reads_what_the_browser_writes(files: list[bytes]) -> None:
    state, selection = (pydicom.dcmread(io.BytesIO(file)) for file in files)
    assert (state.SOPClassUID, selection.SOPClassUID) == (State, Selection)
    assert str(state.PatientName) == str(selection.PatientName) == CT.patient
    assert str(state.ContentCreatorName) == BY
    first = state.GraphicAnnotationSequence[0]
    assert list(first.GraphicObjectSequence[0].GraphicData) == [10.25, 20.5, 40.25, 20.5]
    texts = [text.UnformattedTextValue for text in first.TextObjectSequence]
    assert texts == ["15.0 mm", "nœud <b>"]
    assert state.GraphicAnnotationSequence[3].ReferencedImageSequence[0].ReferencedFrameNumber == 4
    assert float(state.RescaleIntercept) == pytest.approx(-1024.123456789, abs=1e-5)
    assert state.SoftcopyVOILUTSequence[0].WindowCenter == 40.5
    (area,) = state.DisplayedAreaSelectionSequence
    assert list(area.DisplayedAreaBottomRightHandCorner) == [CT.columns, CT.rows]
    (study,) = selection.CurrentRequestedProcedureEvidenceSequence
    (series,) = study.ReferencedSeriesSequence
    named = [one.ReferencedSOPInstanceUID for one in series.ReferencedSOPSequence]
    assert named == [CT.uid(0), CT.uid(1)]
    assert selection.ConceptNameCodeSequence[0].CodeMeaning == "Of Interest"
    for one in (state, selection):
        # Written again by pydicom it is the same, to the last byte of its content.
        assert pydicom.dcmread(io.BytesIO(encoded(one))) == one


def test_both_read_the_same(node: Peer, files: list[bytes]) -> None:
    for file in files:
        assert without_time(told(node, file)) == as_told(read_marks(file))
    state, selection = map(read_marks, files)
    assert state is not None
    assert [one.kind for one in state.marks] == ["length", "angle", "note", "length"]
    assert state.marks[3].on == (Target(CT.uid(1), 3),)
    assert selection is not None
    assert selection.chosen == (Target(CT.uid(0), None), Target(CT.uid(1), 3))


def state_of_others(manufacturer: str = "Others") -> Dataset:
    made = Dataset()
    made.SOPClassUID, made.SOPInstanceUID = State, "1.2.3.4"
    made.StudyInstanceUID, made.SeriesInstanceUID = CT.study_uid, "1.2.3"
    made.Manufacturer = manufacturer
    return made


def image(uid: str) -> Dataset:
    made = Dataset()
    made.ReferencedSOPInstanceUID = uid
    return made


def others(*graphics: Dataset) -> bytes:
    made = state_of_others()
    annotation = Dataset()
    annotation.ReferencedImageSequence = [image(CT.uid(0))]
    annotation.GraphicObjectSequence = list(graphics)
    made.GraphicAnnotationSequence = [annotation]
    return encoded(made)


def graphic(kind: str, data: list[float], **more: object) -> Dataset:
    made = Dataset()
    made.GraphicAnnotationUnits, made.GraphicDimensions = "PIXEL", 2
    made.NumberOfGraphicPoints = len(data) // 2
    made.GraphicData, made.GraphicType = data, kind
    for name, value in more.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    "hostile",
    [
        graphic("POLYLINE", [math.nan, 0, 1, 1]),
        graphic("POLYLINE", [math.inf, 0, 1, 1]),
        graphic("POINT", [1e30, 0]),
        graphic("POINT", [1, 1], GraphicAnnotationUnits="DISPLAY"),
        graphic("POLYLINE", [1, 1, 2, 2], NumberOfGraphicPoints=65_535),
        graphic("SCRIPT", [1, 1]),
        graphic("POINT", [1], NumberOfGraphicPoints=1),
        graphic("POINT", [0], NumberOfGraphicPoints=1),
        graphic("POLYLINE", [1, 1, 2, 2], NumberOfGraphicPoints=[3, 2]),
        graphic("POINT", [1, 1], GraphicDimensions=[3, 2]),
    ],
    ids=[
        *("no number", "no end", "outside", "a screen's", "more points", "unknown"),
        *("half a point", "half of zero", "numbers of points", "dimensions"),
    ],
)
def test_both_leave_out_what_is_no_mark(node: Peer, hostile: Dataset) -> None:
    file = others(hostile, graphic("POLYLINE", [1, 1, 2, 2]))
    found = read_marks(file)
    assert without_time(told(node, file)) == as_told(found)
    assert found is not None
    assert ([one.kind for one in found.marks], found.left) == (["shape"], 1)


def test_both_take_the_first_of_several_numbers(node: Peer) -> None:
    file = others(graphic("POINT", [1, 1], NumberOfGraphicPoints=[1, 9]))
    found = read_marks(file)
    assert without_time(told(node, file)) == as_told(found)
    assert found is not None
    assert (len(found.marks), found.left) == (1, 0)


def test_many_marks_of_many_pictures_end_soon(node: Peer) -> None:
    state = state_of_others()
    series = Dataset()
    series.ReferencedImageSequence = [image(f"1.{at}") for at in range(10_000)]
    state.ReferencedSeriesSequence = [series]
    drawn = Dataset()
    drawn.GraphicObjectSequence = [graphic("POINT", [1, 1])]
    empty = (Dataset() for _ in range(10_000))
    state.GraphicAnnotationSequence = [drawn, *empty]
    file = encoded(state)
    before = time.process_time()
    found = read_marks(file)
    assert time.process_time() - before < 5
    assert found is not None
    assert [len(one.on) for one in found.marks] == [500]
    assert without_time(told(node, file)) == as_told(found)


def test_both_take_no_more_than_there_may_be(node: Peer) -> None:
    file = others(*(graphic("POINT", [1, 1]) for _ in range(5000)))
    found = read_marks(file)
    assert without_time(told(node, file)) == as_told(found)
    assert found is not None
    assert (len(found.marks), found.left) == (2000, 3000)
    with pytest.raises(LeftOut):
        read_marks(file + bytes(1024 * 1024))
    with pytest.raises(LeftOut):
        read_marks(file[:200])
    assert read_marks(encoded(CT.slice(0))) is None


async def test_a_pacs_takes_them(files: list[bytes], tmp_path: Path) -> None:
    async with orthanc(tmp_path / "pacs") as pacs:
        for file in (*files, encoded(CT.slice(0))):
            await pacs.put(file)
        assert sorted(await pacs.files()) == sorted([*files, encoded(CT.slice(0))])


def test_they_are_files_of_a_study(files: list[bytes], tmp_path: Path) -> None:
    make_ct(tmp_path / "disc", 2, CT)
    for at, file in enumerate(files):
        (tmp_path / "disc" / f"MARKS{at}").write_bytes(file)
    found = collect([tmp_path / "disc"])
    assert found is not None
    assert not found.left_out
    sent = tmp_path / "study.zip"
    sent.write_bytes(b"".join(found.source.chunks()))
    said = CliRunner().invoke(imaging, ["marks", str(sent)])
    assert said.exit_code == 0, said.output
    assert f"{BY}, of study {CT.study_uid}:" in said.output
    assert f"length at 10.2 20.5, 40.2 20.5 on {CT.uid(0)} nœud <b>" in said.output
    assert f"key images: {CT.uid(0)}, {CT.uid(1)}/4" in said.output
