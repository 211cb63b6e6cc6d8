"""strace on a running server: count what it has the disk keep, and make the disk refuse."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.patience import PATIENCE

_RESUMED = re.compile(r"<\.\.\. (\w+) resumed>")
_CALL = re.compile(r"\d+ +(\w+)\((?:\d+<([^>]*)>)?(.*)")


@dataclass(frozen=True)
class Call:
    name: str
    path: str
    rest: str


@dataclass(frozen=True)
class Trace:
    file: Path

    def calls(self) -> list[Call]:
        """System calls in the order in which they came to an end."""
        begun: dict[tuple[str, str], Call] = {}
        ended: list[Call] = []
        for line in self.file.read_text().splitlines():
            thread = line.split()[0]
            resumed = _RESUMED.search(line)
            if resumed:
                ended.append(begun.pop((thread, resumed[1])))
                continue
            found = _CALL.match(line)
            if found is None:
                continue
            call = Call(found[1], found[2] or "", found[3])
            if "<unfinished ...>" in line:
                begun[thread, call.name] = call
            else:
                ended.append(call)
        return ended


def _is_traced(pid: int) -> bool:
    for task in Path(f"/proc/{pid}/task").iterdir():
        lines = (task / "status").read_text().splitlines()
        if "TracerPid:\t0" in lines:
            return False
    return True


@contextlib.asynccontextmanager
async def traced(pid: int, folder: Path, *expressions: str) -> AsyncIterator[Trace]:
    """Trace a process and its threads while the block runs."""
    if shutil.which("strace") is None:
        pytest.fail("these tests need strace (Debian's package of that name)", pytrace=False)
    trace = Trace(folder / "trace")
    options = [part for expression in expressions for part in ("-e", expression)]
    strace = await asyncio.create_subprocess_exec(
        *("strace", "-f", "-y", "-qq", "-s", "16", "-o", str(trace.file), "-p", str(pid)),
        *options,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            while not _is_traced(pid):
                assert strace.returncode is None, "strace could not attach (kernel.yama?)"
                await asyncio.sleep(0.02)
        yield trace
    finally:
        with contextlib.suppress(ProcessLookupError):
            strace.send_signal(signal.SIGINT)
        await strace.communicate()


def refusing(call: str, error: str) -> tuple[str, str]:
    """Expressions that make every such call fail."""
    return f"trace={call}", f"inject={call}:error={error}"
