"""A mailbox of one's own: told of by the server, emptied in order.

What is taken is kept before it is erased at the server, so that no letter is lost between the two;
one that comes twice is the reader's to know again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from client.api import mailboxes
from client.api.channels import Closed, Watched, Watching
from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api
from client.api.socket import RoomSocket
from client.mail.address import MailboxKeys, context_of
from client.sealing import mail
from client.sealing.errors import SealError
from client.sealing.letter import open_letter
from client.sealing.mail import Mail
from signaling.watches import Changed, Kind
from signaling.wire import ErrorCode

# After an answer that did not come.
PAUSE = 5.0

Take = Callable[[Mail], Awaitable[None]]


class NotTaken(Exception):
    """What a letter held cannot be kept for now: it stays in the mailbox, and comes again."""


class Inbox:
    """`take` has kept a mail when it returns, or raises NotTaken.

    `save` keeps how far the mailbox was emptied.
    """

    def __init__(
        self, api: Api, keys: MailboxKeys, taken: int, take: Take, save: Callable[[int], None]
    ) -> None:
        self._api = api
        self._keys = keys
        self._taken = taken
        self._take = take
        self._save = save
        self._lock = asyncio.Lock()

    async def run(self, socket: RoomSocket) -> None:
        """Take what is there and what comes, until the mailbox is gone."""
        watched = Watched(Kind.MAILBOX, self._keys.id, self._keys.owner_key)
        channel = await socket.watch(watched, self._taken)
        while True:
            match await channel.events.get():
                case Watching() | Changed():
                    await self.empty()
                case Closed():
                    return
                case _:
                    pass

    async def empty(self) -> None:
        """Take everything that is there: returns once it is taken, or the mailbox is gone."""
        async with self._lock:
            while True:
                try:
                    if not await self._fetch():
                        return
                except ServerRefused as refusal:
                    if refusal.code is ErrorCode.NOT_FOUND:
                        return
                    await asyncio.sleep(PAUSE)
                except (ServerUnreachable, NotTaken):
                    await asyncio.sleep(PAUSE)

    async def _fetch(self) -> bool:
        """Take the next letters; tell whether there were any."""
        owner = self._keys.owner_key
        letters = await mailboxes.read(self._api, owner, self._keys.id, self._taken)
        for sequence, letter in letters:
            found = self._open(letter)
            if found is not None:
                await self._take(found)
            self._taken = sequence
            self._save(sequence)
        if letters:
            await mailboxes.erase(self._api, owner, self._keys.id, self._taken)
        return bool(letters)

    def _open(self, letter: bytes) -> Mail | None:
        """What a letter holds; None for one that does not open, or says nothing that we know."""
        try:
            text = open_letter(self._keys.seal_key, context_of(self._keys.id), letter)
            return mail.parse(text)
        except SealError:
            # Anybody may write.
            return None
