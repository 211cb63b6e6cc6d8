"""Data frames: what one exchange's keys seal, and the window that refuses what came before."""

from __future__ import annotations

from dataclasses import dataclass, field

from client.sealing.encoding import (
    SUITE,
    padded,
    require_head,
    require_zeros,
    u8,
    u32,
    u64,
)
from client.sealing.errors import SealCode, SealError
from client.sealing.exchange import Exchange, Side
from client.sealing.kdf import TAG_BYTES, Aead

DATA_KIND = 6
SIZES = (256, 1024, 4096, 16384, 61440)
HEAD_BYTES = 2 + 8 + 8
_INNER_HEAD = 12
MESSAGE_BYTES = SIZES[-1] - _INNER_HEAD
LAST_COUNTER = 2**48
WINDOW = 1024


@dataclass(frozen=True)
class Inner:
    """`n` numbers the message, 0 for none; `ack` is the highest n taken without a gap."""

    n: int
    ack: int
    message: bytes = field(repr=False, default=b"")

    def encode(self) -> bytes:
        data = u32(self.n) + u32(self.ack) + u32(len(self.message)) + self.message
        return padded(data, SIZES)


def _read_inner(data: bytes) -> Inner:
    n, ack, length = (int.from_bytes(data[at : at + 4], "big") for at in (0, 4, 8))
    end = _INNER_HEAD + length
    if end > len(data) or (n == 0 and length > 0):
        raise SealError(SealCode.BAD_FORM, "a length points past the end")
    require_zeros(data[end:])
    return Inner(n, ack, data[_INNER_HEAD:end])


class Window:
    """The newest 1,024 counters, each of which is taken once."""

    def __init__(self) -> None:
        self._highest = -1
        self._seen = 0

    def require_new(self, counter: int) -> None:
        behind = self._highest - counter
        if behind >= WINDOW or (behind >= 0 and self._seen >> behind & 1):
            raise SealError(SealCode.REPLAYED)

    def take(self, counter: int) -> None:
        if counter > self._highest:
            self._seen = self._seen << min(counter - self._highest, WINDOW) & (1 << WINDOW) - 1
            self._highest = counter
        self._seen |= 1 << self._highest - counter


def exchange_of(frame: bytes) -> bytes:
    """Give the exchange id of a data frame. Raises `bad_suite` or `bad_form`."""
    require_head(frame, DATA_KIND)
    if len(frame) - HEAD_BYTES - TAG_BYTES not in SIZES:
        raise SealError(SealCode.BAD_FORM, "a frame of another length")
    return frame[2:10]


class Traffic:
    """One exchange's keys and counters, for the life of a page load and no longer."""

    def __init__(self, exchange: Exchange, side: Side, aead: Aead) -> None:
        self.id = exchange.id
        self._send_key = exchange.key(side)
        self._receive_key = exchange.key(side.peer)
        self._aead = aead
        self._window = Window()
        self.counter = 0

    def __repr__(self) -> str:
        return "Traffic(hidden)"

    @property
    def exhausted(self) -> bool:
        return self.counter >= LAST_COUNTER

    def seal(self, inner: Inner) -> bytes:
        """Seal under the next counter, which is used up even if the frame is never sent."""
        counter, self.counter = self.counter, self.counter + 1
        head = u8(SUITE) + u8(DATA_KIND) + self.id + u64(counter)
        return head + self._aead.seal(self._send_key, _nonce(counter), head, inner.encode())

    def open(self, frame: bytes, sent: int) -> Inner:
        """Open a frame of this exchange once; `sent` is the highest number that we gave out in it.

        Raises `replayed`, `cannot_open`, or `bad_form` (also for acknowledging more than was sent).
        """
        head = frame[:HEAD_BYTES]
        counter = int.from_bytes(head[10:], "big")
        self._window.require_new(counter)
        data = self._aead.open(self._receive_key, _nonce(counter), head, frame[HEAD_BYTES:])
        inner = _read_inner(data)
        if inner.ack > sent:
            raise SealError(SealCode.BAD_FORM, "an acknowledgement of what was not sent")
        self._window.take(counter)
        return inner


def _nonce(counter: int) -> bytes:
    return u32(0) + u64(counter)
