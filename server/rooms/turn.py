"""Time-limited TURN credentials that coturn's `use-auth-secret` checks (TURN REST API draft)."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable

import msgspec

from server.requests.encoding import b64u

_NAME_BYTES = 8


class Turn:
    """`random` gives that many bytes: names say nothing about who asked."""

    def __init__(
        self, urls: tuple[str, ...], secret: str, seconds: int, random: Callable[[int], bytes]
    ) -> None:
        self._stun = [url for url in urls if url.startswith("stun")]
        self._turn = [url for url in urls if url.startswith("turn")]
        self._secret = secret.encode()
        self._seconds = seconds
        self._random = random

    def __repr__(self) -> str:
        return "Turn(hidden)"

    def ice(self, now: float) -> bytes:
        """The body of an ICE frame: JSON of `RTCIceServer`s, good from now (Unix seconds) on."""
        servers: list[dict[str, object]] = []
        if self._stun:
            servers.append({"urls": self._stun})
        if self._turn:
            username = f"{int(now) + self._seconds}:{b64u(self._random(_NAME_BYTES))}"
            mac = hmac.digest(self._secret, username.encode(), "sha1")
            credential = base64.b64encode(mac).decode()
            servers.append({"urls": self._turn, "username": username, "credential": credential})
        return msgspec.json.encode({"iceServers": servers, "ttl": self._seconds})
