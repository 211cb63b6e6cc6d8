"""The bus of several processes: sharded publish and subscribe of Redis 7 (SPUBLISH, SSUBSCRIBE).

What Redis forgets while it is away is made up for by looking: see `when_missed`.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections import deque
from collections.abc import Callable

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from server.engines.bus import Listener, Topics
from server.engines.faults import StorageFailed

_log: structlog.stdlib.BoundLogger = structlog.get_logger()

# What waits for a Redis that is away; then the oldest go, and those who listen look by themselves.
_WAITING = 10_000
_AT_ONCE = 256
_PAUSES = (0.05, 0.2, 0.5, 1.0)
_PATIENCE = 5.0
_FLUSH = 0.5
FAULTS = (RedisError, OSError, asyncio.TimeoutError)


def redis_of(url: str) -> Redis:
    """A client that tells of a lost connection, instead of dialling anew behind our back."""
    retry = Retry(NoBackoff(), 0)
    if url.startswith("unix:"):
        return Redis.from_url(url, retry=retry, socket_connect_timeout=_PATIENCE)
    return Redis.from_url(url, retry=retry, socket_connect_timeout=_PATIENCE, socket_keepalive=True)


class RedisBus:
    """`namespace` keeps servers apart that share a Redis. One connection writes, one listens."""

    def __init__(self, redis: Redis, namespace: bytes) -> None:
        self._redis = redis
        self._prefix = b"aparte:" + namespace.hex().encode() + b":"
        self._topics = Topics()
        self._missed: list[Callable[[], None]] = []
        self._outgoing: deque[tuple[bytes, bytes]] = deque(maxlen=_WAITING)
        self._something = asyncio.Event()
        self._flushed = asyncio.Event()
        self._flushed.set()
        self._changed = asyncio.Event()
        # Topics that Redis has confirmed, and who waits for that.
        self._heard: set[bytes] = set()
        self._waiting: dict[bytes, asyncio.Future[None]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._closing = False

    async def open(self) -> None:
        """Begin. Raises StorageFailed where there is no Redis."""
        try:
            await self._redis.ping()
        except FAULTS as fault:
            raise StorageFailed from fault
        self._tasks = [asyncio.create_task(self._write()), asyncio.create_task(self._read())]

    async def close(self) -> None:
        # What was said last is for others to act on; a Redis that is away is not waited for.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._flushed.wait(), _FLUSH)
        # A command that is just being sent may swallow the cancellation.
        self._closing = True
        self._changed.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def publish(self, topic: bytes, note: bytes) -> None:
        self._outgoing.append((topic, note))
        self._flushed.clear()
        self._something.set()

    async def listen(self, topic: bytes, listener: Listener) -> Callable[[], None]:
        def stop() -> None:
            if self._topics.remove(topic, listener):
                self._changed.set()

        if self._topics.add(topic, listener):
            self._changed.set()
        if topic not in self._heard:
            waiting = self._waiting.setdefault(topic, asyncio.get_running_loop().create_future())
            try:
                await asyncio.wait_for(asyncio.shield(waiting), _PATIENCE)
            except TimeoutError as fault:
                stop()
                raise StorageFailed from fault
        return stop

    def when_missed(self, told: Callable[[], None]) -> None:
        self._missed.append(told)

    async def _write(self) -> None:
        """Send what waits, in order. What a failing connection had taken is lost."""
        while True:
            await self._something.wait()
            self._something.clear()
            while self._outgoing:
                count = min(_AT_ONCE, len(self._outgoing))
                taken = [self._outgoing.popleft() for _ in range(count)]
                try:
                    await self._send(taken)
                except FAULTS:
                    await self._come_back()
            self._flushed.set()

    async def _come_back(self) -> None:
        """Wait until Redis answers on a new connection: of the old ones none is to be trusted."""
        for attempt in itertools.count():
            await asyncio.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
            try:
                await self._redis.connection_pool.disconnect(inuse_connections=False)
                await self._redis.ping()
            except FAULTS:
                continue
            return

    async def _send(self, notes: list[tuple[bytes, bytes]]) -> None:
        async with self._redis.pipeline(transaction=False) as pipeline:
            for topic, note in notes:
                pipeline.execute_command("SPUBLISH", self._prefix + topic, note)
            await pipeline.execute()

    async def _read(self) -> None:
        """Hear what is said, on a connection that comes back by itself."""
        attempt = 0
        # A task group that is cancelled while one of its tasks fails tells of the failure alone.
        while not self._closing:
            try:
                await self._converse(again=attempt > 0)
            except* FAULTS:
                if attempt == 0:
                    _log.warning("bus_lost")
                attempt += 1
            self._heard.clear()
            await asyncio.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])

    async def _converse(self, *, again: bool) -> None:
        async with contextlib.aclosing(self._redis.pubsub()) as pubsub:
            # Something always is subscribed to, so that there is a connection to wait on.
            await pubsub.ssubscribe(self._prefix)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._follow(pubsub))
                group.create_task(self._hear(pubsub, again=again))

    async def _follow(self, pubsub: PubSub) -> None:
        """Subscribe to what is listened to, and to nothing else."""
        asked: set[bytes] = set()
        while not self._closing:
            self._changed.clear()
            wanted = set(self._topics)
            for topic in wanted - asked:
                await pubsub.ssubscribe(self._prefix + topic)
            for topic in asked - wanted:
                self._heard.discard(topic)
                await pubsub.sunsubscribe(self._prefix + topic)
            asked = wanted
            await self._changed.wait()

    async def _hear(self, pubsub: PubSub, *, again: bool) -> None:
        while True:
            message = await pubsub.get_message(timeout=None)
            if message is None:
                continue
            topic = message["channel"].removeprefix(self._prefix)
            if message["type"] == "smessage":
                self._topics.tell(topic, message["data"])
            elif message["type"] == "ssubscribe":
                self._confirm(topic)
                if again and self._heard.issuperset(self._topics):
                    again = False
                    for told in self._missed:
                        told()

    def _confirm(self, topic: bytes) -> None:
        self._heard.add(topic)
        waiting = self._waiting.pop(topic, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)
