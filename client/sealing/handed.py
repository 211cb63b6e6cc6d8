"""A document with all that shows who wrote it, in one piece (Sealed links, Dispensing)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from client.sealing.encoding import (
    SUITE,
    all_fields,
    b64u,
    fields,
    json_bytes,
    lv,
    require_head,
    require_zeros,
    take_fields,
    u8,
)
from client.sealing.envelope import StreamedPart, read_streamed
from client.sealing.errors import SealCode, SealError
from client.sealing.kdf import same
from client.sealing.kept import Authorship, Proof, check_author, require_parts
from client.sealing.padme import padme
from client.sealing.statement import bytes_member, parts_member, versioned

HANDED_KIND = 16
_FIELDS = 6


@dataclass(frozen=True)
class Outside:
    """Parts that lie in blobs of their own, all of them; `key` is the document key's seed."""

    parts: tuple[StreamedPart, ...]
    key: bytes = field(repr=False)

    def encode(self) -> bytes:
        parts = [part.members() for part in self.parts]
        return json_bytes({"v": 1, "key": b64u(self.key), "parts": parts})


@dataclass(frozen=True)
class Handed:
    """What was handed over, checked. `content`: the parts themselves, or where they are."""

    proof: Proof
    content: tuple[bytes, ...] | Outside = field(repr=False)
    authorship: Authorship


def write_handed(proof: Proof, content: tuple[bytes, ...] | Outside) -> bytes:
    """The plaintext of the blob."""
    outside = content.encode() if isinstance(content, Outside) else b""
    inside = () if isinstance(content, Outside) else content
    papers = (proof.statement, proof.receipt, proof.record, proof.server, proof.registrar)
    raw = b"".join((u8(SUITE), u8(HANDED_KIND), lv(fields(*papers, outside)), *inside))
    return raw.ljust(padme(len(raw)), b"\0")


def read_handed(raw: bytes, server: bytes, registrar: bytes | None) -> Handed:
    """Take it apart, and check who wrote it.

    `server` and `registrar` are the keys of the server where it lay: whoever sealed it chose those
    that it brings. Of parts that are elsewhere only the number is checked here. Raises `bad_suite`,
    `bad_form`, `wrong_host` for another server's papers, `wrong_registrar`, and what `check_author`
    and `require_parts` do.
    """
    require_head(raw, HANDED_KIND)
    (beside,), rest = take_fields(raw[2:], 1)
    items = all_fields(beside)
    if len(items) != _FIELDS:
        raise SealError(SealCode.BAD_FORM, "other than six fields")
    proof = Proof(*items[:-1])
    if not same(proof.server, server):
        raise SealError(SealCode.WRONG_HOST, "another server's papers")
    if proof.registrar and proof.registrar != registrar:
        raise SealError(SealCode.WRONG_REGISTRAR)
    authorship = check_author(proof, strangers=True)
    if authorship.certificate is not None and authorship.card is None:
        raise SealError(SealCode.BAD_FORM, "nothing says who wrote it")
    described = authorship.statement.parts
    if items[-1]:
        require_zeros(rest)
        outside = _read_outside(items[-1])
        if len(outside.parts) != len(described):
            raise SealError(SealCode.WRONG_STATEMENT, "another number of parts")
        return Handed(proof, outside, authorship)
    parts: list[bytes] = []
    for part in described:
        if part.length > len(rest):
            raise SealError(SealCode.ALTERED, "a part is cut off")
        parts.append(rest[: part.length])
        rest = rest[part.length :]
    require_zeros(rest)
    require_parts(authorship.statement, parts)
    return Handed(proof, tuple(parts), authorship)


def _read_outside(raw: bytes) -> Outside:
    value: dict[str, Any] = versioned(raw)
    parts = tuple(read_streamed(part) for part in parts_member(value))
    return Outside(parts, bytes_member(value, "key", 32))
