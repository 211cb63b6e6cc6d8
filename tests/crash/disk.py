"""What a disk holds after a crash, from what strace saw a process ask of it.

A file system may keep what was never synced, or none of it, or half of a write: all three are made
of the same calls. What is synced is the file's content; its name is synced with its folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

MUTATING = frozenset(
    {
        *("openat", "write", "pwrite64", "ftruncate", "fallocate", "rename", "renameat"),
        *("renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "fsync", "fdatasync"),
    }
)
TRACED = (*sorted(MUTATING), "lseek", "writev", "sendto", "sendmsg")
_LINE = re.compile(r"(\d+) +(\w+)\((.*)")
_RESUMED = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>(.*)")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_FD = re.compile(r"(\d+)<([^>]*)>")
_RESULT = re.compile(r"= (-?\d+)")
_NUMBERS = re.compile(r", (\d+)")
# Shared memory of SQLite: made anew by whoever opens the database first.
_VOLATILE = "-shm"


def _text(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))


@dataclass(frozen=True)
class Call:
    """One call that came to an end well. `paths`, `data`: the texts among its arguments."""

    name: str
    fd: int
    path: str
    paths: tuple[str, ...]
    data: bytes
    numbers: tuple[int, ...]
    flags: str
    result: int


def read(trace: Path) -> Iterator[Call]:
    """The calls of `strace -f -y -xx` in the order in which they ended."""
    begun: dict[tuple[str, str], str] = {}
    with trace.open(encoding="ascii") as lines:
        for line in lines:
            if resumed := _RESUMED.match(line):
                thread, name, rest = resumed.groups()
                found = begun.pop((thread, name), "") + rest
            elif started := _LINE.match(line):
                thread, name, found = started.groups()
                if "<unfinished ...>" in found:
                    begun[thread, name] = found.partition("<unfinished")[0]
                    continue
            else:
                continue
            call = _call(name, found)
            if call is not None:
                yield call


def _call(name: str, said: str) -> Call | None:
    arguments, _, ending = said.rpartition(") ")
    result = _RESULT.search(ending)
    if result is None or int(result[1]) < 0:
        return None
    strings = [_text(one) for one in _STRING.findall(arguments)]
    place = _FD.match(arguments)
    path = _text(place[2]).decode() if place and place[2].startswith("\\x") else ""
    if place and not path:
        path = place[2]
    return Call(
        name,
        int(place[1]) if place else -1,
        path,
        tuple(one.decode("utf-8", "replace") for one in strings[:2]),
        b"".join(strings),
        tuple(int(number) for number in _NUMBERS.findall(_STRING.sub("", arguments))),
        _STRING.sub("", arguments),
        int(result[1]),
    )


@dataclass
class _File:
    content: bytearray = field(default_factory=bytearray)
    synced: bytes = b""


class Disk:
    """The files below one folder, as they are and as they would be after a power cut."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._now: dict[str, _File | None] = {}
        self._safe: dict[str, _File | None] = {}
        self._open: dict[int, tuple[_File, int]] = {}
        for path in sorted(root.rglob("*")):
            content = b"" if path.is_dir() else path.read_bytes()
            self._now[str(path)] = None if path.is_dir() else _File(bytearray(content), content)
        self._safe = dict(self._now)

    def _is_ours(self, path: str) -> bool:
        return path.startswith(f"{self._root}/") and not path.endswith(_VOLATILE)

    def concerns(self, call: Call) -> bool:
        """Whether a call changes anything here, or makes it safe."""
        if call.name not in MUTATING:
            return False
        if call.name == "openat":
            opened = call.paths[0] if call.paths else ""
            return self._is_ours(opened) and re.search("O_CREAT|O_TRUNC", call.flags) is not None
        names = call.paths if call.fd < 0 else (call.path,)
        return any(self._is_ours(name) or name == self._root for name in names)

    def apply(self, call: Call, *, torn: bool = False) -> None:
        """Do what a call did; of a write the first half alone where it is `torn`."""
        match call.name:
            case "openat":
                self._opened(call)
            case "lseek" if call.fd in self._open:
                self._open[call.fd] = (self._open[call.fd][0], call.result)
            case "write" | "pwrite64" if call.fd in self._open:
                self._write(call, torn=torn)
            case "ftruncate" | "fallocate" if call.fd in self._open:
                self._resize(call)
            case "fsync" | "fdatasync":
                self._sync(call)
            case "mkdir" | "mkdirat" if self._is_ours(call.paths[0]):
                self._now[call.paths[0]] = None
            case "unlink" | "unlinkat" if self._is_ours(call.paths[0]):
                self._now.pop(call.paths[0], None)
            case "rename" | "renameat" | "renameat2" if self._is_ours(call.paths[0]):
                self._now[call.paths[1]] = self._now.pop(call.paths[0])
            case _:
                pass

    def _opened(self, call: Call) -> None:
        path = call.paths[0] if call.paths else ""
        self._open.pop(call.result, None)
        if not self._is_ours(path):
            return
        if "O_CREAT" in call.flags:
            self._now.setdefault(path, _File())
        file = self._now.get(path)
        if file is None:
            return
        if "O_TRUNC" in call.flags:
            file.content.clear()
        at = len(file.content) if "O_APPEND" in call.flags else 0
        self._open[call.result] = (file, at)

    def _write(self, call: Call, *, torn: bool) -> None:
        file, at = self._open[call.fd]
        begin = call.numbers[-1] if call.name == "pwrite64" else at
        data = call.data[: call.result]
        data = data[: len(data) // 2] if torn else data
        if len(file.content) < begin:
            file.content.extend(bytes(begin - len(file.content)))
        file.content[begin : begin + len(data)] = data
        if call.name == "write" and not torn:
            self._open[call.fd] = (file, begin + len(data))

    def _resize(self, call: Call) -> None:
        file, _ = self._open[call.fd]
        length = call.numbers[-1] if call.name == "ftruncate" else sum(call.numbers[-2:])
        if len(file.content) < length:
            file.content.extend(bytes(length - len(file.content)))
        elif call.name == "ftruncate":
            del file.content[length:]

    def _sync(self, call: Call) -> None:
        if call.fd in self._open:
            file, _ = self._open[call.fd]
            file.synced = bytes(file.content)
            return
        folder = call.path
        if folder != self._root and not self._is_ours(folder):
            return
        for names in (self._safe, self._now):
            for path in [one for one in names if str(Path(one).parent) == folder]:
                if path in self._now:
                    self._safe[path] = self._now[path]
                else:
                    self._safe.pop(path, None)

    def write_to(self, target: Path, *, safe: bool) -> None:
        """Make a folder that holds what is there, or only what is `safe`."""
        target.mkdir(parents=True)
        for path, file in sorted((self._safe if safe else self._now).items()):
            place = target / Path(path).relative_to(self._root)
            if file is None:
                place.mkdir(parents=True, exist_ok=True)
            elif place.parent.is_dir():
                place.write_bytes(file.synced if safe else bytes(file.content))
