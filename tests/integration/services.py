"""PostgreSQL and Redis of the tests' own, one of each for a run.

They listen on sockets in the file system, which network namespaces share. With TEST_NODES=2 the
servers of the tests are two processes each over these; without it, one, with a file of its own.
Tests of several processes ask for these themselves.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

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


def _started(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)


def _gone(process: subprocess.Popen[bytes], folder: Path) -> None:
    process.send_signal(signal.SIGQUIT)
    process.wait(10)
    shutil.rmtree(folder, ignore_errors=True)


@functools.cache
def postgres() -> str:
    """The folder of the socket of a PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="aparte-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, _USER, _USER)
    data = folder / "data"
    made = ("initdb", "--pgdata", str(data), "--username", _USER, "--auth", "trust", "--no-sync")
    subprocess.run(
        _as_postgres(_program(made[0]), *made[1:]), check=True, cwd=folder, capture_output=True
    )
    settings = (
        "listen_addresses=",
        f"unix_socket_directories={folder}",
        "max_connections=200",
    )
    options = [part for setting in settings for part in ("-c", setting)]
    process = _started(_as_postgres(_program("postgres"), "-D", str(data), *options), folder)
    atexit.register(_gone, process, folder)
    ready = [_program("pg_isready"), "-h", str(folder), "-q"]
    for _ in range(200):
        assert process.poll() is None, (folder / "log").read_text()
        if subprocess.run(ready, check=False).returncode == 0:
            return str(folder)
        time.sleep(0.05)
    raise AssertionError((folder / "log").read_text())


@functools.cache
def database(name: str) -> str:
    """The URL of a database of its own for whatever has this name, made when first asked for."""
    where = postgres()
    made = f"t{hashlib.sha256(name.encode()).hexdigest()[:20]}"
    command = [_program("psql"), "-q", "-h", where, "-U", _USER, "-c", f"CREATE DATABASE {made}"]
    subprocess.run(command, check=True, capture_output=True)
    return f"postgresql://{_USER}@/{made}?host={where}"


def sql(url: str, statement: str) -> None:
    """Do to a database what no code of ours does."""
    subprocess.run([_program("psql"), "-q", url, "-c", statement], check=True)


def dumped(url: str) -> bytes:
    """All that a database holds, as its operator would take it away."""
    return subprocess.run([_program("pg_dump"), url], check=True, capture_output=True).stdout


class RedisServer:
    """A Redis that keeps nothing, stopped and started at will. `folder` has room for its socket."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._folder}/redis.sock"

    def start(self) -> None:
        socket_file = self._folder / "redis.sock"
        socket_file.unlink(missing_ok=True)
        where = ("--port", "0", "--unixsocket", str(socket_file), "--dir", str(self._folder))
        process = self._process = _started(
            ["redis-server", *where, "--save", "", "--appendonly", "no"], self._folder
        )
        for _ in range(200):
            assert process.poll() is None, (self._folder / "log").read_text()
            if socket_file.exists():
                return
            time.sleep(0.02)
        raise AssertionError((self._folder / "log").read_text())

    def stop(self) -> None:
        """What it holds is gone, and connections to it break."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @contextlib.contextmanager
    def overheard(self, file: Path) -> Iterator[None]:
        """Write all that is said to it into a file, as MONITOR prints it."""
        with file.open("wb") as out:
            command = ["redis-cli", "-s", str(self._folder / "redis.sock"), "MONITOR"]
            process = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
            try:
                # It says OK once it listens.
                while not file.stat().st_size:
                    assert process.poll() is None
                    time.sleep(0.02)
                yield
            finally:
                process.terminate()
                process.wait()

    def say(self, word: str) -> None:
        """Keep a word, as a server might."""
        socket_file = str(self._folder / "redis.sock")
        subprocess.run(["redis-cli", "-s", socket_file, "SET", "said", word], check=True)


@contextlib.contextmanager
def own_redis() -> Iterator[RedisServer]:
    with tempfile.TemporaryDirectory(prefix="aparte-redis-") as folder:
        made = RedisServer(Path(folder))
        made.start()
        try:
            yield made
        finally:
            made.stop()


@functools.cache
def redis() -> str:
    """The URL of a Redis."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(own_redis()).url


def shared(data: Path) -> dict[str, str]:
    """The settings of the processes of one server over one data folder."""
    return {"database": database(str(data)), "redis": redis()}
