"""From a letter that is sent to one that its reader has, and its sender knows to be on the disk."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp

from bench import aparte, processes
from client.api import mailboxes, vouchers
from client.api.channels import Watched, WatchEvent, Watching
from client.api.http import Api
from client.api.socket import RoomSocket
from client.sealing.keys import SigningKey
from signaling.watches import Changed, Kind

TIMES = 1000
WARM = 50
LETTER = 1024
_BARE = Path(__file__).with_name("bare.py")
_PAID_BYTES = 4 * 1024 * 1024

Roundtrip = Callable[[bytes], Awaitable[None]]


@contextlib.asynccontextmanager
async def _ours(folder: Path) -> AsyncIterator[Roundtrip]:
    """`aparte-server serve`, with all that an append goes through: signature, nonce, quota."""
    async with aparte.serving(folder) as ours, aiohttp.ClientSession() as session:
        practitioner = await ours.enrolled(session)
        api = Api(ours.origin, session, os.urandom)
        until = int(time.time()) + 3600
        (paid,) = await vouchers.register(api, practitioner.device, [_PAID_BYTES], until)
        owner, sender = SigningKey(os.urandom(32)), SigningKey(os.urandom(32))
        mailbox = os.urandom(16)
        await mailboxes.make(api, owner, mailbox, [sender.public], paid)
        socket = RoomSocket(ours.origin, session, os.urandom)
        async with socket.running():
            watched = await socket.watch(Watched(Kind.MAILBOX, mailbox, owner), 0)
            assert isinstance(await watched.events.get(), Watching)

            async def roundtrip(letter: bytes) -> None:
                _, told = await asyncio.gather(
                    mailboxes.append(api, sender, mailbox, letter), watched.events.get()
                )
                assert _message(told) == letter

            yield roundtrip


def _message(told: WatchEvent) -> bytes:
    assert isinstance(told, Changed)
    return told.message


@contextlib.asynccontextmanager
async def _bare(folder: Path) -> AsyncIterator[Roundtrip]:
    """Append and notify, and nothing else."""
    port = processes.free_port()
    origin = f"http://127.0.0.1:{port}"
    command = [sys.executable, str(_BARE), "127.0.0.1", str(port), str(folder / "bare.sqlite")]
    async with (
        processes.server(command, port, folder / "bare-mailbox.log"),
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{origin}/watch", compress=0) as watched,
    ):

        async def append(letter: bytes) -> None:
            async with session.post(f"{origin}/append", data=letter) as answer:
                assert answer.status == 201

        async def roundtrip(letter: bytes) -> None:
            _, told = await asyncio.gather(append(letter), watched.receive_bytes())
            assert told == letter

        yield roundtrip


async def measure(folder: Path) -> tuple[float, float]:
    """The 99th of 100 in milliseconds: ours, and the bare one's; the two take turns."""
    async with _ours(folder) as ours, _bare(folder) as bare:
        taken: tuple[list[float], list[float]] = ([], [])
        for number in range(-WARM, TIMES - WARM):
            for roundtrip, times in zip((ours, bare), taken, strict=True):
                letter = os.urandom(LETTER)
                began = time.perf_counter()
                await roundtrip(letter)
                if number >= 0:
                    times.append((time.perf_counter() - began) * 1000)
    first, second = (sorted(times)[len(times) * 99 // 100] for times in taken)
    return first, second
