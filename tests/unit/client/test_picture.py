"""The test picture is recognised, also after a codec's losses."""

from __future__ import annotations

import numpy as np
import pytest
from av import VideoFrame

from client.peer.picture import HEIGHT, WIDTH, BarsTrack, draw, read


@pytest.mark.parametrize(("identity", "counter"), [(0, 0), (0xA6, 1), (0x39, 255), (255, 128)])
def test_a_picture_is_read_back(identity: int, counter: int) -> None:
    assert read(draw(identity, counter)) == (identity, counter)


def test_counters_go_round() -> None:
    assert read(draw(0x39, 256 + 7)) == (0x39, 7)


def test_a_noisy_and_scaled_picture_is_still_read() -> None:
    grey = draw(0xA6, 0x5C).to_ndarray(format="gray").astype(np.int16)
    noise = np.random.default_rng(1).integers(-60, 60, grey.shape)
    noisy = np.clip(grey + noise * (noise % 2), 0, 255).astype(np.uint8)
    frame = VideoFrame.from_ndarray(noisy, format="gray").reformat(WIDTH * 2, HEIGHT * 2)
    assert read(frame) == (0xA6, 0x5C)


async def test_the_track_moves() -> None:
    track = BarsTrack(0x39)
    frames = [await track.recv() for _ in range(3)]
    assert [read(frame) for frame in frames] == [(0x39, 0), (0x39, 1), (0x39, 2)]
    assert [frame.pts for frame in frames] == [0, 6000, 12000]
    track.stop()
