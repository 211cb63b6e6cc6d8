"""What is taken of a DICOM file, and which files are taken for none."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from client.imaging.head import Head, LeftOut, Reason, read_head
from client.imaging.tags import Plane
from client.limits import DICOM_HEAD_BYTES
from tests.imaging.dicoms import REAL, Ct, encoded

CT = Ct()
FILE = encoded(CT.slice(2))
HEAD = read_head(FILE, whole=True)


def refused(start: bytes, *, whole: bool = True) -> Reason:
    with pytest.raises(LeftOut) as refusal:
        read_head(start, whole=whole)
    return refusal.value.reason


def with_element(tag: bytes, vr: bytes, length: int, value: bytes) -> bytes:
    """The file with an element in front of all others."""
    behind = FILE.index(b"\x08\x00\x05\x00CS")
    return FILE[:behind] + tag + vr + b"\0\0" + struct.pack("<I", length) + value + FILE[behind:]


def test_what_a_list_shows_is_read() -> None:
    head = HEAD
    assert head.study["00100010"] == {"vr": "PN", "Value": [{"Alphabetic": "ÉCHANTILLON^Zoé"}]}
    assert head.study["00081030"] == {"vr": "LO", "Value": ["Étude de démonstration"]}
    assert head.series["00200011"] == {"vr": "IS", "Value": [1]}
    assert head.instance == {
        "00080018": {"vr": "UI", "Value": [CT.uid(2)]},
        "00080016": {"vr": "UI", "Value": ["1.2.840.10008.5.1.4.1.1.2"]},
        "00200013": {"vr": "IS", "Value": [3]},
        "00280010": {"vr": "US", "Value": [16]},
        "00280011": {"vr": "US", "Value": [16]},
        "00083002": {"vr": "UI", "Value": ["1.2.840.10008.1.2.1"]},
    }
    assert head.plane == Plane((-100.0, -100.0, 2.5), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    assert (head.study_uid, head.series_uid) == (CT.study_uid, CT.series_uid)


@pytest.mark.parametrize(
    "syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]
)
def test_every_way_of_writing_it_says_the_same(syntax: str) -> None:
    made = CT.slice(2)
    del made.PixelData

    def said(file: bytes) -> tuple[object, ...]:
        head = read_head(file, whole=True)
        return head.study, head.series, head.plane, head.instance["00280010"]

    assert said(encoded(made, syntax)) == said(FILE)


def test_pixels_are_not_needed() -> None:
    pixels = FILE.rindex(b"\xe0\x7f\x10\x00")
    assert read_head(FILE[:pixels], whole=False) == HEAD


@pytest.mark.parametrize(
    "preamble",
    [
        *(b"MZ\x90", b"\x7fELF", b"#!/bin/sh", b"PK\3\4", b"%PDF-1.7", b"\xcf\xfa\xed\xfe"),
        *(b"<html>", b"\xef\xbb\xbf <svg", b"\xca\xfe\xba\xbe"),
    ],
)
def test_a_program_is_left_out(preamble: bytes) -> None:
    assert refused(encoded(CT.slice(0), preamble=preamble)) == Reason.PROGRAM


def test_a_preamble_that_is_an_image_is_none_of_a_program() -> None:
    assert read_head(encoded(CT.slice(2), preamble=b"II*\0"), whole=True) == HEAD


@pytest.mark.parametrize("start", [b"", b"DICM", b"\0" * 132, b"\0" * 127 + b"DICM", FILE[1:]])
def test_what_is_no_dicom(start: bytes) -> None:
    assert refused(start) == Reason.NO_DICOM


def test_a_directory_is_left_out() -> None:
    assert refused((REAL / "DICOMDIR").read_bytes()) == Reason.DIRECTORY


@pytest.mark.parametrize(
    "tag", [b"\x20\x00\x0d\x00UI", b"\x20\x00\x0e\x00UI", b"\x08\x00\x18\x00UI"]
)
@pytest.mark.parametrize("value", [b"", b"1.2\\1.3", b"1" * 66, b"../../et", b"1.2 33"])
def test_without_its_place_it_is_damaged(tag: bytes, value: bytes) -> None:
    begin = FILE.index(tag) + len(tag)
    (length,) = struct.unpack_from("<H", FILE, begin)
    behind = FILE[begin + 2 + length :]
    assert refused(FILE[:begin] + struct.pack("<H", len(value)) + value + behind) == Reason.DAMAGED
    assert refused(FILE[: begin - len(tag)] + behind) == Reason.DAMAGED


def test_a_file_that_is_cut_short_is_damaged() -> None:
    columns = FILE.index(b"\x28\x00\x11\x00US") + 8
    series = FILE.index(b"\x20\x00\x0e\x00UI") + 8
    for end in (140, series, series + 5, columns + 1):
        assert refused(FILE[:end]) == Reason.DAMAGED, end
    # That more was to come is known of what was not read to its end.
    assert refused(FILE[: columns + 2], whole=False) == Reason.DAMAGED


def test_a_head_longer_than_is_read_is_damaged() -> None:
    long = with_element(b"\x08\x00\x01\x00", b"OB", DICOM_HEAD_BYTES, bytes(DICOM_HEAD_BYTES))
    assert refused(long[:DICOM_HEAD_BYTES], whole=False) == Reason.DAMAGED
    assert refused(with_element(b"\x08\x00\x01\x00", b"OB", 2**32 - 2, b"")) == Reason.DAMAGED


def test_a_deep_nest_is_damaged() -> None:
    undefined = b"\xff" * 4
    item = b"\xfe\xff\x00\xe0" + undefined
    nest = (b"\x08\x00\x40\x11SQ\0\0" + undefined + item) * 20_000
    assert refused(with_element(b"\x08\x00\x06\x00", b"SQ", 2**32 - 1, item + nest)) == (
        Reason.DAMAGED
    )


def test_what_is_deflated_is_unpacked_no_further_than_is_read() -> None:
    made = CT.slice(0)
    packed = encoded(made, DeflatedExplicitVRLittleEndian)
    meta = packed.index(DeflatedExplicitVRLittleEndian.encode())
    begin = 132 + 12 + struct.unpack("<I", packed[140:144])[0]
    assert meta < begin
    bomb = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = b"\x08\x00\x01\x00OB\0\0" + struct.pack("<I", 2**31) + bytes(64 * 1024 * 1024)
    start = packed[:begin] + bomb.compress(block) + bomb.flush()
    assert len(start) < DICOM_HEAD_BYTES
    assert refused(start) == Reason.DAMAGED


def test_a_value_that_is_too_long_or_another_is_not_shown() -> None:
    made = CT.slice(0)
    made.StudyDescription = "x" * 64
    file = encoded(made)
    long = b"x" * 64
    at = file.index(long)
    bent = file[: at - 2] + struct.pack("<H", 60_000) + b"x" * 60_000 + file[at + 64 :]
    assert "00081030" not in read_head(bent, whole=True).study
    number = file.index(b"\x20\x00\x11\x00IS")
    for other in (b"\x20\x00\x11\x00SQ", b"\x20\x00\x11\x00UN", b"\x20\x00\x11\x00LO"):
        head = _perhaps(file[:number] + other + file[number + 6 :])
        assert head is None or "00200011" not in head.series


def _perhaps(file: bytes) -> Head | None:
    try:
        return read_head(file, whole=True)
    except LeftOut:
        return None


@settings(max_examples=300, deadline=None)
@given(at=st.integers(132, len(FILE) - 600), bytes_=st.binary(min_size=1, max_size=8))
def test_any_bytes_are_a_head_or_left_out(at: int, bytes_: bytes) -> None:
    _perhaps(FILE[:at] + bytes_ + FILE[at + len(bytes_) :])
    _perhaps(FILE[:at] + bytes_ + FILE[at:])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_behind_the_preamble(rest: bytes) -> None:
    assert _perhaps(bytes(128) + b"DICM" + rest) is None


def test_what_pydicom_brings_along_is_there() -> None:
    """It is in the package: nothing is downloaded."""
    files = [file for file in Path(REAL).rglob("*") if file.is_file()]
    assert len(files) == 91
