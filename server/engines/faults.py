"""How storage says that it could not."""

from __future__ import annotations


class StorageFailed(Exception):
    """The disk or the database refused, and nothing was stored. The fault is on our side."""
