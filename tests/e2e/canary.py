"""Search bytes for marked text and for secrets, however they may have been written down.

Each marker is looked for as it is, in other text encodings, escaped, in hexadecimal, in base64 at
each of its three alignments, and all of that again inside deflated streams.
"""

from __future__ import annotations

import base64
import json
import unicodedata
import urllib.parse
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ahocorasick_rs import BytesAhoCorasick

# Shorter needles would be found by accident.
_SHORTEST = 8
_UNWRITTEN = bytes(256)
_RAW = -15
# A raw stream has no header to look for, so every offset is tried, in files up to this size.
_EVERY_OFFSET = 1 << 20
_INFLATED = 1 << 22
_CHUNK = 1 << 24
# No needle has it, so that none is made up of two streams.
_BETWEEN = bytes(range(255, 223, -1))


@dataclass(frozen=True)
class Hit:
    where: str
    marker: str
    form: str


def _base64(value: bytes) -> Iterator[tuple[str, bytes]]:
    """The characters that depend on the value alone, for each place it can have in a triple."""
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + value).rstrip(b"=")
        start = (0, 2, 3)[shift]
        whole = (shift + len(value)) % 3 == 0
        inner = encoded[start:] if whole else encoded[start:-1]
        yield f"base64 +{shift}", inner
        yield f"base64url +{shift}", inner.translate(bytes.maketrans(b"+/", b"-_"))


def forms(value: str | bytes) -> dict[str, bytes]:
    """Every way of writing a value that the search knows, by name."""
    found: dict[str, bytes] = {}
    if isinstance(value, str):
        texts = {"": value, "NFD ": unicodedata.normalize("NFD", value)}
        for name, text in texts.items():
            found[f"{name}UTF-8"] = text.encode()
            found[f"{name}UTF-16LE"] = text.encode("utf-16-le")
            found[f"{name}UTF-16BE"] = text.encode("utf-16-be")
            found[f"{name}JSON"] = json.dumps(text)[1:-1].encode()
            found[f"{name}URL"] = urllib.parse.quote(text, safe="").encode()
            found[f"{name}form"] = urllib.parse.quote_plus(text).encode()
            found[f"{name}Latin-1"] = text.encode("latin-1", "ignore")
        raw = [("", value.encode()), ("NFD ", texts["NFD "].encode())]
    else:
        found["raw"] = value
        found["reversed"] = value[::-1]
        raw = [("", value)]
    for name, data in raw:
        found[f"{name}hex"] = data.hex().encode()
        found[f"{name}HEX"] = data.hex().upper().encode()
        for form, needle in _base64(data):
            found[f"{name}{form}"] = needle
    needles: dict[str, bytes] = {}
    for name, needle in found.items():
        if len(needle) >= _SHORTEST and needle not in needles.values():
            needles[name] = needle
    return needles


class Search:
    """A set of markers; `where` in the answers is what the caller calls the place."""

    def __init__(self, markers: Mapping[str, str | bytes]) -> None:
        self._needles = [
            (marker, form, needle)
            for marker, value in markers.items()
            for form, needle in forms(value).items()
        ]
        needles = [needle for _, _, needle in self._needles]
        self._longest = max(map(len, needles))
        # All of them in one pass: there are a thousand, and hundreds of megabytes.
        self._machine = BytesAhoCorasick(needles)

    def data(self, where: str, data: bytes) -> set[Hit]:
        """Search bytes and the deflated streams inside them."""
        hits = self.plain(where, data)
        # Noise inflates to something at many places: looked through together, not one by one.
        pending: dict[str, bytearray] = {}
        for kind, inflated in _streams(data):
            batch = pending.setdefault(kind, bytearray())
            batch += inflated + _BETWEEN
            if len(batch) > _INFLATED:
                hits |= self._plain(where, bytes(pending.pop(kind)), f"{kind} ")
        for kind, batch in pending.items():
            hits |= self._plain(where, bytes(batch), f"{kind} ")
        return hits

    def plain(self, where: str, data: bytes) -> set[Hit]:
        """Search bytes as they are: what is too long to look for streams in."""
        return self._plain(where, data, "")

    def _plain(self, where: str, data: bytes, around: str) -> set[Hit]:
        matches = self._machine.find_matches_as_indexes(data, overlapping=True)
        found = {self._needles[index] for index, _, _ in matches}
        return {Hit(where, marker, around + form) for marker, form, _ in found}

    def folder(self, folder: Path) -> set[Hit]:
        """Search every file below a folder, names and contents."""
        hits: set[Hit] = set()
        for path in sorted(folder.rglob("*")):
            where = str(path.relative_to(folder))
            hits |= self._plain(f"name of {where}", where.encode(), "")
            if path.is_file():
                hits |= self.data(where, path.read_bytes())
        return hits

    def memory(self, pid: int) -> set[Hit]:
        """Search all that a process can write to: heap, stacks, anonymous and private mappings."""
        hits: set[Hit] = set()
        maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
        with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
            for line in maps:
                span, permissions, *_ = line.split()
                if not permissions.startswith("rw"):
                    continue
                start, end = (int(text, 16) for text in span.split("-"))
                for at in range(start, end, _CHUNK):
                    # Chunks overlap, so that no needle falls between two.
                    size = min(_CHUNK + self._longest, end - at)
                    try:
                        memory.seek(at)
                        data = memory.read(size)
                    except OSError:
                        continue
                    # Most of it was never written to, and no needle has such a gap.
                    hits |= self._plain("memory", data.replace(_UNWRITTEN, b""), "")
        return hits


def _inflate(data: memoryview, wbits: int) -> bytes:
    try:
        return zlib.decompressobj(wbits).decompress(data, _INFLATED)
    except zlib.error:
        return b""


def _may_begin(data: bytes, at: int) -> bool:
    """Whether a raw deflate stream may begin here (RFC 1951, 3.2.3)."""
    kind = data[at] >> 1 & 3
    if kind == 0:
        # A stored block says its length twice, the second time inverted.
        return data[at + 1] ^ data[at + 3] == data[at + 2] ^ data[at + 4] == 0xFF
    return kind != 3


def _streams(data: bytes) -> Iterator[tuple[str, bytes]]:
    """What comes out of every place where a gzip, zlib or raw deflate stream may begin."""
    view = memoryview(data)
    for kind, header, wbits in (
        ("gzip", b"\x1f\x8b\x08", 31),
        *(("zlib", bytes((0x78, level)), 15) for level in (0x01, 0x5E, 0x9C, 0xDA)),
    ):
        at = data.find(header)
        while at >= 0:
            inflated = _inflate(view[at:], wbits)
            if len(inflated) >= _SHORTEST:
                yield kind, inflated
            at = data.find(header, at + 1)
    if len(data) <= _EVERY_OFFSET:
        for at in range(len(data) - _SHORTEST):
            if not _may_begin(data, at):
                continue
            # A dynamic block that is not one fails within its first bytes.
            inflated = _inflate(view[at : at + 65_536], _RAW)
            if len(inflated) >= 2 * _SHORTEST:
                yield "deflate", inflated
