"""Fetch a document and check all of it before anything of it is shown."""

from __future__ import annotations

import asyncio
import hashlib
import re
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from client.api import blobs
from client.api.http import Api
from client.documents.downloading import Download
from client.documents.patience import Patience
from client.limits import PATIENCE
from client.sealing.agefile import open_file
from client.sealing.authored import read_authored
from client.sealing.encoding import b64u_decode
from client.sealing.envelope import (
    SealedPart,
    StreamedPart,
    match,
    read_envelope,
    read_part,
)
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import SigningKey
from client.sealing.mail import Mail
from client.sealing.messages import Message
from client.sealing.objects import Purpose, SignedObject, read_object
from client.sealing.record import RECEIPT_BYTES
from client.sealing.statement import PartInfo, Statement
from client.sealing.tree import TreeHash
from client.sealing.xwing import KemKey

_CHUNK_BYTES = 64 * 1024
_NAME_BYTES, _SUFFIX = 120, 9
# Is given what a device signed, and the server's receipt.
Judge = Callable[[SignedObject, bytes], Awaitable[object]]


@dataclass(frozen=True)
class Received:
    """A document of which everything holds. `author` is the key that stands behind it."""

    statement: Statement
    author: bytes
    sender: bytes
    files: tuple[Path, ...]


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK_BYTES):
            yield chunk


async def _fetch(api: Api, part: SealedPart, target: Path) -> None:
    """Raises `altered` where the bytes are not those that the envelope names."""
    digest, length = hashlib.sha256(), 0
    with target.open("wb") as sink:
        # What comes after that pads it.
        async for chunk in blobs.get(api, SigningKey(part.read), part.blob, 0, part.length - 1):
            length += len(chunk)
            if length > part.length:
                raise SealError(SealCode.ALTERED)
            digest.update(chunk)
            sink.write(chunk)
    if length != part.length or digest.digest() != part.hash:
        raise SealError(SealCode.ALTERED)


def _open(sealed: Path, key: KemKey, info: PartInfo, target: Path) -> None:
    """Raises `altered` where the plaintext is not what its author signed."""
    tree = TreeHash()
    with target.open("wb") as sink:
        for piece in open_file(_pieces(sealed), key):
            tree.update(piece)
            sink.write(piece)
    if tree.length != info.length or tree.digest() != info.tree:
        raise SealError(SealCode.ALTERED)


async def _part(
    api: Api, part: SealedPart | StreamedPart, info: PartInfo, key: KemKey, target: Path
) -> None:
    if isinstance(part, StreamedPart):
        await Download(api, part, info, key).run(target, _nobody, Patience(PATIENCE))
        return
    sealed = target.with_suffix(".sealed")
    await _fetch(api, part, sealed)
    await asyncio.to_thread(_open, sealed, key, info, target)


def _nobody(_done: int) -> None:
    """Nobody watches how far it is."""


def safe_name(name: str, number: int) -> str:
    """A part's name as a file name: no folders, nothing hidden, nothing that a shell would mind."""
    kept = re.sub(r"[^\w.-]+", "_", name).lstrip("._-")
    # File systems count bytes; what a long name ends in says what opens it.
    suffix = Path(kept).suffix if len(Path(kept).suffix) <= _SUFFIX else ""
    stem = kept.removesuffix(suffix).encode()[: _NAME_BYTES - len(suffix.encode())]
    return stem.decode(errors="ignore") + suffix or f"part-{number}"


def publish(files: list[Path], names: list[str], folder: Path) -> tuple[Path, ...]:
    """Move checked files to where they are kept, under names that are not taken yet."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept: list[Path] = []
    for file, name in zip(files, names, strict=True):
        target, number = folder / name, 1
        while target.exists():
            number += 1
            target = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
        shutil.move(file, target)
        target.chmod(0o600)
        kept.append(target)
    return tuple(kept)


async def receive_photo(api: Api, message: Message, folder: Path) -> Path:
    """Check a `photo` message and keep its picture, as `receive_document` does."""
    value = message.value
    length, tree = value["length"], b64u_decode(value["tree"], 32)
    info = PartInfo("photo.jpg", value["media"], length, tree)
    key = KemKey(b64u_decode(value["key"], 32))
    with tempfile.TemporaryDirectory(prefix="aparte-") as scratch:
        sealed, target = Path(scratch) / "sealed", Path(scratch) / "photo"
        await _fetch(api, read_part(value["part"]), sealed)
        _open(sealed, key, info, target)
        (kept,) = publish([target], [info.name], folder)
    return kept


async def receive_document(
    api: Api,
    mail: Mail,
    *,
    reader: bytes,
    room: bytes,
    sender: bytes,
    folder: Path,
    judge: Judge | None = None,
) -> Received:
    """Check a `document` mail of `sender` (an identity or guest key), and keep its parts.

    `judge` refuses what a device signed that was revoked by then, or not as its card says; a
    doctor's desk has none.

    Nothing is in `folder` before everything holds. Raises SealError, ServerRefused or
    ServerUnreachable.
    """
    envelope_object = read_object(Purpose.ENVELOPE, b64u_decode(mail.value["envelope"]))
    if envelope_object.author != sender:
        raise SealError(SealCode.BAD_SIGNATURE, "the envelope is by somebody else")
    envelope = read_envelope(envelope_object.payload)
    statement_object = read_authored(b64u_decode(mail.value["statement"]))
    statement = match(envelope, statement_object, reader=reader, room=room)
    if statement_object.certificate is not None:
        stamp = mail.value.get("receipt")
        if stamp is None:
            raise SealError(SealCode.BAD_FORM, "a device's statement without a receipt")
        if judge is not None:
            await judge(statement_object, b64u_decode(stamp, RECEIPT_BYTES))
    key = KemKey(envelope.key)
    with tempfile.TemporaryDirectory(prefix="aparte-") as scratch:
        opened: list[Path] = []
        pairs = zip(envelope.parts, statement.parts, strict=True)
        for number, (part, info) in enumerate(pairs, 1):
            target = Path(scratch) / f"part-{number}"
            await _part(api, part, info, key, target)
            opened.append(target)
        names = [safe_name(info.name, n) for n, info in enumerate(statement.parts, 1)]
        files = publish(opened, names, folder)
    return Received(statement, statement_object.author, envelope_object.author, files)
