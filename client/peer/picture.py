"""A test picture that says whose it is, and reading it back from what arrives.

16 black or white bars: eight for an identity byte and eight for a counter that moves with each
frame, the most significant first. They survive any video codec, and no other picture passes.
"""

from __future__ import annotations

import asyncio
import time
from fractions import Fraction

import numpy as np
from aiortc import MediaStreamTrack
from av import VideoFrame

WIDTH, HEIGHT, FRAMES = 320, 240, 15
BARS = 16
_CLOCK = 90_000


def draw(identity: int, counter: int) -> VideoFrame:
    """One picture in YUV 4:2:0, `identity` and `counter` modulo 256."""
    bits = (identity & 0xFF) << 8 | (counter & 0xFF)
    row = [235 if bits >> (BARS - 1 - bar) & 1 else 16 for bar in range(BARS)]
    luma = np.repeat(np.array(row, np.uint8), WIDTH // BARS)
    picture = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
    picture[:HEIGHT] = luma
    return VideoFrame.from_ndarray(picture, format="yuv420p")


def read(frame: VideoFrame) -> tuple[int, int]:
    """The identity and counter of a picture of bars; of another picture, anything."""
    grey = frame.to_ndarray(format="gray")
    height, width = grey.shape
    line = grey[height // 2]
    bits = 0
    for bar in range(BARS):
        bits = bits << 1 | int(line[(2 * bar + 1) * width // (2 * BARS)] > 127)
    return bits >> 8, bits & 0xFF


class BarsTrack(MediaStreamTrack):
    """A video track of the bars, 15 a second."""

    kind = "video"

    def __init__(self, identity: int) -> None:
        super().__init__()
        self._identity = identity
        self._counter = 0
        self._started = time.monotonic()

    async def recv(self) -> VideoFrame:
        due = self._started + self._counter / FRAMES
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        frame = draw(self._identity, self._counter)
        frame.pts = self._counter * _CLOCK // FRAMES
        frame.time_base = Fraction(1, _CLOCK)
        self._counter += 1
        return frame
