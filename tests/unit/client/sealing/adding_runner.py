"""Runs the cases of adding.json."""

from __future__ import annotations

from typing import Any

from client.sealing import adding, grants
from client.sealing.adding import AddingLink, Direction, Request
from client.sealing.encoding import b64u, b64u_decode
from client.sealing.grants import Grant, HelperGrant, PersonGrant, PractitionerGrant
from client.sealing.keys import SigningKey
from client.sealing.xwing import Encapsulation, KemKey
from tests.vectors.forge import Case


def _taken(case: Case, name: str) -> bytes:
    return b64u_decode(case[name])


def _link(link: AddingLink) -> dict[str, Any]:
    return {
        "secret": b64u(link.secret),
        "adder": b64u(link.adder),
        "places": [b64u(link.place(direction)) for direction in Direction],
        "owners": [b64u(link.owner(direction).public) for direction in Direction],
        "appends": [b64u(link.append(direction).public) for direction in Direction],
    }


def _request(link: AddingLink, case: Case) -> dict[str, Any]:
    found = adding.read_request(link, _taken(case, "request"))
    if "device_seed" in case:
        device = SigningKey(_taken(case, "device_seed"))
        chance = _taken(case, "random")
        again = adding.make_request(link, device, found.seal, found.label, lambda _: chance)
        assert again == found
    return {"device": b64u(found.device), "seal": b64u(found.seal), "label": found.label}


def _reply(link: AddingLink, request: Request, case: Case) -> dict[str, Any]:
    raw = _taken(case, "reply")
    code = adding.read_reply(link, request, raw)
    if "adder_seed" in case:
        chance = _taken(case, "chance")
        adder = SigningKey(_taken(case, "adder_seed"))
        assert adding.make_reply(adder, request, chance) == raw
        assert adding.code_of(link, request, chance) == code
    return {"code": code}


def _written(found: Grant, request: Request, case: Case) -> bytes:
    adder, content_key = SigningKey(_taken(case, "adder_seed")), _taken(case, "content_key")
    kem = Encapsulation(_taken(case, "enc"), _taken(case, "kem_secret"))
    return grants.make_grant(adder, request, found, lambda _: content_key, lambda _: kem)


def _grant(link: AddingLink, request: Request, case: Case) -> dict[str, Any]:
    found = grants.read_grant(link, request, KemKey(_taken(case, "seed")), _taken(case, "grant"))
    if "adder_seed" in case:
        assert _written(found, request, case) == _taken(case, "grant")
    match found:
        case PersonGrant(vault):
            return {"t": "person", "vault": b64u(vault)}
        case PractitionerGrant(certificate, secret, vault, second):
            told = {"certificate": b64u(certificate.raw), "secret": b64u(secret)}
            more = {"second": b64u(second)} if second else {}
            return {"t": "practitioner", "vault": b64u(vault)} | told | more
        case HelperGrant(secret, name, vouchers):
            paid = {"vouchers": list(vouchers)} if vouchers else {}
            return {"t": "helper", "secret": b64u(secret), "name": name} | paid
        case _:
            return {"t": "way", "secret": b64u(found.secret)}


def _kept(request: Request, case: Case) -> dict[str, Any]:
    secret, raw = _taken(case, "secret"), _taken(case, "kept")
    grants.read_kept(secret, request, raw)
    assert grants.make_kept(secret, request) == raw
    return {}


def run_adding(case: Case) -> dict[str, Any]:
    """What a case gives. Raises SealError as the readers do."""
    link = adding.parse_adding(case["fragment"])
    if case["what"] == "link":
        assert link.fragment() == case["fragment"].removeprefix("#")
        return _link(link)
    if case["what"] == "request":
        return _request(link, case)
    request = adding.read_request(link, _taken(case, "request"))
    if case["what"] == "kept":
        return _kept(request, case)
    return (_reply if case["what"] == "reply" else _grant)(link, request, case)
