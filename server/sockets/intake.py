"""From one client: what can be dealt with at once is, and everything else waits for its turn.

aiohttp queues each message and wakes the task that waits for it: a future, a callback and a turn of
the loop, for a RELAY that only goes on to somebody else (docs/adr/0010).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import WSMsgType, web
from aiohttp._websocket.models import WSMessage, WSMessageNoDecodeText
from aiohttp._websocket.reader import WebSocketDataQueue, WebSocketReader
from aiohttp._websocket.writer import WebSocketWriter

from signaling.wire import FRAME_BYTES

_BINARY = WSMsgType.BINARY
# Once twice as many bytes wait to be received, no more is read.
_QUEUE_BYTES = 2**16


class Intake(WebSocketDataQueue):
    """The messages of one socket.

    `take` gets a binary message that nothing waits before, and says whether it has dealt with it.
    """

    __slots__ = ("_ready", "take")

    def __init__(self, protocol: web.RequestHandler, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(protocol, _QUEUE_BYTES, loop=loop)
        self.take: Callable[[bytes], bool] | None = None
        self._ready = False

    def ready(self) -> None:
        """Whoever receives has dealt with what it received, and asks for the next message now."""
        self._ready = not self._buffer

    def feed_data(self, data: WSMessageNoDecodeText, size: int) -> None:
        take = self.take
        try:
            if self._ready and take is not None and data[0] is _BINARY and take(data[1]):
                return
        except Exception as error:  # noqa: BLE001 - for the task: it ends this connection alone
            data, size = WSMessage(WSMsgType.ERROR, error, None), 0
        # Until it was received and dealt with, nothing overtakes it.
        self._ready = False
        super().feed_data(data, size)


class Socket(web.WebSocketResponse[bool]):
    """Nothing compressed, nothing answered behind our back, and an `Intake` to read from."""

    intake: Intake

    def __init__(self, subprotocol: str, close_seconds: float) -> None:
        super().__init__(
            timeout=close_seconds,
            autoclose=False,
            autoping=False,
            protocols=(subprotocol,),
            compress=False,
            # Up to twice a frame is refused with a code, beyond that by closing.
            max_msg_size=2 * FRAME_BYTES,
            writer_limit=0,
            decode_text=False,
        )

    def _post_start(
        self, request: web.BaseRequest, protocol: str | None, writer: WebSocketWriter
    ) -> None:
        """What the class above does, with our queue in the place of its own."""
        loop = asyncio.get_running_loop()
        self._ws_protocol, self._writer = protocol, writer
        self.intake = self._reader = Intake(request.protocol, loop)
        self._parser = WebSocketReader(
            self.intake, self._max_msg_size, compress=False, decode_text=False
        )
        request.protocol.set_parser(self._parser)
        # No request follows on this connection.
        request.protocol.keep_alive(False)
