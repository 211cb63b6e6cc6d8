"""Log lines say what happened and where in the code, and nothing that anybody sent."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from server.logs import describe

MARKER = "marker-0123456789"
SCRIPT = f"""
import logging
import structlog
from aiohttp.http_exceptions import BadHttpMessage
from server import logs
logs.configure()
log = structlog.get_logger()
log.info("serving")
try:
    try:
        raise KeyError("{MARKER}")
    except KeyError as fault:
        raise ValueError("{MARKER}") from fault
except ValueError as fault:
    log.exception("internal")
    logging.getLogger("aiohttp.server").error("from %s", "{MARKER}", exc_info=fault)
logging.getLogger("asyncio").error("{MARKER}")
logging.getLogger("asyncio").info("{MARKER}")
logging.getLogger("aiohttp.server").error("%s", "x", exc_info=BadHttpMessage("{MARKER}"))
"""


@pytest.fixture(scope="module")
def lines() -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    assert MARKER not in done.stderr
    assert done.stdout == ""
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_lines_are_json_with_a_time_and_a_level(lines: list[dict[str, object]]) -> None:
    assert [line["event"] for line in lines] == ["serving", "internal", "library", "library"]
    assert {line["level"] for line in lines} == {"info", "error"}
    assert all(str(line["timestamp"]).endswith("Z") for line in lines)


def test_a_fault_is_its_kinds_and_places(lines: list[dict[str, object]]) -> None:
    faults = lines[1]["fault"]
    assert isinstance(faults, list)
    assert [fault["kind"] for fault in faults] == ["ValueError", "KeyError"]
    assert faults[0]["at"] == ["<string>:13 <module>"]


def test_a_librarys_line_keeps_its_template(lines: list[dict[str, object]]) -> None:
    assert lines[2]["source"] == "aiohttp.server"
    assert lines[2]["template"] == "from %s"
    assert lines[3]["template"] == "a message"


def test_a_cause_that_loops_comes_to_an_end() -> None:
    first, second = ValueError(MARKER), KeyError(MARKER)
    first.__cause__, second.__cause__ = second, first
    assert [fault["kind"] for fault in describe(first)] == ["ValueError", "KeyError"]
