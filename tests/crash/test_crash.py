"""A server that is killed at any moment, on any disk: nothing acknowledged is lost or doubled.

One session runs under strace. For each call that changes the disk there are three disks: as the
call left it (`kill -9`), with what was synced alone (a power cut), and with half of the write. A
server is started on each, and the session sent again from the beginning, with the same tokens.
`make crash` takes all calls, `make test` a sample.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from tests.crash.disk import TRACED, Call, Disk, read
from tests.crash.session import EVERY, Session, prepared, sent, sent_again
from tests.integration.running import Answer, Process, process, serving

SAMPLE = 10


@dataclass
class Recorded:
    """What a session was answered, and all that the server asked of the system meanwhile.

    `told`: for each write, the index of the call with which its answer went out.
    """

    session: Session
    answers: list[Answer]
    told: list[int]
    calls: list[Call]
    before: Path


async def record(folder: Path) -> Recorded:
    made = Process(folder / "data", wrapper=_strace(folder / "trace"))
    made.data.mkdir()
    session = prepared(made.data)
    before = folder / "before"
    Disk(made.data).write_to(before, safe=True)
    async with process(made) as client:
        answers = [await sent(client, write) for write in session.writes]
        # By the time that this one came the call that sent the last answer has been written down.
        await client.send("GET", "/healthz")
    assert [answer.error for answer in answers] == [""] * len(answers)
    calls = list(read(folder / "trace"))
    return Recorded(session, answers, [_told(calls, answer) for answer in answers], calls, before)


def _told(calls: list[Call], answer: Answer) -> int:
    """The call that sent an answer: each has a nonce of its own."""
    nonce = answer.headers["Aparte-Nonce"].encode()
    (found,) = (at for at, call in enumerate(calls) if nonce in call.data)
    return found


def _strace(trace: Path) -> tuple[str, ...]:
    how = ("-f", "-y", "-xx", "-qq", "-s", "1000000", "-o", str(trace))
    return ("strace", *how, "-e", f"trace={','.join(TRACED)}")


def points(recorded: Recorded, disk: Disk) -> list[int]:
    """Indices of the calls that change the disk; in `make test` the first, the last, a sample."""
    found = [at for at, call in enumerate(recorded.calls) if disk.concerns(call)]
    if EVERY or len(found) <= SAMPLE:
        return found
    chosen = random.Random(os.urandom(8)).sample(found[1:-1], SAMPLE - 2)
    return [found[0], *sorted(chosen), found[-1]]


@pytest.mark.timeout(3600 if EVERY else 300)
async def test_nothing_acknowledged_is_lost_and_nothing_is_done_twice(tmp_path: Path) -> None:
    recorded = await record(tmp_path)
    root = tmp_path / "data"
    disk = _as_before(recorded, root)
    wanted = set(points(recorded, disk))
    checked = 0
    for at, call in enumerate(recorded.calls):
        if at in wanted and call.name in {"write", "pwrite64"} and len(call.data) > 1:
            disk.apply(call, torn=True)
            await check(
                recorded,
                disk,
                at,
                tmp_path / "crashed",
                f"torn {at}, {call.path}",
                safe=False,
            )
        disk.apply(call)
        if at in wanted:
            for safe in (False, True):
                name = f"{'power cut' if safe else 'killed'} after {at}, {call.name} {call.path}"
                await check(recorded, disk, at, tmp_path / "crashed", name, safe=safe)
                checked += 1
    assert checked >= 2 * min(SAMPLE, 10)
    await _found_out(recorded, root, tmp_path / "crashed")


def _as_before(recorded: Recorded, root: Path) -> Disk:
    rmtree(root)
    copytree(recorded.before, root)
    return Disk(root)


async def _found_out(recorded: Recorded, root: Path, folder: Path) -> None:
    """Had the server synced nothing, this would have said so."""
    disk = _as_before(recorded, root)
    for call in recorded.calls:
        if call.name not in {"fsync", "fdatasync"}:
            disk.apply(call)
    await check(recorded, disk, len(recorded.calls), folder, "nothing synced", safe=False)
    with pytest.raises(AssertionError):
        await check(recorded, disk, len(recorded.calls), folder, "nothing synced", safe=True)


async def check(
    recorded: Recorded, disk: Disk, at: int, folder: Path, name: str, *, safe: bool
) -> None:
    rmtree(folder, ignore_errors=True)
    disk.write_to(folder, safe=safe)
    acknowledged = sum(told <= at for told in recorded.told)
    try:
        async with serving(folder, nodes=1) as client:
            await sent_again(client, recorded.session, recorded.answers[:acknowledged])
    except Exception as fault:
        raise AssertionError(f"{name}, {acknowledged} acknowledged") from fault
