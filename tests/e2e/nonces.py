"""Watch the sealed frames that pages really send, for a key used twice with one counter.

Traffic keys are never seen here, and need not be: they belong to an exchange id and a side, which
stand in the clear before each ciphertext (docs/sealed-formats.md, Data frames).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from playwright.async_api import Page, WebSocket

_WIRE_HEADER = 10
_RELAY = 7
_DATA = b"\x01\x06"


@dataclass
class Nonces:
    """Every (side, exchange, counter) seen, with the ciphertexts sent under it."""

    seen: dict[tuple[str, bytes, int], set[bytes]] = field(default_factory=lambda: defaultdict(set))

    def watch(self, page: Page, side: str) -> None:
        """Follow all sockets that this page opens from now on. Call before the page is loaded."""

        def opened(socket: WebSocket) -> None:
            socket.on("framesent", lambda payload: self.sent(side, payload))

        page.on("websocket", opened)

    def sent(self, side: str, payload: str | bytes) -> None:
        if isinstance(payload, str) or len(payload) < _WIRE_HEADER + 18:
            return
        body = payload[_WIRE_HEADER:]
        if payload[1] == _RELAY and body[:2] == _DATA:
            counter = int.from_bytes(body[10:18], "big")
            self.seen[side, body[2:10], counter].add(body[18:])

    @property
    def exchanges(self) -> set[bytes]:
        return {exchange for _, exchange, _ in self.seen}

    @property
    def reused(self) -> list[tuple[str, bytes, int]]:
        """Counters under which two different ciphertexts were sent: there must be none."""
        return [key for key, texts in self.seen.items() if len(texts) > 1]
