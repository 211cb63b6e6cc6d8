"""How tests are handed to the processes of a run: `--dist loadgroup`, see the Makefile."""

from __future__ import annotations

import pytest


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep those together that share what is made once for a file, or once for a folder.

    All others are handed out one by one, so that no process is left with a long file at the end.
    A group that a test names itself stands alone: the names of two would be joined into a third.
    """
    if isinstance(item, pytest.Function) and item.get_closest_marker("xdist_group") is None:
        file = item.nodeid.partition("::")[0]
        shared = {
            file if found[-1].scope == "module" else found[-1].baseid
            for found in item._fixtureinfo.name2fixturedefs.values()
            if found[-1].scope != "function" and found[-1].baseid
        }
        if shared:
            item.add_marker(pytest.mark.xdist_group(file if file in shared else min(shared)))
