"""Picture and sound with one person over aiortc, set up by messages of a sealed session.

aiortc cannot restart ICE: a new way is always a new connection, under a new name, and whoever
needs one offers it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from aiortc import (
    AudioStreamTrack,
    MediaStreamTrack,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from aiortc.sdp import candidate_from_sdp
from av import VideoFrame

from client.api.http import Random
from client.limits import EARLY_CANDIDATES, EARLY_CONNECTIONS
from client.peer import picture
from client.peer.aiortc_private import remote_certificates
from client.sealing.encoding import b64u
from client.sealing.errors import SealCode, SealError
from client.sealing.messages import Message, message
from client.sealing.sdp import require_fingerprint, strip_fingerprints

# A connection that is not there after so many seconds is replaced by another one.
PATIENCE = 12.0


@dataclass(frozen=True)
class MediaState:
    """`connecting`, `connected` (the certificate was compared), `lost`, or `refused` and why."""

    state: str
    code: SealCode | None = None


@dataclass(frozen=True)
class Pictures:
    """What was seen: the identity that two pictures in a row named, and how often they moved."""

    identity: int
    moved: int


MediaEvent = MediaState | Pictures


@dataclass
class _Connection:
    name: str
    pc: RTCPeerConnection
    fingerprint: bytes | None = None


class MediaPeer:
    """One person's media. `send` hands a message to the session; events come out of `events`."""

    def __init__(
        self,
        ice_servers: list[dict[str, Any]],
        send: Callable[[Message], Awaitable[None]],
        random: Random,
        identity: int,
    ) -> None:
        self.events: asyncio.Queue[MediaEvent] = asyncio.Queue()
        self._servers = [
            RTCIceServer(s["urls"], s.get("username"), s.get("credential")) for s in ice_servers
        ]
        self._send = send
        self._random = random
        self._identity = identity
        self._current: _Connection | None = None
        self._early: dict[str, list[Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._patience: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()

    async def take(self, said: Message) -> None:
        """Take an `sdp` or `ice` message. Raises SealError: `bad_fingerprint`, `bad_form`."""
        async with self._lock:
            if said.type == "ice":
                await self._candidate(said.value["pc"], said.value["candidate"])
            elif said.type == "sdp":
                await self._description(said.value["pc"], said.value["description"])

    async def offer(self) -> None:
        """Make a new connection and offer it, because the old way is gone."""
        async with self._lock:
            await self._offer()

    async def close(self) -> None:
        await self._drop()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _description(self, name: str, description: dict[str, str]) -> None:
        try:
            fingerprint = require_fingerprint(description["sdp"])
        except SealError as error:
            await self._refuse(error.code)
            raise
        remote = RTCSessionDescription(description["sdp"], description["type"])
        if remote.type == "answer":
            current = self._current
            waits = current and current.pc.signalingState == "have-local-offer"
            if current and waits and current.name == name:
                current.fingerprint = fingerprint
                await current.pc.setRemoteDescription(remote)
            return
        if self._current and self._current.name == name:
            # An ICE restart, which aiortc cannot answer: ours is a new connection.
            await self._offer()
            return
        current = await self._make(name)
        current.fingerprint = fingerprint
        await current.pc.setRemoteDescription(remote)
        for candidate in self._early.pop(name, []):
            await self._add(current, candidate)
        self._early.clear()
        self._add_tracks(current.pc)
        await current.pc.setLocalDescription(await current.pc.createAnswer())
        await self._describe(current)

    async def _offer(self) -> None:
        current = await self._make(b64u(self._random(8)))
        self._add_tracks(current.pc)
        await current.pc.setLocalDescription(await current.pc.createOffer())
        await self._describe(current)

    async def _describe(self, current: _Connection) -> None:
        """Send our description, with all candidates and the one fingerprint that counts."""
        local = current.pc.localDescription
        description = {"type": local.type, "sdp": strip_fingerprints(local.sdp)}
        await self._send(message("sdp", description=description, pc=current.name))

    def _add_tracks(self, pc: RTCPeerConnection) -> None:
        pc.addTrack(AudioStreamTrack())
        pc.addTrack(picture.BarsTrack(self._identity))

    async def _make(self, name: str) -> _Connection:
        await self._drop()
        pc = RTCPeerConnection(RTCConfiguration(iceServers=self._servers))
        current = self._current = _Connection(name, pc)

        @pc.on("track")
        def _(track: MediaStreamTrack) -> None:
            self._start(self._watch(track))

        @pc.on("connectionstatechange")
        async def _() -> None:
            await self._changed(current)

        self._patience = asyncio.create_task(self._lose_patience(current))
        self._tell("connecting")
        return current

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _tell(self, state: str, code: SealCode | None = None) -> None:
        self.events.put_nowait(MediaState(state, code))

    async def _changed(self, current: _Connection) -> None:
        if self._current is not current:
            return
        state = current.pc.connectionState
        if state == "connected":
            if remote_certificates(current.pc) != {current.fingerprint}:
                await self._refuse(SealCode.BAD_FINGERPRINT)
                return
            if self._patience:
                self._patience.cancel()
            self._tell("connected")
        elif state in {"failed", "closed"}:
            # The library ends a handshake with another certificate than was promised by itself.
            if remote_certificates(current.pc) - {current.fingerprint}:
                await self._refuse(SealCode.BAD_FINGERPRINT)
                return
            self._tell("lost")
            self._start(self.offer())

    async def _lose_patience(self, current: _Connection) -> None:
        await asyncio.sleep(PATIENCE)
        if self._current is current:
            self._tell("lost")
            self._start(self.offer())

    async def _refuse(self, code: SealCode) -> None:
        await self._drop()
        self._tell("refused", code)

    async def _drop(self) -> None:
        current, self._current = self._current, None
        if self._patience:
            self._patience.cancel()
            self._patience = None
        if current:
            await current.pc.close()

    async def _candidate(self, name: str, candidate: dict[str, Any] | None) -> None:
        current = self._current
        if current and current.name == name and current.fingerprint is not None:
            await self._add(current, candidate)
        elif name in self._early or len(self._early) < EARLY_CONNECTIONS:
            early = self._early.setdefault(name, [])
            # One that finds no place is a way less, not an error: others may work.
            if len(early) < EARLY_CANDIDATES:
                early.append(candidate)

    async def _add(self, current: _Connection, candidate: dict[str, Any] | None) -> None:
        text = (candidate or {}).get("candidate", "").removeprefix("candidate:")
        if not text:
            await current.pc.addIceCandidate(None)
            return
        # What this library cannot read is a way less, not an error: others may work.
        with contextlib.suppress(ValueError, IndexError, AssertionError):
            found = candidate_from_sdp(text)
            found.sdpMid = (candidate or {}).get("sdpMid")
            found.sdpMLineIndex = (candidate or {}).get("sdpMLineIndex")
            await current.pc.addIceCandidate(found)

    async def _watch(self, track: MediaStreamTrack) -> None:
        """Take what arrives, and say once a second whose picture it is."""
        loop = asyncio.get_running_loop()
        last: tuple[int, int] | None = None
        moved, told = 0, loop.time()
        with contextlib.suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                if not isinstance(frame, VideoFrame):
                    continue
                seen = picture.read(frame)
                if last and seen != last:
                    moved += 1
                    if seen[0] == last[0] and loop.time() - told >= 1:
                        told = loop.time()
                        self.events.put_nowait(Pictures(seen[0], moved))
                last = seen
