"""`aparte`: the command of people, as `aparte-server` is the operator's."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import click

from client.api.errors import ServerRefused, ServerUnreachable
from client.demo_host import demo_links
from client.imaging.commands import imaging
from client.peer.join import Options
from client.peer.join import join as join_consult
from client.receive import receive
from client.registrar import registrar
from client.sealing.errors import SealError
from client.sealing.link import parse_url
from client.send import send, sent
from client.vault import Keeper, Memory, VaultLocked, open_vault
from client.verify import verify


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="aparte")
def main() -> None:
    """Take part in consults, and send and receive files and images, from a terminal."""


@main.command()
@click.argument("url")
@click.option("--name", default="Patient", show_default=True, help="What the doctor sees.")
@click.option("--reason", default="", help="Why you come, in a few words.")
@click.option(
    "--documents",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("documents"),
    show_default=True,
    help="Folder for documents that were verified.",
)
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder that keeps your place, so that a restart comes back to it.",
)
@click.option("--passphrase-stdin", is_flag=True, help="Wrap that folder with a passphrase.")
@click.option("--identity", type=click.IntRange(0, 255), default=0x39, help="The picture's byte.")
@click.option("--leave-after", type=float, help="Hang up after so many seconds.")
@click.option("--json", "events", is_flag=True, help="One JSON object a line, for programs.")
@click.pass_context
def join(
    context: click.Context, /, url: str, state: Path | None, *, passphrase_stdin: bool, **said: Any
) -> None:
    """Join a consult from a patient's link, with a test picture.

    Answers what the doctor writes, keeps documents once they are verified, and ends with the
    consult.
    """
    passphrase = sys.stdin.readline().rstrip("\n") if passphrase_stdin else None
    try:
        origin, link = parse_url(url)
        keeper: Keeper = open_vault(state, passphrase, os.urandom) if state else Memory()
        fine = asyncio.run(join_consult(origin, link, Options(**said), keeper))
    except SealError as error:
        raise click.ClickException(error.sentence) from None
    except VaultLocked as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        fine = True
    context.exit(0 if fine else 1)


main.add_command(imaging)
main.add_command(receive)
main.add_command(registrar)
main.add_command(send)
main.add_command(sent)
main.add_command(verify)


@main.command("demo-host")
@click.option("--server", required=True, help="Origin of the server, as in http://localhost:8480")
def demo_host(server: str) -> None:
    """Make a fictional practitioner and print its links.

    The one-time enrolment code is read from standard input.
    """
    code = sys.stdin.readline().strip()
    try:
        click.echo(asyncio.run(demo_links(server.rstrip("/"), code, os.urandom)))
    except (ServerRefused, ServerUnreachable, SealError) as error:
        raise click.ClickException(str(error)) from None
