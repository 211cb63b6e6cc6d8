"""A Python doctor with media, as a program, so that it can run in a network of its own.

`python -m tests.integration.doctor ORIGIN CODE FOLDER`: prints the patient's link on the first
line, goes through a whole consult, and prints what it has seen as JSON on the last.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from client.conversation import Said
from client.documents.sending import Author, Document, Part, Reader, send_document
from client.host import desk as desks
from client.host.desk import Desk, Guest
from client.peer.media import MediaPeer, MediaState, Pictures
from client.sealing.statement import Person as Stated
from tests.integration.people import (
    NOW,
    Person,
    admitted_guest,
    chat,
    doctor,
    enrolled,
)
from tests.patience import PATIENCE

IDENTITY = 0xA6


class Consult:
    def __init__(self, host: Person[Desk], guest: Guest) -> None:
        self.host, self.guest = host, guest
        self.media = MediaPeer([], lambda said: host.model.send(guest, said), os.urandom, IDENTITY)
        self.addressed = asyncio.Event()
        self.seen: dict[str, Any] = {"states": [], "answers": [], "delivered": None}

    async def pump(self) -> None:
        """Hand what the patient's session brings to the media, and keep the rest."""
        wanted = desks.Talk | desks.Addressed | desks.Mailed
        while True:
            event = await self.host.until(lambda e: isinstance(e, wanted))
            if isinstance(event, desks.Addressed):
                self.addressed.set()
            elif isinstance(event, desks.Mailed):
                self.seen["delivered"] = event.mail.value["verified"]
                return
            if not isinstance(event, desks.Talk) or not isinstance(event.event, Said):
                continue
            said = event.event.message
            if said.type in {"sdp", "ice"}:
                await self.media.take(said)
            elif said.type == "chat":
                self.seen["answers"].append(said.value["text"])

    async def watch(self) -> None:
        """Until the patient's picture was recognised."""
        while True:
            match await self.media.events.get():
                case MediaState(state):
                    self.seen["states"].append(state)
                case Pictures(identity, moved):
                    self.seen["identity"], self.seen["moved"] = identity, moved
                    return


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def run(origin: str, code: str, folder: Path) -> None:
    at = await enrolled(origin, code)
    say(at.room.link(0).url(origin))
    async with doctor(origin, at) as host:
        consult = Consult(host, await admitted_guest(host))
        pump = asyncio.create_task(consult.pump())
        async with asyncio.timeout(PATIENCE):
            await consult.media.offer()
            await host.model.send(consult.guest, chat("Bonjour"))
            await consult.watch()
            part = Part("ordonnance.pdf", "application/pdf", folder / "plain.pdf")
            author = Author(at.practitioner.device, at.practitioner.certificate, Stated("Dr D"))
            document = Document("prescription", NOW, Stated("P"), (part,))
            reader = Reader(consult.guest.key, at.room.room)
            sent = await send_document(host.model.api, author, reader, document, os.urandom)
            await consult.addressed.wait()
            await host.model.write(consult.guest, sent)
            await pump
        await consult.media.close()
        await host.model.end()
        await host.kind(desks.Over)
    say(json.dumps(consult.seen))


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
