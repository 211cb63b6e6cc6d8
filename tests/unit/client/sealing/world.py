"""Two sessions and a network that loses, repeats and reorders; what tests of sessions share."""

from __future__ import annotations

import random

from client.sealing.errors import SealError
from client.sealing.exchange import Side
from client.sealing.handshake import GuestAgreed, HostAgreed, make_open, open_accept
from client.sealing.kdf import CHACHA
from client.sealing.session import Session
from client.sealing.state import Authenticated, Deliver, Effect, Send, SessionState, Store
from tests.vectors.cases_handshake import agreed, intro_made

HOST_AGREED: HostAgreed = agreed()
GUEST_AGREED: GuestAgreed = open_accept(HOST_AGREED.accept, intro_made())


class WatchedAead:
    """Refuses to seal twice under one key and nonce, whoever asks and after whatever reload."""

    def __init__(self) -> None:
        self.used: set[tuple[bytes, bytes]] = set()

    def seal(self, key: bytes, nonce: bytes, aad: bytes, text: bytes) -> bytes:
        assert (key, nonce) not in self.used, "a key met a nonce twice"
        self.used.add((key, nonce))
        return CHACHA.seal(key, nonce, aad, text)

    def open(self, key: bytes, nonce: bytes, aad: bytes, sealed: bytes) -> bytes:
        return CHACHA.open(key, nonce, aad, sealed)


class End:
    """One side: its session, what it has stored, and what its application has seen."""

    def __init__(self, session: Session, world: World) -> None:
        self.session = session
        self.world = world
        self.stored: SessionState | None = None
        self.delivered: list[bytes] = []
        self.string: str | None = None
        self.refusals: list[str] = []
        # Frames on their way to this end.
        self.inbox: list[bytes] = []

    @property
    def peer(self) -> End:
        return self.world.ends[self.session.state.side.peer]

    def perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(frame):
                    self.peer.inbox.append(frame)
                case Deliver(message):
                    self.delivered.append(message)
                case Store(state):
                    self.stored = state
                case Authenticated(string):
                    assert self.string in {None, string}
                    self.string = string
                case _:
                    pass

    def send(self, message: bytes) -> None:
        self.perform(self.session.send(message, self.world.now))

    def receive(self, frame: bytes) -> None:
        try:
            self.perform(self.session.receive(frame, self.world.now))
        except SealError as error:
            self.refusals.append(error.code)

    def reload(self) -> None:
        assert self.stored is not None
        world = self.world
        self.session = Session(self.stored, world.random, restored=True, aead=world.aead)
        self.perform(self.session.start(world.now))


class World:
    def __init__(self, seed: int = 0) -> None:
        self.now = 1000.0
        self.random = random.Random(seed).randbytes
        self.aead = WatchedAead()
        host = Session.host(HOST_AGREED, self.random, aead=self.aead)
        opening = make_open(GUEST_AGREED, self.random)
        guest = Session.guest(GUEST_AGREED, opening, self.random, aead=self.aead)
        self.ends = {Side.HOST: End(host, self), Side.GUEST: End(guest, self)}
        for end in self.ends.values():
            end.perform(end.session.start(self.now))

    @property
    def host(self) -> End:
        return self.ends[Side.HOST]

    @property
    def guest(self) -> End:
        return self.ends[Side.GUEST]

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        for end in self.ends.values():
            end.perform(end.session.tick(self.now))

    def settle(self, seconds: float = 60.0) -> None:
        """Let a network without faults run until everything has had its time."""
        until = self.now + seconds
        while self.now < until:
            while any(end.inbox for end in self.ends.values()):
                for end in self.ends.values():
                    frames, end.inbox = end.inbox, []
                    for frame in frames:
                        end.receive(frame)
            self.pass_time(0.5)
