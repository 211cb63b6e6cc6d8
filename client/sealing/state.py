"""What a session stores, and what it asks its caller to do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from client.sealing.exchange import Exchange, Side
from client.sealing.handshake import HostAgreed

MAX_PENDING = 4
# A side sends no more than 256 messages that are not acknowledged, so that what it repeats is among
# the newest that were taken: older ids are of no use.
SEEN = 1024


@dataclass(frozen=True)
class Pending:
    """An exchange that we answered and whose first data frame has not come; `root` is its R′.

    Without id: the R before an exchange that we began, until the other side was heard in it.
    """

    id: bytes
    root: bytes = field(repr=False)


@dataclass(frozen=True)
class SessionState:
    """What a side stores, wrapped. Traffic keys and counters are never part of it.

    `awaiting` is the host's accept until *open* came; `opening` the guest's *open* until R has
    moved past R₀; `outbox` the durable messages not yet acknowledged; `seen` the ids of
    the newest durable messages taken, oldest first.
    """

    side: Side
    root: bytes = field(repr=False)
    pending: tuple[Pending, ...] = ()
    awaiting: HostAgreed | None = field(default=None, repr=False)
    opening: bytes | None = field(default=None, repr=False)
    authentication: str | None = field(default=None, repr=False)
    outbox: tuple[bytes, ...] = field(default=(), repr=False)
    seen: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def roots(self) -> list[bytes]:
        """The current R and the pending ones, newest first: what a hello may be found under."""
        return [self.root, *(pending.root for pending in reversed(self.pending))]

    def answered(self, root: bytes, made: Exchange) -> SessionState:
        """We answered a hello under `root`.

        The other side is at that secret, and stays there while its answers get lost: of the four
        places the newest stay, and being answered under makes new.
        """
        spare = tuple(pending for pending in self.pending if pending.root != root)
        used = tuple(pending for pending in self.pending if pending.root == root)
        kept = (*spare, *used, Pending(made.id, made.ratchet))
        return replace(self, pending=kept[-MAX_PENDING:])

    def confirmed(self, identifier: bytes) -> SessionState:
        """The first data frame of an exchange that we answered came: what is older goes."""
        ids = [pending.id for pending in self.pending]
        at = ids.index(identifier)
        root, newer = self.pending[at].root, self.pending[at + 1 :]
        return replace(self, root=root, pending=newer, opening=None)

    def initiated(self, root: bytes, made: Exchange) -> SessionState:
        """Our hello (or accept) was answered under `root`.

        Not heard since earlier ones, the other side may still be at any of them: they are kept.
        """
        before = tuple(p for p in self.pending if not p.id and p.root != root)
        kept = (*before, Pending(b"", root))[-MAX_PENDING:]
        return replace(self, root=made.ratchet, pending=kept, opening=None)

    def heard(self) -> SessionState:
        """A first frame of an exchange that we began came back."""
        return replace(self, pending=tuple(p for p in self.pending if p.id))


@dataclass(frozen=True)
class Send:
    frame: bytes = field(repr=False)


@dataclass(frozen=True)
class Deliver:
    message: bytes = field(repr=False)


@dataclass(frozen=True)
class Store:
    state: SessionState


@dataclass(frozen=True)
class Authenticated:
    """The authentication string is known (the host learns it from *open*)."""

    string: str = field(repr=False)


@dataclass(frozen=True)
class Began:
    """An exchange began: frames can be sent. Passing messages of the one before are gone."""

    id: bytes


Effect = Send | Deliver | Store | Authenticated | Began
