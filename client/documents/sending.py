"""Seal, upload and envelope a document (docs/sealed-formats.md, Documents)."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from client.api import blobs
from client.api.http import Api, Random
from client.api.practitioners import receipt
from client.sealing.agefile import seal_file
from client.sealing.authored import sign_statement, statement_hash
from client.sealing.certificate import Certificate
from client.sealing.encoding import b64u
from client.sealing.envelope import Envelope, SealedPart
from client.sealing.keys import SigningKey
from client.sealing.mail import Mail, mail
from client.sealing.objects import Purpose, sign_object
from client.sealing.padme import padme
from client.sealing.second import SecondDevice
from client.sealing.statement import Kind, PartInfo, Person, Statement
from client.sealing.tree import TreeHash
from client.sealing.xwing import KemKey

CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True)
class Part:
    """A part to be sent: its plaintext is read from `path`, never held whole."""

    name: str
    media: str
    path: Path


@dataclass(frozen=True)
class Author:
    """Who signs: a device with its certificate, or a guest key without.

    `second`: what a device signs with, too, whose card names a second key.
    """

    key: SigningKey = field(repr=False)
    certificate: Certificate | None
    stated: Person
    second: SecondDevice | None = None

    def sign(self, statement: Statement) -> bytes:
        """The statement as it travels. Raises `bad_form`, `too_long`."""
        return sign_statement(statement.encode(), self.key, self.certificate, self.second)


@dataclass(frozen=True)
class Reader:
    """Whom it is for: the guest key, or the host's identity key."""

    key: bytes
    room: bytes


@dataclass(frozen=True)
class Document:
    kind: Kind
    issued: str
    subject: Person | None
    parts: tuple[Part, ...]


def _describe(part: Part) -> PartInfo:
    tree = TreeHash()
    with part.path.open("rb") as source:
        while chunk := source.read(CHUNK_BYTES):
            tree.update(chunk)
    return PartInfo(part.name, part.media, tree.length, tree.digest())


def _seal(part: Part, key: KemKey, random: Random, target: Path) -> bytes:
    """Seal a part into `target`; give the SHA-256 of what was written."""
    digest = hashlib.sha256()
    with part.path.open("rb") as source, target.open("wb") as sink:
        for piece in seal_file(iter(lambda: source.read(CHUNK_BYTES), b""), key.public, random):
            digest.update(piece)
            sink.write(piece)
    return digest.digest()


async def send_document(
    api: Api, author: Author, reader: Reader, document: Document, random: Random
) -> Mail:
    """Upload the sealed parts; give the mail that hands them over, for the reader's mailbox.

    Raises SealError, ServerRefused or ServerUnreachable.
    """
    key = KemKey(random(32))
    described = [await asyncio.to_thread(_describe, part) for part in document.parts]
    statement = Statement(
        document.kind,
        document.issued,
        random(32),
        author.stated,
        document.subject,
        tuple(described),
    )
    signed = author.sign(statement)
    sealed: list[SealedPart] = []
    with tempfile.TemporaryDirectory(prefix="aparte-") as folder:
        for part in document.parts:
            target = Path(folder) / "part"
            digest = await asyncio.to_thread(_seal, part, key, random, target)
            blob, read = random(16), SigningKey(random(32))
            room = None if author.certificate else reader.room
            length = target.stat().st_size
            # What a file is extended by reads as zeros.
            os.truncate(target, padme(length))
            await blobs.put(api, author.key, blob, read.public, target, blobs.Payer(room))
            sealed.append(SealedPart(blob, length, digest, read.seed))
    named = statement_hash(signed)
    stamp = await _receipt(api, author, named)
    envelope = Envelope(named, reader.key, reader.room, tuple(sealed), key.seed)
    wrapped = sign_object(Purpose.ENVELOPE, envelope.encode(), author.key, author.certificate)
    return mail(
        "document",
        id=b64u(random(16)),
        at=document.issued,
        statement=b64u(signed),
        envelope=b64u(wrapped),
        **stamp,
    )


async def _receipt(api: Api, author: Author, signed: bytes) -> dict[str, str]:
    """What a device's statement goes with: the server's word for when it was there."""
    if author.certificate is None:
        return {}
    return {"receipt": b64u(await receipt(api, author.key, signed))}
