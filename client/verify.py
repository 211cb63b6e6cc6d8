"""`aparte verify`: who wrote documents, and whether they are as written.

Of an exported folder here; of a prescription's code in verify_ticket, of a proof against a server
in verify_proof. The folder is what a patient's page exports (sealed-formats.md, Keeping). It
may be the zip itself, or the age file that protects one.
"""

from __future__ import annotations

import asyncio
import io
import json
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, TextIO

import click

from client.api.errors import ServerRefused, ServerUnreachable
from client.authorship import signed_by, signed_lines
from client.inert import inert
from client.sealing.agecode import read_code
from client.sealing.agefile import is_age_file, open_file
from client.sealing.encoding import b64u_decode, json_object
from client.sealing.errors import SealCode, SealError
from client.sealing.kept import Authorship, Proof, check_kept
from client.sealing.ticket import PAGE, parse_ticket_url
from client.sealing.two_claims import read_two_claims
from client.sealing.xwing import KemKey
from client.vault import write_private
from client.verify_proof import proof_lines, proof_told
from client.verify_ticket import Asked, check_ticket, ticket_lines
from client.verify_ticket import told as ticket_told

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
        except (OSError, KeyError, ValueError, zipfile.BadZipFile):
            # ValueError: a name that no file can have.
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


def told(one: Checked) -> dict[str, object]:
    """What is printed of a document, for programs."""
    about: dict[str, object] = {"folder": one.folder, "files": list(one.files)}
    if one.authorship is None:
        return about | {"refused": one.refusal.code if one.refusal else "bad_form"}
    return about | signed_by(one.authorship, one.server)


def _lines(one: Checked) -> Iterator[str]:
    folder = inert(one.folder)
    if one.authorship is None:
        yield f"REFUSED  {folder}: {one.refusal.sentence if one.refusal else ''}"
        return
    yield f"ok       {folder}: {', '.join(map(inert, one.files))}"
    for line in signed_lines(signed_by(one.authorship, one.server)):
        yield f"         {line}"


@click.command()
@click.argument("what")
@click.option("--identity", help="Refuse what was not signed by this identity key (base64url).")
@click.option("--server", help="Refuse what another server than the one with this key has seen.")
@click.option(
    "--code",
    type=click.File(),
    help="The file with the code of a protected export; asked for where it is left out.",
)
@click.option(
    "--copy",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Of a prescription's code: the file that keeps what the server says, for later.",
)
@click.option("--offline", is_flag=True, help="Check the copy alone, and ask nobody anything.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
@click.pass_context
def verify(
    context: click.Context,
    /,
    what: str,
    identity: str | None,
    server: str | None,
    code: TextIO | None,
    *,
    copy: Path | None,
    offline: bool,
    as_json: bool,
) -> None:
    r"""Check who wrote something, and that it is as written.

    \b
    WHAT is one of these:
    a folder that was exported, the zip of one, or the .age file of one
    the link in a prescription's code (- reads it from standard input)
    a proof that a server took two claims, as a page or --copy saved it

    Of a prescription it says what may still be dispensed, and what nobody could check. With --copy
    what the file holds counts as seen before: an older state, or another claim than then, is found
    out, and proof of it is written beside it. With --offline too, the file is all that is asked.

    Ends with 1 where one is refused: of a prescription also where its device was withdrawn, a
    receipt is missing or the server contradicts itself; not where nothing is left, or it has
    expired. Names are what cards say: compare the identity with one that you know, or give it with
    --identity.
    """
    try:
        pins = Pins(*(None if key is None else b64u_decode(key, 32) for key in (identity, server)))
        link = sys.stdin.readline() if what == "-" else what
        if PAGE in link:
            if offline and copy is None:
                raise click.UsageError("--offline wants the --copy that it is about.")
            fine = _ticket(link, copy, pins, offline=offline, as_json=as_json)
        elif copy is not None or offline:
            raise click.UsageError("--copy and --offline are about the link of a prescription.")
        else:
            fine = _file(Path(what), partial(_code, code), pins, as_json=as_json)
    except SealError as error:
        raise click.ClickException(OF_CODES.get(error.code, error.sentence)) from None
    except (ServerRefused, ServerUnreachable) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        where = inert(str(error.filename or what))
        raise click.ClickException(f"{where}: {error.strerror}.") from None
    context.exit(0 if fine else 1)


def _file(path: Path, code: Callable[[], str], pins: Pins, *, as_json: bool) -> bool:
    if not path.exists():
        said = f"{inert(str(path))} is neither a file, nor the link of a prescription."
        raise click.UsageError(said)
    if path.is_file() and path.read_bytes()[:1] == b"{":
        return _proof(path, pins, as_json=as_json)
    found = [_pinned(one, pins) for one in check_folder(Folder(path, code))]
    for one in found:
        _say(told(one), _lines(one), as_json=as_json)
    return bool(found) and all(one.authorship for one in found)


def _proof(path: Path, pins: Pins, *, as_json: bool) -> bool:
    proof = read_two_claims(path.read_bytes())
    if pins.server not in {None, proof.server}:
        raise SealError(SealCode.WRONG_HOST)
    _say(proof_told(proof), proof_lines(proof), as_json=as_json)
    return True


def _ticket(link: str, copy: Path | None, pins: Pins, *, offline: bool, as_json: bool) -> bool:
    found = asyncio.run(check_ticket(Asked(*parse_ticket_url(link), copy, offline)))
    pins.require(found.handed.authorship, found.handed.proof.server)
    _say(ticket_told(found), ticket_lines(found), as_json=as_json)
    if copy is not None:
        for number, proof in enumerate(found.proofs, 1):
            kept = copy.with_name(f"{copy.name}.proof-{number}.json")
            write_private(kept, proof)
            click.echo(f"Proof of it: {kept}", err=True)
    return found.fine


def _say(for_programs: dict[str, object], lines: Iterator[str], *, as_json: bool) -> None:
    # JSON in ASCII: what somebody wrote there is escaped, and moves no cursor either.
    for line in [json.dumps(for_programs)] if as_json else lines:
        click.echo(line)


def _code(file: TextIO | None) -> str:
    if file is not None:
        return file.read(CODE_CHARS)
    asked: str = click.prompt("Code of this file", hide_input=True, err=True)
    return asked


@dataclass(frozen=True)
class Pins:
    """Keys that somebody knows: nothing of others is taken."""

    identity: bytes | None
    server: bytes | None

    def require(self, found: Authorship, server: bytes) -> None:
        """Raises SealError `wrong_host`."""
        signer = found.certificate.identity if found.certificate else None
        if self.identity not in {None, signer} or self.server not in {None, server}:
            raise SealError(SealCode.WRONG_HOST)


def _pinned(one: Checked, pins: Pins) -> Checked:
    if one.authorship is None:
        return one
    try:
        pins.require(one.authorship, one.server)
    except SealError as refusal:
        return Checked(one.folder, one.files, None, refusal, one.server)
    return one
