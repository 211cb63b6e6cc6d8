"""Every limit of the server besides those of the rooms, in one place (docs/protocol.md, Limits).

Sizes in bytes, times in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from signaling.limits import Limits as RoomLimits

MIB = 1024 * 1024
DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers that an operator or a test may change."""

    rooms: RoomLimits = field(default_factory=RoomLimits)
    room_life: int = 30 * DAY
    open_rooms: int = 200
    json_bytes: int = 16 * 1024
    blob_bytes: int = 64 * MIB
    blob_life: int = 30 * DAY
    practitioner_bytes: int = 4096 * MIB
    room_bytes: int = 256 * MIB
    address_connections: int = 64
    head_seconds: float = 15.0
    body_pause_seconds: float = 15.0
    nonce_seconds: int = 300
    idempotency_seconds: int = DAY
    enrolment_seconds: int = DAY
    drain_seconds: float = 2.0
    sweep_seconds: float = 600.0
