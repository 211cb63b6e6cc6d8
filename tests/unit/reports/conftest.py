"""The sample reports, as FHIR and PDF files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.printing import Read, by_pdfjs, printed_by


@pytest.fixture(scope="session")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder with `NAME.json` and `NAME.pdf` for each sample report."""
    return printed_by("tests/reports/print.ts", tmp_path_factory)


@pytest.fixture(scope="session")
def read(printed: Path) -> dict[str, Read]:
    """Give what pdf.js reads of each of them, by its name."""
    return by_pdfjs(printed)
