"""Large files, and commands that are killed in the middle of them."""

from __future__ import annotations

import asyncio
import os
import signal
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
        pid, status, used = 0, 0, None
        while pid == 0:
            pid, status, used = os.wait4(running.pid, os.WNOHANG)
            if pid == 0 and enough is not None and enough():
                os.kill(running.pid, signal.SIGKILL)
            time.sleep(0.02)
        assert used
        running.returncode = os.waitstatus_to_exitcode(status)
        said = running.stdout.read().decode()
    return Ended(running.returncode, said, used.ru_maxrss * 1024)
