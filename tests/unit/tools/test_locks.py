"""The lock files name packages and hashes, never a place to fetch them from."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def requirements(lock: Path) -> list[str]:
    return lock.read_text().replace("\\\n", " ").splitlines()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_python_package_is_pinned_with_a_hash(lock: Path) -> None:
    lines = [line for line in requirements(lock) if not line.lstrip().startswith("#")]
    assert lines
    for line in lines:
        assert re.match(r"[a-z0-9._-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line
        assert "//" not in line


def test_the_development_lock_holds_the_applications_versions() -> None:
    app, dev = (
        {line.split("--hash")[0].strip() for line in requirements(ROOT / "requirements" / name)}
        for name in ("app.txt", "dev.txt")
    )
    assert app <= dev


def test_the_npm_lock_holds_integrity_and_no_address() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    for name, entry in packages.items():
        assert "resolved" not in entry, name
        assert entry["integrity"].startswith("sha512-"), name
