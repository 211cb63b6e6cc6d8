"""Nonces that the server issues and recognises without remembering them (HMAC, five minutes)."""

from __future__ import annotations

import hmac
import struct
from collections.abc import Callable

from server.requests.encoding import b64u, decode
from server.requests.refusals import Refused
from signaling.errors import ErrorCode

_HEAD = struct.Struct(">I8s")
_MAC_BYTES = 16
_LABEL = b"aparte/1 nonce"


class Nonces:
    """`mac` is keyed by (label, data); processes agree when they share its key.

    `clock` gives Unix seconds.
    """

    def __init__(
        self,
        mac: Callable[[bytes, bytes], bytes],
        seconds: int,
        clock: Callable[[], float],
        random: Callable[[int], bytes],
    ) -> None:
        self._keyed = mac
        self._seconds = seconds
        self._clock = clock
        self._random = random

    def __repr__(self) -> str:
        return "Nonces(hidden)"

    def _mac(self, head: bytes) -> bytes:
        return self._keyed(_LABEL, head)[:_MAC_BYTES]

    def issue(self) -> str:
        head = _HEAD.pack(int(self._clock()), self._random(8))
        return b64u(head + self._mac(head))

    def require(self, nonce: object) -> None:
        """Raises `stale_nonce`."""
        try:
            data = decode(nonce, _HEAD.size + _MAC_BYTES)
        except Refused:
            raise Refused(ErrorCode.STALE_NONCE) from None
        head, mac = data[: _HEAD.size], data[_HEAD.size :]
        age = self._clock() - _HEAD.unpack(head)[0]
        if not hmac.compare_digest(mac, self._mac(head)) or not -1 <= age <= self._seconds:
            raise Refused(ErrorCode.STALE_NONCE)
