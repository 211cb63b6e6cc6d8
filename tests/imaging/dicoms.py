"""Synthetic DICOM files, slice by slice: no more than one is in memory, however large the study.

`python -m tests.imaging.dicoms FOLDER SLICES SIDE` writes a CT of so many square slices; 1,200 of
side 512 are 600 MiB.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian

# A root of nobody's, for examples (RFC 5612), so that no UID of these is anybody's.
ROOT = "1.3.6.1.4.1.32473"
# 14 series of 7 studies, and lists of files in all forms. They lie in pydicom's package: nothing is
# downloaded, as pydicom.data would.
REAL = Path(pydicom.__file__).parent / "data" / "test_files" / "dicomdirtests"


@dataclass(frozen=True)
class Ct:
    """A CT whose slices lie one above the other. `number` tells series of a study apart."""

    rows: int = 16
    columns: int = 16
    study: int = 1
    number: int = 1
    description: str = "Thorax"
    date: str = "20260301"
    patient: str = "ÉCHANTILLON^Zoé"

    @property
    def study_uid(self) -> str:
        return f"{ROOT}.{self.study}"

    @property
    def series_uid(self) -> str:
        return f"{self.study_uid}.{self.number}"

    def uid(self, at: int) -> str:
        return f"{self.series_uid}.{at + 1}"

    def pixels(self, at: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
        """A disc that grows from slice to slice, in air, with noise that no two slices share."""
        y, x = np.ogrid[-1 : 1 : self.rows * 1j, -1 : 1 : self.columns * 1j]
        disc = (x * x + y * y) < (0.2 + 0.6 * ((at * 37) % 100) / 100)
        noise = np.random.default_rng(at).integers(-20, 20, (self.rows, self.columns))
        return (np.where(disc, 40, -1000) + noise).astype(np.int16)

    def slice(self, at: int, *, place: float | None = None, number: int | None = None) -> Dataset:
        """The slice number `at`, at a height of so many millimetres."""
        made = Dataset()
        made.SpecificCharacterSet = "ISO_IR 100"
        made.SOPClassUID, made.SOPInstanceUID = CTImageStorage, self.uid(at)
        made.StudyDate, made.StudyTime, made.Modality = self.date, "093000", "CT"
        made.StudyDescription, made.SeriesDescription = "Étude de démonstration", self.description
        made.PatientName, made.PatientID = self.patient, "DEMO-1"
        made.PatientBirthDate, made.PatientSex = "19700101", "F"
        made.AccessionNumber, made.ReferringPhysicianName, made.StudyID = "", "", ""
        made.StudyInstanceUID, made.SeriesInstanceUID = self.study_uid, self.series_uid
        made.FrameOfReferenceUID = f"{self.series_uid}.0"
        made.SeriesNumber, made.InstanceNumber = self.number, at + 1 if number is None else number
        made.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        made.ImagePositionPatient = [-100, -100, 1.25 * at if place is None else place]
        made.SliceThickness, made.PixelSpacing = "1.25", [0.5, 0.5]
        made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
        made.Rows, made.Columns = self.rows, self.columns
        made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 16, 15, 1
        made.RescaleIntercept, made.RescaleSlope = "0", "1"
        made.WindowCenter, made.WindowWidth = "40", "400"
        made.PixelData = self.pixels(at).tobytes()
        return made


def encoded(made: Dataset, syntax: str = ExplicitVRLittleEndian, preamble: bytes = b"") -> bytes:
    """The file of a data set."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = made.SOPClassUID
    meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    meta.TransferSyntaxUID = UID(syntax)
    meta.ImplementationClassUID = UID(f"{ROOT}.0")
    written = BytesIO()
    file = Dataset(made)
    file.file_meta, file.preamble = meta, preamble.ljust(128, b"\0")
    pydicom.dcmwrite(written, file, enforce_file_format=True)
    return written.getvalue()


def make_ct(folder: Path, slices: int, ct: Ct | None = None) -> list[Path]:
    """Write so many slices into a folder, one after the other."""
    ct = ct or Ct()
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"IM{at:06}" for at in range(slices)]
    for at, file in enumerate(files):
        file.write_bytes(encoded(ct.slice(at)))
    return files


if __name__ == "__main__":
    where, count, side = sys.argv[1:]
    make_ct(Path(where), int(count), Ct(rows=int(side), columns=int(side)))
