"""Every column and every field about people is explained, and the page says the same."""

from __future__ import annotations

import importlib
import ipaddress
from pathlib import Path

import pytest

from server.blobs.rules import Reserved
from server.door import Door
from server.engines.database import metadata
from server.holdings import catalogue, memory
from server.holdings.answer import Asked
from server.holdings.memory import MEMORY
from server.requests.addresses import Addresses

PAGE = Path(__file__).parents[3] / "docs" / "what-the-server-holds.md"
# Classes that name their fields as they are made.
PLAIN = {
    "Addresses": lambda: Addresses(1),
    "Door": lambda: Door(1, (ipaddress.ip_network("192.0.2.0/24"),), 1),
    "Reserved": Reserved,
}


def test_every_column_is_explained() -> None:
    schema = {
        table.name: {column.name for column in table.columns} for table in metadata.sorted_tables
    }
    assert {name: set(record.columns) for name, record in catalogue.RECORDS.items()} == schema


@pytest.mark.parametrize("kept", MEMORY, ids=lambda kept: kept.name)
def test_every_field_about_people_is_explained(kept: memory.Kept) -> None:
    module, _, name = kept.name.partition(":")
    fields = set(
        vars(PLAIN[name]())
        if name in PLAIN
        else getattr(importlib.import_module(module), name).__slots__
    )
    assert {*kept.fields, *kept.workings} == fields
    assert not set(kept.fields) & set(kept.workings)


@pytest.mark.parametrize("part", [catalogue.page, memory.page])
def test_the_page_says_what_is_explained(part: object) -> None:
    assert callable(part)
    assert "\n".join(part()) in PAGE.read_text()


@pytest.mark.parametrize(
    ("about", "which", "sentence"),
    [
        ("all", "x", "leave WHICH out"),
        ("room", None, "Say which room."),
        ("room", "x", "16 bytes"),
        ("practitioner", "A" * 22, "32 bytes"),
        ("address", "x", "not appear to be an IPv4 or IPv6 address"),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_with_a_sentence(
    about: str, which: str | None, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        Asked.read(about, which)
