"""The browser client's own builder, run by Node: its prescriptions as FHIR and PDF files."""

from __future__ import annotations

import subprocess
from pathlib import Path

import nodejs
import pytest

ROOT = Path(__file__).resolve().parents[3]
WEB = ROOT / "web"
FONTS = WEB / "node_modules" / "@expo-google-fonts" / "noto-sans"

# Vite bundles for the oldest Node that the project promises, apart from the pages' own build.
BUNDLE = """
import { build } from "vite";
await build({
  configFile: false,
  publicDir: false,
  logLevel: "error",
  ssr: { noExternal: true },
  build: { ssr: "tests/prescription/print.ts", outDir: process.argv[1], target: "node20" },
});
"""


@pytest.fixture(scope="session")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder with `NAME.json` and `NAME.pdf` for each sample prescription."""
    node = nodejs.find(ROOT / ".venv")
    assert node is not None, "run make setup"
    code = tmp_path_factory.mktemp("code")
    folder = tmp_path_factory.mktemp("printed")
    run = [str(node.executable)]
    subprocess.run(
        [*run, "--input-type=module", "--eval", BUNDLE, str(code)], cwd=WEB, check=True, timeout=60
    )
    subprocess.run([*run, str(code / "print.js"), str(folder), str(FONTS)], check=True, timeout=60)
    return folder
