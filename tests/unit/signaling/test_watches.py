from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.errors import ErrorCode
from signaling.watches import Changed, Kind, Watch, watch_bytes
from signaling.wire import WireError, fields

U64 = st.integers(0, 2**64 - 1)
KEYS = st.binary(min_size=32, max_size=32)
WATCHES = st.builds(
    Watch,
    st.sampled_from(Kind),
    st.binary(min_size=16, max_size=16),
    KEYS,
    U64,
    KEYS,
    st.binary(min_size=64, max_size=64),
)
WATCH = Watch(Kind.CELL, b"i" * 16, b"k" * 32, 41, b"n" * 32, b"s" * 64)


@given(WATCHES)
def test_a_watch_comes_back_as_it_went(watch: Watch) -> None:
    assert Watch.unpack(watch.pack()) == watch


@given(U64, st.binary(max_size=300))
def test_a_change_comes_back_as_it_went(latest: int, message: bytes) -> None:
    assert Changed.unpack(Changed(latest, message).pack()) == Changed(latest, message)


@pytest.mark.parametrize(
    "body", [b"", WATCH.pack()[:-1], WATCH.pack() + b"\0", b"\0" + WATCH.pack()[1:], b"\3" * 153]
)
def test_what_is_no_watch_is_refused(body: bytes) -> None:
    with pytest.raises(WireError) as caught:
        Watch.unpack(body)
    assert caught.value.code is ErrorCode.BAD_FRAME


def test_a_change_without_a_number_is_refused() -> None:
    with pytest.raises(WireError):
        Changed.unpack(b"\0" * 7)


def test_what_is_signed_names_everything_but_the_number() -> None:
    said = watch_bytes("https://a.example", Kind.CELL, WATCH.id, WATCH.key, b"h" * 32, b"n" * 32)
    assert WATCH.signed_bytes("https://a.example", b"h" * 32) == said
    assert said == fields(
        b"aparte/1 watch", b"https://a.example", b"\2", b"i" * 16, b"k" * 32, b"h" * 32, b"n" * 32
    )
