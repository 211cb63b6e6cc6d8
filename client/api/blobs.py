"""Blobs: sealed bytes that go up in pieces, and come down whole or in part."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from client.api.errors import ServerUnreachable
from client.api.http import PAUSES, Api, Request
from client.api.signing import RequestSigner
from client.sealing.encoding import b64u

PIECE_BYTES = 8 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True)
class Payer:
    """Who pays for a blob: the room that a guest is admitted to, a voucher, or the signer.

    With a voucher it may be one that can be opened `openings` times.
    """

    room: bytes | None = None
    voucher: bytes | None = None
    openings: int | None = None

    @property
    def query(self) -> str:
        if self.room is not None:
            return f"&room={b64u(self.room)}"
        counted = "" if self.openings is None else f"&openings={self.openings}"
        return "" if self.voucher is None else f"&voucher={b64u(self.voucher)}{counted}"


SIGNER_PAYS = Payer()


def _piece(body: bytes | Path, offset: int) -> tuple[bytes, int]:
    """The piece that begins there, and the length of all."""
    if isinstance(body, bytes):
        return body[offset : offset + PIECE_BYTES], len(body)
    with body.open("rb") as source:
        source.seek(offset)
        return source.read(PIECE_BYTES), body.stat().st_size


@dataclass(frozen=True)
class Upload:
    """A blob on its way: who owns it, how long it will be, and who may read it."""

    owner: RequestSigner = field(repr=False)
    blob: bytes
    length: int
    read: bytes
    payer: Payer = SIGNER_PAYS

    async def send(self, api: Api, offset: int, piece: bytes, digest: bytes | None = None) -> None:
        """Store the piece that begins there: the next one. Refused with `bad_offset` elsewhere.

        `digest`: its SHA-256, where that is known already.
        """
        first = f"&read={b64u(self.read)}{self.payer.query}" if offset == 0 else ""
        target = f"/v1/blobs/{b64u(self.blob)}?length={self.length}&offset={offset}{first}"
        await api.answer(Request("PUT", target, self.owner, piece, json=False, digest=digest))

    async def offset(self, api: Api) -> int:
        """Where the next piece begins. Refused with `not_found` where none was begun."""
        state = await api.call("GET", f"/v1/blobs/{b64u(self.blob)}/upload", self.owner)
        return int(state["offset"])


async def put(
    api: Api,
    signer: RequestSigner,
    blob: bytes,
    read: bytes,
    body: bytes | Path,
    payer: Payer = SIGNER_PAYS,
) -> None:
    """Store sealed bytes under a new id, for the holder of the key `read`."""
    piece, length = await asyncio.to_thread(_piece, body, 0)
    upload, offset = Upload(signer, blob, length, read, payer), 0
    while True:
        await upload.send(api, offset, piece)
        offset += len(piece)
        if offset >= length:
            return
        piece, _ = await asyncio.to_thread(_piece, body, offset)


@dataclass(frozen=True)
class Opened:
    """An opening that is under way, of so many bytes; it may be opened `left` times more."""

    length: int
    left: int


@dataclass(frozen=True)
class Counted:
    """How often a blob may be opened and was; `expires` in Unix seconds."""

    most: int
    used: int
    expires: int


async def open_counted(api: Api, reader: RequestSigner, blob: bytes, opening: bytes) -> Opened:
    """Open a blob once more; the same 16 bytes again are the same opening, for an hour.

    Raises ServerRefused: `used_up`, `withdrawn`, `expired`, `not_found`.
    """
    said = await api.call("POST", _openings(blob), reader, {"opening": b64u(opening)})
    try:
        return Opened(int(said["length"]), int(said["left"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ServerUnreachable("no answer to an opening") from error


async def counted(api: Api, signer: RequestSigner, blob: bytes) -> Counted:
    """Tell owner or reader how often it was opened. Raises as `open_counted` does."""
    said = await api.call("GET", _openings(blob), signer)
    try:
        return Counted(*(int(said[name]) for name in ("most", "used", "expires")))
    except (KeyError, TypeError, ValueError) as error:
        raise ServerUnreachable("no count of openings") from error


def _openings(blob: bytes) -> str:
    return f"/v1/blobs/{b64u(blob)}/openings"


async def get(
    api: Api,
    reader: RequestSigner,
    blob: bytes,
    first: int = 0,
    last: int | None = None,
    *,
    opening: bytes | None = None,
) -> AsyncIterator[bytes]:
    """Give the sealed bytes as they come in, `first` to `last` inclusive.

    Where the connection is lost it goes on from there. Raises ServerUnreachable where nothing came
    for several attempts.
    """
    pauses = iter(PAUSES)
    target = f"/v1/blobs/{b64u(blob)}" + (f"?opening={b64u(opening)}" if opening else "")
    while True:
        ranged = None if first == 0 and last is None else f"bytes={first}-{last or ''}"
        request = Request("GET", target, reader, ranged=ranged)
        try:
            async with api.made(request, None) as response:
                async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
                    first += len(chunk)
                    pauses = iter(PAUSES)
                    yield chunk
                return
        except (aiohttp.ClientError, ServerUnreachable) as error:
            pause = next(pauses, None)
            if pause is None:
                raise ServerUnreachable("the connection was lost") from error
            await asyncio.sleep(pause)


async def delete(api: Api, owner: RequestSigner, blob: bytes) -> None:
    await api.answer(Request("DELETE", f"/v1/blobs/{b64u(blob)}", owner))
