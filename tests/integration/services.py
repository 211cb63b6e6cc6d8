"""PostgreSQL and Redis of the tests' own, one of each for a run, on loopback.

With TEST_NODES=2 every server of the integration tests keeps its records and tells its notes over
these; without it, it has a file of its own. Tests of several processes ask for these themselves.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from tests.integration.ports import free_port

NODES = int(os.environ.get("TEST_NODES", "1"))
_USER = "postgres"


def _program(name: str) -> str:
    """Debian keeps PostgreSQL's programs aside, by version."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = str(places[0]) if places else shutil.which(name)
    assert found, f"{name} is missing: run `make setup`"
    return found


def _as_postgres(*command: str) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return list(command)
    return ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--clear-groups", *command]


def _gone(process: subprocess.Popen[bytes], folder: Path) -> None:
    process.send_signal(signal.SIGQUIT)
    process.wait(10)
    shutil.rmtree(folder, ignore_errors=True)


def _started(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    atexit.register(_gone, process, folder)
    return process


@functools.cache
def postgres() -> str:
    """The address of a PostgreSQL, as in `postgresql://postgres@127.0.0.1:5432`."""
    folder = Path(tempfile.mkdtemp(prefix="aparte-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, _USER, _USER)
    data, port = folder / "data", free_port()
    made = ("initdb", "--pgdata", str(data), "--username", _USER, "--auth", "trust", "--no-sync")
    subprocess.run(
        _as_postgres(_program(made[0]), *made[1:]), check=True, cwd=folder, capture_output=True
    )
    settings = (
        f"port={port}",
        "listen_addresses=127.0.0.1",
        f"unix_socket_directories={folder}",
        "max_connections=200",
    )
    options = [part for setting in settings for part in ("-c", setting)]
    process = _started(_as_postgres(_program("postgres"), "-D", str(data), *options), folder)
    ready = [_program("pg_isready"), "-h", "127.0.0.1", "-p", str(port), "-q"]
    for _ in range(200):
        assert process.poll() is None, (folder / "log").read_text()
        if subprocess.run(ready, check=False).returncode == 0:
            return f"postgresql://{_USER}@127.0.0.1:{port}"
        time.sleep(0.05)
    raise AssertionError((folder / "log").read_text())


@functools.cache
def database(name: str) -> str:
    """The URL of a database of its own for whatever has this name, made when first asked for."""
    server = postgres()
    made = f"t{hashlib.sha256(name.encode()).hexdigest()[:20]}"
    command = [_program("psql"), "-q", server, "-c", f"CREATE DATABASE {made}"]
    subprocess.run(command, check=True, capture_output=True)
    return f"{server}/{made}"


@functools.cache
def redis() -> str:
    """The URL of a Redis."""
    folder, port = Path(tempfile.mkdtemp(prefix="aparte-redis-")), free_port()
    process = _started(redis_command(port, folder), folder)
    for _ in range(200):
        assert process.poll() is None, (folder / "log").read_text()
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port)).close()
            return f"redis://127.0.0.1:{port}"
        time.sleep(0.02)
    raise AssertionError((folder / "log").read_text())


def redis_command(port: int, folder: Path) -> list[str]:
    """A Redis that keeps nothing."""
    where = ("--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder))
    return ["redis-server", *where, "--save", "", "--appendonly", "no"]


def backends(data: Path) -> dict[str, str]:
    """The settings of a server over one data folder, besides those of every test."""
    if NODES == 1:
        return {}
    return {"database": database(str(data)), "redis": redis()}
