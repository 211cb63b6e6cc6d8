"""What the vector scripts share: reproducible randomness, recorded encapsulations, cases."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from client.sealing import agefile, xwing
from client.sealing.encoding import b64u, b64u_decode, sha256
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import SigningKey
from client.sealing.second import SecondKey
from client.sealing.xwing import Encapsulation, KemKey

FOLDER = Path(__file__).parent
RECORDED = FOLDER / "recorded.json"

Case = dict[str, Any]


class Drbg:
    """Bytes that are the same at every run, one stream per label. Never for real keys."""

    def __init__(self, label: str) -> None:
        self._label = label.encode()
        self._at = 0

    def __call__(self, length: int) -> bytes:
        stream = hashlib.shake_256(b"aparte test vectors: " + self._label)
        start, self._at = self._at, self._at + length
        return stream.digest(self._at)[start:]


def drawn(label: str, length: int = 32) -> bytes:
    return Drbg(label)(length)


class Recorder:
    """Some libraries draw their own randomness, so that what came out once is kept and given again.

    Kept in recorded.json, by a hash of what went in.
    """

    def __init__(self) -> None:
        text = RECORDED.read_text(encoding="utf-8") if RECORDED.exists() else "{}"
        self._kept: dict[str, dict[str, str]] = json.loads(text)
        self._used: dict[str, dict[str, str]] = {}

    def encapsulate(self, public: bytes) -> Encapsulation:
        key = "kem " + b64u(sha256(public)[:12])
        if key not in self._kept:
            made = xwing.encapsulate(public)
            self._kept[key] = {"enc": b64u(made.enc), "secret": b64u(made.secret)}
        kept = self._used[key] = self._kept[key]
        return Encapsulation(b64u_decode(kept["enc"]), b64u_decode(kept["secret"]))

    def wrap(self, public: bytes, file_key: bytes) -> bytes:
        key = "age " + b64u(sha256(public + file_key)[:12])
        if key not in self._kept:
            self._kept[key] = {"sealed": b64u(agefile.wrap(public, file_key))}
        kept = self._used[key] = self._kept[key]
        return b64u_decode(kept["sealed"])

    def second(self, seed: bytes, message: bytes) -> bytes:
        key = "mldsa " + b64u(sha256(seed + message)[:12])
        if key not in self._kept:
            self._kept[key] = {"signature": b64u(SecondKey(seed).sign_bytes(message))}
        kept = self._used[key] = self._kept[key]
        return b64u_decode(kept["signature"])

    def save(self) -> None:
        """Write what this run used, and no more."""
        text = json.dumps(self._used, indent=1, sort_keys=True)
        RECORDED.write_text(text + "\n", encoding="utf-8")


RECORDER = Recorder()


class RecordedKey(SecondKey):
    """A second key whose signatures are the same at every run."""

    def sign_bytes(self, data: bytes) -> bytes:
        return RECORDER.second(self.seed, data)


def sealed(**members: bytes | str | int | list[Any] | dict[str, Any] | None) -> Case:
    """The members of a case, with bytes as base64url."""
    return {
        name: b64u(value) if isinstance(value, bytes) else value for name, value in members.items()
    }


def good(name: str, inputs: Case, gives: Case) -> Case:
    return {"name": name, **inputs, "gives": gives}


def refused(name: str, layer: str, code: str, inputs: Case) -> Case:
    return {"name": name, **inputs, "refused": {"layer": layer, "code": SealCode(code)}}


def flipped(data: bytes, at: int) -> bytes:
    """`data` with the lowest bit of one byte changed."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at:][1:]


def code_of(call: Callable[[], object]) -> SealCode:
    """The code with which `call` refuses; the scripts use it to check what they write."""
    try:
        call()
    except SealError as error:
        return error.code
    raise AssertionError("nothing was refused")


# The people of the vectors.
IDENTITY = SigningKey(drawn("identity"))
DEVICE = SigningKey(drawn("device"))
OTHER_IDENTITY = SigningKey(drawn("other identity"))
GUEST = SigningKey(drawn("guest"))
OTHER_GUEST = SigningKey(drawn("other guest"))
PREKEY = KemKey(drawn("prekey"))
OTHER_PREKEY = KemKey(drawn("other prekey"))
ROOM = drawn("room", 16)
OTHER_ROOM = drawn("other room", 16)
SECRET = drawn("link secret")
ISSUED = 1_700_000_000

# A point of order 8, and one with a component of small order; both pass many verifiers.
SMALL_ORDER = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
# y = p + 3, which is y = 3 written a second way.
NON_CANONICAL = bytes.fromhex("f0" + "ff" * 30 + "7f")
