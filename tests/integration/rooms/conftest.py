"""Fixtures of the tests of rooms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import structlog


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[Any]]:
    """What the server logs meanwhile."""
    with structlog.testing.capture_logs() as entries:
        yield entries
