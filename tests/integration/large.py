"""Large files, and commands that are killed in the middle of them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024


def pattern(length: int) -> Iterator[bytes]:
    """Bytes of which no two MiB are alike."""
    block = os.urandom(MIB - 8)
    for number in range(-(-length // MIB)):
        yield (number.to_bytes(8, "big") + block)[: length - number * MIB]


def write(file: Path, length: int) -> Path:
    with file.open("wb") as target:
        for block in pattern(length):
            target.write(block)
    return file


def alike(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        while block := left.read(MIB):
            if block != right.read(MIB):
                return False
    return True


@dataclass(frozen=True)
class Ended:
    """A command that has ended: its exit code (negative: the signal), and the memory it took."""

    code: int
    said: str
    memory: int


async def ran(command: list[str], typed: str, enough: Callable[[], bool] | None = None) -> Ended:
    """Run a command; `kill -9` it as soon as there is `enough`."""
    return await asyncio.to_thread(_ran, command, typed, enough)


def _ran(command: list[str], typed: str, enough: Callable[[], bool] | None) -> Ended:
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin
        assert running.stdout
        running.stdin.write(typed.encode())
        running.stdin.close()
        memory = 0
        while running.poll() is None:
            memory = max(memory, _most(running.pid))
            if enough is not None and enough():
                running.kill()
            time.sleep(0.02)
        said = running.stdout.read().decode()
    return Ended(running.returncode, said, memory)


def _most(pid: int) -> int:
    """The most memory that a process has had so far, in bytes; 0 once it has ended.

    What wait4 tells is no less than what this process has, which the other was forked from.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line) * 1024
