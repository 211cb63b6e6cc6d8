"""What rests on disk is wrapped, private to its owner, and opens with the right key only."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from client.vault import Memory, VaultLocked, open_vault, write_private


def test_what_was_put_is_got_and_can_be_erased(tmp_path: Path) -> None:
    vault = open_vault(tmp_path, None, os.urandom)
    assert vault.get("device") is None
    vault.put("device", b"secret")
    assert open_vault(tmp_path, None, os.urandom).get("device") == b"secret"
    vault.erase("device")
    vault.erase("device")
    assert vault.get("device") is None


def test_files_are_wrapped_and_private(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    vault = open_vault(folder, None, os.urandom)
    vault.put("device", b"a secret that must not be seen")
    assert folder.stat().st_mode & 0o077 == 0
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o077 == 0
        assert b"must not be seen" not in path.read_bytes()


def test_a_passphrase_opens_and_another_does_not(tmp_path: Path) -> None:
    open_vault(tmp_path, "correct horse", os.urandom).put("identity", b"seed")
    assert open_vault(tmp_path, "correct horse", os.urandom).get("identity") == b"seed"
    for wrong in ("correct cow", "", None):
        with pytest.raises(VaultLocked):
            open_vault(tmp_path, wrong, os.urandom)


@pytest.mark.parametrize(
    "change",
    [{"operations": 1}, {"memory": 8 * 1024 * 1024}, {"operations": 99}, {"memory": 1 << 40}],
)
def test_a_weakened_or_impossible_derivation_is_refused(
    tmp_path: Path, change: dict[str, int]
) -> None:
    open_vault(tmp_path, "correct horse", os.urandom)
    settings = tmp_path / "vault.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | change))
    with pytest.raises(VaultLocked, match="weaker or an impossible"):
        open_vault(tmp_path, "correct horse", os.urandom)


def test_a_changed_or_exchanged_file_is_refused(tmp_path: Path) -> None:
    vault = open_vault(tmp_path, None, os.urandom)
    vault.put("one", b"1")
    vault.put("two", b"2")
    (tmp_path / "one.sealed").write_bytes((tmp_path / "two.sealed").read_bytes())
    with pytest.raises(VaultLocked):
        vault.get("one")
    (tmp_path / "two.sealed").write_bytes(b"short")
    with pytest.raises(VaultLocked):
        vault.get("two")


@pytest.mark.parametrize("name", ["", "../device", "a/b", ".hidden", "vault.json", "vault.key"])
def test_names_do_not_leave_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        open_vault(tmp_path, None, os.urandom).put(name, b"")


def test_a_file_is_replaced_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    write_private(path, b"old")

    def fails(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="No space"):
        write_private(path, b"new")
    assert path.read_bytes() == b"old"


def test_nothing_kept_prints(tmp_path: Path) -> None:
    vault = open_vault(tmp_path, "correct horse", os.urandom)
    memory = Memory()
    memory.put("x", b"secret")
    assert "horse" not in repr(vault)
    assert repr(memory) == "Memory(hidden)"
