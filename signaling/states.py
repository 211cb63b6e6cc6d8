"""Who may do what, as tables (docs/protocol.md, sections 2.2 and 2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from signaling.errors import ErrorCode
from signaling.wire import Role, State, Type

# What the frames of a client may be, on a channel that is open.
ALLOWED: Final[Mapping[Role, frozenset[Type]]] = MappingProxyType(
    {
        Role.HOST: frozenset(
            {
                *(Type.ADMIT, Type.REFUSE, Type.SEND_BACK, Type.LOCK, Type.SEAT, Type.END),
                Type.RELAY,
                Type.CLOSE,
            }
        ),
        Role.GUEST: frozenset({Type.KNOCK, Type.LEAVE, Type.RELAY, Type.CLOSE}),
    }
)


class Act(Enum):
    """What happens to a guest, by its own frame, by the host's, or by the network."""

    KNOCK = "knock"
    ADMIT = "admit"
    REFUSE = "refuse"
    SEND_BACK = "send back"
    LEAVE = "leave"
    RELAY = "relay"
    LOST = "connection lost"


class Gone(Enum):
    """No longer a member: its channel is closed, its number is not used again."""

    GONE = "gone"


GONE: Final = Gone.GONE

Next = State | Gone | ErrorCode

_NEW: Final[Mapping[Act, Next]] = {
    Act.KNOCK: State.WAITING,
    Act.ADMIT: ErrorCode.STALE_KNOCK,
    Act.REFUSE: ErrorCode.NO_SUCH_PEER,
    Act.SEND_BACK: ErrorCode.NO_SUCH_PEER,
    Act.LEAVE: GONE,
    Act.RELAY: ErrorCode.NOT_ADMITTED,
    Act.LOST: GONE,
}
_WAITING: Final[Mapping[Act, Next]] = {
    Act.KNOCK: State.WAITING,
    Act.ADMIT: State.ADMITTED,
    Act.REFUSE: GONE,
    Act.SEND_BACK: ErrorCode.NOT_ADMITTED,
    Act.LEAVE: GONE,
    Act.RELAY: ErrorCode.NOT_ADMITTED,
    Act.LOST: State.WAITING,
}
_ADMITTED: Final[Mapping[Act, Next]] = {
    Act.KNOCK: State.ADMITTED,
    Act.ADMIT: State.ADMITTED,
    Act.REFUSE: GONE,
    Act.SEND_BACK: State.WAITING,
    Act.LEAVE: GONE,
    Act.RELAY: State.ADMITTED,
    Act.LOST: State.ADMITTED,
}
TABLE: Final[Mapping[State, Mapping[Act, Next]]] = MappingProxyType(
    {
        State.NEW: _NEW,
        State.WAITING: _WAITING,
        State.ADMITTED: _ADMITTED,
    }
)


class Refused(Exception):
    """The sender may not do that now. Nothing has changed."""

    def __init__(self, code: ErrorCode) -> None:
        super().__init__(str(code))
        self.code = code


def step(state: State, act: Act) -> State | Gone:
    """What a guest in `state` becomes. Raises `Refused` with the table's code."""
    following = TABLE[state][act]
    if isinstance(following, ErrorCode):
        raise Refused(following)
    return following
