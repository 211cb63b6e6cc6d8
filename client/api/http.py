"""The HTTP half of the API: every request signed, every write told apart from its repeats."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from client.api.errors import ServerRefused, ServerUnreachable
from client.api.signing import RequestSigner, Unsigned, sign_request
from client.sealing.certificate import Certificate
from client.sealing.encoding import b64u
from signaling.wire import ErrorCode

Random = Callable[[int], bytes]

CHUNK_BYTES = 64 * 1024
# A lost answer is asked for again with the same idempotency key, after these pauses in seconds.
PAUSES = (0.5, 1.0, 2.0)
_CODES = {str(code): code for code in ErrorCode}


@dataclass(frozen=True)
class Request:
    """A request that may be made several times. A path is streamed, bytes are sent as they are."""

    method: str
    target: str
    signer: RequestSigner = field(repr=False)
    body: bytes | Path | None = field(default=None, repr=False)
    json: bool = True


def _digest(body: bytes | Path | None) -> bytes | None:
    if body is None:
        return None
    if isinstance(body, bytes):
        return hashlib.sha256(body).digest()
    with body.open("rb") as source:
        return hashlib.file_digest(source, "sha256").digest()


async def _stream(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as source:
        while chunk := await asyncio.to_thread(source.read, CHUNK_BYTES):
            yield chunk


def _refusal(status: int, body: bytes) -> Exception:
    try:
        name = json.loads(body)["error"]
        return ServerRefused(_CODES[name])
    except (ValueError, KeyError, TypeError):
        return ServerUnreachable(f"the server answered {status} without saying why")


class Api:
    """`origin` as in `https://consult.example.org`; `http` is closed by who opened it."""

    def __init__(self, origin: str, http: aiohttp.ClientSession, random: Random) -> None:
        self.origin = origin
        self.http = http
        self.random = random
        self._nonce: str | None = None

    async def enrol(self, device: RequestSigner, code: str, certificate: Certificate) -> None:
        """Enrol an identity and its first device. Raises `bad_code`, `already_exists`."""
        body = {"code": code, "certificate": b64u(certificate.raw)}
        await self._json("POST", "/v1/practitioners", device, body)

    async def make_room(
        self,
        device: RequestSigner,
        room: bytes,
        prekey: bytes,
        seats: list[bytes],
        expires: int | None = None,
    ) -> int:
        """Make a room with these join keys; give when it expires, in Unix seconds."""
        body: dict[str, Any] = {
            "room": b64u(room),
            "prekey": b64u(prekey),
            "seats": [b64u(seat) for seat in seats],
        }
        if expires is not None:
            body["expires"] = expires
        answer = await self._json("POST", "/v1/rooms", device, body)
        return int(answer["expires"])

    async def put_blob(
        self,
        signer: RequestSigner,
        blob: bytes,
        read: bytes,
        body: bytes | Path,
        room: bytes | None = None,
    ) -> None:
        """Store sealed bytes under a new id; a guest names the room that it is admitted to."""
        target = f"/v1/blobs/{b64u(blob)}?read={b64u(read)}"
        if room is not None:
            target += f"&room={b64u(room)}"
        await self._answer(Request("PUT", target, signer, body, json=False))

    async def get_blob(self, reader: RequestSigner, blob: bytes) -> AsyncIterator[bytes]:
        """Give the sealed bytes as they come in."""
        request = Request("GET", f"/v1/blobs/{b64u(blob)}", reader)
        async with self._made(request, None) as response:
            try:
                async for chunk in response.content.iter_chunked(CHUNK_BYTES):
                    yield chunk
            except aiohttp.ClientError as error:
                raise ServerUnreachable("the connection was lost") from error

    async def delete_blob(self, owner: RequestSigner, blob: bytes) -> None:
        await self._answer(Request("DELETE", f"/v1/blobs/{b64u(blob)}", owner))

    async def _json(
        self, method: str, target: str, signer: RequestSigner, body: dict[str, Any]
    ) -> dict[str, Any]:
        data = json.dumps(body, separators=(",", ":")).encode()
        answer = await self._answer(Request(method, target, signer, data))
        value: dict[str, Any] = json.loads(answer) if answer else {}
        return value

    async def _answer(self, request: Request) -> bytes:
        """Make a request, again where no answer came: the server knows a repeat by its key."""
        key = b64u(self.random(16))
        for pause in (*PAUSES, None):
            try:
                async with self._made(request, key) as response:
                    return await response.read()
            except (ServerUnreachable, aiohttp.ClientError):
                if pause is None:
                    raise
                await asyncio.sleep(pause)
        raise AssertionError("the last attempt raises")

    @asynccontextmanager
    async def _made(
        self, request: Request, idempotency: str | None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Make a request once, or twice where the nonce had grown old on the way."""
        digest = await asyncio.to_thread(_digest, request.body)
        for last in (False, True):
            nonce = self._nonce or await self._fetch_nonce()
            self._nonce = None
            unsigned = Unsigned(
                request.method, self.origin, request.target, nonce, digest, idempotency
            )
            headers = sign_request(unsigned, request.signer)
            try:
                async with self._sent(request, headers) as response:
                    self._nonce = response.headers.get("Aparte-Nonce")
                    if response.status < 400:
                        yield response
                        return
                    refusal = _refusal(response.status, await response.read())
            except (aiohttp.ClientConnectionError, TimeoutError) as error:
                raise ServerUnreachable("the server cannot be reached") from error
            stale = isinstance(refusal, ServerRefused) and refusal.code == ErrorCode.STALE_NONCE
            if last or not stale:
                raise refusal

    @asynccontextmanager
    async def _sent(
        self, request: Request, headers: dict[str, str]
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        body = request.body
        if body is not None:
            kind = "application/json" if request.json else "application/octet-stream"
            headers = headers | {"content-type": kind}
        data: Any = body
        if isinstance(body, Path):
            headers["content-length"] = str(body.stat().st_size)
            data = _stream(body)
        url = self.origin + request.target
        async with self.http.request(request.method, url, data=data, headers=headers) as response:
            yield response

    async def _fetch_nonce(self) -> str:
        try:
            async with self.http.get(f"{self.origin}/v1/nonce") as response:
                nonce = response.headers.get("Aparte-Nonce")
        except (aiohttp.ClientConnectionError, TimeoutError) as error:
            raise ServerUnreachable("the server cannot be reached") from error
        if nonce is None:
            raise ServerUnreachable("this is not an Aparté server")
        return nonce
