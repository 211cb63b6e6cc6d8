"""A sealed session at work: it stores, sends and waits for what the session asks for."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

import msgspec

from client.sealing import messages
from client.sealing.errors import SealCode, SealError
from client.sealing.messages import Message
from client.sealing.session import Session
from client.sealing.state import (
    Authenticated,
    Began,
    Deliver,
    Effect,
    Send,
    SessionState,
    Store,
)

# What a lossy or restarted network does to honest frames: refused, and nothing to tell anybody.
QUIET = frozenset({SealCode.REPLAYED, SealCode.STALE_EXCHANGE, SealCode.UNKNOWN_EXCHANGE})


@dataclass(frozen=True)
class Said:
    """A message of the other side, in order and once."""

    message: Message


@dataclass(frozen=True)
class Ready:
    """Keys are agreed: `again` where there were others before, and the other side may be new."""

    again: bool


@dataclass(frozen=True)
class Compared:
    """The authentication string that both people may read to each other."""

    string: str = field(repr=False)


@dataclass(frozen=True)
class Problem:
    """Something was refused; nothing has changed."""

    code: SealCode


Event = Said | Ready | Compared | Problem


def _told(_message: Message) -> bool:
    return True


def _unexpected(_frame: bytes, _error: SealError) -> bool:
    return False


def encode_state(state: SessionState) -> bytes:
    return msgspec.json.encode(state)


def decode_state(data: bytes) -> SessionState:
    return msgspec.json.decode(data, type=SessionState)


class Conversation:
    """Drives one session. `store` must have stored when it returns; `transmit` may lose frames.

    `take` sees each message before it is acknowledged, and says whether it is told; it may refuse
    one with a SealError. `expected` says of a refused frame whether it is nothing to tell.
    """

    def __init__(
        self,
        session: Session,
        store: Callable[[SessionState], None],
        transmit: Callable[[bytes], Awaitable[None]],
        take: Callable[[Message], bool] = _told,
        expected: Callable[[bytes, SealError], bool] = _unexpected,
    ) -> None:
        self.session = session
        self.events: asyncio.Queue[Event] = asyncio.Queue()
        self._store = store
        self._transmit = transmit
        self._take = take
        self._expected = expected
        self._lock = asyncio.Lock()
        self._changed = asyncio.Event()
        self._settled = asyncio.Event()
        self._timer: asyncio.Task[None] | None = None
        self._began = False

    async def start(self) -> None:
        """Begin this page load of the session."""
        await self._do(self.session.start)
        self._timer = asyncio.create_task(self._tick())

    async def close(self) -> None:
        if self._timer:
            self._timer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._timer

    async def send(self, message: Message) -> None:
        """Queue a message. Raises SealError `bad_message` or `too_long`."""
        data = message.encode()
        await self._do(lambda now: self.session.send(data, now))

    async def receive(self, frame: bytes) -> None:
        try:
            await self._do(lambda now: self.session.receive(frame, now))
        except SealError as error:
            if not self._expected(frame, error) and error.code not in QUIET:
                self.events.put_nowait(Problem(error.code))

    async def reachable(self) -> None:
        """The way to the other side is there again: send what waits."""
        await self._do(self.session.reconnected)

    async def delivered(self, seconds: float) -> bool:
        """Wait until the other side has acknowledged everything; tell whether it has."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._settled.wait()
        return not self.session.unacknowledged

    async def _do(self, act: Callable[[float], Iterable[Effect]]) -> None:
        async with self._lock:
            for effect in act(time.monotonic()):
                await self._perform(effect)
        self._changed.set()
        if self.session.unacknowledged:
            self._settled.clear()
        else:
            self._settled.set()

    async def _perform(self, effect: Effect) -> None:
        match effect:
            case Store(state):
                self._store(state)
            case Send(frame):
                await self._transmit(frame)
            case Deliver(data):
                self._deliver(data)
            case Authenticated(string):
                self.events.put_nowait(Compared(string))
            case Began():
                self.events.put_nowait(Ready(again=self._began))
                self._began = True

    def _deliver(self, data: bytes) -> None:
        try:
            message = messages.parse(data)
            told = message is not None and self._take(message)
        except SealError as error:
            self.events.put_nowait(Problem(error.code))
            return
        if message is not None and told:
            self.events.put_nowait(Said(message))

    async def _tick(self) -> None:
        while True:
            self._changed.clear()
            at = self.session.next_at()
            wait = None if at is None else max(0.0, at - time.monotonic())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._changed.wait()
                    continue
            await self._do(self.session.tick)
