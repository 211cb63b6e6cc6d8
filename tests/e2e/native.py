"""A consult between two Python clients, for the secrets that browsers do not give away."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from client.documents.sending import Author, Document, Part, Reader, send_document
from client.host import desk as desks
from client.host.practitioner import kept_identity
from client.host.room import mail_of
from client.sealing.encoding import b64u, b64u_decode
from client.sealing.envelope import read_envelope
from client.sealing.objects import Purpose, read_object
from client.sealing.statement import Person as Stated
from client.vault import Memory
from tests.integration.people import (
    NOW,
    Person,
    Practice,
    addressed,
    admitted,
    chat,
    doctor,
    patient,
)


@dataclass(frozen=True)
class Words:
    """What is said in the consult."""

    name: str
    chat: str
    document: str = field(repr=False)


async def visit(origin: str, at: Practice, words: Words, folder: Path) -> dict[str, bytes]:
    """Hold a whole consult; give every secret that was made for it, by name."""
    link, kept = at.room.link(0), Memory()
    async with (
        doctor(origin, at) as host,
        patient(origin, link, kept, words.name) as guest,
    ):
        known = await admitted(host, guest)
        await guest.model.send(chat(words.chat))
        await host.hears(words.chat)
        keys = await _document(host, known, at, words, folder)
        conversation = guest.model.conversation
        assert conversation is not None
        return {
            **keys,
            "root": at.keeper.get("root") or b"",
            "identity seed": kept_identity(at.keeper).seed,
            "device seed": at.practitioner.device.seed,
            "guest seed": guest.model.key.seed,
            "prekey seed": at.room.prekey_seed,
            "S": link.secret,
            "join seed": link.join_key().seed,
            "session secret": conversation.session.state.root,
            **_mailbox("host", at.keeper.get(mail_of(at.room.room))),
            **_mailbox("guest", kept.get(f"room-{b64u(link.room)}.mail")),
        }


def _mailbox(whose: str, kept: bytes | None) -> dict[str, bytes]:
    """The seeds of somebody's mailbox."""
    keys = json.loads(kept or b"")["keys"]
    names = ("owner", "append", "seal")
    return {f"{name} of the {whose}'s mailbox": base64.b64decode(keys[name]) for name in names}


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
    await addressed(host, guest)
    await host.model.write(guest, sent)
    raw = b64u_decode(sent.value["envelope"])
    envelope = read_envelope(read_object(Purpose.ENVELOPE, raw).payload)
    return {"document key": envelope.key, "read seed": envelope.parts[0].read}
