"""Runs the cases of vault.json."""

from __future__ import annotations

from typing import Any

from client.sealing import vault
from client.sealing.encoding import b64u, b64u_decode
from client.sealing.keys import SigningKey
from client.sealing.vault import Head, Record, VaultKey
from client.sealing.xwing import Encapsulation, KemKey
from tests.vectors.forge import Case


def _taken(case: Case, name: str) -> bytes:
    return b64u_decode(case[name])


def _told(records: tuple[Record, ...]) -> dict[str, Any]:
    return {"records": [record.members() for record in records]}


def _key(key: VaultKey) -> dict[str, Any]:
    return {
        "place": b64u(key.place),
        "owner": b64u(key.owner.public),
        "reader": b64u(key.reader.public),
    }


def _head(key: VaultKey, head: Head, case: Case) -> dict[str, Any]:
    if "salt" in case:
        assert head.salt == _taken(case, "salt")
        assert vault.seal_head(key, case["version"], head) == _taken(case, "head")
    return {
        "kind": int(head.kind),
        "blob": b64u(head.blob),
        "length": head.length,
        "hash": b64u(head.hash),
    }


def _page(key: VaultKey, head: Head, case: Case) -> dict[str, Any]:
    found = vault.open_page(key, head, _taken(case, "page"))
    if "salt" in case:
        again = vault.seal_page(key, _taken(case, "salt"), head.blob, found)
        assert again == _taken(case, "page")
    return _told(found)


def _moved(key: VaultKey, head: Head, case: Case) -> dict[str, Any]:
    seal, letter = KemKey(_taken(case, "seed")), _taken(case, "letter")
    found = vault.open_moved(key, head, seal, letter)
    if "device_seed" in case:
        device, content_key = SigningKey(_taken(case, "device_seed")), _taken(case, "content_key")
        kem = Encapsulation(_taken(case, "enc"), _taken(case, "kem_secret"))
        to = [seal.public]
        signed = (device, found.certificate, lambda _: content_key, lambda _: kem)
        assert vault.seal_moved(key, found.key, to, *signed) == letter
    certificate = found.certificate
    return {
        "vault": b64u(found.key.secret),
        "device": b64u(certificate.device),
        "identity": b64u(certificate.identity),
    }


def run_vault(case: Case) -> dict[str, Any]:
    """What a case gives. Raises SealError as the readers do."""
    if case["what"] == "merge":
        states = [
            [Record(b64u_decode(one["id"]), one["n"], one["kind"], one["data"]) for one in state]
            for state in case["states"]
        ]
        return _told(vault.merge(*states))
    key = VaultKey(_taken(case, "vault"))
    if case["what"] == "key":
        return _key(key)
    head = vault.open_head(key, case["version"], _taken(case, "head"))
    return {"head": _head, "page": _page, "moved": _moved}[case["what"]](key, head, case)
