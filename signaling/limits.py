"""Every limit of the room primitive; docs/protocol.md, *Limits*, is the same list.

Sizes are bytes, times seconds, rates per second.
"""

from __future__ import annotations

from dataclasses import dataclass

# Part of the protocol: both ends count on them, and no operator changes them.
FRAME_BYTES = 65_536
INTRO_BYTES = 8_192
ACCEPT_BYTES = 24_576
PING_BYTES = 8
SEATS = 3


@dataclass(frozen=True)
class Rate:
    """`burst` at once, then `rate` a second."""

    burst: float
    rate: float


@dataclass(frozen=True)
class Limits:
    members: int = 24
    knocks_of_key: Rate = Rate(6, 1 / 10)
    knocks_of_room: Rate = Rate(60, 1)
    refusal_pause: float = 30
    channels: int = 64
    frames: Rate = Rate(2_000, 1_000)
    bytes: Rate = Rate(16 * 2**20, 4 * 2**20)
    # An OPEN costs two signature checks and perhaps a look into the database.
    open_costs_frames: int = 20
    queue_frames: int = 512
    queue_bytes: int = 4 * 2**20
    away_seconds: float = 30
    away_frames: int = 128
    away_bytes: int = 512 * 1024
    silence: float = 45
    first_open: float = 15
    # How long a room that has expired can still say so, before its record is deleted.
    epitaph: float = 7 * 24 * 3600
    # How often rooms and connections are looked at for what time alone has ended.
    tick: float = 5
