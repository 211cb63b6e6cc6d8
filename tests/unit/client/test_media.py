"""What the native peer keeps before it can use it."""

from __future__ import annotations

import random

from client.limits import EARLY_CANDIDATES, EARLY_CONNECTIONS
from client.peer.media import MediaPeer
from client.sealing.encoding import b64u
from client.sealing.messages import Message, message

CANDIDATE = {"candidate": "candidate:1 1 udp 1 192.0.2.1 9 typ host", "sdpMid": "0"}


async def test_candidates_before_their_description_are_kept_and_bounded() -> None:
    async def send(_said: Message) -> None:
        raise AssertionError("nothing is to be said")

    peer = MediaPeer([], send, random.Random(1).randbytes, 1)
    for number in range(EARLY_CONNECTIONS + 5):
        for _ in range(EARLY_CANDIDATES + 100):
            await peer.take(message("ice", pc=b64u(bytes([number] * 8)), candidate=CANDIDATE))
    assert [len(kept) for kept in peer._early.values()] == [EARLY_CANDIDATES] * EARLY_CONNECTIONS
    await peer.close()
