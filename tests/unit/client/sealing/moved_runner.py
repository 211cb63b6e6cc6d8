"""Runs the cases of practice_moved.json."""

from __future__ import annotations

from typing import Any

from client.sealing.encoding import b64u, b64u_decode
from client.sealing.keys import SigningKey
from client.sealing.practice_moved import read_practice_moved, sign_practice_moved
from tests.vectors.forge import Case


def run_moved(case: Case) -> dict[str, Any]:
    """What a case gives. Raises SealError as the reader does."""
    reader, said = b64u_decode(case["reader"]), b64u_decode(case["said"])
    found = read_practice_moved(said, reader)
    address, certificate = found.address, found.certificate
    if "device_seed" in case:
        device = SigningKey(b64u_decode(case["device_seed"]))
        assert sign_practice_moved(reader, address, device, certificate) == said
    return {
        "mailbox": b64u(address.mailbox),
        "append": b64u(address.append),
        "seal": b64u(address.seal),
        "since": address.since,
        "device": b64u(certificate.device),
        "identity": b64u(certificate.identity),
    }
