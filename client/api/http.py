"""The HTTP half of the API: every request signed, every write told apart from its repeats."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from client.api.errors import ServerRefused, ServerUnreachable
from client.api.signing import RequestSigner, Unsigned, sign_request
from client.sealing.encoding import b64u, b64u_decode
from client.sealing.errors import SealError
from signaling.wire import ErrorCode

Random = Callable[[int], bytes]

# A lost answer is asked for again with the same idempotency key, after these pauses in seconds.
PAUSES = (0.5, 1.0, 2.0)
# What is written at once. A large body in small parts keeps the processor busy with parts.
_PART_BYTES = 512 * 1024
_CODES = {str(code): code for code in ErrorCode}


@dataclass(frozen=True)
class Request:
    """A request that may be made several times.

    `digest`: SHA-256 of the body, where it is known already. `ranged`: value of a Range header.
    """

    method: str
    target: str
    signer: RequestSigner = field(repr=False)
    body: bytes | None = field(default=None, repr=False)
    json: bool = True
    ranged: str | None = None
    digest: bytes | None = None


@dataclass(frozen=True)
class Server:
    """Public keys: of the server, and of whoever attests cards for it, if anybody does."""

    key: bytes
    registrar: bytes | None


def _refusal(status: int, body: bytes) -> Exception:
    try:
        name = json.loads(body)["error"]
        return ServerRefused(_CODES[name])
    except (ValueError, KeyError, TypeError):
        return ServerUnreachable(f"the server answered {status} without saying why")


async def _parts(body: bytes) -> AsyncIterator[memoryview]:
    """A long body bit by bit, so that other work goes on in between."""
    whole = memoryview(body)
    for at in range(0, len(body), _PART_BYTES):
        yield whole[at : at + _PART_BYTES]


class Api:
    """`origin` as in `https://consult.example.org`; `http` is closed by who opened it."""

    def __init__(self, origin: str, http: aiohttp.ClientSession, random: Random) -> None:
        self.origin = origin
        self.http = http
        self.random = random
        self._nonce: str | None = None

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
        answer = await self.call("POST", "/v1/rooms", device, body)
        return int(answer["expires"])

    async def who(self) -> Server:
        """The keys that the server, and its registrar, sign with."""
        try:
            said = json.loads(await self.open("/v1/server"))
            registrar = said["registrar"]
            found = registrar if registrar is None else b64u_decode(registrar, 32)
            return Server(b64u_decode(said["key"], 32), found)
        except (ValueError, KeyError, TypeError, SealError) as error:
            raise ServerUnreachable("this is not an Aparté server") from error

    async def open(self, target: str) -> bytes:
        """Ask for what anybody may have. Raises ServerRefused or ServerUnreachable."""
        try:
            async with self.http.get(self.origin + target) as response:
                body = await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ServerUnreachable("the server cannot be reached") from error
        if response.status >= 400:
            raise _refusal(response.status, body)
        return body

    async def call(
        self,
        method: str,
        target: str,
        signer: RequestSigner,
        body: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Make a request with JSON in it, and perhaps in its answer."""
        data = None if body is None else json.dumps(body, separators=(",", ":")).encode()
        return self.read(await self.answer(Request(method, target, signer, data)))

    @staticmethod
    def read(answer: bytes) -> dict[str, Any]:
        """The JSON of an answer. Raises ServerUnreachable for anything else."""
        try:
            value: dict[str, Any] = json.loads(answer) if answer else {}
        except ValueError as error:
            raise ServerUnreachable("the server answered something that is not JSON") from error
        return value

    async def answer(self, request: Request) -> bytes:
        """Make a request, again where no answer came: the server knows a repeat by its key."""
        key = None if request.method == "GET" else b64u(self.random(16))
        for pause in (*PAUSES, None):
            try:
                async with self.made(request, key) as response:
                    return await response.read()
            except (ServerUnreachable, aiohttp.ClientError):
                if pause is None:
                    raise
                await asyncio.sleep(pause)
        raise AssertionError("the last attempt raises")

    @asynccontextmanager
    async def made(
        self, request: Request, idempotency: str | None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Make a request once, or twice where the nonce had grown old on the way."""
        body, digest = request.body, request.digest
        if body is not None and digest is None:
            digest = hashlib.sha256(body).digest()
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
        if request.body is not None:
            kind = "application/json" if request.json else "application/octet-stream"
            headers = headers | {"content-type": kind, "content-length": str(len(request.body))}
        if request.ranged is not None:
            headers = headers | {"range": request.ranged}
        url = self.origin + request.target
        data = None if request.body is None else _parts(request.body)
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
