"""The search itself: a marker that is planted in any form and channel is found, and only that."""

from __future__ import annotations

import base64
import gzip
import json
import secrets
import sqlite3
import subprocess
import sys
import unicodedata
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.canary import Search

TEXT = "Łukasz Şahin é canary 7421"
SECRET = secrets.token_bytes(32)


def deflate_raw(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PLANTS: dict[str, Callable[[], bytes]] = {
    "UTF-8": TEXT.encode,
    "NFD": lambda: unicodedata.normalize("NFD", TEXT).encode(),
    "UTF-16": lambda: TEXT.encode("utf-16"),
    "JSON, escaped": lambda: json.dumps({"x": TEXT}).encode(),
    "base64": lambda: base64.b64encode(TEXT.encode()),
    "base64 inside other text": lambda: base64.b64encode(b'{"n":"' + TEXT.encode() + b'"}'),
    "base64url inside, other alignment": lambda: base64.urlsafe_b64encode(b"\xff" + TEXT.encode()),
    "hex": lambda: TEXT.encode().hex().encode(),
    "gzip": lambda: b"head" + gzip.compress(b"before " + TEXT.encode()),
    "zlib": lambda: b"head" + zlib.compress(b"before " + TEXT.encode(), 9) + b"tail",
    "raw deflate": lambda: b"head" + deflate_raw(b"before " + TEXT.encode() * 3),
    "base64 in gzip": lambda: gzip.compress(base64.b64encode(b"." + TEXT.encode())),
    "secret, raw": lambda: b"x" + SECRET,
    "secret, base64url": lambda: base64.urlsafe_b64encode(SECRET).rstrip(b"="),
    "secret, base64 inside": lambda: base64.b64encode(b"ab" + SECRET + b"cd"),
    "secret, HEX": lambda: SECRET.hex().upper().encode(),
    "secret, deflated": lambda: zlib.compress(SECRET.hex().encode()),
}


@pytest.mark.parametrize("form", PLANTS)
def test_a_planted_marker_is_found(form: str) -> None:
    search = Search({"text": TEXT, "secret": SECRET})
    noise = secrets.token_bytes(2000)
    hits = search.data("here", noise + PLANTS[form]() + noise)
    assert {hit.marker for hit in hits} == {"secret" if form.startswith("secret") else "text"}


def test_noise_is_not_a_hit(tmp_path: Path) -> None:
    search = Search({"text": TEXT, "secret": SECRET})
    (tmp_path / "noise").write_bytes(secrets.token_bytes(200_000))
    assert search.folder(tmp_path) == set()


def test_names_contents_database_and_its_log_are_searched(tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir()
    (tmp_path / "blobs" / "one").write_bytes(b"..." + SECRET)
    (tmp_path / TEXT).touch()
    database = sqlite3.connect(tmp_path / "data.db")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE planted (value TEXT)")
    database.execute("INSERT INTO planted VALUES (?)", (TEXT,))
    database.commit()
    hits = Search({"text": TEXT, "secret": SECRET}).folder(tmp_path)
    database.close()
    assert {hit.where for hit in hits} >= {"blobs/one", f"name of {TEXT}", "data.db-wal"}


def test_the_memory_of_a_process_is_searched() -> None:
    program = f"kept = bytes.fromhex('{SECRET.hex()}'); print(len(kept), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        hits = Search({"secret": SECRET, "other": secrets.token_bytes(32)}).memory(process.pid)
        process.kill()
    assert {hit.marker for hit in hits} == {"secret"}
    assert "raw" in {hit.form for hit in hits}
