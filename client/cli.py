"""`aparte`: the command of people, as `aparte-server` is the operator's."""

from __future__ import annotations

import asyncio
import os
import sys

import click

from client.api.errors import ServerRefused, ServerUnreachable
from client.demo_host import demo_links
from client.sealing.errors import SealError


@click.group()
@click.version_option(package_name="aparte")
def main() -> None:
    """Take part in consults from a terminal."""


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
