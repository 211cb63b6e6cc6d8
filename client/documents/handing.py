"""A document with all that shows who wrote it, in one piece (Sealed links, Dispensing)."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from client.api.http import Api, Random
from client.api.practitioners import receipt
from client.documents.receiving import publish, safe_name
from client.documents.sending import Author, Document
from client.sealing.authored import statement_hash
from client.sealing.dispensing import Dispensing
from client.sealing.encoding import b64u
from client.sealing.errors import SealCode, SealError
from client.sealing.handed import Handed, read_handed, write_handed
from client.sealing.kept import Proof
from client.sealing.statement import PartInfo, Statement
from client.sealing.tree import tree_hash


@dataclass(frozen=True)
class Handing:
    """What goes into the seal, and the statement that was signed."""

    plain: bytes = field(repr=False)
    statement: bytes = field(repr=False)


async def hand(
    api: Api,
    author: Author,
    document: Document,
    random: Random,
    dispensing: Dispensing | None = None,
) -> Handing:
    """Sign a document as a device, and put beside it what its reader will check.

    Raises SealError, ServerRefused or ServerUnreachable.
    """
    certificate = author.certificate
    if certificate is None:
        raise SealError(SealCode.BAD_FORM, "only a practitioner's device hands documents over")
    parts = tuple(part.path.read_bytes() for part in document.parts)
    described = tuple(
        PartInfo(part.name, part.media, len(content), tree_hash(content))
        for part, content in zip(document.parts, parts, strict=True)
    )
    statement = Statement(
        document.kind,
        document.issued,
        random(32),
        author.stated,
        document.subject,
        described,
        dispensing,
    )
    signed = author.sign(statement)
    server = await api.who()
    proof = Proof(
        signed,
        await receipt(api, author.key, statement_hash(signed)),
        await api.open(f"/v1/practitioners/{b64u(certificate.identity)}"),
        server.key,
        server.registrar or b"",
    )
    plain = write_handed(proof, parts)
    # What it says must hold for whoever opens it.
    read_handed(plain, server.key, server.registrar)
    return Handing(plain, signed)


async def take(api: Api, plain: bytes) -> Handed:
    """Check what was opened against the keys of the server where it lay.

    Raises SealError as `read_handed` does, and ServerUnreachable.
    """
    server = await api.who()
    return read_handed(plain, server.key, server.registrar)


def keep(handed: Handed, parts: tuple[bytes, ...], folder: Path) -> tuple[Path, ...]:
    """Write the parts that came with it to a folder."""
    described = handed.authorship.statement.parts
    names = [safe_name(info.name, number) for number, info in enumerate(described, 1)]
    with tempfile.TemporaryDirectory(prefix="aparte-") as scratch:
        files = [Path(scratch) / f"part-{number}" for number in range(len(names))]
        for file, part in zip(files, parts, strict=True):
            file.write_bytes(part)
        return publish(files, names, folder)
