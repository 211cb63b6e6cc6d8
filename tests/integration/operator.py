"""`aparte-server` as an operator types it, in a process of its own or without one."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass

from click.testing import CliRunner

from server.cli import main
from tests.integration.running import BIN
from tests.patience import PATIENCE


@dataclass(frozen=True)
class Done:
    code: int
    printed: str
    said: str


async def run(*arguments: str, env: Mapping[str, str]) -> Done:
    child = await asyncio.create_subprocess_exec(
        *(str(BIN / "aparte-server"), *arguments),
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE):
        printed, said = await child.communicate()
    return Done(child.returncode or 0, printed.decode(), said.decode())


async def called(*arguments: str, env: Mapping[str, str]) -> Done:
    """The same command in this process: its start would cost more than all else in many tests.

    An exception that nobody turns into a sentence is raised here.
    """
    absent = {name: None for name in os.environ if name not in env}
    runner = CliRunner(catch_exceptions=False)
    result = await asyncio.to_thread(runner.invoke, main, arguments, env={**absent, **env})
    return Done(result.exit_code, result.stdout, result.stderr)
