"""A guest in a room: knocks, is admitted, talks, comes back by itself, until the room is over."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field, replace

from client.api.channels import Arrived, Channel, Closed, Entry, Lost, Opened, Refused
from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api, Random
from client.api.socket import RoomSocket
from client.conversation import QUIET, Conversation
from client.conversation import Event as TalkEvent
from client.guest.circle import Circle
from client.guest.doctor import Checked, Doctor, Standing
from client.guest.other import Around
from client.guest.place import KeptCall, KeptDocument, Place
from client.mail.address import Address, read_address
from client.mail.inbox import Take
from client.mail.post import Post
from client.sealing.certificate import read as read_certificate
from client.sealing.devices import require_in_force
from client.sealing.encoding import b64u_decode, sha256
from client.sealing.errors import SealCode, SealError
from client.sealing.handshake import (
    GuestIntro,
    RoomKeys,
    check_room,
    make_intro,
    make_open,
    open_accept,
)
from client.sealing.keys import SigningKey
from client.sealing.link import Link
from client.sealing.mail import Mail
from client.sealing.messages import Message
from client.sealing.profile import GuestProfile
from client.sealing.record import Record
from client.sealing.session import Session
from client.sealing.state import SessionState
from client.vault import Keeper
from signaling import wire
from signaling.wire import ErrorCode, State, Type

# A door that says *too soon* is knocked at again after so many seconds.
KNOCK_PAUSE = 10.0
# After which nothing is left of the room.
_ENDINGS = frozenset(
    {
        "ended",
        *map(str, (ErrorCode.ROOM_ENDED, ErrorCode.ROOM_EXPIRED, ErrorCode.NOT_FOUND)),
    }
)
_KNOCK_AGAIN = frozenset({ErrorCode.KNOCK_TOO_SOON, ErrorCode.ROOM_LOCKED, ErrorCode.ROOM_FULL})


@dataclass(frozen=True)
class Waiting:
    """The knock stands in the waiting room."""


@dataclass(frozen=True)
class HostPresent:
    connected: bool


@dataclass(frozen=True)
class Met:
    """What the doctor's papers say, whenever they came."""

    standing: Standing


@dataclass(frozen=True)
class Admitted:
    """A session began; `renewed` where it replaces another one. `checked`: the host's device."""

    host_name: str
    renewed: bool
    checked: Checked


@dataclass(frozen=True)
class Talk:
    """What the sealed session brings."""

    event: TalkEvent


@dataclass(frozen=True)
class Together:
    """Guests came into the consult, or left it: by the names that the host passes on."""

    came: list[str]
    went: list[str]


@dataclass(frozen=True)
class GuestTalk:
    """What the sealed session with another guest brings."""

    name: str
    event: TalkEvent


@dataclass(frozen=True)
class Mailed:
    """Something lay in our mailbox."""

    mail: Mail


@dataclass(frozen=True)
class Held:
    """The host sent us back to the waiting room; we knocked again."""


@dataclass(frozen=True)
class Away:
    """The connection to the server is gone, or back."""

    gone: bool


@dataclass(frozen=True)
class Trouble:
    """Something was refused: by us what came (SealCode), or by the server what we asked."""

    code: SealCode | ErrorCode


@dataclass(frozen=True)
class Over:
    """It is over, and why: `ended`, `refused`, or a code of the server."""

    why: str


VisitEvent = (
    Waiting
    | HostPresent
    | Met
    | Admitted
    | Talk
    | Together
    | GuestTalk
    | Mailed
    | Held
    | Away
    | Trouble
    | Over
)


@dataclass
class _Call:
    conversation: Conversation
    accept: bytes
    device: bytes
    pump: asyncio.Task[None] = field(repr=False)


