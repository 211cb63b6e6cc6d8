import re
from pathlib import Path

from signaling.errors import ErrorCode

ROOT = Path(__file__).parents[3]
TYPESCRIPT = re.compile(r"^  (\w+): (\d+),$", re.MULTILINE)
ROW = re.compile(r"^\| `(\w+)` \| (\d+) \| (\d+) \| ", re.MULTILINE)


def test_the_list_is_the_documents_table() -> None:
    table = ROW.findall((ROOT / "docs" / "protocol.md").read_text(encoding="utf-8"))
    ours = [(str(code), str(code.number), str(code.http)) for code in ErrorCode]
    assert ours == table


def test_the_other_language_has_the_same_list() -> None:
    source = (ROOT / "web" / "src" / "protocol" / "errors.ts").read_text(encoding="utf-8")
    listed = re.search(r"ERROR_NUMBERS = \{\n(.*?)\} as const;", source, re.DOTALL)
    assert listed is not None
    ours = [(str(code), str(code.number)) for code in ErrorCode]
    assert TYPESCRIPT.findall(listed[1]) == ours


def test_every_code_has_one_helpful_sentence() -> None:
    sentences = [code.sentence for code in ErrorCode]
    assert len(set(sentences)) == len(sentences)
    assert all(re.fullmatch(r"[A-Z].{10,}\.", sentence) for sentence in sentences)
