"""A consult between two Python clients, for the secrets that browsers do not give away."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from client.documents.sending import Author, Document, Part, Reader, send_document
from client.host import desk as desks
from client.sealing.encoding import b64u_decode
from client.sealing.objects import Purpose, read_object
from client.sealing.statement import Person as Stated
from client.sealing.statement import read_envelope
from tests.integration.people import NOW, Person, Practice, admitted, chat, doctor, patient


@dataclass(frozen=True)
class Words:
    """What is said in the consult."""

    name: str
    chat: str
    document: str = field(repr=False)


async def visit(origin: str, at: Practice, words: Words, folder: Path) -> dict[str, bytes]:
    """Hold a whole consult; give every secret that was made for it, by name."""
    link = at.room.link(0)
    async with (
        doctor(origin, at) as host,
        patient(origin, link, name=words.name) as guest,
    ):
        known = await admitted(host, guest)
        await guest.model.send(chat(words.chat))
        await host.hears(words.chat)
        keys = await _document(host, known, at, words, folder)
        conversation = guest.model.conversation
        assert conversation is not None
        return {
            **keys,
            "identity seed": at.keeper.get("identity") or b"",
            "device seed": at.practitioner.device.seed,
            "guest seed": guest.model.key.seed,
            "prekey seed": at.room.prekey_seed,
            "S": link.secret,
            "join seed": link.join_key().seed,
            "session secret": conversation.session.state.root,
        }


async def _document(
    host: Person[desks.Desk], guest: desks.Guest, at: Practice, words: Words, folder: Path
) -> dict[str, bytes]:
    path = folder / "note.txt"
    path.write_text(words.document * 100)
    author = Author(
        at.practitioner.device, at.practitioner.certificate, Stated(at.practitioner.profile.name)
    )
    document = Document(
        "file", NOW, Stated(words.name), (Part(f"{words.name}.txt", "text/plain", path),)
    )
    reader = Reader(guest.key, at.room.room)
    sent = await send_document(host.model.api, author, reader, document, os.urandom)
    await host.model.send(guest, sent)
    assert guest.conversation is not None
    assert await guest.conversation.delivered(10)
    raw = b64u_decode(sent.value["envelope"])
    envelope = read_envelope(read_object(Purpose.ENVELOPE, raw).payload)
    return {"document key": envelope.key, "read seed": envelope.parts[0].read}
