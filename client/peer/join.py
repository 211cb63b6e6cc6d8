"""`aparte join`: a patient at a terminal."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console
from rich.text import Text

from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api
from client.api.socket import RoomSocket
from client.conversation import Compared, Problem, Ready, Said
from client.documents.receiving import receive_document, receive_photo
from client.guest import visit as visits
from client.guest.doctor import Checked, Standing
from client.guest.place import KeptDocument
from client.guest.visit import Visit
from client.limits import FILES
from client.mail.inbox import NotTaken
from client.peer.media import MediaPeer, MediaState, Pictures
from client.sealing.encoding import b64u, b64u_decode
from client.sealing.errors import SENTENCES, SealCode, SealError
from client.sealing.forms import Value
from client.sealing.link import Link
from client.sealing.mail import Mail
from client.sealing.mail import mail as answer
from client.sealing.messages import Message, message
from client.sealing.profile import GuestProfile
from client.sealing.record import Known
from client.sealing.sealed_link import CODE_BYTES, SECRET_BYTES, SealedLink
from client.vault import Keeper
from signaling.wire import ErrorCode

# Answers after which there is no use in asking again.
_FOR_GOOD = frozenset({ErrorCode.NOT_FOUND, ErrorCode.NOT_ALLOWED, ErrorCode.BAD_RANGE})


@dataclass(frozen=True)
class Options:
    """What the command line says. `identity` is the byte that the test picture shows."""

    name: str
    reason: str
    documents: Path
    identity: int
    events: bool
    leave_after: float | None


class Mouth:
    """Says what happens: sentences for people, or one JSON object a line for programs."""

    def __init__(self, *, events: bool) -> None:
        self._events = events
        self._console = Console(highlight=False, soft_wrap=True)

    def say(self, event: str, sentence: str, **members: Any) -> None:
        if self._events:
            print(json.dumps({"event": event, **members}), flush=True)  # noqa: T201 - its purpose
        else:
            # As text: what others wrote is no markup, and must not move the cursor.
            readable = "".join(
                c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in sentence
            )
            self._console.print(Text(readable))


class Joining:
    """One visit with media, from the knock until it is over."""

    def __init__(self, visit: Visit, socket: RoomSocket, options: Options) -> None:
        self._visit = visit
        self._socket = socket
        self._options = options
        self._mouth = Mouth(events=options.events)
        self._media: MediaPeer | None = None
        # Photos and documents that came.
        self._files = len(visit.documents)
        self._known: Known | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        visit.take_mail = self.take_mail

    async def run(self) -> bool:
        """Stay until the consult is over; tell whether it ended as consults do."""
        try:
            while True:
                event = await self._visit.events.get()
                if isinstance(event, visits.Over):
                    return self._over(event)
                await self._take(event)
        finally:
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            if self._media:
                await self._media.close()

    def _over(self, event: visits.Over) -> bool:
        sentences = {"ended": "The consult is over.", "refused": "The doctor did not let you in."}
        said = {str(code): code.sentence for code in ErrorCode} | sentences
        sentence = said.get(event.why, f"It is over: {event.why}.")
        self._mouth.say("over", sentence, why=event.why)
        return event.why == "ended"

    async def leave_later(self, seconds: float) -> None:
        """Say goodbye after a while, as somebody does who hangs up."""
        await asyncio.sleep(seconds)
        conversation = self._visit.conversation
        if conversation:
            await self._visit.send(message("bye", id=b64u(os.urandom(16))))
            await conversation.delivered(5)
        await self._visit.leave()
        self._visit.events.put_nowait(visits.Over("ended"))

    async def _take(self, event: visits.VisitEvent) -> None:
        match event:
            case visits.Waiting() | visits.HostPresent() | visits.Held() | visits.Away():
                self._where(event)
            case visits.Met(standing):
                self._met(standing)
            case visits.Admitted():
                await self._admitted(event)
            case visits.Trouble(code):
                words = SENTENCES[code] if isinstance(code, SealCode) else code.sentence
                self._mouth.say("trouble", words, code=str(code))
            case visits.Talk(talk):
                await self._talk(talk)
            case visits.Together() | visits.GuestTalk():
                self._guests(event)
            case visits.Over() | visits.Mailed():
                pass

    def _where(
        self, event: visits.Waiting | visits.HostPresent | visits.Held | visits.Away
    ) -> None:
        say = self._mouth.say
        match event:
            case visits.Waiting():
                say("waiting", "You are in the waiting room. The doctor's page shows it.")
            case visits.HostPresent(connected):
                words = "The doctor is there." if connected else "The doctor is not there yet."
                say("host", words, connected=connected)
            case visits.Held():
                say("held", "The doctor asks you to wait a little.")
            case visits.Away(gone):
                words = "The connection is lost; trying again." if gone else "Connected."
                say("connection", words, gone=gone)

    async def _admitted(self, event: visits.Admitted) -> None:
        say, name = self._mouth.say, event.host_name
        say("admitted", f"{name} lets you in.", host=name, renewed=event.renewed)
        if event.checked is not Checked.FRESH:
            words = "It could not be checked whether the doctor has revoked this device."
            say("unchecked", words, checked=str(event.checked))
        await self._open_media()

    def _met(self, standing: Standing) -> None:
        """Who the doctor is, each time that it changes."""
        if standing.record is None or self._known == standing.record.known:
            return
        self._known = standing.record.known
        card, attested = self._known.card.card, standing.record.attestation
        who = ", ".join(filter(None, (card.name, card.profession, card.place, card.rpps)))
        words = f"The link is of {who}. Nobody has checked this card."
        if attested:
            words = f"The link is of {who}. Checked by {attested.registrar}."
        registrar = attested and attested.registrar
        self._mouth.say("doctor", words, name=card.name, registrar=registrar)

    async def _open_media(self) -> None:
        if self._media:
            await self._media.close()
        channel = self._visit.channel
        servers = await self._socket.ice_servers(channel) if channel else []
        self._media = MediaPeer(servers, self._visit.send, os.urandom, self._options.identity)
        self._start(self._watch(self._media))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watch(self, media: MediaPeer) -> None:
        words = {
            "connecting": "Setting up picture and sound.",
            "connected": "Picture and sound are there, and are the doctor's.",
            "lost": "Picture and sound are lost; trying again.",
        }
        while True:
            match await media.events.get():
                case MediaState("refused", SealCode() as code):
                    self._mouth.say("media", SENTENCES[code], state="refused")
                case MediaState(state):
                    self._mouth.say("media", words[state], state=state)
                case Pictures(identity, moved) if self._options.events:
                    self._mouth.say("picture", "", identity=identity, moved=moved)
                case Pictures():
                    pass

    async def _talk(self, event: Compared | Problem | Ready | Said) -> None:
        match event:
            case Compared(string):
                words = f"To be sure that nobody is in between, compare aloud: {string}"
                self._mouth.say("compare", words, string=string)
            case Problem(code):
                self._mouth.say("trouble", SENTENCES[code], code=str(code))
            case Ready(again):
                if self._media is None:
                    await self._open_media()
                self._mouth.say("ready", "The conversation is sealed.", again=again)
                state = message("state", audio=True, video=True, screen=False)
                await self._visit.send(state)
            case Said(said):
                await self._said(said)

    def _guests(self, event: visits.Together | visits.GuestTalk) -> None:
        """Who came and went, and what they write: not answered, or two of us would never stop."""
        say = self._mouth.say
        match event:
            case visits.Together(came, went):
                for name in came:
                    say("joined", f"{name} is in the consult now.", name=name)
                for name in went:
                    say("left", f"{name} has left the consult.", name=name)
            case visits.GuestTalk(name, Said(said)) if said.type == "chat":
                text = said.value["text"]
                say("chat", f"{name} writes: {text}", text=text, name=name)
            case visits.GuestTalk(_, Problem(code)):
                say("trouble", SENTENCES[code], code=str(code))
            case _:
                pass

    async def _said(self, said: Message) -> None:
        match said.type:
            case "sdp" | "ice":
                if self._media:
                    self._start(self._set_up(self._media, said))
            case "chat":
                text = said.value["text"]
                self._mouth.say("chat", f"The doctor writes: {text}", text=text)
                await self._answer(f"I read: {text}"[:4000])
            case "photo" if self._files >= FILES:
                self._too_many("photo")
            case "photo":
                self._files += 1
                self._start(self._photo(said))
            case "show":
                self._mouth.say("show", "The doctor shows images, to be looked at in a browser.")
            case "hide":
                self._mouth.say("hide", "The doctor shows the images no more.")
            case _:
                pass

    async def _set_up(self, media: MediaPeer, said: Message) -> None:
        with contextlib.suppress(SealError):
            # A refusal is told by the media's own state.
            await media.take(said)

    async def _answer(self, text: str) -> None:
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        await self._visit.say(message("chat", id=b64u(os.urandom(16)), at=at, text=text))

    async def take_mail(self, mail: Mail) -> None:
        """What lay in our mailbox: a document is kept, or refused, before it is erased there."""
        if mail.type == "files" and mail.id is not None:
            self._tell_files(mail.id, mail.value)
            return
        if mail.type != "document" or mail.id is None:
            return
        known = self._visit.documents.get(mail.id)
        if known is None and self._files >= FILES:
            self._too_many("document")
            if self._files <= 2 * FILES:
                await self._delivered(mail, verified=False)
            return
        if known is None:
            known = KeptDocument(mail.id, await self._document(mail))
            self._files += 1
            self._visit.took(known)
        if not known.told:
            await self._delivered(mail, verified=known.verified)
            self._visit.took(replace(known, told=True))

    async def _document(self, mail: Mail) -> bool:
        """Keep a document if all of it holds, and tell whether it does. Raises NotTaken."""
        room = self._visit.room
        if room is None:
            raise NotTaken
        try:
            received = await receive_document(
                self._visit.api,
                mail,
                reader=self._visit.key.public,
                room=room.link.room,
                sender=room.identity,
                folder=self._options.documents,
                judge=self._visit.doctor.judge,
            )
        except SealError as error:
            self._mouth.say("refused", error.sentence, code=error.code)
            return False
        except (ServerRefused, ServerUnreachable) as error:
            self._mouth.say("trouble", str(error), code="blob")
            if isinstance(error, ServerRefused) and error.code in _FOR_GOOD:
                return False
            raise NotTaken from error
        except OSError as error:
            self._mouth.say("trouble", f"A document cannot be saved: {error.strerror}", code="disk")
            raise NotTaken from error
        self._tell_document(received.statement.author.name, received.files)
        return True

    async def _delivered(self, mail: Mail, *, verified: bool) -> None:
        """Let the doctor know; where the server cannot be reached, later. Raises NotTaken."""
        told = answer("delivered", document=mail.value["id"], verified=verified)
        try:
            await self._visit.write(told)
        except ServerRefused as error:
            self._mouth.say("trouble", str(error), code="mail")
        except ServerUnreachable as error:
            raise NotTaken from error

    def _too_many(self, kind: str) -> None:
        self._files += 1
        words = f"A {kind} more than the {FILES} that a consult holds: it was not kept."
        self._mouth.say("refused", words, code="too_many_files")

    def _tell_document(self, author: str, files: tuple[Path, ...]) -> None:
        names = ", ".join(file.name for file in files)
        words = f"Signature verified. Signed by the doctor who sent your link, stated as {author}."
        self._mouth.say("document", f"{words} Saved: {names}", files=[str(f) for f in files])

    def _tell_files(self, identifier: bytes, said: Value) -> None:
        """Files may be large: how they are fetched is said, once, and nothing opens them here."""
        if identifier in self._visit.documents:
            return
        if self._files >= FILES:
            self._too_many("letter")
            return
        self._files += 1
        link = SealedLink(b64u_decode(said["link"], SECRET_BYTES))
        url = link.url(self._visit.api.origin)
        words = " ".join(link.words(b64u_decode(said["code"], CODE_BYTES), "english"))
        name, size, until = said["name"], said["size"], said["until"]
        told = f"The doctor has files for you: “{name}”, {size:,} bytes, until {until}."
        how = f"To fetch them: aparte receive '{url}', with the words: {words}"
        self._mouth.say("files", f"{told} {how}", url=url, words=words, name=name, size=size)
        self._visit.took(KeptDocument(identifier, verified=True, told=True))

    async def _photo(self, said: Message) -> None:
        try:
            kept = await receive_photo(self._visit.api, said, self._options.documents)
        except SealError as error:
            self._mouth.say("refused", error.sentence, code=error.code)
        except (ServerRefused, ServerUnreachable) as error:
            self._mouth.say("trouble", str(error), code="blob")
        else:
            self._mouth.say("photo", f"A photo. Saved: {kept.name}", file=str(kept))


@contextlib.asynccontextmanager
async def _visiting(
    origin: str, link: Link, options: Options, keeper: Keeper
) -> AsyncIterator[tuple[Visit, RoomSocket]]:
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        socket = RoomSocket(origin, http, os.urandom)
        await stack.enter_async_context(socket.running())
        profile = GuestProfile(options.name, options.reason, "fr")
        api = Api(origin, http, os.urandom)
        visit = Visit(api, socket, link, profile, keeper, os.urandom)
        yield await stack.enter_async_context(visit.running()), socket


async def join(origin: str, link: Link, options: Options, keeper: Keeper) -> bool:
    """Join as a patient; tell whether the consult ended as consults do."""
    async with _visiting(origin, link, options, keeper) as (visit, socket):
        joining = Joining(visit, socket, options)
        if options.leave_after is None:
            return await joining.run()
        leaving = asyncio.create_task(joining.leave_later(options.leave_after))
        try:
            return await joining.run()
        finally:
            leaving.cancel()
