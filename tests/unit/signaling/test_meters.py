"""Buckets against the plain way of counting them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.limits import Rate
from signaling.meters import Flow, Meter, Pace

STEPS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 4)), max_size=60)


class Bucket:
    """What a token bucket is, in whole tokens; a rate of one a second."""

    def __init__(self, burst: int) -> None:
        self.burst = self.tokens = burst

    def wait(self, seconds: int) -> None:
        self.tokens = min(self.burst, self.tokens + seconds)

    def take(self, amount: int) -> bool:
        if amount > self.tokens:
            return False
        self.tokens -= amount
        return True


@given(STEPS)
def test_a_meter_is_a_token_bucket(steps: list[tuple[int, int]]) -> None:
    meter, bucket, now = Meter(), Bucket(8), 1_000
    for waited, amount in steps:
        now += waited // 8
        bucket.wait(waited // 8)
        assert meter.take(amount, Rate(8, 1), now) == bucket.take(amount)
        assert meter.is_full(now) == (bucket.tokens == 8)


@given(STEPS)
def test_a_flow_takes_of_both_buckets_or_of_neither(steps: list[tuple[int, int]]) -> None:
    flow, pace = Flow(), Pace(Rate(8, 1), Rate(16, 1))
    frames, size, now = Bucket(8), Bucket(16), 1_000
    for waited, amount in steps:
        now += waited // 8
        frames.wait(waited // 8)
        size.wait(waited // 8)
        both = frames.tokens >= 1 and size.tokens >= amount
        assert flow.take(1, amount, pace, now) == both
        if both:
            frames.take(1)
            size.take(amount)


@pytest.mark.parametrize(("frames", "size"), [(9, 0), (1, 17)])
def test_more_than_a_burst_never_passes(frames: int, size: int) -> None:
    assert not Flow().take(frames, size, Pace(Rate(8, 1), Rate(16, 1)), 1e9)
