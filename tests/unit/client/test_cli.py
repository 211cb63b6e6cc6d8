"""`aparte` says in a sentence what is wrong, without a traceback and without the link."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from client.cli import main
from client.demo_host import DEMO, bundle
from client.host.practitioner import Stated, make
from client.host.room import HostedRoom
from client.sealing import certificate as certificates
from client.sealing.card import read_card
from client.sealing.devices import read_devices, require_in_force
from client.sealing.encoding import b64u_decode, json_object
from client.sealing.ring import identity_of
from client.vault import Memory, open_vault


@pytest.mark.parametrize("url", ["", "https://example.org/c/", "http://localhost/c/#1.a.b.c"])
def test_a_link_that_is_none(url: str) -> None:
    done = CliRunner().invoke(main, ["join", url])
    assert done.exit_code == 1
    assert done.output == "Error: This link is incomplete. Copy the whole link again.\n"


def test_a_wrong_passphrase(tmp_path: Path) -> None:
    open_vault(tmp_path, "right", bytes)
    fragment = f"1.{'A' * 22}.{'A' * 43}.{'A' * 22}"
    arguments = ["join", f"http://localhost/c/#{fragment}", "--state", str(tmp_path)]
    done = CliRunner().invoke(main, [*arguments, "--passphrase-stdin"], input="wrong\n")
    assert done.exit_code == 1
    assert "another key" in done.output
    assert fragment not in done.output


def test_no_server_for_the_demo() -> None:
    arguments = ["demo-host", "--server", "http://localhost:1"]
    done = CliRunner().invoke(main, arguments, input="code\n")
    assert done.exit_code == 1
    assert "cannot be reached" in done.output


def test_the_demo_bundle_holds_what_a_browser_needs() -> None:
    keeper = Memory()
    made = make(Stated(DEMO.name), keeper, os.urandom, 1_700_000_000)
    root = keeper.get("root") or b""
    identity = identity_of(root)
    room = HostedRoom(bytes(16), identity.public, 7, bytes(32), (bytes(32),))
    value = json_object(b64u_decode(bundle(root, made, room, "label")))
    assert value["v"] == 1
    assert value["practitioner"]["name"] == DEMO.name
    listed = read_devices(b64u_decode(value["devices"]))
    require_in_force(listed, certificates.read(b64u_decode(value["certificate"])))
    assert read_card(b64u_decode(value["card"])).identity == identity.public
    (one,) = value["rooms"]
    assert set(one) == {"room", "prekey", "secrets", "expires", "label"}
    digits = [int(digit) for digit in reversed(DEMO.rpps)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    assert (sum(digits[::2]) + sum(doubled)) % 10 == 0
