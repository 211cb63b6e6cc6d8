"""Fetch a part of any size, each chunk checked before it is written, and go on where it stopped."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from client.api import blobs
from client.api.errors import ServerUnreachable
from client.api.http import Api
from client.documents.patience import Patience
from client.documents.uploading import Told
from client.limits import LEAVES_BYTES
from client.sealing.agefile import HEAD_BYTES
from client.sealing.envelope import StreamedPart
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import SigningKey
from client.sealing.statement import PartInfo
from client.sealing.streamed import Chunks, Shape, open_chunks
from client.sealing.xwing import KemKey


class Download:
    """A part on its way into a file. `file` may have the beginning of it, from an earlier time."""

    def __init__(self, api: Api, part: StreamedPart, info: PartInfo, key: KemKey) -> None:
        self._api = api
        self._part = part
        self._info = info
        self._key = key
        self._reader = SigningKey(part.read)
        self._chunks: Chunks | None = None
        # The next chunk to be written.
        self._index = 0

    async def run(self, file: Path, told: Told, patience: Patience) -> None:
        """Raises SealError (`altered`, `mixed_recipients`), ServerRefused, ServerUnreachable.

        What was written before an error is the author's, and stays.
        """
        # What is there stays, and is read first.
        with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as sink:
            while True:
                try:
                    await self._fetch(sink, told, patience)
                except ServerUnreachable as error:
                    await patience.wait(error)
                else:
                    break
            sink.flush()
            os.fsync(sink.fileno())

    async def _begin(self, sink: BinaryIO) -> Chunks:
        """Learn what opens the chunks, and how many of them are in the file already."""
        part, shape = self._part, Shape(self._info.length)
        # Before anything so long is fetched.
        if (part.length, part.leaves.length) != (shape.content, shape.leaves):
            raise SealError(SealCode.ALTERED, "another length than the author's")
        if shape.leaves > LEAVES_BYTES:
            raise SealError(SealCode.TOO_LONG)
        head = await self._bytes(0, HEAD_BYTES)
        leaves = await self._bytes(part.length, part.leaves.length)
        chunks = open_chunks(head, leaves, self._key, part, self._info)
        self._index = await asyncio.to_thread(_checked, chunks, sink)
        return chunks

    async def _bytes(self, begin: int, length: int) -> bytes:
        found = bytearray()
        async for some in self._stream(begin, begin + length):
            found += some
            if len(found) > length:
                raise SealError(SealCode.ALTERED, "more bytes than were asked for")
        return bytes(found)

    def _stream(self, begin: int, end: int) -> AsyncIterator[bytes]:
        return blobs.get(self._api, self._reader, self._part.blob, begin, end - 1)

    async def _fetch(self, sink: BinaryIO, told: Told, patience: Patience) -> None:
        if self._chunks is None:
            self._chunks = await self._begin(sink)
        chunks, shape = self._chunks, self._chunks.shape
        sink.seek(shape.plain(self._index))
        sink.truncate()
        told(sink.tell())
        if self._index == shape.chunks:
            return
        held = bytearray()
        async for some in self._stream(shape.begin(self._index), shape.content):
            held += some
            self._write(chunks, held, sink)
            if held and self._index == shape.chunks:
                raise SealError(SealCode.ALTERED, "more bytes than were asked for")
            patience.renew()
            told(sink.tell())
        if self._index != shape.chunks:
            raise ServerUnreachable("the server sent less than there is")

    def _write(self, chunks: Chunks, held: bytearray, sink: BinaryIO) -> None:
        """Write the chunks that have come in whole."""
        shape = chunks.shape
        while self._index < shape.chunks:
            size = shape.begin(self._index + 1) - shape.begin(self._index)
            if len(held) < size:
                return
            sink.write(chunks.open(self._index, bytes(held[:size])))
            del held[:size]
            self._index += 1


def _checked(chunks: Chunks, sink: BinaryIO) -> int:
    """How many chunks, from the first on, are in the file as their author wrote them."""
    shape = chunks.shape
    sink.seek(0)
    for index in range(shape.chunks):
        size = shape.plain(index + 1) - shape.plain(index)
        text = sink.read(size)
        if len(text) != size or not chunks.holds(index, text):
            return index
    return shape.chunks
