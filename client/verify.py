"""`aparte verify`: who wrote the documents of an exported folder, and whether they are as written.

The folder is what a patient's page exports (sealed-formats.md, Keeping). It may be the zip itself,
or the age file that protects one.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, TextIO

import click

from client.inert import inert
from client.sealing.agecode import read_code
from client.sealing.agefile import is_age_file, open_file
from client.sealing.encoding import b64u, b64u_decode, json_object
from client.sealing.errors import SealCode, SealError
from client.sealing.kept import Authorship, Proof, check_kept
from client.sealing.xwing import KemKey

LIST = "aparte.json"
CHUNK_BYTES = 64 * 1024
CODE_CHARS = 1024
# What the person can do about it, where a code is what they gave.
OF_CODES = {
    SealCode.BAD_KEY: "This code, or key, is incomplete or mistyped. Compare it letter by letter.",
    SealCode.CANNOT_OPEN: "This code is that of another file, or the file is damaged.",
}
PROOF = ("statement", "receipt", "record", "server", "registrar")


@dataclass(frozen=True)
class Checked:
    """A document of the folder: `authorship`, or what it is refused with."""

    folder: str
    files: tuple[str, ...]
    authorship: Authorship | None
    refusal: SealError | None
    # Of the server that gave the receipt, as the folder says: empty where there is none.
    server: bytes = b""


class Folder:
    """A folder, or a zip of one, or a protected one: `code` gives what opens that.

    Raises SealError `bad_form` for another file, and as `opened` does.
    """

    def __init__(self, path: Path, code: Callable[[], str]) -> None:
        self._zip = None
        self._path = path
        if path.is_file():
            try:
                self._zip = zipfile.ZipFile(opened(path, code))
            except zipfile.BadZipFile:
                raise SealError(SealCode.BAD_FORM, "no zip") from None

    def read(self, name: str) -> bytes:
        """Raises SealError `bad_form` for a file that is not there, or lies elsewhere."""
        inside = PurePosixPath(name)
        if inside.is_absolute() or ".." in inside.parts:
            raise SealError(SealCode.BAD_FORM, "a file outside of the folder")
        try:
            if self._zip is not None:
                return self._zip.read(name)
            return (self._path / inside).read_bytes()
        except (OSError, KeyError, zipfile.BadZipFile):
            raise SealError(SealCode.BAD_FORM, f"{name} is missing") from None


def opened(path: Path, code: Callable[[], str]) -> Path | BinaryIO:
    """The file as it is, or, of an age file, its plaintext, which stays in memory.

    Raises SealError: `bad_key` for a code that is mistyped, `cannot_open` for that of another file,
    and as `open_file` does.
    """
    with path.open("rb") as file:
        if not is_age_file(file.peek()):
            return path
        chunks = iter(partial(file.read, CHUNK_BYTES), b"")
        return io.BytesIO(b"".join(open_file(chunks, KemKey(read_code(code())))))


def check_folder(folder: Folder) -> Iterator[Checked]:
    """Check every document that the folder lists.

    Raises SealError `bad_form` where it has no list of ours.
    """
    value = json_object(folder.read(LIST))
    listed = value.get("documents")
    if value.get("v") != 1 or not isinstance(listed, list):
        raise SealError(SealCode.BAD_FORM, "a list of another form")
    for one in listed:
        yield _check(folder, one)


def _check(folder: Folder, said: object) -> Checked:
    where, names = _named(said)
    server = b""
    try:
        proof = Proof(*(folder.read(f"{where}/proof/{name}") for name in PROOF))
        server = proof.server
        found = check_kept(proof, [folder.read(f"{where}/{name}") for name in names])
    except SealError as error:
        return Checked(where, names, None, error, server)
    return Checked(where, names, found, None, server)


def _named(said: object) -> tuple[str, tuple[str, ...]]:
    if not isinstance(said, dict):
        raise SealError(SealCode.BAD_FORM, "a document is not an object")
    where, names = said.get("folder"), said.get("parts")
    texts = isinstance(names, list) and all(isinstance(name, str) for name in names)
    if not isinstance(where, str) or not texts or not isinstance(names, list):
        raise SealError(SealCode.BAD_FORM, "a document without files")
    return where, tuple(names)


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def told(one: Checked) -> dict[str, object]:
    """What is printed of a document, for programs."""
    about: dict[str, object] = {"folder": one.folder, "files": list(one.files)}
    if one.authorship is None:
        return about | {"refused": one.refusal.code if one.refusal else "bad_form"}
    return about | signed_by(one.authorship, one.server)


def signed_by(found: Authorship, server: bytes) -> dict[str, object]:
    """Who wrote a document, and what was checked of them, for programs.

    `server`: the key of the one that has seen it, empty where there is none.
    """
    return {
        "identity": b64u(found.certificate.identity) if found.certificate else None,
        "name": found.card.card.name if found.card else found.statement.author.name,
        "asked": found.card is not None,
        "attested_by": found.attestation.registrar if found.attestation else None,
        "signed": None if found.signed_at is None else _moment(found.signed_at),
        "server": b64u(server) if server else None,
    }


def _lines(one: Checked) -> Iterator[str]:
    if one.authorship is None:
        yield f"REFUSED  {one.folder}: {one.refusal.sentence if one.refusal else ''}"
        return
    yield f"ok       {one.folder}: {', '.join(one.files)}"
    for line in signed_lines(signed_by(one.authorship, one.server)):
        yield f"         {line}"


def signed_lines(said: Mapping[str, object]) -> Iterator[str]:
    """The same, for people."""
    if said["identity"] is None:
        yield f"by somebody who says to be “{inert(str(said['name']))}”: nobody has checked that"
        return
    yield f"signed by {said['name']}, identity {said['identity']}"
    if not said["asked"]:
        yield "nobody could be asked about this identity and device when it came"
        return
    by = said["attested_by"]
    yield f"{f'checked by {by}' if by else 'checked by nobody'}; seen {said['signed']}"
    yield f"by the server with the key {said['server']}"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option("--identity", help="Refuse what was not signed by this identity key (base64url).")
@click.option("--server", help="Refuse what another server than the one with this key has seen.")
@click.option(
    "--code",
    type=click.File(),
    help="The file with the code of a protected export; asked for where it is left out.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
@click.pass_context
def verify(
    context: click.Context,
    /,
    folder: Path,
    identity: str | None,
    server: str | None,
    code: TextIO | None,
    *,
    as_json: bool,
) -> None:
    """Check who wrote the documents of an exported FOLDER, and that they are as written.

    It may also be the zip of one, or the .age file that protects one.

    Ends with 1 where one is refused. Names are what cards say: compare the identity with one that
    you know, or give it with --identity.
    """
    try:
        wanted = [None if key is None else b64u_decode(key, 32) for key in (identity, server)]
        exported = Folder(folder, partial(_code, code))
        found = [_pinned(one, *wanted) for one in check_folder(exported)]
    except SealError as error:
        raise click.ClickException(OF_CODES.get(error.code, error.sentence)) from None
    for one in found:
        lines = [json.dumps(told(one), ensure_ascii=False)] if as_json else _lines(one)
        for line in lines:
            click.echo(line)
    context.exit(0 if found and all(one.authorship for one in found) else 1)


def _code(file: TextIO | None) -> str:
    if file is not None:
        return file.read(CODE_CHARS)
    asked: str = click.prompt("Code of this file", hide_input=True, err=True)
    return asked


def _pinned(one: Checked, identity: bytes | None, server: bytes | None) -> Checked:
    if one.authorship is None:
        return one
    certificate = one.authorship.certificate
    theirs = identity is not None and (not certificate or certificate.identity != identity)
    elsewhere = server is not None and one.server != server
    if not theirs and not elsewhere:
        return one
    refusal = SealError(SealCode.WRONG_HOST)
    return Checked(one.folder, one.files, None, refusal, one.server)
