"""`aparte receive`: a document that somebody has sent with a sealed link and spoken words."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import aiohttp
import click

from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api
from client.documents.handing import Handed
from client.documents.links import Opening
from client.sealing.errors import SealCode, SealError
from client.sealing.sealed_link import SealedLink, parse_sealed_url
from client.sealing.words import WordsError
from client.verify import signed_by, signed_lines

_ATTEMPTS = 5


def _trouble(error: SealError) -> str:
    """What to say where other words may help."""
    if not isinstance(error, WordsError):
        return "These words do not open it. Ask whoever sent it to say them again."
    if error.at:
        meant = f"; is it “{error.nearest}”?" if error.nearest else "."
        return f"Word {error.at} is in no list{meant}"
    if error.code is SealCode.BAD_FORM:
        return "Five words are wanted."
    return "These words do not belong to this link. Nothing was asked of the server."


async def _ask() -> str:
    """The next line that is typed. Raises EOFError."""
    if sys.stdin.isatty():
        click.echo("The five words that you were told: ", nl=False, err=True)
    line: str = await asyncio.to_thread(sys.stdin.readline)
    if not line:
        raise EOFError
    return line


async def _receive(origin: str, link: SealedLink) -> tuple[Handed, bytes]:
    """Ask for words until they open it; give the server's key too."""
    async with aiohttp.ClientSession() as http:
        api = Api(origin, http, os.urandom)
        opening = Opening(api, link)
        await opening.look()
        for _ in range(_ATTEMPTS):
            try:
                return await opening.open(await _ask()), (await api.who()).key
            except SealError as error:
                if not isinstance(error, WordsError) and error.code is not SealCode.CANNOT_OPEN:
                    raise
                click.echo(_trouble(error), err=True)
        raise EOFError


@click.command()
@click.argument("link")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("documents"),
    show_default=True,
    help="Where the document is kept once it is verified.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def receive(link: str, folder: Path, *, as_json: bool) -> None:
    """Open a sealed LINK, and keep its document.

    The words that were spoken with it are asked for, and read from standard input. The first that
    could be this link's count as one opening; the server is asked for nothing before.
    """
    try:
        handed, server = asyncio.run(_receive(*parse_sealed_url(link)))
        files = handed.keep(folder)
    except SealError as error:
        raise click.ClickException(error.sentence) from None
    except (ServerRefused, ServerUnreachable) as error:
        raise click.ClickException(str(error)) from None
    except EOFError:
        raise click.ClickException("Without its words it does not open.") from None
    said = signed_by(handed.authorship, server)
    if as_json:
        names = [str(file) for file in files]
        click.echo(json.dumps({"files": names} | said, ensure_ascii=False))
        return
    for line in (*map(str, files), *signed_lines(said)):
        click.echo(line)
