"""Connections that dawdle, flood or send garbage, and what happens to them all at the end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.integration.running import Client, Process, process, serving
from tests.integration.signing import Signer

HASTE: dict[str, Any] = {"head_seconds": 0.6, "body_seconds": 0.6, "body_bytes_a_second": 100}


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async with serving(tmp_path / "data", nodes=1, **HASTE) as made:
        yield made


@pytest.fixture
def signer(client: Client) -> Signer:
    return client.signer()


async def connect(client: Client) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", int(client.authority.rpartition(":")[2]))


async def heard(
    client: Client, first: bytes, drip: bytes = b"", every: float = 0.1
) -> tuple[bytes, float]:
    """Send `first`, then `drip` byte by byte; give what came back, and when it was over."""
    reader, writer = await connect(client)
    began = time.monotonic()
    writer.write(first)

    async def go_on() -> None:
        for place in range(len(drip)):
            await asyncio.sleep(every)
            writer.write(drip[place : place + 1])

    dripping = asyncio.create_task(go_on())
    try:
        async with asyncio.timeout(15):
            said = b""
            with contextlib.suppress(ConnectionError):
                while chunk := await reader.read(4096):
                    said += chunk
            return said, time.monotonic() - began
    finally:
        dripping.cancel()
        writer.close()


def head_of(client: Client, target: str, headers: dict[str, str], length: int) -> bytes:
    lines = [f"POST {target} HTTP/1.1", f"Host: {client.authority}", f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


@pytest.mark.parametrize("first", [b"", b"G", b"GET / HTTP/1.1\r\nHost: x"])
async def test_half_a_head_is_closed_in_time(client: Client, first: bytes) -> None:
    said, seconds = await heard(client, first)
    assert said == b""
    assert seconds < 3


async def test_a_head_byte_by_byte_is_closed_in_time(client: Client) -> None:
    _, seconds = await heard(client, b"GET / HTTP/1.1\r\n", b"X-Slow: " + b"a" * 200, 0.1)
    assert seconds < 3


async def test_half_a_second_head_is_closed_in_time(client: Client) -> None:
    whole = f"GET /healthz HTTP/1.1\r\nHost: {client.authority}\r\n\r\n".encode()
    said, seconds = await heard(client, whole + b"GET /he")
    assert b"200 OK" in said
    assert seconds < 3


async def test_half_a_body_is_answered_and_closed_in_time(client: Client, signer: Signer) -> None:
    body = b"x" * 100
    target = "/v1/practitioners"
    headers = signer.headers("POST", target, await client.fresh_nonce(), body)
    said, seconds = await heard(client, head_of(client, target, headers, 100) + b"xx")
    assert b"408 Request Timeout" in said
    assert b'"timeout"' in said
    assert seconds < 3


async def test_a_body_byte_by_byte_is_answered_in_time(client: Client, signer: Signer) -> None:
    body = b"x" * 200
    target = "/v1/practitioners"
    headers = signer.headers("POST", target, await client.fresh_nonce(), body)
    head = head_of(client, target, headers, 200)
    said, seconds = await heard(client, head, body, 0.1)
    # 0.6 s and 200 bytes at 100 bytes a second.
    assert b'"timeout"' in said
    assert 1 < seconds < 6


async def test_an_unsigned_body_is_not_waited_for(client: Client) -> None:
    said, _ = await heard(client, head_of(client, "/v1/rooms", {}, 100))
    assert b'"bad_signature"' in said


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100),
        b"\0" * 1000,
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /v1/rooms HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
async def test_garbage_is_refused_and_others_are_served(client: Client, garbage: bytes) -> None:
    said, _ = await heard(client, garbage)
    assert said == b"" or said.split()[1] in {b"400", b"403"}
    assert (await client.send("GET", "/healthz")).status == 200


async def test_one_address_may_not_fill_the_door(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", nodes=1, address_heads=4) as client:
        silent = [await connect(client) for _ in range(4)]
        await asyncio.sleep(0.1)
        said, _ = await heard(client, b"GET / HTTP/1.1\r\n")
        assert b"429 Too Many Requests" in said
        assert b'"too_many_connections"' in said
        for _, writer in silent[:2]:
            writer.close()
        await asyncio.sleep(0.1)
        # Sockets that are gone, and requests that came in whole, count no more.
        for _ in range(10):
            assert (await client.send("GET", "/healthz")).status == 200
        for _, writer in silent[2:]:
            writer.close()


async def test_sigterm_ends_everything_soon(tmp_path: Path) -> None:
    made = Process(tmp_path / "data")
    async with process(made) as client:
        origin = f"http://127.0.0.1:{made.port}/v1/socket"
        headers = {"Host": client.authority}
        async with client.session.ws_connect(
            origin, protocols=("aparte.1",), headers=headers
        ) as socket:
            assert (await socket.receive()).type is aiohttp.WSMsgType.BINARY
            silent, sending = await connect(client), await connect(client)
            target, signer = "/v1/practitioners", client.signer()
            signed = signer.headers("POST", target, await client.fresh_nonce(), b"text")
            sending[1].write(head_of(client, target, signed, 4) + b"te")
            await sending[1].drain()
            began = time.monotonic()
            ending = asyncio.create_task(made.stop(signal.SIGTERM))
            message = await socket.receive()
            assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1012)
            assert await ending == 0
            # Under two seconds, on a machine with nothing else to do.
            assert time.monotonic() - began < 6
            silent[1].close()
            sending[1].close()
    log = (tmp_path / "server.log").read_text()
    assert '"event": "serving"' in log
    assert '"event": "draining"' in log
    assert "error" not in log
