"""age v1 files (C2SP age) with exactly one recipient of the one type `mlkem768x25519`.

Trap: age tools let post-quantum and X25519 recipients mix in one file, which is then as weak as its
weakest stanza; readers and writers here know one stanza and refuse all else.
Trap: whoever holds the file key can rewrite chunks; what makes a plaintext the author's is the tree
hash that the author signed, checked by the caller before anything is shown.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from client.sealing.errors import SealCode, SealError
from client.sealing.handshake import Random
from client.sealing.kdf import CHACHA, TAG_BYTES, hkdf, mac, same
from client.sealing.xwing import ENCAPSULATION_BYTES, KemKey, require_public

CHUNK_BYTES = 64 * 1024
FILE_KEY_BYTES = 16
_VERSION = b"age-encryption.org/v1"
_STANZA = b"mlkem768x25519"
_INFO = b"age-encryption.org/mlkem768x25519"
SEALED_CHUNK = CHUNK_BYTES + TAG_BYTES
NONCE_BYTES = 16
# What stands before the first chunk: version, stanza, MAC and nonce have one form, of one length.
HEAD_BYTES = 1643
# The version, one stanza of 1,120 + 32 bytes and the MAC, with room to see a second stanza.
_HEADER_LIMIT = 8192
_MLKEM_PUBLIC = 1184
_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)


class Wrap(Protocol):
    """How a file key is sealed to a public key; tests pass one that gives recorded results."""

    def __call__(self, public: bytes, file_key: bytes) -> bytes: ...


def wrap(public: bytes, file_key: bytes) -> bytes:
    """HPKE base mode, as the stanza wants it: encapsulation ‖ sealed file key (1,152 bytes)."""
    require_public(public)
    try:
        key = hpke.MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC]),
            X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC:]),
        )
        return _SUITE.encrypt(file_key, key, _INFO)
    except ValueError:
        raise SealError(SealCode.BAD_KEY) from None


def _unwrap(key: KemKey, sealed: bytes) -> bytes:
    try:
        private = hpke.MLKEM768X25519PrivateKey(key.mlkem, key.x25519)
        return _SUITE.decrypt(sealed, private, _INFO)
    except (InvalidTag, ValueError):
        raise SealError(SealCode.CANNOT_OPEN) from None


def _b64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _b64_decode(text: bytes) -> bytes:
    try:
        data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise SealError(SealCode.BAD_FORM, "not base64") from None
    if _b64(data) != text:
        raise SealError(SealCode.BAD_FORM, "not canonical base64")
    return data


def _header_mac(file_key: bytes, unsigned: bytes) -> bytes:
    return mac(hkdf(file_key, b"", "header"), unsigned)


def _nonce(index: int, *, last: bool) -> bytes:
    return index.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _split(chunks: Iterable[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """Cut a stream into pieces of `size`, the last one marked; there is always a last one."""
    buffer = bytearray()
    for chunk in chunks:
        buffer += chunk
        while len(buffer) > size:
            yield bytes(buffer[:size]), False
            del buffer[:size]
    yield bytes(buffer), True


def sealed_length(length: int) -> int:
    """How long the file of a plaintext of so many bytes is."""
    return HEAD_BYTES + length + TAG_BYTES * max(1, -(-length // CHUNK_BYTES))


@dataclass(frozen=True)
class Payload:
    """What seals and opens the chunks of one file, each by its number, in any order.

    Trap: a number is a nonce. A chunk that was sealed must never be sealed with another content.
    """

    key: bytes = field(repr=False)

    def seal(self, index: int, text: bytes, *, last: bool) -> bytes:
        return CHACHA.seal(self.key, _nonce(index, last=last), b"", text)

    def open(self, index: int, sealed: bytes, *, last: bool) -> bytes:
        """Raises `cannot_open`."""
        return CHACHA.open(self.key, _nonce(index, last=last), b"", sealed)


def begin_file(public: bytes, random: Random, wrapper: Wrap = wrap) -> tuple[bytes, Payload]:
    """The HEAD_BYTES that a file begins with, and what seals its chunks.

    Draws file key and payload nonce, 16 bytes each, in order. Raises `bad_key`.
    """
    file_key, nonce = random(FILE_KEY_BYTES), random(NONCE_BYTES)
    sealed = wrapper(public, file_key)
    share, body = sealed[:ENCAPSULATION_BYTES], sealed[ENCAPSULATION_BYTES:]
    lines = (_VERSION, b"-> " + _STANZA + b" " + _b64(share), _b64(body), b"---")
    unsigned = b"\n".join(lines)
    head = unsigned + b" " + _b64(_header_mac(file_key, unsigned)) + b"\n" + nonce
    return head, Payload(hkdf(file_key, nonce, "payload"))


def read_head(head: bytes, key: KemKey) -> Payload:
    """What opens the chunks of a file that begins with these HEAD_BYTES.

    Raises `bad_form`, `mixed_recipients` or `cannot_open`.
    """
    header, nonce = head[:-NONCE_BYTES], head[-NONCE_BYTES:]
    if len(head) != HEAD_BYTES or not header.endswith(b"\n"):
        raise SealError(SealCode.BAD_FORM, "a header of another length")
    return Payload(hkdf(_read_header(header, key), nonce, "payload"))


def seal_file(
    chunks: Iterable[bytes], public: bytes, random: Random, wrapper: Wrap = wrap
) -> Iterator[bytes]:
    """Seal a plaintext as it streams by; draws as `begin_file` does. Raises `bad_key`."""
    head, payload = begin_file(public, random, wrapper)
    yield head
    for index, (text, last) in enumerate(_split(chunks, CHUNK_BYTES)):
        yield payload.seal(index, text, last=last)


def _stanzas(lines: list[bytes]) -> tuple[list[tuple[list[bytes], bytes]], int]:
    """Read stanzas from the line after the version on; give them and the MAC line's index."""
    found: list[tuple[list[bytes], bytes]] = []
    at = 1
    while at < len(lines) and lines[at].startswith(b"-> "):
        words = lines[at][3:].split(b" ")
        at += 1
        body = b""
        while True:
            if at >= len(lines):
                raise SealError(SealCode.BAD_FORM, "a stanza without an end")
            line = _b64_decode(lines[at])
            at += 1
            body += line
            if len(line) > 48:
                raise SealError(SealCode.BAD_FORM, "a line too long in a stanza")
            if len(line) < 48:
                break
        found.append((words, body))
    return found, at


