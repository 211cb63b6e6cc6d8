"""One side's mail: its own mailbox, made once and kept, and letters to others."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

import msgspec

from client.api import mailboxes
from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api, Random
from client.api.socket import RoomSocket
from client.mail.address import Address, MailboxKeys, context_of
from client.mail.inbox import Inbox, Take
from client.sealing.keys import SigningKey
from client.sealing.letter import seal_letter
from client.sealing.mail import Mail
from client.vault import Keeper
from signaling.wire import ErrorCode

# What no further attempt can make good.
_SPENT = frozenset({ErrorCode.BAD_VOUCHER, ErrorCode.ALREADY_EXISTS})

Pay = Callable[[], Awaitable[bytes]]


@dataclass(frozen=True)
class _Kept:
    keys: MailboxKeys
    # Kept before it is spent: a retry spends the same one.
    voucher: bytes | None = field(default=None, repr=False)
    made: bool = False
    taken: int = 0


async def write_to(api: Api, to: Address, mail: Mail, random: Random) -> None:
    """Put a mail into a mailbox: it is on the server's disk when this returns.

    Raises ServerRefused, ServerUnreachable, SealError `bad_key` or `too_long`.
    """
    letter = seal_letter([to.seal], context_of(to.mailbox), mail.encode(), random)
    await mailboxes.append(api, SigningKey(to.append), to.mailbox, letter)


class Post:
    """`name` is what it is kept under; `take` gets each mail that comes (see Inbox)."""

    def __init__(
        self,
        api: Api,
        socket: RoomSocket,
        keeper: Keeper,
        name: str,
        take: Take,
        random: Random,
    ) -> None:
        self._api = api
        self._socket = socket
        self._keeper = keeper
        self._name = name
        self._take = take
        self._random = random
        data = keeper.get(name)
        self._kept = None if data is None else msgspec.json.decode(data, type=_Kept)
        self._inbox: Inbox | None = None
        self._task: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()

    async def open(self, pay: Pay | None = None) -> Address | None:
        """Make the mailbox if there is none, and empty it from now on; give where it is.

        None where there is none, and nobody pays for one. Raises ServerUnreachable, ServerRefused;
        what could not be made with a voucher that is good for nothing is begun anew with the next.
        """
        async with self._lock:
            kept = self._kept
            if kept is None:
                if pay is None:
                    return None
                keys = MailboxKeys(self._random(16), *(self._random(32) for _ in range(3)))
                kept = self._save(_Kept(keys))
            if not kept.made:
                kept = await self._make(kept, pay)
                if kept is None:
                    return None
            if self._task is None:
                inbox = self._filled(kept)
                self._task = asyncio.create_task(inbox.run(self._socket))
            return kept.keys.address

    def _filled(self, kept: _Kept) -> Inbox:
        if self._inbox is None:
            self._inbox = Inbox(self._api, kept.keys, kept.taken, self._take, self._taken)
        return self._inbox

    async def _make(self, kept: _Kept, pay: Pay | None) -> _Kept | None:
        if kept.voucher is None:
            if pay is None:
                return None
            kept = self._save(replace(kept, voucher=await pay()))
        keys = kept.keys
        voucher = kept.voucher or b""
        try:
            await mailboxes.make(self._api, keys.owner_key, keys.id, keys.senders, voucher)
        except ServerRefused as refusal:
            if refusal.code in _SPENT:
                self._kept = None
                self._keeper.erase(self._name)
            raise
        return self._save(replace(kept, made=True, voucher=None))

    async def permits(self, *, anew: bool = False) -> Address:
        """Where somebody with a permit writes to: with a key that is for permits alone.

        `anew`: with another key from now on, so that whoever has the one before writes no more.
        Raises RuntimeError before there is a mailbox, ServerRefused, ServerUnreachable.
        """
        async with self._lock:
            kept = self._kept
            if kept is None or not kept.made:
                raise RuntimeError("there is no mailbox yet")
            if anew or not kept.keys.permits:
                keys = replace(kept.keys, permits=self._random(32))
                kept = self._save(replace(kept, keys=keys))
            keys = kept.keys
            # Again changes nothing: it may not have been said before a process ended.
            await mailboxes.allow(self._api, keys.owner_key, keys.id, keys.senders)
            return replace(keys.address, append=keys.permits)

    async def empty(self) -> None:
        """There may be something."""
        if self._inbox:
            await self._inbox.empty()

    async def write(self, to: Address, mail: Mail) -> None:
        """As `write_to`."""
        await write_to(self._api, to, mail, self._random)

    async def finish(self) -> None:
        """Take all that is there, for as long as that takes, and delete the mailbox."""
        await self.close()
        kept = self._kept
        # Before it was made nobody was told where it is.
        if kept is None or not kept.made:
            return
        await self._filled(kept).empty()
        with contextlib.suppress(ServerRefused, ServerUnreachable):
            await mailboxes.delete(self._api, kept.keys.owner_key, kept.keys.id)

    async def close(self) -> None:
        """Watch no more; what is there stays."""
        task, self._task = self._task, None
        if task:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _taken(self, sequence: int) -> None:
        if self._kept:
            self._save(replace(self._kept, taken=sequence))

    def _save(self, kept: _Kept) -> _Kept:
        self._kept = kept
        self._keeper.put(self._name, msgspec.json.encode(kept))
        return kept
