"""Runs the cases of permit.json and permit_papers.json."""

from __future__ import annotations

from typing import Any

from client.sealing.encoding import b64u, b64u_decode
from client.sealing.keys import SigningKey
from client.sealing.permit import parse_permit_fragment
from client.sealing.permit_papers import Papers, read_papers, sign_destination
from tests.vectors.forge import Case


def run_permit(case: Case) -> dict[str, Any]:
    """What a case gives. Raises SealError as the reader does."""
    found = parse_permit_fragment(case["fragment"])
    assert found.url("https://a.example").endswith(f"/send/#{case['fragment']}")
    said = {
        "secret": found.secret,
        "practice": found.practice,
        "id": found.id,
        "place": found.place,
        "reader": found.reader.public,
        "key": found.key.public,
    }
    paid = [{"voucher": b64u(voucher), "bytes": size} for voucher, size in found.vouchers.items()]
    numbers = {"size": found.size, "until": found.until, "links": found.links}
    return numbers | {name: b64u(value) for name, value in said.items()} | {"vouchers": paid}


def run_papers(case: Case) -> dict[str, Any]:
    """What a case gives. Raises SealError as the reader does."""
    permit, raw = parse_permit_fragment(case["fragment"]), b64u_decode(case["papers"])
    registrar = case["registrar"] and b64u_decode(case["registrar"])
    server = b64u_decode(case["server"])
    found = read_papers(raw, permit, server, registrar)
    to, certificate, record = found.destination, found.certificate, found.record
    if "device_seed" in case:
        device = SigningKey(b64u_decode(case["device_seed"]))
        said = sign_destination(permit, to, device, certificate)
        assert Papers(said, found.raw, server, registrar or b"").encode() == raw
    return {
        "mailbox": b64u(to.mailbox),
        "append": b64u(to.append),
        "seal": b64u(to.seal),
        "device": b64u(certificate.device),
        "identity": b64u(certificate.identity),
        "card": record.card.card.name,
        "attested": record.attestation is not None,
    }
