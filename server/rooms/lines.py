"""One room on one connection, as the rooms see it: here, or carried from another process."""

from __future__ import annotations

from typing import Protocol

from aiohttp import WSCloseCode

from server.sockets.pipe import Pipe
from signaling.errors import ErrorCode
from signaling.people import Person
from signaling.room import Room
from signaling.wire import Error, Type, pack


class Line(Protocol):
    """What a room says something on. `person` is None until the room has let it in."""

    room: Room[Line] | None
    person: Person[Line] | None

    def send(self, kind: Type, peer: int, body: bytes) -> None: ...

    def relay(self, sender: int, frame: bytes) -> None:
        """Pass the body of somebody's RELAY frame on. The hot path."""

    def shut(self) -> None:
        """The channel is over."""

    def refuse(self, code: ErrorCode) -> None:
        """Answer an OPEN that did not succeed."""

    def interrupt(self) -> None:
        """The client is to come back, to whichever process."""


class Channel:
    """A channel of a connection of this process.

    `inside`: the room has let it in. `carrier` names home and link of one that is carried.
    """

    __slots__ = ("_open", "carrier", "inside", "number", "person", "pipe", "room")

    def __init__(self, number: int, pipe: Pipe, channels: dict[int, Channel]) -> None:
        self.number = number
        self.pipe = pipe
        self.room: Room[Line] | None = None
        self.person: Person[Line] | None = None
        self.inside = False
        self.carrier: tuple[bytes, bytes] | None = None
        self._open = channels
        channels[number] = self

    def send(self, kind: Type, peer: int, body: bytes) -> None:
        self.pipe.send(pack(kind, self.number, peer, body))

    def relay(self, sender: int, frame: bytes) -> None:
        self.pipe.relay(self.number, sender, frame)

    def shut(self) -> None:
        if self._open.get(self.number) is self:
            del self._open[self.number]

    def refuse(self, code: ErrorCode) -> None:
        self.send(Type.ERROR, 0, Error(code, Type.OPEN, fatal=True).pack())
        self.shut()

    def interrupt(self) -> None:
        self.pipe.end(None, WSCloseCode.SERVICE_RESTART)
