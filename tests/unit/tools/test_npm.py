from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nodejs
import npm
import pytest

ROOT_ENTRY = {"name": "web", "devDependencies": {"biome": "2.0.0"}}
BIOME = {"version": "2.0.0", "integrity": "sha512-a"}
OTHER_PLATFORM = {"version": "2.0.0", "integrity": "sha512-b", "optional": True, "os": ["darwin"]}


def lock(**packages: dict[str, Any]) -> bytes:
    return json.dumps({"packages": {"": ROOT_ENTRY, **packages}}).encode()


def test_packages_for_other_platforms_may_come_and_go() -> None:
    without, with_it = lock(biome=BIOME), lock(biome=BIOME, darwin=OTHER_PLATFORM)
    assert npm.differences(without, with_it) == []
    assert npm.differences(with_it, without) == []


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        (lock(biome={**BIOME, "version": "2.0.1"}, darwin=OTHER_PLATFORM), "biome"),
        (lock(biome=BIOME, darwin={**OTHER_PLATFORM, "integrity": "sha512-c"}), "darwin"),
        (lock(biome=BIOME, darwin=OTHER_PLATFORM, more=BIOME), "more"),
        (lock(darwin=OTHER_PLATFORM), "biome"),
        (json.dumps({"packages": {"biome": BIOME, "darwin": OTHER_PLATFORM}}).encode(), ""),
    ],
)
def test_whatever_else_changes_is_named(changed: bytes, name: str) -> None:
    before = lock(biome=BIOME, darwin=OTHER_PLATFORM)
    assert npm.differences(before, changed) == [name or "package.json"]


def npm_that_writes(folder: Path, text: bytes) -> nodejs.Node:
    script = folder / "npm"
    (folder / "written").write_bytes(text)
    script.write_text(f"#!/bin/sh\ncp {folder}/written package-lock.json\n")
    script.chmod(0o755)
    return nodejs.Node(folder / "node", (str(script),), "v24.0.0")


def test_a_lock_that_npm_would_change_is_an_error_and_stays(tmp_path: Path) -> None:
    folder = tmp_path / "web"
    folder.mkdir()
    (folder / "package-lock.json").write_bytes(before := lock(biome=BIOME))
    with pytest.raises(npm.LockChanged, match="more"):
        npm.install(npm_that_writes(tmp_path, lock(biome=BIOME, more=BIOME)), folder)
    assert (folder / "package-lock.json").read_bytes() == before


def test_a_lock_stays_as_it_is_where_other_platforms_come(tmp_path: Path) -> None:
    folder = tmp_path / "web"
    folder.mkdir()
    (folder / "package-lock.json").write_bytes(before := lock(biome=BIOME))
    npm.install(npm_that_writes(tmp_path, lock(biome=BIOME, darwin=OTHER_PLATFORM)), folder)
    assert (folder / "package-lock.json").read_bytes() == before
