"""`aparte send` and `aparte sent`: files and folders of any size, as a link and spoken words."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import click

from client.api import blobs
from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api
from client.authorship import practice_lines, practice_of
from client.documents.files import LinkMade, Said, Sending, SentFiles, withdraw
from client.documents.permits import Behind, look_behind
from client.documents.sources import Source, SourceChanged, SourceUnreadable, source_of
from client.imaging.collecting import recognised
from client.inert import inert
from client.progress import bars
from client.sealing.encoding import b64u, b64u_decode, sha256
from client.sealing.errors import SealError
from client.sealing.keys import SigningKey
from client.sealing.permit import Permit, parse_permit_url
from client.sealing.sealed_link import SealedLink
from client.vault import Vault, VaultLocked, open_vault
from signaling.wire import ErrorCode

T = TypeVar("T")
_STATE = Path("~/.local/state/aparte/sending")
_state = click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    default=_STATE,
    show_default=True,
    help="Folder that remembers what was sent, and how far.",
)
_RECORD = "sent"
_PRACTICE = "practice"
_NAME_CHARS = 100


def _folder(state: Path, permit: Permit) -> Path:
    return state.expanduser() / sha256(permit.secret).hex()[:16]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two at once would seal different contents as the same chunk. Raises ClickException."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.ClickException("Another command is sending with this permit.") from None
        yield


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run it; what goes wrong is said in a sentence."""
    try:
        return asyncio.run(work)
    except SealError as error:
        raise click.ClickException(error.sentence) from None
    except ServerRefused as error:
        raise click.ClickException(_refusal(error)) from None
    except ServerUnreachable as error:
        said = f"{error}. Nothing is lost: for a day the same command goes on where it stopped."
        raise click.ClickException(said) from None
    except SourceChanged as error:
        said = f"{error} has changed since it was begun. Ask for a new permit, and send it anew."
        raise click.ClickException(said) from None
    except SourceUnreadable as error:
        said = f"{error}. Nothing is lost: the same command goes on where it stopped."
        raise click.ClickException(said) from None
    except OSError as error:
        raise click.ClickException(f"What was sent cannot be noted: {error.strerror}.") from None


def _refusal(error: ServerRefused) -> str:
    if error.code is ErrorCode.BAD_VOUCHER:
        return "This permit was used already, or is over. Ask for a new one."
    return str(error)


@dataclass(frozen=True)
class Permitted:
    """A permit in use: whose server it is for, and where is noted what was sent with it."""

    origin: str
    permit: Permit
    folder: Path
    vault: Vault


async def _behind(api: Api, permit: Permit) -> Behind:
    """Whose permit it is. Raises ClickException where that does not hold, ServerUnreachable."""
    try:
        return await look_behind(api, permit)
    except SealError as error:
        said = f"This permit is not genuine, and nothing was sent. {error.sentence}"
        raise click.ClickException(f"{said} Ask for it again another way.") from None
    except ServerRefused as error:
        if error.code is not ErrorCode.NOT_FOUND:
            raise
        said = "The practice has withdrawn this permit, or it is over. Nothing was sent."
        raise click.ClickException(f"{said} Ask for a new one.") from None


async def _send(using: Permitted, source: Source, said: Said) -> SentFiles:
    sending = Sending(using.permit, source, said, using.vault, os.urandom)
    async with aiohttp.ClientSession() as http:
        api = Api(using.origin, http, os.urandom)
        if using.permit.practice and not sending.posted:
            practice = practice_of(await _behind(api, using.permit))
            using.vault.put(_PRACTICE, json.dumps(practice).encode())
            for line in practice_lines(practice):
                click.echo(line, err=True)
        with bars() as shown:
            told = shown.of(source.name, source.length)
            sent = await sending.run(api, told, shown.patience)
    using.vault.put(_RECORD, _written(using, sent))
    return sent


def _practice(vault: Vault) -> dict[str, object] | None:
    """Whose permit it was, as it was shown before anything was sent."""
    found = vault.get(_PRACTICE)
    return None if found is None else json.loads(found)


def _written(using: Permitted, sent: SentFiles) -> bytes:
    """What `aparte sent` lists: the practice by its name."""
    practice = _practice(using.vault)
    links = [
        {
            "to": str(practice["name"]) if practice and sent.posted and not number else made.to,
            "openings": made.openings,
            "link": b64u(made.link.secret),
            "code": b64u(made.code),
        }
        for number, made in enumerate(sent.links)
    ]
    keys = {"owner": b64u(sent.owner.seed), "files": b64u(sent.files)}
    told = {"origin": using.origin, "name": sent.name, "posted": sent.posted, "links": links}
    return json.dumps(told | keys).encode()


@dataclass(frozen=True)
class Ways:
    """How something is sent, as the options say."""

    name: str
    openings: int
    readers: tuple[str, ...]
    language: str
    state: Path
    as_json: bool


def ways(command: Callable[..., None]) -> Callable[..., None]:
    """The options of whatever sends, given to the command as one."""

    @click.option("--name", default="", help="Who you are, as the reader will see it.")
    @click.option(
        "--openings",
        type=click.IntRange(1, 100),
        default=5,
        show_default=True,
        help="How often each link may be opened.",
    )
    @click.option(
        "--link",
        "readers",
        multiple=True,
        metavar="NAME",
        help="A link with words of its own for somebody of this name. May be given several times.",
    )
    @click.option(
        "--language",
        type=click.Choice(["french", "english"]),
        default="french",
        show_default=True,
        help="Of the words.",
    )
    @_state
    @click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
    @wraps(command)
    def with_options(*given: Any, **named: Any) -> None:
        chosen = {field.name: named.pop(field.name) for field in fields(Ways)}
        command(*given, ways=Ways(**chosen), **named)

    return with_options


