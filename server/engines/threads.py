"""Threads that do transactions one after the other, each on a connection that it keeps.

An executor's thread and a pool's connection are handed over and given back at each transaction,
which takes as long as most of its statements.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from server.engines.database import Work

T = TypeVar("T")
# Does one transaction and says how it went, or ends the thread.
_Job = Callable[["_Desk"], None] | None


class Threads:
    """`count` threads on one queue; they begin with the first transaction."""

    def __init__(self, engine: Engine, name: str, count: int = 1) -> None:
        self._engine = engine
        self._queue: SimpleQueue[_Job] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True)
            for number in range(count)
        ]
        self._begun = False

    async def transact(self, work: Work[T]) -> T:
        """One transaction, undone where `work` raises; it is finished even if nobody waits."""
        return await self._do(lambda desk: desk.transact(work))

    async def alone(self, work: Work[T]) -> T:
        """Do what no transaction may be around."""
        return await self._do(lambda desk: desk.outside(work))

    async def _do(self, act: Callable[[_Desk], T]) -> T:
        if not self._begun:
            self._begun = True
            for thread in self._threads:
                thread.start()
        loop = asyncio.get_running_loop()
        asked: asyncio.Future[T] = loop.create_future()

        def job(desk: _Desk) -> None:
            # Whoever left before its turn has changed nothing.
            if asked.cancelled():
                return
            result, fault = None, None
            try:
                result = act(desk)
            except BaseException as raised:  # noqa: BLE001 - it is raised where it was asked for
                fault = raised
            loop.call_soon_threadsafe(_settle, asked, result, fault)

        self._queue.put(job)
        return await asked

    def _work(self) -> None:
        desk = _Desk(self._engine)
        while (job := self._queue.get()) is not None:
            job(desk)
            # What it held is not kept until the next one comes.
            del job
        desk.leave()

    def stop(self) -> None:
        """Finish what is queued, then end. Blocks."""
        if self._begun:
            for _ in self._threads:
                self._queue.put(None)
            for thread in self._threads:
                thread.join()
        self._engine.dispose()


class _Desk:
    """A thread's connection: opened when it is needed, and anew after a fault."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def transact(self, work: Work[T]) -> T:
        def run(connection: Connection) -> T:
            with connection.begin():
                return work(connection)

        return self.outside(run)

    def outside(self, work: Work[T]) -> T:
        if self._connection is None:
            self._connection = self._engine.connect()
        try:
            return work(self._connection)
        except DBAPIError:
            self.leave()
            raise

    def leave(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _settle(asked: asyncio.Future[Any], result: object, fault: BaseException | None) -> None:
    if asked.done():
        return
    if fault is None:
        asked.set_result(cast("Any", result))
    else:
        asked.set_exception(fault)
