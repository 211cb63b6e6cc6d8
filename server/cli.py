"""`aparte-server`: what an operator types."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from pathlib import Path

import click
import uvloop
from rich.console import Console
from rich.table import Table

from server import checks, logs
from server.app import codes_of
from server.config import Config, ConfigError, Listen, load
from server.demo import DemoFailed, Links, links
from server.engines.faults import StorageFailed
from server.holdings.answer import Asked, answered
from server.holdings.questions import QUESTIONS
from server.practitioners.codes import CODE_BYTES
from server.requests.encoding import b64u
from server.serving import Stop, listening, prepare_process, serve

_config = click.option(
    "--config",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="APARTE_CONFIG",
    help="The TOML file with the settings.",
)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Say in a sentence what an operator can mend."""
    try:
        yield
    except ConfigError as fault:
        raise click.ClickException(str(fault)) from None
    except DemoFailed as fault:
        raise click.ClickException(str(fault)) from None
    except StorageFailed as fault:
        text = f"data: the folder cannot be used ({fault.__cause__})"
        raise click.ClickException(text) from None
    except OSError as fault:
        raise click.ClickException(str(fault)) from None


def _settings(file: Path | None) -> Config:
    given = {name: value for name, value in os.environ.items() if name != "APARTE_CONFIG"}
    return load(file, given)


def _run(work: Coroutine[None, None, None]) -> None:
    logs.configure()
    prepare_process()
    uvloop.run(work)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="aparte")
def main() -> None:
    """Aparté's server: it relays and stores what it cannot read."""


@main.command(name="serve")
@_config
def serve_command(file: Path | None) -> None:
    """Serve until told to stop."""
    with _told():
        _run(serve(_settings(file)))


@main.command()
@_config
def enrol(file: Path | None) -> None:
    """Print a link that enrols one practitioner, once.

    To be run as the user that the server runs as. Hand the link over to the person whose
    profession you have checked: who opens it first is enrolled.
    """
    with _told():
        config = _settings(file)
        code = secrets.token_bytes(CODE_BYTES)
        codes_of(config.data).add(code, time.time() + config.limits.enrolment_seconds)
        click.echo(f"{config.origin}/desk/#enrol={b64u(code)}")


@main.command(name="check-config")
@_config
def check_config(file: Path | None) -> None:
    """Read the settings, try what can be tried, and print what will be used."""
    with _told():
        config = _settings(file)
    table = Table("setting", "value", title="Aparté", title_justify="left")
    for name, value in checks.shown(config):
        table.add_row(name, value)
    Console().print(table)
    findings = checks.findings(config)
    for finding in findings:
        click.echo(f"{'warning' if finding.harmless else 'error'}: {finding.text}", err=True)
    if any(not finding.harmless for finding in findings):
        sys.exit(1)


# A key may begin with a dash, and with -h.
@main.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@_config
@click.option("--json", "as_json", is_flag=True, help="Print JSON, sealed bytes and all.")
@click.argument("about", type=click.Choice([*QUESTIONS, "address"]))
@click.argument("which", required=False)
def subpoena(*, file: Path | None, as_json: bool, about: str, which: str | None) -> None:
    """Print everything that is held about a practitioner, room, mailbox, cell, blob or address.

    WHICH is the key or id as links and signatures have it (base64url), or the address; `all` needs
    none. It prints what the database and the folder of codes hold, and says what is nowhere.
    """
    with _told():
        config = _settings(file)
        try:
            asked = Asked.read(about, which)
        except ValueError as fault:
            raise click.UsageError(str(fault)) from None
        answer = uvloop.run(answered(config, asked))
    click.echo(answer.json() if as_json else answer.text())


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON, for scripts.")
@click.option("--port", type=click.IntRange(1, 65535), default=8480, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to keep everything; without it, in a folder that goes when the demo stops.",
)
def demo(*, as_json: bool, port: int, host: str, data: Path | None) -> None:
    """Serve a demo practitioner with an open consult, to try it out."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(_told())
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="aparte-")))
        settings = {"APARTE_ORIGIN": f"http://localhost:{port}", **os.environ}
        config = replace(load(None, settings), listen=Listen(host, port), data=folder)
        _run(_demo(config, as_json=as_json))


async def _demo(config: Config, *, as_json: bool) -> None:
    stop = Stop()
    async with listening(config):
        stopping = asyncio.create_task(stop.asked())
        making = asyncio.create_task(links(config))
        await asyncio.wait((stopping, making), return_when=asyncio.FIRST_COMPLETED)
        if not making.done():
            making.cancel()
            return
        _print(making.result(), config, as_json=as_json)
        await stopping


def _print(made: Links | None, config: Config, *, as_json: bool) -> None:
    if as_json:
        said = {"doctor": made and made.doctor, "patient": made and made.patient}
        click.echo(json.dumps(said))
    elif made is None:
        click.echo(f"Serving {config.origin} again: the links printed before still hold.")
    else:
        click.echo("Open this link to be the doctor (Dr Camille Démo, who does not exist):")
        click.echo(made.doctor)
        click.echo("Open this link, in another window or browser, to be the patient:")
        click.echo(made.patient)
        click.echo("Stop with Ctrl-C.")
