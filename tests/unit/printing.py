"""The browser client's own builders, run by Node, and what other libraries read of their files."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs
import pytest
from fhir.resources.R4B.bundle import Bundle

ROOT = Path(__file__).resolve().parents[2]
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
  build: { ssr: process.argv[1], outDir: process.argv[2], target: "node20" },
});
"""


def _node() -> str:
    node = nodejs.find(ROOT / ".venv")
    assert node is not None, "run make setup"
    return str(node.executable)


def printed_by(script: str, factory: pytest.TempPathFactory) -> Path:
    """Run a `print.ts`; give the folder with `NAME.json` and `NAME.pdf` for each of its samples."""
    code = factory.mktemp("code")
    folder = factory.mktemp("printed")
    run = [_node()]
    build = [*run, "--input-type=module", "--eval", BUNDLE, script, str(code)]
    subprocess.run(build, cwd=WEB, check=True, timeout=60)
    subprocess.run([*run, str(code / "print.js"), str(folder), str(FONTS)], check=True, timeout=60)
    return folder


def parse(text: str) -> Any:
    """Check a document against the library's classes, whose optional fields mypy cannot follow."""
    return Bundle.model_validate_json(text)


def resources(bundle: Any, kind: str) -> list[Any]:
    found = [entry.resource for entry in bundle.entry]
    return [one for one in found if type(one).__name__ == kind]


def text_of(pdf: Path, *options: str) -> str:
    done = subprocess.run(
        ["pdftotext", *options, str(pdf), "-"], capture_output=True, text=True, check=True
    )
    return re.sub(r"\s+", " ", done.stdout)


@dataclass(frozen=True)
class Read:
    """What pdf.js made of a file: its pages as text, and what it complained of."""

    pages: list[str]
    said: list[str]
    # The name of pdf.js's error, where it opened nothing.
    refused: str | None

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "\n".join(self.pages))


def by_pdfjs(folder: Path) -> dict[str, Read]:
    """Read all of a folder with pdf.js; gives what it made of each `NAME.pdf`, by its name."""
    files = sorted(folder.glob("*.pdf"))
    command = [_node(), "tests/pdf/read.mjs", *map(str, files)]
    done = subprocess.run(
        command, cwd=WEB, capture_output=True, text=True, check=True, timeout=30 + 2 * len(files)
    )
    found = (Read(**json.loads(line)) for line in done.stdout.splitlines())
    return {file.stem: read for file, read in zip(files, found, strict=True)}
