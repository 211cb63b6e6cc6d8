"""`aparte-server demo`: the server, and a practitioner to try it with.

The server may hold no key: a process of its own, `aparte demo-host`, makes them all, uses the
public interface, and prints two links, which are only passed on to the terminal here.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from server.app import codes_of, database_of
from server.config import Config
from server.practitioners.codes import CODE_BYTES
from server.practitioners.store import Practitioners
from server.requests.encoding import b64u


class DemoFailed(Exception):
    """The demo practitioner could not be made; the text says why."""


@dataclass(frozen=True)
class Links:
    """Whoever holds these is the doctor, or the patient."""

    doctor: str = field(repr=False)
    patient: str = field(repr=False)


async def links(config: Config) -> Links | None:
    """Make a demo practitioner with an open consult on the server that is running.

    None where the data folder has a practitioner already: the links printed then still hold, and
    nobody but those who saw them has them. Raises DemoFailed.
    """
    database = database_of(config)
    try:
        if await Practitioners(database).is_anybody_enrolled():
            return None
    finally:
        await database.close()
    code = secrets.token_bytes(CODE_BYTES)
    expires = time.time() + config.limits.enrolment_seconds
    await asyncio.to_thread(codes_of(config.data).add, code, expires)
    return _read(await _run_demo_host(config.origin, b64u(code)))


async def _run_demo_host(origin: str, code: str) -> bytes:
    beside = Path(sys.executable).with_name("aparte")
    program = str(beside) if beside.exists() else shutil.which("aparte")
    if program is None:
        raise DemoFailed("The program `aparte` is missing; it is installed with aparte-server.")
    process = await asyncio.create_subprocess_exec(
        *(program, "demo-host", "--server", origin),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        printed, _ = await process.communicate(f"{code}\n".encode())
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        raise DemoFailed("`aparte demo-host` did not succeed; what it says stands above.")
    return printed


def _read(printed: bytes) -> Links:
    try:
        said = json.loads(printed)
        return Links(str(said["doctor"]), str(said["patient"]))
    except (ValueError, LookupError, TypeError):
        raise DemoFailed("`aparte demo-host` printed something else than links.") from None
