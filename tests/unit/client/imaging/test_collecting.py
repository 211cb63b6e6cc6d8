"""Folders and zips that hold a study, and what is left out of it."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pydicom
import pytest

from client.documents.sources import (
    FileSource,
    SourceChanged,
    SourceUnreadable,
    ZipSource,
    source_of,
)
from client.imaging.collecting import Collected, collect, recognised
from client.imaging.head import Reason
from client.imaging.members import Member, members
from client.limits import ZIP_LIST_BYTES
from client.sealing import study
from client.sealing.study import Index, index_begins, read_index
from tests.imaging.dicoms import REAL, Ct, encoded, make_ct


def read(collected: Collected | None) -> tuple[Index, list[bytes]]:
    """The index and the files as a reader finds them, having checked the zip as others would."""
    assert collected is not None
    raw = b"".join(collected.source.chunks())
    assert len(raw) == collected.source.length
    with zipfile.ZipFile(io.BytesIO(raw)) as made:
        assert made.testzip() is None
        listed = [made.read(name) for name in made.namelist()]
        assert made.namelist()[0] == study.NAME
    begin = index_begins(raw[:256])
    end = raw.index(b"\n", begin) + 1
    index = read_index(raw[begin:end])
    found = [raw[end + one.at : end + one.at + one.length] for one in index.instances]
    assert listed == [raw[begin:end], *found]
    return index, found


def test_a_study_is_put_in_order_and_everything_in_it_is_as_it_was(tmp_path: Path) -> None:
    thorax, scout = Ct(number=2), Ct(number=1, description="Scout")
    files = make_ct(tmp_path / "b", 3, thorax)
    (tmp_path / "a").mkdir()
    (alone,) = make_ct(tmp_path / "c", 1, scout)
    # The names say nothing about the order.
    files[0].rename(tmp_path / "z")
    found = collect([tmp_path])
    index, content = read(found)
    (one,) = index.studies
    assert [series.dataset["0008103E"]["Value"] for series in one.series] == [["Scout"], ["Thorax"]]
    wanted = [alone, tmp_path / "z", *files[1:]]
    assert content == [file.read_bytes() for file in wanted]
    assert found is not None
    assert (found.source.kind, found.source.media) == ("imaging", "application/zip")
    assert list(found.lines()) == ["1 study: 2 series, 4 images."]


def test_a_real_disc() -> None:
    found = collect([REAL])
    index, content = read(found)
    by_uid = {}
    for file in REAL.rglob("*"):
        if file.is_file() and not file.name.startswith(("DICOMDIR", "README")):
            by_uid[str(pydicom.dcmread(file).SOPInstanceUID)] = file.read_bytes()
    uids = [one.dataset["00080018"]["Value"][0] for one in index.instances]
    assert content == [by_uid.pop(uid) for uid in uids]
    assert by_uid == {}
    assert found is not None
    assert found.left_out == {Reason.DIRECTORY: 8, Reason.NO_DICOM: 2}
    dates = [one.dataset["00080020"]["Value"][0] for one in index.studies]
    assert dates == sorted(dates)
    # A gated series goes through the body from below, its numbers from above.
    (_, gated) = index.studies[1].series
    numbers = [one.dataset["00200013"]["Value"][0] for one in gated.instances]
    assert numbers == [10, 9, 8, 7, 6]


def test_what_is_left_out_is_counted_and_said(tmp_path: Path) -> None:
    files = make_ct(tmp_path / "in", 2)
    shutil.copy(files[0], tmp_path / "in" / "again")
    shutil.copy(REAL / "DICOMDIR", tmp_path / "in")
    (tmp_path / "in" / "report.pdf").write_bytes(b"%PDF-1.7" + bytes(5000))
    (tmp_path / "in" / "empty").touch()
    program = encoded(Ct().slice(7), preamble=b"MZ")
    (tmp_path / "in" / "viewer.exe").write_bytes(program)
    (tmp_path / "in" / "cut").write_bytes(files[0].read_bytes()[:300])
    found = collect([tmp_path / "in"])
    assert found is not None
    assert len(read(found)[1]) == 2
    said = "6 files left out: 1 a disc's own list of files (DICOMDIR), "
    said += "1 damaged, or in an unknown form, 1 made to look like a program, 2 not DICOM, "
    assert list(found.lines()) == ["1 study: 1 series, 2 images.", f"{said}1 there twice."]


def test_a_zip_is_looked_into(tmp_path: Path) -> None:
    files = make_ct(tmp_path / "disc", 3)
    (tmp_path / "disc" / "README").write_text("read me")
    packed = Path(shutil.make_archive(str(tmp_path / "cd"), "zip", tmp_path / "disc"))
    found = collect([packed])
    assert read(found)[1] == [file.read_bytes() for file in files]
    assert found is not None
    assert found.source.name == "cd.zip"
    assert found.left_out == {Reason.NO_DICOM: 1}
    # One that lies in a folder is one of its files.
    assert collect([tmp_path]) is not None
    assert sum(1 for _ in read(collect([tmp_path]))[0].instances) == 3


def test_what_is_no_study_goes_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("bonjour")
    source, found = recognised([file])
    assert (type(source), source.kind, found) == (FileSource, "file", None)
    packed = tmp_path / "letters.zip"
    with zipfile.ZipFile(packed, "w") as made:
        made.write(file)
    assert (type(recognised([packed])[0]), recognised([packed])[1]) == (FileSource, None)
    source, _ = recognised([tmp_path])
    assert (type(source), source.kind) == (ZipSource, "file")
    (tmp_path / "none").mkdir()
    with pytest.raises(ValueError, match="no file is there"):
        recognised([tmp_path / "none"])


def test_it_goes_on_in_the_middle_with_the_same_bytes(tmp_path: Path) -> None:
    make_ct(tmp_path, 3, Ct(rows=128, columns=128))
    one, other = (recognised([tmp_path])[0] for _ in range(2))
    assert one.stamp == other.stamp
    whole = list(one.chunks())
    assert list(other.chunks(1)) == whole[1:]
    os.utime(tmp_path / "IM000001", ns=(0, 0))
    assert recognised([tmp_path])[0].stamp != one.stamp
    with pytest.raises(SourceChanged):
        list(one.chunks())


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 70_000])
def test_a_zip_is_as_long_as_it_says(tmp_path: Path, size: int) -> None:
    (tmp_path / "é").mkdir()
    (tmp_path / "é" / "a").write_bytes(os.urandom(size))
    (tmp_path / "b").touch()
    source = source_of([tmp_path])
    assert sum(map(len, source.chunks())) == source.length


def test_more_images_than_a_study_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_ct(tmp_path, 3)
    monkeypatch.setattr(study, "INSTANCES", 2)
    with pytest.raises(ValueError, match="more than 2 images"):
        collect([tmp_path])


Bend = Callable[[bytearray], object]


def packed(folder: Path, method: int = zipfile.ZIP_DEFLATED) -> tuple[Path, Sequence[Member]]:
    path = folder / "disc.zip"
    with zipfile.ZipFile(path, "w", method) as made:
        made.writestr("IM000001", encoded(Ct().slice(0)))
    return path, members(path) or []


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_member_is_read_as_its_zip_says(tmp_path: Path, method: int) -> None:
    path, (member,) = packed(tmp_path, method)
    assert b"".join(member.read()) == encoded(Ct().slice(0))
    raw = path.read_bytes()
    central = raw.rindex(b"PK\1\2")
    size, packed_size, crc, flags, way = 24, 20, 16, 8, 10
    bends: dict[str, tuple[int, int, int]] = {
        "longer than it is": (size, 4, member.size + 1),
        "shorter than it is": (size, 4, member.size - 1),
        "cut short": (packed_size, 4, 100),
        "another sum": (crc, 4, 1),
        "encrypted": (flags, 2, 1),
        "packed in another way": (way, 2, zipfile.ZIP_LZMA),
        "elsewhere": (42, 4, 7),
    }
    for name, (at, width, value) in bends.items():
        bent = bytearray(raw)
        bent[central + at : central + at + width] = value.to_bytes(width, "little")
        path.write_bytes(bent)
        for one in members(path) or []:
            with pytest.raises(SourceUnreadable):
                list(one.read())
            left_out = recognised([path])[1]
            assert left_out is None or name in {"longer than it is", "another sum"}, name


def test_a_zip_that_unpacks_without_end_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("IM1", encoded(Ct().slice(0)) + bytes(32 * 1024 * 1024))
    (member,) = members(path) or []
    raw = bytearray(path.read_bytes())
    assert len(raw) < 1024 * 1024
    central = raw.rindex(b"PK\1\2")
    raw[central + 24 : central + 28] = (1000).to_bytes(4, "little")
    path.write_bytes(raw)
    (member,) = members(path) or []
    with pytest.raises(SourceUnreadable):
        list(member.read())
    # A block that is longer than all of the file is not given.
    with pytest.raises(SourceUnreadable):
        next(member.read())


def test_a_list_of_files_that_is_too_long_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "long.zip"
    with path.open("wb") as file:
        file.truncate(ZIP_LIST_BYTES + 1)
        file.seek(0, os.SEEK_END)
        sizes = (ZIP_LIST_BYTES + 1).to_bytes(4, "little") + bytes(4)
        file.write(b"PK\5\6" + bytes(4) + b"\xff\xff\xff\xff" + sizes + b"\0\0")
    assert zipfile.is_zipfile(path)
    assert members(path) is None


def test_names_in_a_zip_lead_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "disc.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("../../etc/IM1", encoded(Ct().slice(0)))
        made.writestr("/IM2", encoded(Ct().slice(1)))
    found = collect([path])
    assert found is not None
    with zipfile.ZipFile(io.BytesIO(b"".join(found.source.chunks()))) as sent:
        assert sent.namelist() == [
            "index.json",
            "study-1/series-1/image-00001.dcm",
            "study-1/series-1/image-00002.dcm",
        ]
