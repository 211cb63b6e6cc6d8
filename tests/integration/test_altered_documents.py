"""Of a document that is not exactly what its author signed nothing is kept."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp
import pytest

from client.api import blobs
from client.api.errors import ServerRefused
from client.api.http import Api
from client.documents.receiving import receive_document, receive_photo
from client.sealing.agefile import seal_file
from client.sealing.encoding import b64u, sha256
from client.sealing.envelope import Envelope, SealedPart
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import SigningKey
from client.sealing.mail import Mail, mail
from client.sealing.messages import Message, message
from client.sealing.objects import Purpose, sign_object
from client.sealing.statement import PartInfo, Person, Statement
from client.sealing.tree import tree_hash
from client.sealing.xwing import KemKey
from tests.integration.people import NOW, Practice, practice
from tests.integration.serving import serving

PLAIN = b"%PDF-1.7 plain"
GUEST = SigningKey(bytes(32))
KEY = KemKey(bytes(32))
INFO = PartInfo("a.pdf", "application/pdf", len(PLAIN), tree_hash(PLAIN))


@dataclass
class Sent:
    """An uploaded part, from which honest and altered documents are made."""

    api: Api
    at: Practice
    part: SealedPart

    def document(self, part: SealedPart, info: PartInfo) -> Mail:
        me = self.at.practitioner
        said = Statement("file", NOW, bytes(32), Person("Dr D"), None, (info,))
        signed = sign_object(Purpose.STATEMENT, said.encode(), me.device, me.certificate)
        room = self.at.room.room
        envelope = Envelope(sha256(signed), GUEST.public, room, (part,), KEY.seed).encode()
        wrapped = sign_object(Purpose.ENVELOPE, envelope, me.device, me.certificate)
        return mail(
            "document",
            id=b64u(bytes(16)),
            at=NOW,
            statement=b64u(signed),
            envelope=b64u(wrapped),
            # Nobody judges it here.
            receipt=b64u(bytes(72)),
        )

    async def receive(self, said: Mail, folder: Path) -> None:
        room = self.at.room
        await receive_document(
            self.api,
            said,
            reader=GUEST.public,
            room=room.room,
            sender=room.identity,
            folder=folder,
        )


@pytest.fixture
async def sent(tmp_path: Path) -> AsyncIterator[Sent]:
    async with serving(tmp_path) as server, aiohttp.ClientSession() as http:
        at = await practice(server)
        api = Api(server.origin, http, os.urandom)
        sealed = b"".join(seal_file([PLAIN], KEY.public, os.urandom))
        read, blob = SigningKey(os.urandom(32)), os.urandom(16)
        await blobs.put(api, at.practitioner.device, blob, read.public, sealed)
        yield Sent(api, at, SealedPart(blob, len(sealed), sha256(sealed), read.seed))


Alter = Callable[[SealedPart, PartInfo], tuple[SealedPart, PartInfo]]
ALTERED: dict[str, Alter] = {
    "other sealed bytes": lambda part, info: (replace(part, hash=bytes(32)), info),
    "fewer sealed bytes than said": lambda part, info: (
        replace(part, length=part.length + 1),
        info,
    ),
    "more sealed bytes than said": lambda part, info: (
        replace(part, length=part.length - 1),
        info,
    ),
    "another plaintext": lambda part, info: (part, replace(info, tree=bytes(32))),
    "another length": lambda part, info: (part, replace(info, length=info.length + 1)),
}


async def test_altered_documents(sent: Sent, tmp_path: Path) -> None:
    for alter in ALTERED.values():
        said = sent.document(*alter(sent.part, INFO))
        with pytest.raises(SealError) as refusal:
            await sent.receive(said, tmp_path / "kept")
        assert refusal.value.code == SealCode.ALTERED
        assert not (tmp_path / "kept").exists()
    elsewhere = sent.document(replace(sent.part, blob=bytes(16)), INFO)
    with pytest.raises(ServerRefused):
        await sent.receive(elsewhere, tmp_path / "kept")
    assert not (tmp_path / "kept").exists()
    await sent.receive(sent.document(sent.part, INFO), tmp_path / "kept")
    await sent.receive(sent.document(sent.part, INFO), tmp_path / "kept")
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == ["a-2.pdf", "a.pdf"]


def _photo(part: SealedPart, tree: bytes) -> Message:
    value = {"blob": part.blob, "read": part.read, "hash": part.hash}
    written: dict[str, str | int] = {name: b64u(data) for name, data in value.items()}
    return message(
        "photo",
        id=b64u(bytes(16)),
        at=NOW,
        media="image/jpeg",
        part=written | {"length": part.length},
        key=b64u(KEY.seed),
        tree=b64u(tree),
        length=len(PLAIN),
    )


async def test_photos(sent: Sent, tmp_path: Path) -> None:
    with pytest.raises(SealError, match="altered"):
        await receive_photo(sent.api, _photo(sent.part, bytes(32)), tmp_path / "kept")
    assert not (tmp_path / "kept").exists()
    kept = await receive_photo(sent.api, _photo(sent.part, INFO.tree), tmp_path / "kept")
    assert (kept.name, kept.read_bytes()) == ("photo.jpg", PLAIN)
