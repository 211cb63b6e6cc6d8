"""Fetch a study from a PACS (WADO-RS, PS3.18 10.4), file by file onto the disk."""

from __future__ import annotations

import os
from pathlib import Path

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError

from client.documents.uploading import Told
from client.imaging.pacs import Pacs, PacsTrouble, answered
from client.sealing.study import INSTANCES

_BLOCK_BYTES = 256 * 1024
# As the PACS has it: nothing is unpacked, packed or converted on the way.
_ACCEPT = 'multipart/related; type="application/dicom"; transfer-syntax=*'


async def retrieve(pacs: Pacs, study: str, folder: Path, most: int, told: Told) -> None:
    """Write the files of a study into an empty folder; `told` is told how many bytes there are.

    Raises PacsTrouble, also for more than `most` bytes, and OSError.
    """
    async with pacs.asked("GET", f"studies/{study}", {"Accept": _ACCEPT}) as response:
        if response.status != 200:
            raise answered(response.status)
        if response.content_type != "multipart/related":
            raise PacsTrouble("The PACS answers with something else than images.")
        try:
            await _Writing(folder, most, told).run(aiohttp.MultipartReader.from_response(response))
        except (ValueError, AssertionError, RuntimeError, HttpProcessingError) as error:
            # What the reader says of an answer that is cut off, or of another form.
            raise PacsTrouble("The answer of the PACS is cut off, or damaged.") from error


class _Writing:
    def __init__(self, folder: Path, most: int, told: Told) -> None:
        self._folder = folder
        self._most = most
        self._told = told
        self._written = 0

    async def run(self, parts: aiohttp.multipart.MultipartResponseWrapper) -> None:
        count = 0
        while (part := await parts.next()) is not None:
            count += 1
            if not isinstance(part, aiohttp.BodyPartReader):
                raise PacsTrouble("The PACS answers with something else than images.")
            if count > INSTANCES:
                raise PacsTrouble(f"The study has more than {INSTANCES:,} images.")
            file = self._folder / f"{count:05}"
            await self._write(part, file)
            # When it was fetched is nothing of it: fetched anew it is the same, and goes on.
            os.utime(file, ns=(0, 0))
        if count == 0:
            raise PacsTrouble("The PACS gives no image.")

    async def _write(self, part: aiohttp.BodyPartReader, file: Path) -> None:
        with file.open("wb") as sink:
            while block := await part.read_chunk(_BLOCK_BYTES):
                self._written += len(block)
                if self._written > self._most:
                    raise PacsTrouble("The study is longer than the permit pays for.")
                sink.write(block)
                self._told(self._written)
