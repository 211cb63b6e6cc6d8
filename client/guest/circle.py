"""The other guests of a consult, as its host's rosters name them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace

from client.guest.other import Around, OtherGuest
from client.guest.place import KeptCircle, KeptPair, Place
from client.sealing.encoding import sha256
from client.sealing.messages import Message
from client.sealing.roster import Roster, read_roster
from signaling.wire import Member, State


class Circle:
    """One guest's view of the others. `changed` is told who came and who left, by name."""

    def __init__(
        self,
        place: Place,
        around: Callable[[Callable[[], None]], Around],
        changed: Callable[[list[str], list[str]], None],
    ) -> None:
        self._place = place
        self._around = around(self._save)
        self._changed = changed
        # One thing at a time: a session's first frame must not overtake the answer before it.
        self._lock = asyncio.Lock()
        self._applying: set[asyncio.Task[None]] = set()
        self._kept = place.circle()
        self._inside = False
        self._guests: dict[bytes, OtherGuest] = {}
        # The server's numbers of those who are there, on this connection.
        self._peers: dict[bytes, int] = {}

    @property
    def guests(self) -> dict[bytes, OtherGuest]:
        """Those of the newest roster, by key, while we are in it."""
        return self._guests

    async def restore(self) -> None:
        """Go on with who was in the consult."""
        self._inside = True
        if self._kept is not None:
            await self._apply(self._kept.roster)

    def take(self, raw: bytes, identity: bytes, room: bytes) -> None:
        """Check a roster of the host's and store it; who is in it follows soon.

        Raises what `read_roster` raises; the one taken last changes nothing.
        """
        digest, kept = sha256(raw), self._kept
        if kept and kept.hash == digest:
            return
        last = kept.roster.version if kept else 0
        own = self._around.key.public
        roster = read_roster(raw, identity=identity, room=room, guest=own, last=last)
        before = self._names(kept.roster) if kept and self._inside else {}
        now = self._names(roster)
        self._kept = KeptCircle(digest, roster, kept.pairs if kept else ())
        self._place.save_circle(self._kept)
        self._inside = True
        came = [name for key, name in now.items() if key not in before]
        self._changed(came, [name for key, name in before.items() if key not in now])
        applying = asyncio.create_task(self._apply(roster))
        self._applying.add(applying)
        applying.add_done_callback(self._applying.discard)

    async def _apply(self, roster: Roster) -> None:
        """Be with exactly those whom a roster names: each in turn, so that none is skipped."""
        async with self._lock:
            if not self._inside:
                return
            names = self._names(roster)
            await self._drop_all_but(names)
            for key, name in names.items():
                guest = self._guests.setdefault(key, self._guest(key))
                await guest.enter(roster, name)
                await guest.seen(self._peers.get(key))

    async def presence(self, peer: int, member: Member) -> None:
        """A key that is in no roster is nobody."""
        self._peers.pop(member.key, None)
        if member.connected and member.state is State.ADMITTED:
            self._peers[member.key] = peer
        await self._seen([member.key])

    async def left(self, peer: int) -> None:
        """The server says so; that somebody is no member any more is the host's to say."""
        keys = [key for key, known in self._peers.items() if known == peer]
        for key in keys:
            del self._peers[key]
        await self._seen(keys)

    async def lost(self) -> None:
        """The connection is lost: numbers mean nothing any more."""
        self._peers.clear()
        await self._seen(list(self._guests))

    async def receive(self, peer: int, frame: bytes) -> None:
        """Take a frame of another guest. Raises SealError for a handshake that does not hold."""
        async with self._lock:
            for key, guest in self._guests.items():
                if self._peers.get(key) == peer:
                    await guest.receive(frame)
                    return

    async def say(self, message: Message) -> None:
        async with self._lock:
            for guest in self._guests.values():
                await guest.say(message)

    async def drop(self) -> None:
        """We are out of the consult: sessions and their secrets go."""
        self._inside = False
        async with self._lock:
            await self._drop_all_but({})

    async def close(self) -> None:
        """Stop; what is stored stays."""
        self._inside = False
        async with self._lock:
            for guest in self._guests.values():
                await guest.close()
            self._guests.clear()

    def _names(self, roster: Roster) -> dict[bytes, str]:
        own = self._around.key.public
        return {member.key: member.name for member in roster.members if member.key != own}

    def _guest(self, key: bytes) -> OtherGuest:
        pairs = self._kept.pairs if self._kept else ()
        kept = next((pair for pair in pairs if pair.key == key), KeptPair(key))
        return OtherGuest(kept, self._around)

    def _save(self) -> None:
        if self._kept is None:
            return
        pairs = {pair.key: pair for pair in self._kept.pairs}
        pairs |= {key: guest.kept for key, guest in self._guests.items()}
        self._kept = replace(self._kept, pairs=tuple(pairs.values()))
        self._place.save_circle(self._kept)

    async def _seen(self, keys: Iterable[bytes]) -> None:
        async with self._lock:
            for key in keys:
                if key in self._guests:
                    await self._guests[key].seen(self._peers.get(key))

    async def _drop_all_but(self, names: dict[bytes, str]) -> None:
        stored = {pair.key for pair in self._kept.pairs} if self._kept else set()
        for key in (stored | self._guests.keys()) - names.keys():
            guest = self._guests.setdefault(key, self._guest(key))
            await guest.drop()
            del self._guests[key]
