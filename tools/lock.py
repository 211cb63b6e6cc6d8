"""Write the Python lock files anew: `.venv/bin/python tools/lock.py [--upgrade]`.

Needs `uv` on the PATH. The locks carry hashes and no address, whatever index is configured here.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = (
    *("uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate"),
)
LOCKS = (
    ("app", ("pyproject.toml", "requirements/build.in")),
    (
        "dev",
        (
            *("--extra", "dev", "pyproject.toml", "requirements/build.in"),
            *("--constraint", "requirements/app.txt"),
        ),
    ),
    ("node", ("requirements/node.in",)),
)


def main() -> None:
    for name, sources in LOCKS:
        output = ("--output-file", f"requirements/{name}.txt")
        subprocess.run([*COMPILE, *sources, *output, *sys.argv[1:]], check=True, cwd=ROOT)


if __name__ == "__main__":
    main()
