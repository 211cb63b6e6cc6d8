"""The sealed session between two people: exchanges, numbering, acknowledgement, resending.

Sans-I/O. Time (seconds, monotonic) and randomness come in; effects come out, and the caller MUST
perform them in order before it calls again: what is stored before it is sent can never be
denied after a reload, and what is delivered before the next frame goes out is acknowledged by it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from client.sealing import exchange as exchanges
from client.sealing.encoding import SUITE, sha256
from client.sealing.errors import SealCode, SealError
from client.sealing.exchange import ANSWER_KIND, HELLO_KIND, Exchange, Side
from client.sealing.handshake import OPEN_KIND, GuestAgreed, HostAgreed, Random, read_open
from client.sealing.inbox import Inbox
from client.sealing.kdf import CHACHA, Aead
from client.sealing.messages import durable_id
from client.sealing.outbox import Outbox, delay
from client.sealing.sas import authentication_string
from client.sealing.state import (
    SEEN,
    Authenticated,
    Began,
    Deliver,
    Effect,
    Pending,
    Send,
    SessionState,
    Store,
)
from client.sealing.traffic import DATA_KIND, MESSAGE_BYTES, Inner, Traffic, exchange_of

ACK_DELAY = 0.1
# An initiator whose first frame was repeated so often asks anew: the other side may have reloaded.
UNHEARD = 3


@dataclass
class _Live:
    """An exchange whose keys this page load holds."""

    traffic: Traffic
    inbox: Inbox
    # The initiator has proven nothing to itself until the first frame of the exchange comes back.
    heard: bool


@dataclass
class _Hello:
    frame: bytes
    roots: list[bytes]


@dataclass
class _Timer:
    at: float
    attempt: int = 0


class Session:
    """One side of a session for one page load. `aead` is there for tests that watch nonces."""

    def __init__(
        self, state: SessionState, random: Random, *, restored: bool, aead: Aead = CHACHA
    ) -> None:
        self.state = self._stored = state
        self._random = random
        self._aead = aead
        self._restored = restored
        self._active: _Live | None = None
        self._unconfirmed: dict[bytes, _Live] = {}
        self._initiator = False
        self._answers: dict[bytes, tuple[bytes, bytes]] = {}
        self._opened: bytes | None = None
        self._hello: _Hello | None = None
        # One timer for what opens an exchange: hello, open, or the frame that confirms.
        self._knocking: _Timer | None = None
        self._ack_at: float | None = None
        self._outbox = Outbox([(message, True) for message in state.outbox])
        self._effects: list[Effect] = []

    def __repr__(self) -> str:
        return f"Session({self.state.side.name})"

    # Ways to begin

    @classmethod
    def host(
        cls,
        agreed: HostAgreed,
        random: Random,
        before: SessionState | None = None,
        aead: Aead = CHACHA,
    ) -> Session:
        """The host's side after *accept* was made; its messages count as sent.

        `before` is the session that this one follows: what it had not delivered goes out here.
        """
        seen = before.seen if before else ()
        state = SessionState(Side.HOST, agreed.root, awaiting=agreed, seen=seen)
        session = cls(state, random, restored=False, aead=aead)
        session._outbox = Outbox.sent(agreed.messages, durable_id)
        session._take_over(before)
        return session

    @classmethod
    def guest(
        cls,
        agreed: GuestAgreed,
        opening: bytes,
        random: Random,
        before: SessionState | None = None,
        aead: Aead = CHACHA,
    ) -> Session:
        """The guest's side after *accept* was checked, with the *open* that it will send.

        `before` is the session that this one follows: what it had not delivered goes out here.
        """
        string = authentication_string(agreed.r_guest, agreed.r_host, agreed.transcript)
        first = exchanges.derive(agreed.root, agreed.accept, opening)
        state = SessionState(
            Side.GUEST,
            agreed.root,
            pending=(Pending(first.id, first.ratchet),),
            opening=opening,
            authentication=string,
            seen=before.seen if before else (),
        )
        session = cls(state, random, restored=False, aead=aead)
        session._take_over(before)
        session._carry(first, agreed.messages)
        return session

    def _take_over(self, before: SessionState | None) -> None:
        for message in before.outbox if before else ():
            self._outbox.add(message, durable=True)

    def _carry(self, first: Exchange, carried: tuple[bytes, ...]) -> None:
        """Take the messages of *accept* as the host's first ones."""
        live = _Live(Traffic(first, Side.GUEST, self._aead), Inbox(len(carried)), heard=True)
        self._unconfirmed[first.id] = live
        for message in carried:
            self._deliver(message)

    def start(self, now: float) -> list[Effect]:
        """Begin this page load: store, deliver, and send what opens an exchange."""
        self._store()
        if self.state.authentication:
            self._effects.append(Authenticated(self.state.authentication))
        if self.state.opening:
            self._effects.append(Send(self.state.opening))
            self._knocking = _Timer(now + delay(0))
        if self._restored and not self.state.awaiting:
            self._begin_hello(now)
        return self._done()

    # What the application asks for

    def send(self, message: bytes, now: float) -> list[Effect]:
        """Queue a message of at most 61,428 bytes; it goes out as soon as it can.

        Raises `too_long`.
        """
        if len(message) > MESSAGE_BYTES:
            raise SealError(SealCode.TOO_LONG)
        durable = durable_id(message) is not None
        self._outbox.add(message, durable=durable)
        if durable:
            self._store()
        self._flush(now)
        return self._done()

    def reconnected(self, now: float) -> list[Effect]:
        """The relay is reachable again: send at once what is not acknowledged."""
        self._outbox.hurry(now)
        if self._knocking:
            self._knocking = _Timer(now)
        return self.tick(now)

    def next_at(self) -> float | None:
        """When `tick` has something to do."""
        times = [self._ack_at, self._knocking.at if self._knocking else None]
        if self._active:
            times.append(self._outbox.next_at())
        return min((at for at in times if at is not None), default=None)

    def tick(self, now: float) -> list[Effect]:
        if self._knocking and now >= self._knocking.at:
            attempt = self._knocking.attempt + 1
            self._knocking = _Timer(now + delay(attempt), attempt)
            self._knock_again(now)
        self._flush(now)
        if self._active:
            for n, message in self._outbox.due(now):
                self._data(n, message, now)
        if self._ack_at is not None and now >= self._ack_at:
            self._data(0, b"", now)
        return self._done()

    @property
    def unacknowledged(self) -> int:
        """How many messages wait for the other side."""
        return len(self._outbox)

    # What comes from the other side

    def receive(self, frame: bytes, now: float) -> list[Effect]:
        """Take one frame of the other side. Raises SealError and changes nothing."""
        kind = frame[1] if len(frame) > 1 and frame[0] == SUITE else DATA_KIND
        if kind == DATA_KIND:
            # Also what is too short or of another suite: it is refused there.
            self._receive_data(frame, now)
        elif kind == HELLO_KIND:
            self._receive_hello(frame)
        elif kind == ANSWER_KIND:
            self._receive_answer(frame, now)
        elif kind == OPEN_KIND and self.state.side is Side.HOST:
            self._receive_open(frame, now)
        else:
            raise SealError(SealCode.BAD_FORM, "a frame that has no place here")
        return self._done()

    def _receive_open(self, frame: bytes, now: float) -> None:
        agreed = self.state.awaiting
        if agreed is None:
            if self._opened != sha256(frame):
                raise SealError(SealCode.STALE_EXCHANGE)
            # The guest has not heard from us yet: say something under the new keys.
            self._ack_at = now
            return
        opening = read_open(frame, agreed)
        first = exchanges.derive(agreed.root, agreed.accept, frame)
        string = authentication_string(opening.r_guest, agreed.r_host, agreed.transcript)
        self._opened = sha256(frame)
        begun = self.state.initiated(agreed.root, first)
        self.state = replace(begun, awaiting=None, authentication=string)
        self._store()
        self._effects.append(Authenticated(string))
        if self._restored:
            # The x of this exchange was drawn by an earlier page load: its keys are not for us.
            self._begin_hello(now)
        else:
            self._initiated(first, now, keep_numbers=True)

    def _receive_hello(self, frame: bytes) -> None:
        root = exchanges.read_hello(frame, self.state.side.peer, self.state.roots)
        if self.state.awaiting:
            raise SealError(SealCode.UNKNOWN_EXCHANGE, "a hello before its open")
        if self._hello and self.state.side is Side.GUEST:
            return
        digest = sha256(frame)
        known = self._answers.get(digest)
        if known and known[1] in self._unconfirmed:
            self._effects.append(Send(known[0]))
        else:
            self._effects.append(Send(self._answer(frame, digest, root)))

    def _answer(self, hello: bytes, digest: bytes, root: bytes) -> bytes:
        answer = exchanges.make_answer(self.state.side, hello, root, self._random)
        made = exchanges.derive(root, hello, answer)
        self.state = self.state.answered(root, made)
        ids = {pending.id for pending in self.state.pending}
        self._answers[digest] = (answer, made.id)
        self._answers = {k: v for k, v in self._answers.items() if v[1] in ids}
        live = _Live(Traffic(made, self.state.side, self._aead), Inbox(), heard=True)
        self._unconfirmed = {k: v for k, v in self._unconfirmed.items() if k in ids}
        self._unconfirmed[made.id] = live
        self._store()
        return answer

    def _receive_answer(self, frame: bytes, now: float) -> None:
        hello = self._hello
        if hello is None:
            raise SealError(SealCode.STALE_EXCHANGE)
        root = exchanges.read_answer(frame, self.state.side.peer, hello.frame, hello.roots)
        made = exchanges.derive(root, hello.frame, frame)
        self.state = self.state.initiated(root, made)
        self._store()
        self._initiated(made, now, keep_numbers=False)

    def _receive_data(self, frame: bytes, now: float) -> None:
        identifier = exchange_of(frame)
        live = self._active
        if live is None or live.traffic.id != identifier:
            live = self._unconfirmed.get(identifier)
        if live is None:
            raise SealError(SealCode.UNKNOWN_EXCHANGE)
        if live is self._active:
            inner = live.traffic.open(frame, self._outbox.last)
        else:
            inner = live.traffic.open(frame, 0)
            self._confirm(live, now)
        progress = self._outbox.acknowledge(inner.ack)
        if not live.heard:
            live.heard = True
            self._knocking = None
            self._hello = None
            self.state = self.state.heard()
            self._store()
        for message in live.inbox.take(inner.n, inner.message):
            self._deliver(message)
        self._store_changes()
        # A bare frame that acknowledges nothing new may be an initiator's that was not heard.
        if inner.n or (not progress and not self._initiator):
            due = now + ACK_DELAY
            self._ack_at = due if self._ack_at is None else min(self._ack_at, due)
        self._flush(now)

    # Exchanges

    def _begin_hello(self, now: float) -> None:
        roots = self.state.roots
        self._hello = _Hello(exchanges.make_hello(self.state.side, roots, self._random), roots)
        self._effects.append(Send(self._hello.frame))
        self._knocking = _Timer(now + delay(0))

    def _knock_again(self, now: float) -> None:
        if self.state.opening:
            self._effects.append(Send(self.state.opening))
        if self._hello:
            self._effects.append(Send(self._hello.frame))
        if self._active and not self._active.heard:
            self._seal(0, b"")
            if not self._hello and self._knocking and self._knocking.attempt >= UNHEARD:
                self._begin_hello(now)
        elif not self.state.opening and not self._hello:
            self._knocking = None

    def _initiated(self, made: Exchange, now: float, *, keep_numbers: bool) -> None:
        live = _Live(Traffic(made, self.state.side, self._aead), Inbox(), heard=False)
        self._hello = None
        self._initiator = True
        self._unconfirmed = {}
        self._activate(live, now, keep_numbers=keep_numbers)
        self._knocking = _Timer(now + delay(0))
        if not any(isinstance(effect, Send) for effect in self._effects):
            self._data(0, b"", now)

    def _confirm(self, live: _Live, now: float) -> None:
        self.state = self.state.confirmed(live.traffic.id)
        self._store()
        self._hello = None
        self._knocking = None
        self._initiator = False
        newer = {pending.id for pending in self.state.pending}
        self._unconfirmed = {k: v for k, v in self._unconfirmed.items() if k in newer}
        self._activate(live, now, keep_numbers=False)

    def _activate(self, live: _Live, now: float, *, keep_numbers: bool) -> None:
        """Erase the keys used so far, number anew, and send what waits."""
        self._active = live
        self._ack_at = None
        if not keep_numbers:
            self._outbox.renumber()
        self._effects.append(Began(live.traffic.id))
        self._flush(now)

    # Frames out

    def _flush(self, now: float) -> None:
        if self._active:
            for n, message in self._outbox.fresh(now):
                self._data(n, message, now)

    def _data(self, n: int, message: bytes, now: float) -> None:
        if self._active is None:
            self._ack_at = None
        elif not self._active.traffic.exhausted:
            self._seal(n, message)
        elif self._hello is None:
            self._begin_hello(now)

    def _seal(self, n: int, message: bytes) -> None:
        live = self._active
        if live and not live.traffic.exhausted:
            frame = live.traffic.seal(Inner(n, live.inbox.taken, message))
            self._effects.append(Send(frame))
            self._ack_at = None

    def _deliver(self, message: bytes) -> None:
        identifier = durable_id(message)
        if identifier is not None:
            if identifier in self.state.seen:
                return
            self.state = replace(self.state, seen=(*self.state.seen, identifier)[-SEEN:])
        self._effects.append(Deliver(message))

    def _store(self) -> None:
        self.state = self._stored = replace(self.state, outbox=self._outbox.durable())
        self._effects.append(Store(self.state))

    def _store_changes(self) -> None:
        changed = self.state.seen is not self._stored.seen
        if changed or self._outbox.durable() != self._stored.outbox:
            self._store()

    def _done(self) -> list[Effect]:
        effects, self._effects = self._effects, []
        return effects
