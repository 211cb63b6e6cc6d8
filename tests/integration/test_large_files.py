"""A large file through the commands: killed twice on either way, within little memory."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from client.api.http import Api
from client.documents.permits import Allowed, make_permit
from client.documents.uploading import PIECE_BYTES
from tests.integration.large import MIB, alike, ran, write
from tests.integration.people import practice
from tests.integration.running import BIN
from tests.integration.serving import serving

# `make soak` sends more.
LENGTH = int(os.environ.get("TRANSFER_MIB", "1024")) * MIB
MOST_MEMORY = 250 * MIB


@pytest.mark.timeout(300 + LENGTH // MIB)
async def test_a_large_file_arrives_though_both_commands_are_killed_twice(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    source = write(tmp_path / "étude.bin", LENGTH)
    state, kept = tmp_path / "state", tmp_path / "kept"
    async with serving(tmp_path / "server") as server, aiohttp.ClientSession() as http:
        device = (await practice(server)).practitioner.device
        until = int(time.time()) + 24 * 3600
        api = Api(server.origin, http, os.urandom)
        permit = await make_permit(api, device, Allowed(LENGTH, until), os.urandom)
        aparte, url = str(BIN / "aparte"), permit.url(server.origin)
        send = [aparte, "send", url, str(source), "--state", str(state), "--json"]
        pieces = LENGTH // PIECE_BYTES

        def sealed(third: int) -> Callable[[], bool]:
            return lambda: len(list(state.glob("*/leaves-*"))) > pieces * third // 3

        for third in (1, 2):
            cut = await ran(send, "", sealed(third))
            assert (cut.code, cut.said) == (-signal.SIGKILL, "")
            assert 0 < cut.memory < MOST_MEMORY
        sent = await ran(send, "")
        assert sent.code == 0
        assert 0 < sent.memory < MOST_MEMORY
        told = json.loads(sent.said)
        words = " ".join(told["links"][0]["words"])
        receive = [aparte, "receive", told["links"][0]["link"], "--folder", str(kept), "--json"]

        def come(third: int) -> Callable[[], bool]:
            most = LENGTH * third // 3
            return lambda: any(part.stat().st_size > most for part in kept.glob(".*.part"))

        for third in (1, 2):
            cut = await ran(receive, words, come(third))
            assert (cut.code, cut.said) == (-signal.SIGKILL, "")
            assert 0 < cut.memory < MOST_MEMORY
        received = await ran(receive, words)
        assert received.code == 0
        assert 0 < received.memory < MOST_MEMORY
        (file,) = (Path(name) for name in json.loads(received.said)["files"])
        assert alike(source, file)
        assert [one.name for one in kept.iterdir()] == ["étude.bin"]
        counting = await ran([aparte, "sent", "--state", str(state)], "")
        # Going on opens nothing anew.
        assert "opened 1 of 5 times" in counting.said
    # The runner keeps what tests wrote, which is too much of this.
    shutil.rmtree(tmp_path)