class Visit:
    """One guest with one link. Events come out of `events`, in order."""

    def __init__(
        self,
        api: Api,
        socket: RoomSocket,
        link: Link,
        profile: GuestProfile,
        keeper: Keeper,
        random: Random,
    ) -> None:
        self.api = api
        self.link = link
        self.profile = profile
        self.events: asyncio.Queue[VisitEvent] = asyncio.Queue()
        self._socket = socket
        self._random = random
        self._place = Place(keeper, link)
        # As the link was checked last; None before, and after a server that swaps keys.
        self.room: RoomKeys | None = self._place.room()
        self._documents = {kept.id: kept for kept in self._place.documents()}
        self.key: SigningKey = self._place.guest_key(random(32))
        self._intro: GuestIntro | None = self._place.intro(self.key.public)
        self._call: _Call | None = None
        self.channel: Channel | None = None
        self._again: asyncio.Task[None] | None = None
        self._working: set[asyncio.Task[None]] = set()
        # What takes the mail that comes: it is erased at the server when that returns. This one
        # tells it in `events`, for a program that can lose it.
        self.take_mail: Take = self._tell_mail
        self.post = Post(api, socket, keeper, self._place.mail, self._mailed, random)
        self.doctor = Doctor(api, self._place, self._met)
        self.circle = Circle(
            self._place,
            lambda save: Around(self.key, random, self._relay, save, self._tell_of_guest),
            lambda came, went: self._tell(Together(came, went)) if came or went else None,
        )

    async def _mailed(self, mail: Mail) -> None:
        await self.take_mail(mail)

    async def _tell_mail(self, mail: Mail) -> None:
        self._tell(Mailed(mail))

    @property
    def documents(self) -> dict[bytes, KeptDocument]:
        """Those that were taken, by their ids: a server may show one twice."""
        return dict(self._documents)

    def took(self, document: KeptDocument) -> None:
        """Remember that a document was taken."""
        self._documents[document.id] = document
        self._place.save_documents(list(self._documents.values()))

    @property
    def host_address(self) -> Address | None:
        """Where the host can be written to, once it has said so."""
        return self._place.host_address()

    async def write(self, mail: Mail) -> None:
        """Put a mail into the host's mailbox. Raises as `Post.write`, or RuntimeError too soon."""
        address = self.host_address
        if address is None:
            raise RuntimeError("the host has not said where it can be written to")
        await self.post.write(address, mail)

    @property
    def conversation(self) -> Conversation | None:
        return self._call.conversation if self._call else None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Visit]:
        """Be in the room while entered; leaving the block keeps place and admission."""
        task = asyncio.create_task(self._run())
        try:
            yield self
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await self._drop_call()
            await self.circle.close()
            await self.post.close()
            await self.doctor.close()
            for work in (self._again, *self._working):
                if work:
                    work.cancel()

    async def send(self, message: Message) -> None:
        """Queue a message for the host. Raises SealError, or RuntimeError before admission."""
        if self._call is None:
            raise RuntimeError("nobody has admitted us yet")
        await self._call.conversation.send(message)

    async def say(self, message: Message) -> None:
        """Queue a message for everybody in the consult. Raises as `send` does."""
        await self.send(message)
        await self.circle.say(message)

    async def leave(self) -> None:
        """Give up place and admission."""
        if self.channel:
            await self.channel.send(Type.LEAVE)

    async def _run(self) -> None:
        kept = self._place.call()
        if kept is not None:
            if self._intro and sha256(self._intro.intro) == kept.intro:
                # Its accept was taken, and this process ended before the intro was dropped.
                self._intro = None
            session = Session(kept.state, self._random, restored=True)
            await self._begin(session, kept)
            await self.circle.restore()
        entry = Entry(self.link.room, self.key, self.link.join_key())
        self.channel = await self._socket.open(entry)
        while True:
            try:
                match await self.channel.events.get():
                    case Opened(_, room):
                        await self._opened(room)
                    case Arrived(frame):
                        await self._arrived(frame)
                    case Refused(code, of):
                        self._refused(code, of)
                    case Lost():
                        self._tell(Away(gone=True))
                        await self.circle.lost()
                    case Closed(code):
                        await self._over(str(code))
            except (SealError, wire.WireError) as error:
                self._tell(Trouble(error.code))

    def _tell(self, event: VisitEvent) -> None:
        self.events.put_nowait(event)

    async def _opened(self, opened: wire.Opened) -> None:
        try:
            self.room = check_room(self.link, opened.identity, opened.prekey)
            self._place.save_room(self.room)
        except SealError as error:
            # A server that swaps keys gets nothing of us, not even a knock.
            self.room = None
            if self.channel:
                await self.channel.close()
            self._tell(Trouble(error.code))
            await self._over(error.code)
            return
        self._tell(Away(gone=False))
        self._tell(HostPresent(opened.host_connected))
        self.doctor.ask(self.room.identity)
        if opened.state is State.ADMITTED and self._call:
            await self._call.conversation.reachable()
            return
        if self._call and opened.state is not State.ADMITTED:
            # The server has forgotten an admission that we remember: the seat went to another.
            await self._end_call()
        await self._knock()

    async def _knock(self) -> None:
        """Say who is there: the same intro again until it was accepted."""
        if self.room is None or self.channel is None:
            return
        if self._intro is None:
            made = make_intro(self.room, self.key, self.profile, self._random)
            self._place.save_intro(made)
            self._intro = made
        await self.channel.send(Type.KNOCK, 0, self._intro.intro)

    async def _arrived(self, frame: wire.Frame) -> None:
        if frame.peer != wire.HOST_PEER:
            await self._among_guests(frame)
            return
        match frame.type:
            case Type.RELAY if self._call:
                await self._call.conversation.receive(frame.body)
            case Type.KNOCK:
                self._tell(Waiting())
            case Type.ADMIT:
                await self._accept(wire.accept(frame.body))
            case Type.PRESENCE:
                await self._host_presence(connected=wire.switch(frame.body))
            case Type.SEND_BACK:
                await self._end_call()
                self._tell(Held())
                await self._knock()
            case Type.REFUSE:
                await self._over("refused")
            case Type.END:
                await self._over("ended")
            case _:
                pass

    async def _host_presence(self, *, connected: bool) -> None:
        self._tell(HostPresent(connected))
        if self.room:
            # It may be gone because it was revoked, and what came back another one.
            self.doctor.ask(self.room.identity)
        if connected and self._call:
            await self._call.conversation.reachable()

    async def _among_guests(self, frame: wire.Frame) -> None:
        """What comes from another guest, or is about one."""
        match frame.type:
            case Type.RELAY:
                await self._from_guest(frame)
            case Type.PRESENCE:
                await self.circle.presence(frame.peer, wire.Member.unpack(frame.body))
            case Type.LEAVE:
                await self.circle.left(frame.peer)
            case _:
                pass

    async def _from_guest(self, frame: wire.Frame) -> None:
        try:
            await self.circle.receive(frame.peer, frame.body)
        except SealError as error:
            if error.code not in QUIET:
                raise

    def _tell_of_guest(self, key: bytes, event: TalkEvent) -> None:
        guest = self.circle.guests.get(key)
        if guest:
            self._tell(GuestTalk(guest.name, event))

    def _take(self, message: Message) -> bool:
        """What is for this program is kept before it is acknowledged, and told to nobody."""
        if message.type == "address":
            address, voucher = read_address(message)
            self._place.save_host_address(address)
            self._start(self._addressed(voucher))
            return False
        if message.type == "mail":
            self._start(self.post.empty())
            return False
        if message.type != "roster":
            return True
        if self.room:
            raw = b64u_decode(message.value["roster"])
            self.circle.take(raw, self.room.identity, self.link.room)
        return False

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    async def _addressed(self, voucher: bytes | None) -> None:
        """The host can be written to: say where we can, with a mailbox that it pays for."""

        async def pay() -> bytes:
            return voucher or b""

        try:
            address = await self.post.open(pay if voucher else None)
        except ServerUnreachable:
            await asyncio.sleep(KNOCK_PAUSE)
            await self._addressed(voucher)
        except ServerRefused as refusal:
            self._tell(Trouble(refusal.code))
        else:
            if address and self._call:
                await self.send(address.message(self._random(16)))

    def _refused(self, code: ErrorCode, of: int) -> None:
        if of == Type.RELAY and code in {ErrorCode.NO_SUCH_PEER, ErrorCode.NOT_ADMITTED}:
            return
        self._tell(Trouble(code))
        if of == Type.KNOCK and code in _KNOCK_AGAIN:
            if self._again:
                self._again.cancel()
            self._again = asyncio.create_task(self._knock_later())

    async def _knock_later(self) -> None:
        await asyncio.sleep(KNOCK_PAUSE)
        await self._knock()

    async def _accept(self, accept: bytes) -> None:
        """Take an accept: one for one intro. The same bytes again change nothing."""
        digest = sha256(accept)
        if self._intro is None:
            if self._call and self._call.accept != digest:
                raise SealError(SealCode.REPLAYED)
            return
        agreed = open_accept(accept, self._intro)
        standing = await self.doctor.require(agreed.certificate)
        before = self._state()
        opening = make_open(agreed, self._random)
        session = Session.guest(agreed, opening, self._random, before)
        await self._drop_call()
        intro = sha256(self._intro.intro)
        name, device = agreed.profile.name, agreed.certificate.raw
        if standing.record:
            name = standing.record.card.card.name
        kept = KeptCall(digest, intro, name, device, session.state)
        self._place.save_call(kept)
        self._place.drop_intro()
        self._intro = None
        renewed = before is not None
        self._tell(Admitted(kept.host_name, renewed=renewed, checked=standing.checked))
        await self._begin(session, kept)

    def _met(self, standing: Standing) -> None:
        self._tell(Met(standing))
        if standing.record and self._call:
            self._start(self._still_theirs(standing.record, self._call))

    async def _still_theirs(self, record: Record, call: _Call) -> None:
        """Part from a device that was revoked meanwhile, and wait for another one."""
        try:
            require_in_force(record.devices, read_certificate(call.device))
        except SealError as error:
            if self._call is call:
                await self._end_call()
                self._tell(Trouble(error.code))
                await self._knock()

    def _state(self) -> SessionState | None:
        return self._call.conversation.session.state if self._call else None

    async def _begin(self, session: Session, kept: KeptCall) -> None:
        def store(state: SessionState) -> None:
            self._place.save_call(replace(kept, state=state))

        conversation = Conversation(session, store, self._transmit, self._take)
        pump = asyncio.create_task(self._pump(conversation))
        self._call = _Call(conversation, kept.accept, kept.device, pump)
        await conversation.start()
        self._start(self._open_post())

    async def _open_post(self) -> None:
        """Empty the mailbox that there is from an earlier time."""
        with contextlib.suppress(ServerRefused, ServerUnreachable):
            await self.post.open()

    async def _transmit(self, frame: bytes) -> None:
        if self.channel:
            await self.channel.send(Type.RELAY, wire.HOST_PEER, frame)

    async def _relay(self, peer: int, frame: bytes) -> None:
        if self.channel:
            await self.channel.send(Type.RELAY, peer, frame)

    async def _pump(self, conversation: Conversation) -> None:
        while True:
            self._tell(Talk(await conversation.events.get()))

    async def _drop_call(self) -> None:
        if self._call:
            self._call.pump.cancel()
            await self._call.conversation.close()
            self._call = None

    async def _end_call(self) -> None:
        await self._drop_call()
        await self.circle.drop()
        self._place.drop_call()
        self._place.drop_intro()
        self._intro = None

    async def _over(self, why: str) -> None:
        await self._drop_call()
        await self.circle.close()
        if why in _ENDINGS:
            # What the host wrote last may still lie there; its keys go once it is here.
            await self.post.finish()
            self._place.erase()
        else:
            await self.post.close()
        self._tell(Over(why))
