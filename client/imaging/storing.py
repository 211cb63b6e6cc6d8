"""Store images in a PACS (STOW-RS, PS3.18 10.5), some at a time, and believe what it answers."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from client.documents.uploading import Told
from client.imaging.opened import Image
from client.imaging.pacs import Pacs, PacsTrouble, answered
from client.limits import PACS_ANSWER_BYTES

# Each request is an answer to wait for; a PACS may hold one of them in memory.
_IMAGES = 100
_BYTES = 32 * 1024 * 1024
_STORED, _REFUSED = "00081199", "00081198"
_UID, _REASON = "00081155", "00081197"
_JSON = {"Accept": "application/dicom+json"}


@dataclass
class Stored:
    """What a PACS has said that it stored, by UID, and the reasons it gave for what it did not."""

    uids: set[str] = field(default_factory=set)
    refused: dict[str, int] = field(default_factory=dict)


async def store(pacs: Pacs, images: Sequence[Image], told: Told, stored: Stored) -> None:
    """Store them all; `told` is told how many bytes are there, and `stored` what is stored.

    Raises PacsTrouble: what `stored` has by then is there.
    """
    # A refusal of whoever asks may get lost below a large body: it is asked for before.
    async with pacs.asked("GET", "studies", _JSON, {"limit": "1"}):
        pass
    done = 0
    for batch in _batches(images):
        _note(await _store(pacs, batch), {one.uid for one in batch}, stored)
        done += sum(one.length for one in batch)
        told(done)


def _batches(images: Sequence[Image]) -> Iterator[list[Image]]:
    batch: list[Image] = []
    size = 0
    for one in images:
        if batch and (len(batch) == _IMAGES or size + one.length > _BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += one.length
    if batch:
        yield batch


async def _store(pacs: Pacs, batch: Sequence[Image]) -> dict[str, Any]:
    """What the PACS answers (PS3.18 I.2)."""
    boundary = secrets.token_hex(16)
    before = f"--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    after, end = b"\r\n", f"--{boundary}--\r\n".encode()

    async def body() -> AsyncIterator[bytes]:
        for one in batch:
            yield before
            for block in one.read():
                yield block
            yield after
        yield end

    around = len(before) + len(after)
    headers = _JSON | {
        "Content-Type": f'multipart/related; type="application/dicom"; boundary={boundary}',
        # Known, so that it need not be sent in chunks, which not every PACS takes.
        "Content-Length": str(sum(around + one.length for one in batch) + len(end)),
    }
    async with pacs.asked("POST", "studies", headers, data=body()) as response:
        # 409 is the answer where none of them was stored.
        if response.status not in {200, 202, 409}:
            raise answered(response.status)
        raw = bytearray()
        async for block in response.content.iter_any():
            raw += block
            if len(raw) > PACS_ANSWER_BYTES:
                raise PacsTrouble("The PACS answers at too great a length.")
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise PacsTrouble("The PACS does not say what it has stored.")
    return said


def _note(said: dict[str, Any], sent: set[str], stored: Stored) -> None:
    """An image that the answer does not name is not stored."""
    there = {str(uid) for item in _items(said, _STORED) for uid in _values(item, _UID)} & sent
    stored.uids |= there
    reasons = {
        str(uid): reason
        for item in _items(said, _REFUSED)
        for uid in _values(item, _UID)
        for reason in _values(item, _REASON)
        if isinstance(reason, int)
    }
    stored.refused |= {uid: reasons.get(uid, 0) for uid in sent - there}


def _values(item: dict[str, Any], tag: str) -> list[Any]:
    element = item.get(tag)
    values = element.get("Value") if isinstance(element, dict) else None
    return values if isinstance(values, list) else []


def _items(said: dict[str, Any], tag: str) -> Iterator[dict[str, Any]]:
    return (item for item in _values(said, tag) if isinstance(item, dict))
