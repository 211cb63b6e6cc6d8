"""Run every static check, and with `--tests` the fast tests, two at a time."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nodejs

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
WEB = ROOT / "web"


@dataclass(frozen=True)
class Job:
    name: str
    command: tuple[str, ...]
    folder: Path = ROOT


@dataclass(frozen=True)
class Outcome:
    job: Job
    passed: bool
    seconds: float
    output: str


def python(*arguments: str) -> tuple[str, ...]:
    return (str(BIN / arguments[0]), *arguments[1:])


MYPY = Job("mypy", python("mypy"))
PYTHON_STATIC = [
    Job("lint-imports", python("lint-imports")),
    Job("ruff check", python("ruff", "check", "--quiet", ".")),
    Job("ruff format", python("ruff", "format", "--check", "--quiet", ".")),
]
PYTHON_TESTS = [
    Job(
        "pytest unit, layers",
        python("pytest", "-q", "tests/unit", "tests/layers", "--ignore=tests/unit/signaling"),
    ),
    Job(
        "relay core, every branch",
        python(
            *("pytest", "-q", "tests/unit/signaling"),
            *("--cov=signaling", "--cov-branch", "--cov-fail-under=100"),
        ),
    ),
]
# Two at a time, the longest first: what is short fills the end.
AT_ONCE = 2


def web(*scripts: str) -> list[Job]:
    node = nodejs.find(ROOT / ".venv")
    if node is None:
        sys.exit("check: no Node.js 20.19 or newer: run make setup")
    # Through env, because each tool's first line looks for `node` on the PATH.
    path = f"PATH={node.env()['PATH']}"
    return [Job(name, ("env", path, *node.npm, "run", "--silent", name), WEB) for name in scripts]


def run(job: Job) -> Outcome:
    start = time.monotonic()
    done = subprocess.run(
        job.command,
        cwd=job.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - start
    outcome = Outcome(job, done.returncode == 0, seconds, done.stdout)
    print(f"{'ok  ' if outcome.passed else 'FAIL'} {seconds:5.1f} s  {job.name}", flush=True)
    return outcome


def main(*, tests: bool) -> int:
    jobs = [
        *(*web("test:features", "test:parts"), MYPY, *(PYTHON_TESTS if tests else [])),
        *(*web("check:types", "check:cycles", "check:unused", "check:biome"), *PYTHON_STATIC),
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = list(pool.map(run, jobs))
    failures = [outcome for outcome in outcomes if not outcome.passed]
    for failure in failures:
        print(f"\n--- {failure.job.name}: {' '.join(failure.job.command)}\n{failure.output}")
    print(f"check: {len(outcomes) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(tests="--tests" in sys.argv[1:]))
