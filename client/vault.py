"""Where secrets rest: files that only their owner may read, each wrapped with one key.

The key comes from a passphrase by Argon2id (64 MiB, t=3; more if the file says so, never less), or
lies beside the files, for devices whose disk is encrypted and for tests.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from nacl.secret import Aead

from client.sealing.encoding import b64u, b64u_decode

KEY_BYTES = 32
OPERATIONS = 3
MEMORY_BYTES = 64 * 1024 * 1024
# A file that asks for more than this would stop a small machine.
MOST_MEMORY_BYTES = 1024 * 1024 * 1024
MOST_OPERATIONS = 16
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,100}", re.IGNORECASE)
_SETTINGS = "vault.json"
_KEY = "vault.key"


class VaultLocked(Exception):
    """The passphrase is wrong, is missing, or a file was changed: nothing was opened."""


class Keeper(Protocol):
    """Keeps named secrets: acknowledged means that they survive this process."""

    def put(self, name: str, data: bytes) -> None: ...

    def get(self, name: str) -> bytes | None: ...

    def erase(self, name: str) -> None: ...


class Memory:
    """Keeps secrets for as long as this process lives, and no longer."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def __repr__(self) -> str:
        return "Memory(hidden)"

    @property
    def names(self) -> list[str]:
        """Of all that is kept."""
        return sorted(self._kept)

    def put(self, name: str, data: bytes) -> None:
        self._kept[name] = data

    def get(self, name: str) -> bytes | None:
        return self._kept.get(name)

    def erase(self, name: str) -> None:
        self._kept.pop(name, None)


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all, and flushed to the disk."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        target.write(data)
        target.flush()
        os.fsync(target.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _derive(passphrase: str, salt: bytes, operations: int, memory: int) -> bytes:
    floor = operations >= OPERATIONS and memory >= MEMORY_BYTES
    if not floor or operations > MOST_OPERATIONS or memory > MOST_MEMORY_BYTES:
        raise VaultLocked("the vault asks for a weaker or an impossible derivation")
    return argon2id.kdf(KEY_BYTES, passphrase.encode(), salt, operations, memory)


class Vault:
    """Wrapped files in one folder. Open one with `open_vault`."""

    def __init__(self, folder: Path, key: bytes, random: Callable[[int], bytes]) -> None:
        self.folder = folder
        self._box = Aead(key)
        self._random = random

    def __repr__(self) -> str:
        return f"Vault({self.folder}, hidden)"

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name) or name in {_SETTINGS, _KEY}:
            raise ValueError("not a name for something kept")
        return self.folder / f"{name}.sealed"

    def put(self, name: str, data: bytes) -> None:
        path = self._path(name)
        nonce = self._random(Aead.NONCE_SIZE)
        write_private(path, bytes(self._box.encrypt(data, name.encode(), nonce)))

    def get(self, name: str) -> bytes | None:
        """Raises VaultLocked for a file that another key wrapped, or that was changed."""
        try:
            sealed = self._path(name).read_bytes()
        except FileNotFoundError:
            return None
        try:
            return bytes(self._box.decrypt(sealed, name.encode()))
        except (CryptoError, ValueError):
            raise VaultLocked("this was wrapped with another key, or changed") from None

    def erase(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)


def open_vault(folder: Path, passphrase: str | None, random: Callable[[int], bytes]) -> Vault:
    """Open a folder's vault, or make one: with a passphrase, or with a key file beside it.

    Raises VaultLocked.
    """
    settings = folder / _SETTINGS
    if not settings.exists():
        made: dict[str, str | int | None] = {"v": 1, "salt": None}
        if passphrase is None:
            write_private(folder / _KEY, random(KEY_BYTES))
        else:
            drawn = b64u(random(argon2id.SALTBYTES))
            made |= {"salt": drawn, "operations": OPERATIONS, "memory": MEMORY_BYTES}
        write_private(settings, json.dumps(made).encode())
    said = json.loads(settings.read_bytes())
    if said["salt"] is None:
        return Vault(folder, (folder / _KEY).read_bytes(), random)
    if passphrase is None:
        raise VaultLocked("this vault wants a passphrase")
    salt = b64u_decode(said["salt"])
    key = _derive(passphrase, salt, said["operations"], said["memory"])
    vault = Vault(folder, key, random)
    if vault.get("check") is None:
        vault.put("check", b"aparte")
    return vault
