"""Vaults: what two devices wrote comes to one state, whoever reads it, and nothing prints."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.sealing.errors import SealCode, SealError
from client.sealing.vault import Record, VaultKey, merge, read_records, write_records

IDS = [bytes([n]) * 16 for n in (0, 1, 127, 128, 255)]
TEXTS = st.sampled_from(["", "a", "b", "a ", "é", "\uff5e", "😀", '"', "\\", "\n"])
RECORD = st.builds(
    Record,
    st.sampled_from(IDS),
    st.integers(1, 3),
    st.sampled_from(["document", "documents"]),
    st.none() | TEXTS,
)
STATE = st.lists(RECORD, max_size=6).map(merge)


@given(STATE, STATE, STATE)
def test_merging_knows_no_order(
    one: tuple[Record, ...], two: tuple[Record, ...], three: tuple[Record, ...]
) -> None:
    assert merge(one, two) == merge(two, one)
    assert merge(merge(one, two), three) == merge(one, merge(two, three))


@given(STATE, STATE)
def test_merging_again_changes_nothing(one: tuple[Record, ...], two: tuple[Record, ...]) -> None:
    merged = merge(one, two)
    assert merge(one, one) == one
    assert merge(merged, one) == merged
    assert read_records(write_records(merged)) == merged


def test_a_page_has_so_many_records() -> None:
    records = [Record(n.to_bytes(16, "big"), 1, "k", None) for n in range(4_097)]
    assert len(read_records(write_records(records[:-1]))) == 4_096
    with pytest.raises(SealError) as refusal:
        write_records(records)
    assert refusal.value.code is SealCode.TOO_LONG


def test_what_is_kept_does_not_print() -> None:
    printed = repr(VaultKey(b"s" * 32)) + repr(Record(IDS[0], 1, "document", "secret"))
    assert "sss" not in printed
    assert "secret" not in printed
