"""The reference implementation passes tests/vectors/*.json, the same files as the web client."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from client.sealing import certificate as certificates
from client.sealing import keys, xwing
from client.sealing.encoding import b64u, b64u_decode
from client.sealing.errors import SealError
from client.sealing.link import parse_fragment
from client.sealing.xwing import KemKey
from tests.vectors.forge import FOLDER, Case
from tests.vectors.make import FILES, text_of

Runner = Callable[[Case], dict[str, Any]]


def taken(case: Case, name: str) -> bytes:
    return b64u_decode(case[name])


def run_keys(case: Case) -> dict[str, Any]:
    items = [b64u_decode(item) for item in case["items"]]
    if "seed" in case:
        key = keys.SigningKey(taken(case, "seed"))
        assert b64u(key.public) == case["key"]
        assert b64u(key.sign(case["label"], *items)) == case["signature"]
    keys.verify(taken(case, "key"), taken(case, "signature"), case["label"], *items)
    return {}


def run_certificate(case: Case) -> dict[str, Any]:
    found = certificates.read(taken(case, "certificate"))
    if "identity_seed" in case:
        identity = keys.SigningKey(taken(case, "identity_seed"))
        assert certificates.issue(identity, found.device, found.issued) == found
    return {
        "identity": b64u(found.identity),
        "device": b64u(found.device),
        "issued": found.issued,
    }


def run_xwing(case: Case) -> dict[str, Any]:
    if "seed" not in case:
        xwing.encapsulate(taken(case, "public"))
        return {}
    key = KemKey(taken(case, "seed"))
    return {"public": b64u(key.public), "secret": b64u(key.decapsulate(taken(case, "enc")))}


def run_link(case: Case) -> dict[str, Any]:
    link = parse_fragment(case["fragment"])
    assert link.fragment() == case["fragment"]
    if case["name"] != "another room has another join key":
        link.require_host(taken(case, "identity"), taken(case, "prekey"))
    return {
        "room": b64u(link.room),
        "secret": b64u(link.secret),
        "hash": b64u(link.hash),
        "join_seed": b64u(link.join_key().seed),
        "join_key": b64u(link.join_key().public),
    }


RUNNERS: dict[str, Runner] = {
    "keys": run_keys,
    "certificate": run_certificate,
    "xwing": run_xwing,
    "link": run_link,
}


def load(name: str) -> list[Case]:
    cases: list[Case] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return cases


def all_cases() -> list[Any]:
    return [
        pytest.param(name, case, id=f"{name}: {case['name']}")
        for name in RUNNERS
        for case in load(name)
    ]


@pytest.mark.parametrize(("name", "case"), all_cases())
def test_vector(name: str, case: Case) -> None:
    if "gives" in case:
        assert RUNNERS[name](case) == case["gives"]
        return
    with pytest.raises(SealError) as refusal:
        RUNNERS[name](case)
    assert refusal.value.code == case["refused"]["code"]


@pytest.mark.parametrize("name", FILES)
def test_the_script_writes_the_same_bytes(name: str) -> None:
    assert text_of(name) == (FOLDER / f"{name}.json").read_text(encoding="utf-8")


def test_every_file_is_run() -> None:
    written = {path.stem for path in FOLDER.glob("*.json")}
    assert written - {"recorded", "xwing_draft"} == RUNNERS.keys() == FILES.keys()
