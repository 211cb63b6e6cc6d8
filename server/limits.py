"""Every limit of the server besides those of the rooms, in one place (docs/protocol.md, Limits).

Sizes are bytes, times seconds. An operator or a test may change each one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from signaling.limits import Limits as RoomLimits

KIB = 1024
MIB = 1024 * KIB
DAY = 24 * 3600


@dataclass(frozen=True)
class Limits:
    rooms: RoomLimits = field(default_factory=RoomLimits)
    room_seconds: int = 30 * DAY
    open_rooms: int = 200
    json_bytes: int = 16 * KIB
    blob_bytes: int = 64 * MIB
    blob_seconds: int = 30 * DAY
    practitioner_bytes: int = 4096 * MIB
    room_bytes: int = 256 * MIB
    # WebSockets of one address before a key is proven, and connections that have not sent a head.
    address_connections: int = 64
    address_heads: int = 256
    # Half a head, or an idle connection between two requests.
    head_seconds: float = 15
    # Silence within a body. On the whole a body may take this, and its length at the slowest rate.
    body_seconds: float = 15
    body_bytes_a_second: int = 4 * KIB
    # How long a peer may leave sent bytes unacknowledged, or its window shut.
    send_seconds: float = 60
    nonce_seconds: int = 300
    idempotency_seconds: int = DAY
    enrolment_seconds: int = DAY
    # For sockets to close, and then again for requests to be answered.
    drain_seconds: float = 0.8
    sweep_seconds: float = 600
