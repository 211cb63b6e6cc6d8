"""The index of a study: whatever comes is read, or refused with a code."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.sealing.errors import SealError
from client.sealing.study import Index, Instance, Series, Study, index_begins, read_index

TAGS = {"00100010": {"vr": "PN", "Value": [{"Alphabetic": "ÉCHANTILLON^Zoé"}]}}
INDEX = Index(
    (
        Study(TAGS, (Series({}, (Instance(40, 7, {}), Instance(90, 1, TAGS))),)),
        Study({}, (Series(TAGS, (Instance(91, 2**40, {}),)),)),
    )
)

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def test_what_was_written_is_read() -> None:
    assert read_index(INDEX.encode()) == INDEX
    assert [one.at for one in INDEX.instances] == [40, 90, 91]


def test_what_no_reader_would_take_is_not_written() -> None:
    with pytest.raises(SealError):
        Index(()).encode()


def bent(value: Any, path: list[int], other: Any) -> Any:
    """The value with something else somewhere within."""
    if not path or not isinstance(value, dict | list) or not value:
        return other
    if isinstance(value, list):
        at = path[0] % len(value)
        return [bent(one, path[1:], other) if n == at else one for n, one in enumerate(value)]
    key = sorted(value)[path[0] % len(value)]
    return value | {key: bent(value[key], path[1:], other)}


@given(st.lists(st.integers(0, 9), max_size=9), values)
def test_anything_in_the_place_of_anything(path: list[int], other: object) -> None:
    value = bent(json.loads(INDEX.encode()), path, other)
    refused_or_read(json.dumps(value).encode() + b"\n")


@given(st.binary(max_size=200), st.integers(0, 300))
def test_any_bytes(some: bytes, at: int) -> None:
    line = INDEX.encode()
    refused_or_read(line[:at] + some + line[at:])
    refused_or_read(some)


def refused_or_read(line: bytes) -> None:
    try:
        found = read_index(line)
    except SealError:
        return
    assert 1 <= len(list(found.instances)) <= 10_000
    assert read_index(found.encode()) == found


@given(st.binary(max_size=100))
def test_any_beginning_of_a_zip(some: bytes) -> None:
    for start in (some, b"PK\3\4" + some):
        with contextlib.suppress(SealError):
            assert index_begins(start) >= 40