def _read_header(header: bytes, key: KemKey) -> bytes:
    """Give the file key of a header (up to and with the newline after the MAC)."""
    lines = header[:-1].split(b"\n")
    if lines[0] != _VERSION:
        raise SealError(SealCode.BAD_FORM, "not an age v1 file")
    stanzas, at = _stanzas(lines)
    if at != len(lines) - 1 or not lines[at].startswith(b"--- "):
        raise SealError(SealCode.BAD_FORM, "a header without its end")
    if len(stanzas) != 1 or stanzas[0][0][0] != _STANZA:
        raise SealError(SealCode.MIXED_RECIPIENTS)
    words, body = stanzas[0]
    share = _b64_decode(words[1]) if len(words) == 2 else b""
    if len(share) != ENCAPSULATION_BYTES or len(body) != FILE_KEY_BYTES + TAG_BYTES:
        raise SealError(SealCode.BAD_FORM, "a stanza of another form")
    file_key = _unwrap(key, share + body)
    unsigned = header[: -len(lines[at]) + 2]
    if not same(_b64_decode(lines[at][4:]), _header_mac(file_key, unsigned)):
        raise SealError(SealCode.CANNOT_OPEN, "the header was changed")
    return file_key


def _take_header(chunks: Iterator[bytes]) -> tuple[bytes, bytes]:
    """Read up to the payload nonce; give the header and what was read past it."""
    buffer = b""
    while True:
        start = buffer.find(b"\n---")
        end = buffer.find(b"\n", start + 1) if start >= 0 else -1
        if end >= 0:
            return buffer[: end + 1], buffer[end + 1 :]
        chunk = next(chunks, None)
        if chunk is None or len(buffer) > _HEADER_LIMIT:
            raise SealError(SealCode.BAD_FORM, "a header without its end")
        buffer += chunk


def _chained(first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from chunks


def is_age_file(begin: bytes) -> bool:
    """Whether these first bytes are those of an age file."""
    return begin.startswith(_VERSION + b"\n")


def open_file(chunks: Iterable[bytes], key: KemKey) -> Iterator[bytes]:
    """Give the plaintext as it streams by; only with the last piece is the file known to be whole.

    Raises `bad_form`, `mixed_recipients` or `cannot_open`.
    """
    source = iter(chunks)
    header, rest = _take_header(source)
    file_key = _read_header(header, key)
    while len(rest) < NONCE_BYTES:
        chunk = next(source, None)
        if chunk is None:
            raise SealError(SealCode.CANNOT_OPEN, "the file ends before its payload")
        rest += chunk
    payload = Payload(hkdf(file_key, rest[:NONCE_BYTES], "payload"))
    after = _chained(rest[NONCE_BYTES:], source)
    for index, (piece, last) in enumerate(_split(after, SEALED_CHUNK)):
        text = payload.open(index, piece, last=last)
        if last and index > 0 and not text:
            raise SealError(SealCode.CANNOT_OPEN, "an empty last chunk")
        yield text
