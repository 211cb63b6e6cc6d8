"""The trust domains hold, and the tests that say so can see a violation."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.layers.rules import PACKAGES, violations

ROOT = Path(__file__).resolve().parents[2]


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [program, "--no-cache"],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("webroot", "__pycache__")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Holds nothing but what is planted: that ours is read whole is shown once, and takes long."""
    for package in PACKAGES:
        (tmp_path / package).mkdir()
    return tmp_path


def plant(root: Path, path: str, source: str) -> None:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    for folder in target.relative_to(root).parents[:-1]:
        (root / folder / "__init__.py").touch()
    target.write_text(source + "\n")


def test_no_module_imports_what_it_may_not() -> None:
    assert violations(ROOT) == []


def test_import_linter_agrees() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("path", "source", "refused"),
    [
        ("server/planted.py", "import client", "client"),
        ("server/planted.py", "from client.sealing import age", "client.sealing.age"),
        ("server/planted.py", "import aiortc", "aiortc"),
        ("server/rooms/planted.py", "def f():\n    import pyrage", "pyrage"),
        (
            "server/planted.py",
            "from cryptography.hazmat.primitives.ciphers.aead import AESGCM",
            "AESGCM",
        ),
        ("server/planted.py", "from cryptography.hazmat.primitives import hpke", "hpke"),
        ("server/planted.py", "from nacl.public import SealedBox", "SealedBox"),
        ("server/planted.py", "from nacl import secret", "nacl.secret"),
        ("server/planted.py", "import nacl.signing", "nacl.signing"),
        ("server/planted.py", "from nacl.bindings import crypto_box_open", "crypto_box_open"),
        (
            "server/planted.py",
            "from nacl.bindings import crypto_sign_ed25519_sk_to_curve25519",
            "to_curve25519",
        ),
        ("server/planted.py", "from nacl.signing import *", "nacl.signing.*"),
        ("server/planted.py", "key.to_curve25519_private_key()", "to_curve25519_private_key"),
        ("server/planted.py", "import importlib", "importlib"),
        ("server/planted.py", "from importlib import import_module", "import_module"),
        ("server/planted.py", "__import__('client')", "__import__"),
        ("server/planted.py", "exec('import client')", "exec"),
        ("server/planted.py", "e = eval", "eval"),
        ("server/planted.py", "import sys\nsys.modules['client']", ".modules"),
        ("server/planted.py", "import ctypes", "ctypes"),
        ("server/rooms/planted.py", "from server.blobs import store", "server.blobs.store"),
        ("server/rooms/planted.py", "from ..blobs import store", "server.blobs.store"),
        ("server/rooms/planted.py", "from .. import blobs", "server.blobs"),
        ("server/engines/planted.py", "import server.rooms.store", "server.rooms.store"),
        ("signaling/planted.py", "import asyncio", "asyncio"),
        ("signaling/planted.py", "import aiohttp", "aiohttp"),
        ("signaling/planted.py", "import socket", "socket"),
        ("signaling/planted.py", "from time import monotonic", "time.monotonic"),
        ("signaling/planted.py", "import random", "random"),
        ("signaling/planted.py", "import secrets", "secrets"),
        ("signaling/planted.py", "from os import urandom", "os.urandom"),
        ("signaling/planted.py", "from server import app", "server.app"),
        ("client/planted.py", "from server import app", "server.app"),
        ("client/planted.py", "from signaling import room", "signaling.room"),
        ("client/planted.py", "import signaling", "signaling"),
    ],
)
def test_a_planted_violation_is_seen(tree: Path, path: str, source: str, refused: str) -> None:
    plant(tree, path, source)
    found = violations(tree)
    assert found
    assert all(line.startswith(f"{path}:") for line in found)
    assert all(refused in line for line in found)


def test_compiled_code_is_seen(tree: Path) -> None:
    (tree / "server" / "fast.so").touch()
    assert violations(tree) == ["server/fast.so: compiled code that no reader sees"]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("server/planted.py", "from nacl.signing import SigningKey, VerifyKey"),
        ("server/planted.py", "from nacl.bindings import crypto_core_ed25519_is_valid_point"),
        ("server/planted.py", "import hashlib, hmac, re, secrets, ssl\nre.compile('')"),
        ("server/planted.py", "from importlib.resources import files"),
        ("server/planted.py", "from importlib import resources"),
        ("server/rooms/planted.py", "from server.engines import database"),
        ("server/rooms/planted.py", "from .store import Store"),
        ("client/planted.py", "from signaling.wire import Header"),
        ("client/planted.py", "from signaling import wire"),
        ("client/planted.py", "import aiortc, nacl.public"),
    ],
)
def test_what_is_allowed_is_left_alone(tree: Path, path: str, source: str) -> None:
    plant(tree, path, source)
    assert violations(tree) == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("server/planted.py", "import client"),
        ("server/planted.py", "import aiortc"),
        ("server/planted.py", "from cryptography.hazmat.primitives import hpke"),
        ("signaling/planted.py", "import aiohttp"),
        ("signaling/planted.py", "import server"),
        ("client/planted.py", "import server"),
    ],
)
def test_import_linter_sees_a_planted_violation(copy: Path, path: str, source: str) -> None:
    plant(copy, path, source)
    done = lint_imports(copy)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout
