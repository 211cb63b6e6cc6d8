"""What each trust domain may import, read from its source text.

import-linter holds whole packages; this holds single modules and names, and everything that could
get around an import statement. `server` and `signaling` work from allow-lists, so that a package
nobody thought of is refused until somebody argues for it here.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("server", "signaling", "client")

# The relay core is bytes and time in, effects out: no I/O, clock, randomness or concurrency.
SIGNALING_MODULES = frozenset(
    {
        *("__future__", "abc", "base64", "bisect", "collections", "contextlib", "dataclasses"),
        *("enum", "functools", "hashlib", "hmac", "itertools", "math", "operator", "re"),
        *("string", "struct", "types", "typing", "signaling"),
    }
)

# What server and client share: bytes on the wire.
CLIENT_SIGNALING = frozenset({"signaling.watches", "signaling.wire"})

SERVER_PACKAGES = frozenset(
    {
        *("server", "signaling"),
        *("aiohttp", "multidict", "uvloop", "yarl"),
        *("alembic", "redis", "sqlalchemy"),
        *("click", "msgspec", "prometheus_client", "rich", "structlog"),
        "nacl",
    }
)

# Modules of the standard library that bring in code which this file could not see.
HIDDEN_CODE = frozenset(
    {
        *("_imp", "_frozen_importlib", "builtins", "code", "codeop", "ctypes", "imp", "importlib"),
        *("marshal", "pickle", "pkgutil", "runpy", "shelve", "zipimport"),
    }
)
HARMLESS_IMPORTLIB = frozenset({"importlib.metadata", "importlib.resources"})

# All of PyNaCl that the server may touch: Ed25519 and its errors, always by name, because
# `nacl.signing` itself loads `nacl.public` and a module object would give access to it.
NACL_NAMES = {
    "nacl.signing": re.compile(r"VerifyKey|SigningKey|SignedMessage"),
    "nacl.exceptions": re.compile(r"BadSignatureError|CryptoError"),
    "nacl.encoding": re.compile(r"\w+Encoder"),
    "nacl.bindings": re.compile(
        r"crypto_sign|crypto_sign_(open|keypair|seed_keypair|BYTES|PUBLICKEYBYTES|SEEDBYTES)"
        r"|crypto_core_ed25519_(is_valid_point|BYTES)"
    ),
}

DYNAMIC_NAMES = frozenset({"__builtins__", "__import__", "__loader__", "compile", "eval", "exec"})
DYNAMIC_ATTRIBUTES = frozenset(
    {"__import__", "exec_module", "import_module", "load_module", "modules"}
)
# An Ed25519 key turned into one that can decrypt.
CONVERSIONS = re.compile(r"to_curve25519_\w+")

PRIMITIVES = frozenset({"blobs", "cells", "log", "mailboxes", "rooms"})
SHARED = frozenset({"engines", "requests", "vouchers"})


@dataclass(frozen=True)
class Import:
    line: int
    module: str
    # None for `import module`, which hands over the whole module.
    name: str | None


def imports_of(tree: ast.AST, package: tuple[str, ...]) -> Iterator[Import]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(node.lineno, alias.name, None)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*above, *(node.module.split(".") if node.module else ())))
            for alias in node.names:
                yield Import(node.lineno, module, alias.name)


def _targets(found: Import) -> tuple[str, ...]:
    """The dotted paths that an import may mean: `from a import b` is a name of `a`, or `a.b`."""
    return (found.module,) if found.name is None else (found.module, f"{found.module}.{found.name}")


def _is_within(found: Import, module: str) -> bool:
    return any(path == module or path.startswith(f"{module}.") for path in _targets(found))


def _nacl_refusal(found: Import) -> str | None:
    allowed = NACL_NAMES.get(found.module)
    if allowed is None or found.name is None or not allowed.fullmatch(found.name):
        return "only Ed25519 may be taken from nacl, by name"
    return None


def _server_refusal(found: Import) -> str | None:
    top = found.module.split(".")[0]
    if top == "nacl":
        return _nacl_refusal(found)
    if any(_is_within(found, module) for module in HARMLESS_IMPORTLIB):
        return None
    if top in HIDDEN_CODE:
        return "it loads code out of sight"
    if top not in SERVER_PACKAGES and top not in sys.stdlib_module_names:
        return "not on the server's list"
    return None


def _signaling_refusal(found: Import) -> str | None:
    if found.module.split(".")[0] not in SIGNALING_MODULES:
        return "not on the relay core's list"
    return None


def _client_refusal(found: Import) -> str | None:
    if _is_within(found, "server"):
        return "the client is another trust domain"
    wire = any(_is_within(found, module) for module in CLIENT_SIGNALING)
    if _is_within(found, "signaling") and not wire:
        return "the client shares the wire alone"
    return None


def _sideways_refusal(package: tuple[str, ...], found: Import) -> str | None:
    """Data flows route, rules, store, engine; one primitive never knows another."""
    if package[:1] != ("server",) or len(package) < 2 or package[1] not in PRIMITIVES | SHARED:
        return None
    for primitive in PRIMITIVES - {package[1]}:
        if _is_within(found, f"server.{primitive}"):
            return f"{package[1]}/ may not know {primitive}/"
    return None


REFUSALS = {
    "server": _server_refusal,
    "signaling": _signaling_refusal,
    "client": _client_refusal,
}


def _dynamic(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in DYNAMIC_NAMES:
            yield node.lineno, f"{node.id}: code that no reader sees"
        elif isinstance(node, ast.Attribute) and node.attr in DYNAMIC_ATTRIBUTES:
            yield node.lineno, f".{node.attr}: code that no reader sees"
        elif isinstance(node, ast.Attribute) and CONVERSIONS.fullmatch(node.attr):
            yield node.lineno, f".{node.attr}: a signing key is not for decrypting"


def _violations_in(path: Path, root: Path) -> Iterator[str]:
    relative = path.relative_to(root)
    package = relative.parent.parts
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(relative))
    for found in imports_of(tree, package):
        refusal = REFUSALS[package[0]](found) or _sideways_refusal(package, found)
        if refusal:
            yield f"{relative}:{found.line}: {_targets(found)[-1]}: {refusal}"
    if package[0] != "client":
        for line, reason in _dynamic(tree):
            yield f"{relative}:{line}: {reason}"


def violations(root: Path) -> list[str]:
    """Every forbidden import below `root`, as one line each."""
    found: list[str] = []
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*")):
            if path.suffix == ".py":
                found += _violations_in(path, root)
            elif path.suffix in {".so", ".pyd", ".pyx"}:
                found.append(f"{path.relative_to(root)}: compiled code that no reader sees")
    return found
