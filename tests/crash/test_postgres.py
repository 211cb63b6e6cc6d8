"""A server over PostgreSQL that is killed at any word between the two: nothing is lost or doubled.

PostgreSQL itself goes on. What was asked of it may have been done, and nobody heard; `make crash`
takes every word of the session, `make test` a sample.
"""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

import aiohttp
import pytest

from tests.crash.between import between
from tests.crash.session import EVERY, prepared, sent, sent_again
from tests.integration.running import Answer, Process, process, serving
from tests.integration.services import database

SAMPLE = 4


@pytest.mark.timeout(3600 if EVERY else 300)
async def test_nothing_acknowledged_is_lost_and_nothing_is_done_twice(tmp_path: Path) -> None:
    words = await killed(tmp_path / "whole", None)
    assert words > 100
    points = range(1, words + 1)
    chosen = points if EVERY else random.Random(os.urandom(8)).sample(points, SAMPLE)
    struck = [at <= await killed(tmp_path / str(at), at) for at in sorted(chosen)]
    # How a long word is cut differs from time to time, so that the last ones may not be spoken.
    assert struck.count(True) * 2 >= len(struck)


async def killed(folder: Path, at: int | None) -> int:
    """Kill a server with this word of a session, if any; what is left takes all of the session.

    Gives how many words were spoken.
    """
    url = database(str(folder))
    acknowledged: list[Answer] = []
    async with between(url) as (words, through):
        made = Process(folder / "data", env={"APARTE_DATABASE": through})
        made.data.mkdir(parents=True)
        session = prepared(made.data)
        async with process(made) as client:
            assert made.process is not None
            pid = made.process.pid
            words.strike = lambda: os.killpg(pid, signal.SIGKILL)
            words.passed, words.at = 0, at
            try:
                for write in session.writes:
                    acknowledged += [await sent(client, write)]
            except aiohttp.ClientError:
                assert at is not None
        passed = words.passed
    assert {answer.error for answer in acknowledged} <= {""}
    try:
        async with serving(folder / "data", nodes=1, more={"database": url}) as client:
            await sent_again(client, session, acknowledged)
    except Exception as fault:
        raise AssertionError(f"killed with word {at}, {len(acknowledged)} acknowledged") from fault
    return passed
