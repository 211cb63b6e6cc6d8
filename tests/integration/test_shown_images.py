"""A practice at a terminal can look at no images: who wants to show some is told so."""

from __future__ import annotations

import os
from pathlib import Path

from client.sealing.encoding import b64u
from client.sealing.messages import message
from tests.integration.people import admitted, doctor, patient, practice
from tests.integration.serving import serving


async def test_a_guest_who_asks_for_a_permit_is_told_why_there_is_none(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        at = await practice(server)
        link = at.room.link(0)
        async with doctor(server.origin, at) as host, patient(server.origin, link) as guest:
            await admitted(host, guest)
            ask = b64u(os.urandom(16))
            await guest.model.send(message("no-permit", ask=ask, why="withdrawn"))
            await guest.model.send(message("ask-permit", ask=ask, bytes=600_000_000))
            while not (answers := guest.said("no-permit")):
                await guest.kind(object)
    assert answers == [{"t": "no-permit", "ask": ask, "why": "unable"}]
