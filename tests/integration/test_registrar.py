"""`aparte registrar`: the way of a card to the offline machine and back."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from client.cli import main
from client.sealing.card import Card, read_attestation, read_card, sign_card
from client.sealing.encoding import b64u, b64u_decode
from client.sealing.keys import SigningKey
from tests.integration.running import BIN, Process, process

PASSPHRASE = "une phrase longue"
CARD = Card(1, "2026-01-02T03:04:05Z", "Dr \x1b[2JFictive", "Médecin", rpps="10003456786")


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """The folder of the offline machine."""
    return tmp_path / "offline"


def run(*arguments: str, passphrase: str = PASSPHRASE, said: str = "") -> tuple[int, str]:
    env = {"APARTE_REGISTRAR_PASSPHRASE": passphrase}
    done = CliRunner().invoke(main, ["registrar", *arguments], input=said, env=env)
    return done.exit_code, done.output


def key_of(desk: Path) -> str:
    code, said = run("init", "--folder", str(desk))
    assert code == 0, said
    return str(said.split('"')[1])


def attest(desk: Path, card: Path, *more: str, said: str = "y\n") -> tuple[int, str, Path]:
    made = card.with_suffix(".attestation")
    arguments = (str(card), str(made), "--folder", str(desk), "--name", "Registre fictif")
    code, printed = run("attest", *arguments, *more, said=said)
    return code, printed, made


@pytest.fixture
def card(tmp_path: Path) -> Path:
    path = tmp_path / "dr.card"
    path.write_bytes(sign_card(CARD, SigningKey(bytes(32))))
    return path


def test_a_key_is_made_once(desk: Path) -> None:
    assert key_of(desk) == key_of(desk)
    code, said = run("init", "--folder", str(desk), passphrase="une autre")
    assert code == 1
    assert "another key" in said
    held = b"".join(file.read_bytes() for file in desk.iterdir())
    assert PASSPHRASE.encode() not in held


def test_what_was_checked_is_signed(desk: Path, card: Path) -> None:
    key = b64u_decode(key_of(desk))
    code, printed, made = attest(desk, card, "--checked", "identity", "--checked", "register")
    assert code == 0, printed
    assert "name: Dr [2JFictive" in printed
    hash_ = read_card(card.read_bytes()).hash
    found = read_attestation(made.read_bytes(), key, hash_)
    assert (found.registrar, found.checked) == ("Registre fictif", ("identity", "register"))


def test_nothing_is_signed_without_a_yes_a_key_or_a_card(desk: Path, card: Path) -> None:
    code, printed, made = attest(desk, card, "--checked", "identity")
    assert code == 1
    assert "`aparte registrar init` makes it" in printed
    key_of(desk)
    code, _, made = attest(desk, card, "--checked", "identity", said="n\n")
    assert code == 1
    code, printed, made = attest(desk, card, "--checked", "hearsay")
    assert code == 2
    assert "hearsay" in printed
    card.write_bytes(card.read_bytes()[:-1])
    code, printed, made = attest(desk, card, "--checked", "identity")
    assert code == 1
    assert "dr.card: " in printed
    assert not made.exists()


async def command(*arguments: str) -> tuple[int, str]:
    """Beside a server of this test: a process of its own."""
    made = await asyncio.create_subprocess_exec(
        *(str(BIN / "aparte"), "registrar", *arguments),
        env={**os.environ, "APARTE_REGISTRAR_PASSPHRASE": PASSPHRASE},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await made.communicate()
    return made.returncode or 0, printed.decode()


async def test_a_card_goes_there_and_back(tmp_path: Path, desk: Path) -> None:
    key = await asyncio.to_thread(key_of, desk)
    server = Process(tmp_path / "data", env={"APARTE_REGISTRAR": key})
    async with process(server) as client:
        device, identity = client.signer(), client.identity()
        body = identity.enrolment(client.code(), device)
        assert (await client.signed(device, "POST", "/v1/practitioners", body)).status == 201
        at, card = ("--server", client.origin), tmp_path / "dr.card"
        code, printed = await command("fetch", *at, b64u(identity.public), str(card))
        assert code == 0, printed
        assert "name: Dr Fictif" in printed
        code, printed, made = await asyncio.to_thread(attest, desk, card, "--checked", "presence")
        assert code == 0, printed
        code, printed = await command("publish", *at, str(card), str(made))
        assert code == 0, printed
        target = f"/v1/practitioners/{b64u(identity.public)}"
        assert made.read_bytes() in (await client.send("GET", target)).body
        said = json.loads((await client.send("GET", "/v1/server")).body)
        assert said["registrar"] == key
        other = await asyncio.to_thread(key_of, desk.with_name("another"))
        assert other != key
        card.write_bytes(sign_card(replace(CARD, version=2), SigningKey(bytes(32))))
        code, printed = await command("publish", *at, str(card), str(made))
        assert code == 1
        assert "The document is not the one" in printed
        code, printed = await command("fetch", *at, b64u(bytes(32)), str(card))
        assert code == 1
        assert "Traceback" not in printed
