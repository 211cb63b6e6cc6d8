"""The watcher itself: it sees a counter used twice, and only that."""

from __future__ import annotations

import pytest

from tests.e2e.nonces import Nonces


def frame(exchange: bytes, counter: int, text: bytes) -> bytes:
    head = b"\x01\x07" + bytes(8)
    return head + b"\x01\x06" + exchange + counter.to_bytes(8, "big") + text


def test_a_counter_with_two_ciphertexts_is_seen() -> None:
    nonces = Nonces()
    nonces.sent("guest", frame(b"exchange", 4, b"one"))
    nonces.sent("guest", frame(b"exchange", 5, b"two"))
    assert not nonces.reused
    nonces.sent("guest", frame(b"exchange", 4, b"other"))
    assert nonces.reused == [("guest", b"exchange", 4)]


@pytest.mark.parametrize(
    "other",
    [
        ("guest", frame(b"exchange", 4, b"one")),
        ("host", frame(b"exchange", 4, b"other")),
        ("guest", frame(b"2exchang", 4, b"other")),
        ("guest", "text"),
        ("guest", b"\x01\x07short"),
    ],
)
def test_other_sides_exchanges_and_repeats_are_not(other: tuple[str, str | bytes]) -> None:
    nonces = Nonces()
    nonces.sent("guest", frame(b"exchange", 4, b"one"))
    nonces.sent(*other)
    assert not nonces.reused
