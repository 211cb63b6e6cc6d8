"""`aparte verify`: an exported folder, whole and tampered with."""

from __future__ import annotations

import json
import os
import unicodedata
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from client.authorship import signed_by, signed_lines
from client.cli import main
from client.sealing.agefile import seal_file
from client.sealing.encoding import b64u, b64u_decode
from client.sealing.kept import Authorship, check_kept, read_kept
from client.sealing.xwing import KemKey
from client.verify import LIST, PROOF
from tests.vectors.bech32 import identity_text
from tests.vectors.forge import FOLDER, IDENTITY, OTHER_IDENTITY

SEED = bytes(range(32))
WHERE = "documents/001-2026-01-02-prescription"
NAMES = ["1-a.pdf", "2-a.json"]


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A folder with the first document of the vectors."""
    case = json.loads((FOLDER / "kept.json").read_text())[0]
    proof, parts = read_kept(b64u_decode(case["kept"]))
    folder = tmp_path / "exported"
    (folder / WHERE / "proof").mkdir(parents=True)
    for name, part in zip(NAMES, parts, strict=True):
        (folder / WHERE / name).write_bytes(part)
    for what in PROOF:
        (folder / WHERE / "proof" / what).write_bytes(getattr(proof, what))
    listed = {"folder": WHERE, "document": b64u(bytes(16)), "at": "", "parts": NAMES}
    (folder / LIST).write_text(json.dumps({"v": 1, "documents": [listed]}))
    return folder


def verify(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["verify", *map(str, arguments)])
    return result.exit_code, result.output


def test_says_who_signed(exported: Path) -> None:
    code, said = verify(exported)
    assert code == 0
    assert b64u(IDENTITY.public) in said
    assert "checked by" in said
    code, said = verify("--json", "--identity", b64u(IDENTITY.public), exported)
    assert code == 0
    assert json.loads(said)["files"] == NAMES


@pytest.fixture
def packed(exported: Path, tmp_path: Path) -> Path:
    found = tmp_path / "packed.zip"
    with zipfile.ZipFile(found, "w") as target:
        for file in exported.rglob("*"):
            if file.is_file():
                target.write(file, file.relative_to(exported).as_posix())
    return found


@pytest.fixture
def protected(packed: Path) -> Path:
    found = packed.with_name("packed.zip.age")
    chunks = [packed.read_bytes()]
    found.write_bytes(b"".join(seal_file(chunks, KemKey(SEED).public, os.urandom)))
    return found


def test_reads_the_zip_itself(packed: Path) -> None:
    assert verify(packed)[0] == 0


def test_opens_a_protected_one_with_its_code(protected: Path, tmp_path: Path) -> None:
    code = tmp_path / "code.txt"
    code.write_text(f"{identity_text(SEED)}\n")
    assert verify("--code", code, protected)[0] == 0
    asked = CliRunner().invoke(main, ["verify", str(protected)], input=f"{identity_text(SEED)}\n")
    assert asked.exit_code == 0
    assert identity_text(SEED) not in asked.output


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (identity_text(SEED)[:-1], "mistyped"),
        (identity_text(bytes(32)), "another file"),
    ],
)
def test_says_what_is_wrong_with_a_code(
    protected: Path, tmp_path: Path, typed: str, said: str
) -> None:
    code = tmp_path / "code.txt"
    code.write_text(typed)
    result = verify("--code", code, protected)
    assert result[0] == 1
    assert said in result[1]


def test_refuses_a_file_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Bonjour")
    code, said = verify(file)
    assert code == 1
    assert "not made by Aparté" in said


def test_refuses_an_altered_file(exported: Path) -> None:
    (exported / WHERE / NAMES[0]).write_bytes(b"%PDF-1.7 another")
    code, said = verify(exported)
    assert code == 1
    assert "REFUSED" in said


def test_refuses_another_identity_or_server(exported: Path) -> None:
    other = b64u(OTHER_IDENTITY.public)
    for option in ("--identity", "--server"):
        code, said = verify(option, other, "--json", exported)
        assert code == 1
        assert json.loads(said)["refused"] == "wrong_host"


def test_reads_nothing_outside_of_the_folder(exported: Path) -> None:
    listed = {"folder": f"../{exported.name}/{WHERE}", "parts": NAMES}
    (exported / LIST).write_text(json.dumps({"v": 1, "documents": [listed]}))
    assert verify(exported)[0] == 1


def test_says_that_a_folder_is_none_of_ours(tmp_path: Path) -> None:
    code, said = verify(tmp_path)
    assert code == 1
    assert "not made by Aparté" in said


# A verdict of its own, on a line of its own, over the one that stands there.
FORGED = "x\n\x1b[1Aok       forged\u2028\u202e\x9b2K\ud800"


def require_inert(lines: list[str]) -> None:
    kinds = {unicodedata.category(char) for line in lines for char in line}
    assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def listed(exported: Path, folder: str, names: list[str]) -> None:
    said = {"v": 1, "documents": [{"folder": folder, "parts": names}]}
    (exported / LIST).write_text(json.dumps(said))


@pytest.mark.parametrize("name", [FORGED, "a\0"])
def test_a_folder_of_any_name_forges_no_verdict(exported: Path, name: str) -> None:
    listed(exported, name, NAMES)
    code, said = verify(exported)
    assert code == 1
    assert said.startswith("REFUSED")
    assert said.count("\n") == 1
    require_inert(said.splitlines())
    code, said = verify("--json", exported)
    assert code == 1
    assert said.isascii()
    assert json.loads(said)["folder"] == name


def test_a_file_of_any_name_forges_no_verdict(exported: Path) -> None:
    before = verify(exported)[1]
    name = FORGED[:-1].replace("/", "")
    (exported / WHERE / NAMES[0]).rename(exported / WHERE / name)
    listed(exported, WHERE, [name, NAMES[1]])
    code, said = verify(exported)
    assert code == 0
    assert said.count("\n") == before.count("\n")
    require_inert(said.splitlines())


@pytest.fixture
def signed() -> Authorship:
    """Of the first document of the vectors."""
    case = json.loads((FOLDER / "kept.json").read_text())[0]
    return check_kept(*read_kept(b64u_decode(case["kept"])))


def test_a_card_of_any_name_forges_no_verdict(signed: Authorship) -> None:
    assert signed.card is not None
    assert signed.attestation is not None
    card = replace(signed.card, card=replace(signed.card.card, name=FORGED))
    attested = replace(signed.attestation, registrar=FORGED)
    forged = replace(signed, card=card, attestation=attested)
    lines = list(signed_lines(signed_by(forged, bytes(32))))
    assert len(lines) == len(list(signed_lines(signed_by(signed, bytes(32)))))
    assert sum("forged" in line for line in lines) == 2
    require_inert(lines)
    unasked = replace(forged, card=None, attestation=None, signed_at=None)
    require_inert(list(signed_lines(signed_by(unasked, b""))))


def test_without_a_card_nobody_signed_twice(signed: Authorship) -> None:
    twice = replace(signed, twice=True)
    assert signed_by(twice, bytes(32))["twice"] is True
    unasked = replace(twice, card=None, attestation=None, signed_at=None)
    assert signed_by(unasked, b"")["twice"] is False
