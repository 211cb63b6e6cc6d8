"""`aparte receive`: a document that somebody has sent with a sealed link and spoken words."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import click

from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api
from client.authorship import signed_by, signed_lines
from client.documents.handing import keep
from client.documents.links import Opening
from client.documents.receiving_files import fetch_outside
from client.progress import bars
from client.sealing.errors import SealCode, SealError
from client.sealing.handed import Handed, Outside
from client.sealing.sealed_link import SealedLink, parse_sealed_url
from client.sealing.statement import Kind
from client.sealing.words import WordsError
from client.vault import write_private

_ATTEMPTS = 5
_WAITING = ".link"


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


@dataclass(frozen=True)
class Kept:
    handed: Handed
    server: bytes
    files: tuple[Path, ...]


def _saved(folder: Path, link: SealedLink) -> Path:
    """Where what was opened waits until all of it is there: to go on opens nothing anew."""
    return folder / f".{link.place.hex()}{_WAITING}"


def unfinished(folder: Path) -> bool:
    """Whether something that was opened is not all there."""
    return any(folder.glob(f".*{_WAITING}"))


async def received(
    origin: str, link: SealedLink, folder: Path, *, quiet: bool = False, kind: Kind | None = None
) -> Kept:
    """Open a link with words that are asked for, and keep its document, of a `kind` if that counts.

    Raises SealError, ServerRefused, ServerUnreachable, OSError, EOFError, ClickException.
    """
    saved = _saved(folder, link)
    async with aiohttp.ClientSession() as http:
        api = Api(origin, http, os.urandom)
        opening = Opening(api, link, saved.read_bytes() if saved.exists() else None)
        if opening.sealed is None:
            await opening.look()
        handed = await _opened(opening)
        content, statement = handed.content, handed.authorship.statement
        if kind not in {None, statement.kind}:
            raise click.ClickException("This link is of something else: use aparte receive.")
        if isinstance(content, Outside):
            # Makes the folder too.
            write_private(saved, opening.sealed or b"")
            with bars(quiet=quiet) as shown:
                files = await fetch_outside(
                    api, content, statement, folder, told=shown.of_part, patience=shown.patience
                )
            saved.unlink()
        else:
            files = keep(handed, content, folder)
        return Kept(handed, handed.proof.server, files)


async def _opened(opening: Opening) -> Handed:
    """Ask for words until they open it."""
    for _ in range(_ATTEMPTS):
        try:
            return await opening.open(await _ask())
        except SealError as error:
            if not isinstance(error, WordsError) and error.code is not SealCode.CANNOT_OPEN:
                raise
            click.echo(_trouble(error), err=True)
    raise EOFError


@contextmanager
def in_sentences() -> Iterator[None]:
    """What goes wrong as something is received is said in one. Raises ClickException."""
    try:
        yield
    except SealError as error:
        raise click.ClickException(error.sentence) from None
    except ServerRefused as error:
        raise click.ClickException(str(error)) from None
    except ServerUnreachable as error:
        said = f"{error}. What has come stays: the same command goes on where it stopped."
        raise click.ClickException(said) from None
    except OSError as error:
        raise click.ClickException(f"It cannot be written: {error.strerror}.") from None
    except EOFError:
        raise click.ClickException("Without its words it does not open.") from None


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
    with in_sentences():
        kept = asyncio.run(received(*parse_sealed_url(link), folder, quiet=as_json))
    told, files = signed_by(kept.handed.authorship, kept.server), kept.files
    if as_json:
        names = [str(file) for file in files]
        click.echo(json.dumps({"files": names} | told))
        return
    for line in (*map(str, files), *signed_lines(told)):
        click.echo(line)
