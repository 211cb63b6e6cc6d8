"""Seal a part of any size while it goes up, and go on where it stopped (Streamed parts).

What was sealed is remembered before it is sent, so that no chunk is ever sealed twice with
different content: its number is its nonce.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from client.api.blobs import Upload
from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api, Random
from client.documents.patience import Patience
from client.documents.sources import Source, SourceChanged
from client.sealing.agefile import Payload, begin_file, seal_file
from client.sealing.encoding import sha256
from client.sealing.envelope import Leaves, StreamedPart
from client.sealing.keys import SigningKey
from client.sealing.streamed import Shape
from client.sealing.tree import CHUNK_BYTES, LEAF_BYTES, leaf_hash, root_of
from client.sealing.xwing import KemKey
from client.vault import Keeper
from signaling.wire import ErrorCode

# Each is an answer to wait for, and three of them are in memory.
PIECE_BYTES = 16 * 1024 * 1024
PIECE_CHUNKS = PIECE_BYTES // CHUNK_BYTES
# Is told how many bytes of the plaintext are there.
Told = Callable[[int], None]


@dataclass(frozen=True)
class Going:
    """Where a part goes: its blob, who owns and who reads it, and the document key."""

    blob: bytes
    owner: SigningKey = field(repr=False)
    read: SigningKey = field(repr=False)
    key: KemKey = field(repr=False)


@dataclass(frozen=True)
class Gone:
    """A part that is there: where, and the tree hash of its plaintext."""

    part: StreamedPart
    tree: bytes


class SealedSource:
    """The bytes of the blob of one source, from any piece on, always the same.

    `kept` holds what must not be drawn anew, and the leaf hashes of all that was given.
    """

    def __init__(self, source: Source, key: KemKey, kept: Keeper, random: Random) -> None:
        self.shape = Shape(source.length)
        self._source = source
        self._key = key
        self._kept = kept
        self._random = random
        if (begun := kept.get("begun")) is None:
            head, payload = begin_file(key.public, random)
            begun = payload.key + head
            kept.put("begun", begun)
        self._payload, self._head = Payload(begun[:32]), begun[32:]

    def pieces(self, offset: int) -> Iterator[bytes]:
        """From `offset` on, where a piece began before, or 0. Raises SourceChanged."""
        shape, first = self.shape, 0
        if 0 < offset < shape.content:
            first = shape.chunk_at(offset)
        if offset < shape.content:
            yield from self._content(first)
            offset = shape.content
        tail, at = self._tail(), shape.content
        while offset < shape.blob:
            behind = tail[offset - at : offset - at + PIECE_BYTES]
            size = min(PIECE_BYTES, shape.blob - offset)
            # What comes behind the leaves is zeros.
            yield behind.ljust(size, b"\0")
            offset += size

    def tree(self) -> bytes:
        """Of the plaintext, once all of its pieces were given."""
        return root_of(self._leaves())

    def leaves(self) -> Leaves:
        tail = self._tail()
        return Leaves(len(tail), sha256(tail))

    def _content(self, first: int) -> Iterator[bytes]:
        piece, leaves, shape = list[bytes](), bytearray(), self.shape
        index = first
        chunks = self._source.chunks(first)
        while index < self.shape.chunks:
            # An empty part is one empty chunk.
            text = next(chunks, None) if self._source.length else b""
            if text is None or len(text) != shape.plain(index + 1) - shape.plain(index):
                raise SourceChanged(self._source.name)
            leaves += leaf_hash(text)
            piece.append(self._payload.seal(index, text, last=self.shape.is_last(index)))
            index += 1
            if index % PIECE_CHUNKS == 0 or index == self.shape.chunks:
                begin = (index - 1) // PIECE_CHUNKS * PIECE_CHUNKS
                whole = index - begin == len(leaves) // LEAF_BYTES
                self._remember(begin, bytes(leaves), whole=whole)
                head = self._head if begin == 0 and first == 0 else b""
                yield b"".join((head, *piece))
                piece.clear()
                leaves.clear()

    def _remember(self, begin: int, leaves: bytes, *, whole: bool) -> None:
        """Keep the leaf hashes of a piece before it is sent. Raises SourceChanged."""
        if not whole:
            raise ValueError("an upload goes on where a piece begins")
        name = f"leaves-{begin // PIECE_CHUNKS}"
        known = self._kept.get(name)
        if known is None:
            self._kept.put(name, leaves)
        elif known != leaves:
            raise SourceChanged(self._source.name)

    def _leaves(self) -> bytes:
        count = -(-self.shape.chunks // PIECE_CHUNKS)
        found = [self._kept.get(f"leaves-{number}") or b"" for number in range(count)]
        leaves = b"".join(found)
        if len(leaves) != LEAF_BYTES * self.shape.chunks:
            raise ValueError("some leaves are missing")
        return leaves

    def _tail(self) -> bytes:
        """The sealed leaves. They are drawn once."""
        tail = self._kept.get("tail")
        if tail is None:
            tail = b"".join(seal_file([self._leaves()], self._key.public, self._random))
            self._kept.put("tail", tail)
        return tail


async def send_up(
    api: Api, upload: Upload, sealed: SealedSource, told: Told, patience: Patience
) -> None:
    """Send what is not there yet, one piece being sealed while another is on its way.

    Where the connection is lost it waits, as long as `patience` has it. Raises ServerRefused,
    ServerUnreachable, SourceChanged.
    """
    while True:
        try:
            await _send(api, upload, sealed, told, patience)
        except ServerUnreachable as error:
            await patience.wait(error)
        except ServerRefused as error:
            # Another attempt of ours was further than we knew.
            if error.code not in {ErrorCode.BAD_OFFSET, ErrorCode.ALREADY_EXISTS}:
                raise
            await patience.wait(error)
        else:
            return


async def _send(
    api: Api, upload: Upload, sealed: SealedSource, told: Told, patience: Patience
) -> None:
    try:
        offset = await upload.offset(api)
    except ServerRefused as error:
        if error.code is not ErrorCode.NOT_FOUND:
            raise
        offset = 0
    pieces = sealed.pieces(offset)
    told(min(offset, sealed.shape.length))
    ready = asyncio.create_task(asyncio.to_thread(_next, pieces))
    try:
        # Its thread is not cancelled with us.
        while (found := await asyncio.shield(ready)) is not None:
            ready = asyncio.create_task(asyncio.to_thread(_next, pieces))
            piece, digest = found
            await upload.send(api, offset, piece, digest)
            patience.renew()
            offset += len(piece)
            told(min(offset, sealed.shape.length))
    finally:
        # What is being sealed is remembered first: nothing else may do so at the same time.
        await asyncio.gather(ready, return_exceptions=True)


def _next(pieces: Iterator[bytes]) -> tuple[bytes, bytes] | None:
    """The next piece, with its SHA-256."""
    piece = next(pieces, None)
    return None if piece is None else (piece, sha256(piece))


def gone(going: Going, sealed: SealedSource) -> Gone:
    """What the envelope and the statement say of a part that is there."""
    part = StreamedPart(going.blob, sealed.shape.content, sealed.leaves(), going.read.seed)
    return Gone(part, sealed.tree())
