"""Another guest of the same consult: the handshake with it, and the conversation that follows."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from client.api.http import Random
from client.conversation import Conversation
from client.conversation import Event as TalkEvent
from client.guest.place import KeptPair
from client.sealing.encoding import sha256
from client.sealing.errors import SealCode, SealError
from client.sealing.exchange import HELLO_KIND, Side
from client.sealing.keys import SigningKey
from client.sealing.messages import Message
from client.sealing.outbox import delay
from client.sealing.pair import (
    PAIR_ANSWER_KIND,
    PAIR_OFFER_KIND,
    Pair,
    PairOffer,
    make_pair_answer,
    make_pair_offer,
    read_pair_answer,
    read_pair_offer,
)
from client.sealing.roster import Roster
from client.sealing.session import Session
from client.sealing.state import SessionState
from client.sealing.xwing import KemKey

# So many hellos unanswered, or refused, mean that the two sides have come apart.
APART = 4
# Refused hellos are counted over so many seconds.
WINDOW = 60.0
# Not sooner than this after an offer is another one made, in seconds.
OFFER_PAUSE = 15.0
# What is kept for somebody with whom there is no session yet.
OWED = 256
# Between guests there are words and photos; media is the browsers'.
HEARD = frozenset({"chat", "photo", "state"})


@dataclass(frozen=True)
class Around:
    """What another guest's conversation needs of the visit."""

    key: SigningKey
    random: Random
    relay: Callable[[int, bytes], Awaitable[None]]
    save: Callable[[], None]
    tell: Callable[[bytes, TalkEvent], None]


