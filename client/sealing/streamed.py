"""Parts of any size, of which each chunk opens and is checked alone (Streamed parts).

The blob is the age file of the part, the age file of its leaf hashes, and zeros.
"""

from __future__ import annotations

from dataclasses import dataclass

from client.sealing.agefile import (
    CHUNK_BYTES,
    HEAD_BYTES,
    SEALED_CHUNK,
    Payload,
    open_file,
    read_head,
    sealed_length,
)
from client.sealing.encoding import sha256
from client.sealing.envelope import StreamedPart
from client.sealing.errors import SealCode, SealError
from client.sealing.kdf import same
from client.sealing.padme import padme
from client.sealing.statement import PartInfo
from client.sealing.tree import LEAF_BYTES, leaf_hash, root_of
from client.sealing.xwing import KemKey


@dataclass(frozen=True)
class Shape:
    """Where things lie in the blob of a plaintext of `length` bytes. All numbers are bytes."""

    length: int

    @property
    def chunks(self) -> int:
        """How many there are; an empty part is one empty chunk."""
        return max(1, -(-self.length // CHUNK_BYTES))

    @property
    def content(self) -> int:
        """What the sealed plaintext takes: the leaves begin there."""
        return sealed_length(self.length)

    @property
    def leaves(self) -> int:
        """What the sealed leaf hashes take."""
        return sealed_length(LEAF_BYTES * self.chunks)

    @property
    def blob(self) -> int:
        return padme(self.content + self.leaves)

    def begin(self, chunk: int) -> int:
        """Where a sealed chunk begins; of the number after the last: where the leaves do."""
        return min(HEAD_BYTES + chunk * SEALED_CHUNK, self.content)

    def plain(self, chunk: int) -> int:
        """Where a chunk begins in the plaintext; of the number after the last: the length."""
        return min(chunk * CHUNK_BYTES, self.length)

    def is_last(self, chunk: int) -> bool:
        return chunk == self.chunks - 1

    def chunk_at(self, offset: int) -> int:
        """The chunk that begins there. Raises ValueError within one."""
        chunk = self.chunks if offset == self.content else (offset - HEAD_BYTES) // SEALED_CHUNK
        if offset != self.begin(chunk):
            raise ValueError("a chunk begins elsewhere")
        return chunk


class Chunks:
    """What opens the chunks of a part once its leaves hold."""

    def __init__(self, shape: Shape, payload: Payload, leaves: bytes) -> None:
        self.shape = shape
        self._payload = payload
        self._leaves = leaves

    def holds(self, index: int, text: bytes) -> bool:
        """Whether a chunk is the author's."""
        at = index * LEAF_BYTES
        return same(leaf_hash(text), self._leaves[at : at + LEAF_BYTES])

    def open(self, index: int, sealed: bytes) -> bytes:
        """The plaintext of one chunk. Raises `altered` where it is not the author's."""
        try:
            text = self._payload.open(index, sealed, last=self.shape.is_last(index))
        except SealError:
            raise SealError(SealCode.ALTERED) from None
        if not self.holds(index, text):
            raise SealError(SealCode.ALTERED)
        return text


def open_chunks(
    head: bytes, leaves: bytes, key: KemKey, part: StreamedPart, info: PartInfo
) -> Chunks:
    """Read how a part begins (HEAD_BYTES), and its sealed leaves, against what its author signed.

    Raises `altered`, or `mixed_recipients`.
    """
    shape = Shape(info.length)
    if (part.length, part.leaves.length) != (shape.content, shape.leaves):
        raise SealError(SealCode.ALTERED, "another length than the author's")
    if len(leaves) != part.leaves.length or not same(sha256(leaves), part.leaves.hash):
        raise SealError(SealCode.ALTERED, "other leaves than the sender's")
    try:
        found = b"".join(open_file([leaves], key))
        payload = read_head(head, key)
    except SealError as error:
        if error.code is SealCode.MIXED_RECIPIENTS:
            raise
        raise SealError(SealCode.ALTERED) from None
    if len(found) != LEAF_BYTES * shape.chunks or not same(root_of(found), info.tree):
        raise SealError(SealCode.ALTERED, "other leaves than the author's")
    return Chunks(shape, payload, found)
