"""`aparte imaging`: studies from a PACS into a sealed link, and from a link into a PACS."""

from __future__ import annotations

import asyncio
import re
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from client.authorship import signed_by, signed_lines
from client.imaging.collecting import Collected, collect
from client.imaging.head import LeftOut
from client.imaging.marks import FILE_BYTES, Marks, Target, read_marks
from client.imaging.opened import Image, images
from client.imaging.options import Place, place_option
from client.imaging.pacs import PacsTrouble
from client.imaging.retrieving import retrieve
from client.imaging.storing import Stored, store
from client.progress import bars
from client.receive import in_sentences, received, unfinished
from client.sealing.errors import SealError
from client.sealing.sealed_link import SealedLink, parse_sealed_url
from client.send import Ways, nothing_sent, permitted, send_source, ways

_STATE = Path("~/.local/state/aparte/pushing")
_UID = re.compile(r"[0-9.]{1,64}")
_STUDY = "study.zip"
# Reasons that a PACS may give (PS3.18 table I.2-2), by their first digits.
_REASONS = {0xA7: "it is out of space", 0xA9: "they are damaged, or not its kind of images"}


@click.group()
def imaging() -> None:
    """Exchange studies with a PACS over DICOMweb."""


@imaging.command()
@click.argument("link")
@place_option("--to")
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    default=_STATE,
    show_default=True,
    help="Folder for what has come, until it is stored.",
)
def push(link: str, place: Place, state: Path) -> None:
    """Open a sealed LINK, and store its study in a PACS.

    The words that were spoken with it are asked for, and who wrote it is said, as aparte receive
    does. Every image is checked before the first is stored. Where it was interrupted, the same
    command goes on.
    """
    with in_sentences():
        origin, sealed = parse_sealed_url(link)
        folder = state.expanduser() / sealed.place.hex()
        found = asyncio.run(_fetched(origin, sealed, folder))
    stored = Stored()
    try:
        asyncio.run(_store(place, found, stored))
    except PacsTrouble as error:
        raise click.ClickException(f"{error} {_so_far(stored, found)}") from None
    if stored.refused:
        raise click.ClickException(f"{_why(stored)} {_so_far(stored, found)}")
    shutil.rmtree(folder)
    click.echo(f"Stored {len(found):,} images at {place.host}.")


async def _fetched(origin: str, link: SealedLink, folder: Path) -> list[Image]:
    """The images of what was fetched by an earlier push, or else now."""
    files = await asyncio.to_thread(_whole, folder)
    if not files:
        kept = await received(origin, link, folder, kind="imaging")
        files = list(kept.files)
        for line in signed_lines(signed_by(kept.handed.authorship, kept.server)):
            click.echo(line, err=True)
    return [image for file in files for image in await asyncio.to_thread(images, file)]


def _whole(folder: Path) -> list[Path]:
    """What has come, if all of it has."""
    return [] if unfinished(folder) else sorted(folder.glob("[!.]*"))


async def _store(place: Place, found: Sequence[Image], stored: Stored) -> None:
    with bars() as shown:
        told = shown.of(place.host, sum(one.length for one in found))
        async with place.opened() as pacs:
            await store(pacs, found, told, stored)


def _so_far(stored: Stored, found: Sequence[Image]) -> str:
    count = f"{len(stored.uids):,}" if stored.uids else "None"
    said = f"{count} of {len({one.uid for one in found}):,} images are stored there."
    return f"{said} What has come stays: the same command stores it again."


def _why(stored: Stored) -> str:
    reasons = {_REASONS.get(reason >> 8) for reason in stored.refused.values()} - {None}
    said = f": {' and '.join(sorted(map(str, reasons)))}" if reasons else ""
    return f"The PACS has not taken all images{said}."


@imaging.command()
@click.argument("study")
@click.argument("permit")
@place_option("--from")
@ways
def pull(study: str, permit: str, *, place: Place, ways: Ways) -> None:
    """Fetch a STUDY (its UID) from a PACS, and send it with a PERMIT as aparte send does.

    What comes out is a link and five words. Nothing stays on this machine but what counts the
    openings. Where it was interrupted, the same command goes on.
    """
    if not _UID.fullmatch(study):
        raise nothing_sent("the UID of a study has digits and dots")
    with permitted(permit, ways) as using, _scratch(using.folder) as folder:
        try:
            asyncio.run(_retrieve(place, study, folder, using.permit.size))
            found = collect([folder], _STUDY)
        except PacsTrouble as error:
            raise click.ClickException(f"{error} Nothing was sent.") from None
        except OSError as error:
            raise nothing_sent(f"it cannot be written ({error.strerror})") from None
        except ValueError as error:
            raise nothing_sent(error) from None
        asked = _asked(found, study)
        for line in asked.lines():
            click.echo(line, err=True)
        send_source(using, asked.source, ways)


@contextmanager
def _scratch(beside: Path) -> Iterator[Path]:
    """On the disk of what is kept: the one for temporary files may be in memory."""
    folder = beside / "pulled"
    # What a command left that was killed.
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


async def _retrieve(place: Place, study: str, folder: Path, most: int) -> None:
    with bars() as shown:
        async with place.opened() as pacs:
            await retrieve(pacs, study, folder, most, shown.of(place.host, None))


def _asked(found: Collected | None, study: str) -> Collected:
    """Raises ClickException for anything else than the study that was asked for."""
    if found is None:
        raise nothing_sent("the PACS gave no image that can be read")
    given = {one.dataset["0020000D"]["Value"][0] for one in found.index.studies}
    if given != {study}:
        raise nothing_sent("the PACS gave another study")
    return found


@imaging.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
def marks(files: tuple[Path, ...]) -> None:
    """Say what was measured and noted on pictures, and which are key images.

    FILES are studies as aparte receive leaves them, marks that a page has saved, or DICOM files.
    """
    for file in files:
        for found in _marks_in(file):
            click.echo(f"{found.by or 'Somebody'}, of study {found.study}:")
            for mark in found.marks:
                where = ", ".join(f"{x:.1f} {y:.1f}" for x, y in mark.points[:3])
                click.echo(f"  {mark.kind} at {where} on {_pictures(mark.on)} {mark.text}".rstrip())
            if found.chosen:
                click.echo(f"  key images: {_pictures(found.chosen)}")
            if found.left:
                click.echo(f"  {found.left:,} that cannot be shown")


def _marks_in(file: Path) -> Iterator[Marks]:
    try:
        if zipfile.is_zipfile(file):
            whole = [b"".join(one.read()) for one in images(file) if one.length <= FILE_BYTES]
        else:
            whole = [_beginning(file)]
        for content in whole:
            if found := read_marks(content):
                yield found
    except LeftOut as error:
        raise click.ClickException(f"{file}: {error.reason}") from None
    except SealError:
        raise click.ClickException(f"{file}: a zip that is no study") from None


def _beginning(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(FILE_BYTES + 1)


def _pictures(targets: Sequence[Target]) -> str:
    some = [
        one.instance if one.frame is None else f"{one.instance}/{one.frame + 1}"
        for one in targets[:5]
    ]
    return ", ".join([*some, *(["…"] if len(targets) > len(some) else [])])
