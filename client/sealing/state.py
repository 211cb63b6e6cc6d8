"""What a session stores, and what it asks its caller to do."""

from __future__ import annotations

from dataclasses import dataclass, field

from client.sealing.exchange import Side
from client.sealing.handshake import HostAgreed


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
    durable messages taken.
    """

    side: Side
    root: bytes = field(repr=False)
    pending: tuple[Pending, ...] = ()
    awaiting: HostAgreed | None = field(default=None, repr=False)
    opening: bytes | None = field(default=None, repr=False)
    authentication: str | None = field(default=None, repr=False)
    outbox: tuple[bytes, ...] = field(default=(), repr=False)
    seen: frozenset[bytes] = field(default=frozenset(), repr=False)


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