@contextmanager
def permitted(permit: str, ways: Ways) -> Iterator[Permitted]:
    """Use a permit, alone. Raises ClickException where it cannot be used as asked."""
    try:
        origin, parsed = parse_permit_url(permit)
        for name in (ways.name, *ways.readers):
            if not name.isprintable() or len(name) > _NAME_CHARS:
                raise nothing_sent(f"a name has up to {_NAME_CHARS} characters")
        most = parsed.links - bool(parsed.practice)
        if len(ways.readers) > most:
            raise nothing_sent(f"this permit pays for {most} links to hand over")
        folder = _folder(ways.state, parsed)
        vault = open_vault(folder, None, os.urandom)
    except SealError as error:
        raise click.ClickException(error.sentence) from None
    except VaultLocked as error:
        raise click.ClickException(str(error)) from None
    with _alone(folder):
        yield Permitted(origin, parsed, folder, vault)


def nothing_sent(why: object) -> click.ClickException:
    return click.ClickException(f"Nothing was sent: {why}.")


def send_source(using: Permitted, source: Source, ways: Ways) -> None:
    """Send it, and print the link. Raises ClickException."""
    sent = _run(_send(using, source, Said(ways.name or "—", ways.openings, ways.readers)))
    until, practice = using.permit.until, _practice(using.vault)
    # The practice has its own by letter.
    handed = [
        (made, made.link.url(using.origin), made.link.words(made.code, ways.language))
        for made in sent.links[sent.posted :]
    ]
    if ways.as_json:
        links = [
            {"to": made.to, "link": link, "words": words, "openings": made.openings}
            for made, link, words in handed
        ]
        told = {"practice": practice, "links": links, "until": until}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    if practice:
        click.echo(f"{inert(str(practice['name']))} has been told, and needs no words.")
    for made, link, words in handed:
        if made.to:
            click.echo(f"For {inert(made.to)}:")
        click.echo(f"Link:   {link}")
        click.echo(f"Words:  {' '.join(words)}")
        click.echo(f"Opens {made.openings} times, until {_moment(until)}.")


@click.command()
@click.argument("permit")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--as-files", is_flag=True, help="Send images as the files that they are.")
@ways
def send(permit: str, paths: tuple[Path, ...], *, as_files: bool, ways: Ways) -> None:
    """Send files or folders with a PERMIT, a link that a practice has given you.

    They are sealed on this machine. Whose permit it is, and who has checked that, is said before
    anything is sent; the practice is told once all of it is there. For others, and where the permit
    names no practice, what comes out is a link and five words: give the link one way, and say the
    words another way. Several files, or a folder, become one zip. Where there are DICOM images,
    also in a zip, they are put in order and sent as a study, without what else is there. Where it
    was interrupted, the same command goes on.
    """
    with permitted(permit, ways) as using:
        try:
            source, study = (source_of(paths), None) if as_files else recognised(paths)
        except ValueError as error:
            raise nothing_sent(error) from None
        for line in study.lines() if study else ():
            click.echo(line, err=True)
        send_source(using, source, ways)


def _kept(state: Path) -> list[tuple[str, SentFiles]]:
    """The origin, and what was sent, of all that is remembered."""
    found = []
    for folder in sorted(state.expanduser().glob("*/vault.json")):
        raw = open_vault(folder.parent, None, os.urandom).get(_RECORD)
        if raw is not None:
            found.append(_read(json.loads(raw)))
    return found


def _read(said: dict[str, Any]) -> tuple[str, SentFiles]:
    links = tuple(
        LinkMade(
            one["to"],
            one["openings"],
            SealedLink(b64u_decode(one["link"], 32)),
            b64u_decode(one["code"], 7),
        )
        for one in said["links"]
    )
    owner, files = SigningKey(b64u_decode(said["owner"], 32)), b64u_decode(said["files"], 16)
    return said["origin"], SentFiles(said["name"], links, owner, files, said["posted"])


async def _told(origin: str, sent: SentFiles, made: LinkMade) -> str:
    async with aiohttp.ClientSession() as http:
        try:
            found = await blobs.counted(Api(origin, http, os.urandom), sent.owner, made.link.place)
        except ServerRefused as error:
            known = {ErrorCode.WITHDRAWN: "taken back", ErrorCode.EXPIRED: "over"}
            return known.get(error.code, "gone")
    return f"opened {found.used} of {found.most} times, until {_moment(found.expires)}"


async def _withdraw(origin: str, sent: SentFiles) -> None:
    async with aiohttp.ClientSession() as http:
        await withdraw(Api(origin, http, os.urandom), sent)


@click.command()
@_state
@click.option("--take-back", "number", type=click.IntRange(1), help="Take back this one.")
def sent(state: Path, number: int | None) -> None:
    """List what was sent from here, and how often each link was opened.

    What is taken back opens no more; whoever has opened it before keeps what they have.
    """
    kept = _kept(state)
    if number is not None:
        if number > len(kept):
            raise click.ClickException("There is none of that number.")
        _run(_withdraw(*kept[number - 1]))
    for at, (origin, one) in enumerate(kept, 1):
        for made in one.links:
            whom = f" for {inert(made.to)}" if made.to else ""
            click.echo(f"{at}. {inert(one.name)}{whom}: {_run(_told(origin, one, made))}")
    if not kept:
        click.echo("Nothing was sent from here.")