class OtherGuest:
    """One other guest. `kept` is what has to be stored."""

    def __init__(self, kept: KeptPair, around: Around) -> None:
        self.kept = kept
        self.name = ""
        self._around = around
        self._pair: Pair | None = None
        self._talk: Conversation | None = None
        self._pump: asyncio.Task[None] | None = None
        self._offering: asyncio.Task[None] | None = None
        self._peer: int | None = None
        self._offered_at = float("-inf")
        self._unanswered = 0
        self._strange: list[float] = []

    async def enter(self, roster: Roster, name: str) -> None:
        """In the newest roster: take up the session that there is, or see to one."""
        first, self.name = self._pair is None, name
        self._pair = Pair(roster, self._around.key.public, self.kept.key)
        if first and self.kept.state:
            await self._run(self.kept.state)
        await self._reach()

    async def seen(self, peer: int | None) -> None:
        """What the server says on this connection: its number while it is there, or None."""
        self._peer = peer
        await self._reach()

    async def drop(self) -> None:
        """Fallen out of the roster, or we are: session and secrets go, the counters stay."""
        self._pair = None
        await self.close()
        self.kept = KeptPair(self.kept.key, self.kept.made, self.kept.taken)
        self._around.save()

    async def close(self) -> None:
        """Stop; what is stored stays."""
        tasks = [task for task in (self._offering, self._pump) if task]
        self._offering = self._pump = None
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if self._talk:
            await self._talk.close()
        self._talk = None

    async def say(self, message: Message) -> None:
        """Queue what is said to everybody, also before there is a session."""
        if self._talk:
            await self._talk.send(message)
        else:
            self._keep(owed=(*self.kept.owed, message.encode())[-OWED:])

    async def receive(self, frame: bytes) -> None:
        """Take a frame of its. Raises SealError for a handshake that does not hold."""
        if self._pair is None:
            return
        if frame[1:2] == bytes([PAIR_OFFER_KIND]):
            await self._answer(frame, self._pair)
        elif frame[1:2] == bytes([PAIR_ANSWER_KIND]):
            await self._answered(frame, self._pair)
        elif self._talk:
            await self._talk.receive(frame)

    def _keep(self, **changes: object) -> None:
        before = self.kept
        self.kept = replace(self.kept, **changes)  # type: ignore[arg-type]
        try:
            self._around.save()
        except OSError:
            # What is not stored must never be sent.
            self.kept = before
            raise

    async def _reach(self) -> None:
        if self._pair is None or self._peer is None:
            return
        if self._talk:
            await self._talk.reachable()
        if not self._pair.offers:
            return
        if self.kept.offer is not None:
            self._send_offer()
        elif self._talk is None:
            self._offer(self._pair)

    def _offer(self, pair: Pair) -> None:
        self._offered_at = time.monotonic()
        made = self.kept.made + 1
        offer = make_pair_offer(pair, self._around.key, made, self._around.random)
        self._keep(made=made, offer=offer.offer, seed=offer.ephemeral.seed)
        self._send_offer()

    def _send_offer(self) -> None:
        if self._offering:
            self._offering.cancel()
        self._offering = asyncio.create_task(self._keep_offering())

    async def _keep_offering(self) -> None:
        """Send the same bytes until they are answered."""
        attempt = 0
        while self.kept.offer is not None:
            if self._peer is not None:
                await self._around.relay(self._peer, self.kept.offer)
            await asyncio.sleep(delay(attempt))
            attempt += 1

    async def _answer(self, offer: bytes, pair: Pair) -> None:
        digest = sha256(offer)
        if self.kept.answered != digest:
            taken = read_pair_offer(offer, pair, self.kept.taken)
            made = make_pair_answer(offer, pair, self._around.key)
            state = await self._replace(Side.HOST, made.root)
            # Stored before it is sent: the same offer again is given the same answer.
            self._keep(taken=taken, answered=digest, answer=made.answer, state=state)
            await self._send_answer()
            await self._run(state)
        else:
            await self._send_answer()

    async def _send_answer(self) -> None:
        if self._peer is not None and self.kept.answer is not None:
            await self._around.relay(self._peer, self.kept.answer)

    async def _answered(self, answer: bytes, pair: Pair) -> None:
        offer, seed = self.kept.offer, self.kept.seed
        mine = PairOffer(offer, KemKey(seed)) if offer and seed else None
        root = read_pair_answer(answer, pair, mine)
        state = await self._replace(Side.GUEST, root)
        self._keep(offer=None, seed=None, state=state)
        await self._run(state)

    async def _replace(self, side: Side, root: bytes) -> SessionState:
        """A new session's state: it goes on with what the one before had not delivered."""
        before = self._talk.session.state if self._talk else None
        await self.close()
        if before is None:
            return SessionState(side, root)
        return SessionState(side, root, outbox=before.outbox, seen=before.seen)

    async def _run(self, state: SessionState) -> None:
        # What was said while there was none goes out in this session.
        state = replace(state, outbox=(*state.outbox, *self.kept.owed))
        self._keep(state=state, owed=())
        self._unanswered, self._strange = 0, []
        session = Session(state, self._around.random, restored=True)
        talk = Conversation(session, self._store, self._transmit, self._take, self._refused)
        self._talk = talk
        self._pump = asyncio.create_task(self._tell(talk))
        await talk.start()

    def _store(self, state: SessionState) -> None:
        self._keep(state=state)

    async def _tell(self, talk: Conversation) -> None:
        while True:
            self._around.tell(self.kept.key, await talk.events.get())

    @staticmethod
    def _take(message: Message) -> bool:
        return message.type in HEARD

    async def _transmit(self, frame: bytes) -> None:
        if self._peer is None:
            return
        hello = frame[1] == HELLO_KIND
        self._unanswered = self._unanswered + 1 if hello else 0
        await self._around.relay(self._peer, frame)
        if self._unanswered >= APART:
            self._come_apart()

    def _refused(self, frame: bytes, error: SealError) -> bool:
        """Whether a refused frame is no news to tell: a hello of another secret counts."""
        if error.code is not SealCode.BAD_MAC or frame[1] != HELLO_KIND:
            return self.kept.offer is not None
        now = time.monotonic()
        self._strange = [at for at in self._strange if now - at < WINDOW] + [now]
        if len(self._strange) >= APART:
            self._come_apart()
        return True

    def _come_apart(self) -> None:
        """The session that there is cannot be taken up: who offers does so anew."""
        recent = time.monotonic() - self._offered_at < OFFER_PAUSE
        if self._pair is None or not self._pair.offers or recent:
            return
        self._unanswered, self._strange = 0, []
        self._offer(self._pair)
