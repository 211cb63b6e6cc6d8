"""Every limit of the server besides those of the rooms, in one place (docs/protocol.md, Limits).

Sizes are bytes, times seconds. An operator or a test may change each one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from signaling.limits import Limits as RoomLimits

KIB = 1024
MIB = 1024 * KIB
DAY = 24 * 3600

# Part of the protocol: both ends count on them, and no operator changes them.
VOUCHERS_AT_ONCE = 64
MESSAGE_BYTES = 61_440
APPEND_KEYS = 16
ANSWER_BYTES = MIB
ANSWER_MESSAGES = 64
CELL_BYTES = 4_096
LINKS_KEPT = 1_024
LINKS_AT_ONCE = 256
CARD_BYTES = 2_048
DEVICES = 64
# How often a blob whose openings are counted may be opened.
OPENINGS = 100
# How far ahead of ours the clock of somebody who revokes a device may be, in seconds.
CLOCK_SECONDS = 300


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
    # A piece of an upload, and how long one waits for its next.
    piece_bytes: int = 64 * MIB
    upload_seconds: int = DAY
    # How long one opening of a blob lasts, and for how long is said of a blob that it is over.
    opening_seconds: int = 3600
    epitaph_seconds: int = 7 * DAY
    voucher_seconds: int = 3 * 366 * DAY
    vouchers: int = 60_000
    # What the vouchers of one practitioner may pay for in all.
    voucher_bytes: int = 16 * 1024 * MIB
    mailbox_messages: int = 1_024
    mailbox_bytes: int = 16 * MIB
    # How long a message rests, and how long its mailbox may ask for in the place of that.
    mailbox_seconds: int = 180 * DAY
    mailbox_longest_seconds: int = 400 * DAY
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
