"""Install the npm packages of a folder as its lock says."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs

Packages = dict[str, dict[str, Any]]


class LockChanged(Exception):
    """The lock does not hold what package.json asks for. The text names the packages."""


def _packages(lock: bytes) -> Packages:
    packages: Packages = json.loads(lock)["packages"]
    return packages


def _is_for_other_platforms(entry: dict[str, Any]) -> bool:
    return bool(entry.get("optional")) and ("os" in entry or "cpu" in entry)


def differences(before: bytes, after: bytes) -> list[str]:
    """Name the packages in which two locks differ.

    Of optional packages for one platform a registry may hold some today and others tomorrow, and
    npm's lock follows: that they come or go is no difference, that they change is.
    """
    old, new = _packages(before), _packages(after)
    return [
        name or "package.json"
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
        and not (
            (name not in old or name not in new)
            and _is_for_other_platforms({**old.get(name, {}), **new.get(name, {})})
        )
    ]


def install(node: nodejs.Node, folder: Path) -> None:
    """Raises LockChanged, and subprocess.CalledProcessError. Leaves the lock as it was.

    `npm ci` refuses to run where an optional package of another platform cannot be had, so this is
    `npm install`, and a lock that it would change is an error.
    """
    lock = folder / "package-lock.json"
    before = lock.read_bytes()
    try:
        subprocess.run(
            [*node.npm, "install", "--loglevel=error"], check=True, cwd=folder, env=node.env()
        )
        after = lock.read_bytes()
    finally:
        lock.write_bytes(before)
    changed = differences(before, after)
    if changed:
        raise LockChanged(", ".join(changed))
