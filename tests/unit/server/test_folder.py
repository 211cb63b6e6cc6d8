"""Who may hold a data folder beside whom."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from server.engines.faults import StorageFailed
from server.engines.folder import claimed
from server.engines.server_key import ServerKey


def names(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


async def test_one_process_holds_its_folder_alone(tmp_path: Path) -> None:
    async with claimed(tmp_path, shared=False) as first:
        assert first.alone
        with pytest.raises(StorageFailed):
            async with claimed(tmp_path, shared=False):
                pass
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3), claimed(tmp_path, shared=True):
                pass
    async with claimed(tmp_path, shared=False) as again:
        assert again.alone


async def test_several_share_once_the_first_has_settled(tmp_path: Path) -> None:
    async with claimed(tmp_path, shared=True) as first:
        assert first.alone
        asyncio.get_running_loop().call_later(0.2, first.share)
        async with claimed(tmp_path, shared=True) as second:
            assert not second.alone
        # One that wants it for itself does not get it.
        with pytest.raises(StorageFailed):
            async with claimed(tmp_path, shared=False):
                pass


async def test_two_that_begin_at_once_have_one_key(tmp_path: Path) -> None:
    keys = [ServerKey(tmp_path, os.urandom) for _ in range(8)]
    await asyncio.gather(*(key.open() for key in keys))
    assert len({key.public for key in keys}) == 1
    assert names(tmp_path) == ["server-key"]
    assert len({key.mac(b"a", b"data") for key in keys}) == 1
    assert keys[0].mac(b"a", b"data") != keys[0].mac(b"b", b"data")
