"""What can go wrong between a client and a server, by whose fault it is."""

from __future__ import annotations

from signaling.wire import ErrorCode


class ServerRefused(Exception):
    """The server answered with an error of the protocol; nothing has changed there."""

    def __init__(self, code: ErrorCode) -> None:
        super().__init__(f"{code}: {code.sentence}")
        self.code = code


class ServerUnreachable(Exception):
    """No answer came, or none that a server of this protocol gives: try again later."""
