"""`aparte registrar`: the operator's word for practitioners' cards, given on an offline machine.

Its key attests cards and does nothing else. Only `fetch` and `publish` need a network.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import aiohttp
import click

from client.api import practitioners
from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api
from client.sealing.card import (
    CHECKS,
    Attestation,
    SignedCard,
    read_attestation,
    read_card,
    sign_attestation,
)
from client.sealing.encoding import b64u, b64u_decode
from client.sealing.errors import SealError
from client.sealing.keys import SigningKey
from client.sealing.record import Record
from client.vault import Vault, VaultLocked, open_vault

T = TypeVar("T")
_KEY = "registrar"
_folder = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("registrar"),
    show_default=True,
    help="Where the registrar's key rests, wrapped with a passphrase.",
)
_passphrase = click.option(
    "--passphrase",
    prompt=True,
    hide_input=True,
    envvar="APARTE_REGISTRAR_PASSPHRASE",
    help="What the key is wrapped with.",
)
_server = click.option(
    "--server", required=True, help="Origin of the server, as in https://consult.example.org"
)
_card = click.argument("card", type=click.Path(path_type=Path, exists=True, dir_okay=False))


@click.group()
def registrar() -> None:
    """Attest practitioners' cards, with a key that never touches the server."""


@registrar.command()
@_folder
@click.option(
    "--passphrase",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    envvar="APARTE_REGISTRAR_PASSPHRASE",
    help="What the key is wrapped with.",
)
def init(folder: Path, passphrase: str) -> None:
    """Make the registrar's key, or show it again; prints the line for the server's settings."""
    vault = _opened(folder, passphrase)
    seed = vault.get(_KEY)
    if seed is None:
        seed = os.urandom(32)
        vault.put(_KEY, seed)
    click.echo(f'registrar = "{b64u(SigningKey(seed).public)}"')


# A key may begin with a dash, and with -h.
@registrar.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]}
)
@_server
@click.argument("identity")
@click.argument("card", type=click.Path(path_type=Path, dir_okay=False))
def fetch(server: str, identity: str, card: Path) -> None:
    """Write the card of the practitioner with this identity key to a file, to be carried over."""

    async def get(api: Api) -> Record:
        return await practitioners.fetch(api, await api.who(), b64u_decode(identity, 32))

    record = _run(server, get)
    card.write_bytes(record.card.raw)
    click.echo(_described(record.card))


@registrar.command()
@_card
@click.argument("attestation", type=click.Path(path_type=Path, dir_okay=False))
@_folder
@_passphrase
@click.option("--name", required=True, help="Who attests: what patients read.")
@click.option(
    "--checked",
    type=click.Choice(CHECKS),
    multiple=True,
    required=True,
    help="What was checked; may be given several times.",
)
@click.option("--yes", is_flag=True, help="Do not ask whether the card is as it should be.")
def attest(
    card: Path,
    attestation: Path,
    folder: Path,
    passphrase: str,
    name: str,
    checked: tuple[str, ...],
    *,
    yes: bool,
) -> None:
    """Read a card, and sign that it was checked."""
    seed = _opened(folder, passphrase).get(_KEY)
    if seed is None:
        raise click.ClickException(f"there is no key in {folder}: `aparte registrar init` makes it")
    signed = _read(card)
    click.echo(_described(signed))
    if not yes:
        click.confirm("Is this what you have checked?", abort=True)
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    said = Attestation(signed.hash, moment, name, tuple(dict.fromkeys(checked)))
    try:
        attestation.write_bytes(sign_attestation(said, SigningKey(seed)))
    except SealError as error:
        raise click.ClickException(error.sentence) from None


@registrar.command()
@_server
@_card
@click.argument("attestation", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def publish(server: str, card: Path, attestation: Path) -> None:
    """Bring an attestation to the server, which shows it beside the card from then on."""
    signed, raw = _read(card), attestation.read_bytes()

    async def put(api: Api) -> None:
        read_attestation(raw, (await api.who()).registrar, signed.hash)
        # Whoever brings it: the attestation proves itself.
        await practitioners.put_attestation(api, SigningKey(os.urandom(32)), signed.identity, raw)

    _run(server, put)


def _opened(folder: Path, passphrase: str) -> Vault:
    try:
        return open_vault(folder, passphrase, os.urandom)
    except VaultLocked as error:
        raise click.ClickException(str(error)) from None


def _read(card: Path) -> SignedCard:
    try:
        return read_card(card.read_bytes())
    except SealError as error:
        raise click.ClickException(f"{card}: {error.sentence}") from None


def _described(signed: SignedCard) -> str:
    card = signed.card
    lines = {
        "identity": b64u(signed.identity),
        "version": f"{card.version}, {card.issued}",
        "name": card.name,
        "profession": card.profession,
        "speciality": card.speciality,
        "RPPS": card.rpps,
        "address": card.address,
        "place": card.place,
        "languages": ", ".join(card.languages),
    }
    # What somebody wrote of themselves must not speak to the terminal.
    return "\n".join(
        f"{name}: {''.join(c for c in text if c.isprintable())}" for name, text in lines.items()
    )


def _run(server: str, work: Callable[[Api], Coroutine[None, None, T]]) -> T:
    async def run() -> T:
        async with aiohttp.ClientSession() as http:
            return await work(Api(server.rstrip("/"), http, os.urandom))

    try:
        return asyncio.run(run())
    except SealError as error:
        raise click.ClickException(error.sentence) from None
    except (ServerRefused, ServerUnreachable) as error:
        raise click.ClickException(str(error)) from None
