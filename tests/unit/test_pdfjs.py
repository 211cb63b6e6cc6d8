"""A reader of PDF that browsers use, and files that somebody made to do harm."""

from __future__ import annotations

from pathlib import Path

from tests.imaging.hostile import pdfs, plain_pdf
from tests.unit.printing import by_pdfjs


def test_it_comes_to_an_end_with_each_of_them(tmp_path: Path) -> None:
    contents = dict(pdfs()) | {"plain": plain_pdf()}
    for name, content in contents.items():
        (tmp_path / f"{name}.pdf").write_bytes(content)
    read = by_pdfjs(tmp_path)
    assert read["plain"].text == "words"
    assert {one.text.strip() for name, one in read.items() if name != "plain"} == {""}
