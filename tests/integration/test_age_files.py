"""age files pass between this implementation and the typage library, both ways."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nodejs
import pytest

from client.sealing.agefile import open_file, seal_file
from client.sealing.xwing import KemKey
from tests.vectors.bech32 import identity_text, recipient_text

ROOT = Path(__file__).parents[2]
SCRIPT = """
import { readFileSync, writeFileSync } from 'node:fs';
import { Decrypter, Encrypter } from 'age-encryption';
const [, , way, key, source, target] = process.argv;
const data = new Uint8Array(readFileSync(source));
if (way === 'seal') {
  const sealer = new Encrypter();
  sealer.addRecipient(key);
  writeFileSync(target, await sealer.encrypt(data));
} else {
  const opener = new Decrypter();
  opener.addIdentity(key);
  writeFileSync(target, await opener.decrypt(data));
}
"""


def typage(folder: Path, way: str, key: str, data: bytes) -> bytes:
    found = nodejs.find(Path(sys.prefix))
    assert found is not None, "no Node.js: run make setup"
    script, source, target = (folder / name for name in ("age.mjs", "source", "target"))
    script.write_text(SCRIPT)
    source.write_bytes(data)
    modules = folder / "node_modules"
    if not modules.exists():
        modules.symlink_to(ROOT / "web" / "node_modules")
    command = [str(part) for part in (found.executable, script, way, key, source, target)]
    subprocess.run(command, check=True, timeout=60)
    return target.read_bytes()


@pytest.mark.parametrize("length", [0, 7, 65536, 65537, 200_000])
def test_files_pass_both_ways(tmp_path: Path, length: int) -> None:
    plain, key = os.urandom(length), KemKey(os.urandom(32))
    ours = b"".join(seal_file([plain], key.public, os.urandom))
    assert typage(tmp_path, "open", identity_text(key.seed), ours) == plain
    theirs = typage(tmp_path, "seal", recipient_text(key.public), plain)
    assert b"".join(open_file([theirs], key)) == plain
