"""One room at the practitioner's desk: who waits, who is admitted, and what is said."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field, replace

from client.api import vouchers
from client.api.channels import Arrived, Channel, Closed, Entry, Lost, Opened, Refused
from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api, Random
from client.api.socket import RoomSocket
from client.conversation import Conversation
from client.conversation import Event as TalkEvent
from client.documents.permits import Allowed
from client.host.permits import Permits
from client.host.practitioner import Practitioner
from client.host.room import (
    HostedRoom,
    KeptGuest,
    erase_room,
    load_guests,
    mail_of,
    save_guests,
    save_room,
)
from client.host.supply import SUPPLY, make_supply, with_supply
from client.mail.address import Address, read_address
from client.mail.inbox import Take
from client.mail.post import Post
from client.sealing.encoding import b64u, sha256
from client.sealing.errors import SealCode, SealError
from client.sealing.handshake import HostIntro, make_accept, open_intro
from client.sealing.mail import Mail
from client.sealing.messages import Message, message
from client.sealing.permit import Permit
from client.sealing.roster import Roster, RosterMember, sign_roster
from client.sealing.session import Session
from client.sealing.state import SessionState
from client.vault import Keeper
from signaling import wire
from signaling.wire import ErrorCode, Knock, Member, State, Type

# Hashes kept of one room; with all of them there nobody is let in without a tap.
ACCEPTED_INTROS = 256
# What a guest's mailbox may hold, and how long what is in it waits.
MAILBOX_BYTES = 1024 * 1024
MAIL_SECONDS = 180 * 24 * 3600
# A newer intro of an admitted guest key is accepted again without a tap, so many times.
RENEWALS = 5


@dataclass
class Guest:
    """A guest as the desk sees it. `peer` is the server's number for it, None while unknown."""

    key: bytes
    seat: int
    peer: int | None = None
    connected: bool = False
    seat_taken: bool = False
    intro: HostIntro | None = field(default=None, repr=False)
    # The rest is there once the guest was admitted.
    name: str = ""
    intro_hash: bytes = field(default=b"", repr=False)
    accept: bytes = field(default=b"", repr=False)
    renewals: int = 0
    # Where it can be written to, once it has said so.
    address: Address | None = field(default=None, repr=False)
    # It keeps documents, and was given what pays for that.
    keeps: bool = False
    conversation: Conversation | None = None
    pump: asyncio.Task[None] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Knocked:
    """Somebody waits with an intro that holds."""

    guest: Guest


@dataclass(frozen=True)
class Renewed:
    """An admitted guest came anew and was accepted without a tap: compare again."""

    guest: Guest


@dataclass(frozen=True)
class Seen:
    """A guest came or went."""

    guest: Guest


@dataclass(frozen=True)
class Left:
    guest: Guest


@dataclass(frozen=True)
class Talk:
    guest: Guest
    event: TalkEvent


@dataclass(frozen=True)
class Addressed:
    """A guest can be written to."""

    guest: Guest


@dataclass(frozen=True)
class Mailed:
    """Something lay in our mailbox: whose document it is about says who wrote it."""

    mail: Mail


@dataclass(frozen=True)
class Away:
    gone: bool


@dataclass(frozen=True)
class Trouble:
    code: SealCode | ErrorCode
    guest: Guest | None = None


@dataclass(frozen=True)
class Over:
    why: str


DeskEvent = Knocked | Renewed | Seen | Left | Talk | Addressed | Mailed | Away | Trouble | Over


class Desk:
    """One hosted room. Events come out of `events`, in order."""

    def __init__(
        self,
        api: Api,
        socket: RoomSocket,
        practitioner: Practitioner,
        room: HostedRoom,
        keeper: Keeper,
        random: Random,
    ) -> None:
        self.api = api
        self.practitioner = practitioner
        self.room = room
        self.events: asyncio.Queue[DeskEvent] = asyncio.Queue()
        self.guests: dict[bytes, Guest] = {}
        self.channel: Channel | None = None
        self._socket = socket
        self._keeper = keeper
        self._random = random
        # How often the channel has opened, as far as this has been taken.
        self._openings = 0
        # Join keys that this connection has asked a seat for, in order.
        self._asked: list[bytes] = []
        # Who waits for a seat, by the link's secret.
        self._seat_answers: dict[bytes, asyncio.Future[ErrorCode | None]] = {}
        self._giving: set[asyncio.Task[None]] = set()
        # What takes the mail that comes: it is erased at the server when that returns. This one
        # tells it in `events`, for a program that can lose it.
        self.take_mail: Take = self._tell_mail
        # Each room has a mailbox of its own: two desks never empty the same one.
        name = mail_of(room.room)
        self.post = Post(api, socket, keeper, name, self._mailed, random)
        self.permits = Permits(api, practitioner, self.post, keeper, random)
        self._kept = {kept.key: kept for kept in load_guests(keeper, room.room)}

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Desk]:
        """Host the room while entered; leaving the block keeps it."""
        task = asyncio.create_task(self._run())
        try:
            yield self
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            for giving in self._giving:
                giving.cancel()
            await self.post.close()
            for guest in self.guests.values():
                await self._stop(guest)

    async def _mailed(self, mail: Mail) -> None:
        if mail.type == "files" and "permit" in mail.value and not self.permits.take(mail):
            # It came before, or its permit is none of ours any more.
            return
        await self.take_mail(mail)

    async def _tell_mail(self, mail: Mail) -> None:
        self._tell(Mailed(mail))

    # What the practitioner does

    async def admit(
        self, guest: Guest, *, messages: tuple[bytes, ...] = (), take_over: bool = False
    ) -> None:
        """Admit a guest who waits, on the intro that was shown.

        The accept is kept before it is sent, and sent byte for byte again if that was lost.
        """
        intro = guest.intro
        if intro is None or guest.peer is None or self.channel is None:
            raise RuntimeError("this guest is not waiting")
        me = self.practitioner
        agreed = make_accept(intro, me.device, me.certificate, me.profile, messages, self._random)
        before = guest.conversation.session.state if guest.conversation else None
        await self._stop(guest)
        self._remember(guest.intro_hash)
        guest.name = intro.profile.name
        guest.intro_hash = sha256(intro.intro)
        guest.accept = agreed.accept
        await self._begin(guest, Session.host(agreed, self._random, before))
        await self._send_accept(guest, take_over=take_over)
        await self._introduce()

    async def refuse(self, guest: Guest) -> None:
        # Whoever knocks again after that is shown again.
        guest.intro = None
        await self._act(Type.REFUSE, guest)

    async def send_back(self, guest: Guest) -> None:
        """Send an admitted guest back to the waiting room; its session ends."""
        await self.send(guest, message("hold", id=b64u(self._random(16))))
        await self._act(Type.SEND_BACK, guest)
        await self._forget(guest)

    async def send(self, guest: Guest, said: Message) -> None:
        """Queue a message. Raises SealError, or RuntimeError for a guest without a session."""
        if guest.conversation is None:
            raise RuntimeError("this guest was not admitted")
        await guest.conversation.send(said)

    async def write(self, guest: Guest, mail: Mail) -> None:
        """Put a mail into a guest's mailbox, and tell the guest so.

        Raises as `Post.write`, and RuntimeError while the guest has not said where that is.
        """
        if guest.address is None:
            raise RuntimeError("this guest has not said where it can be written to")
        if guest.keeps and mail.type == "document":
            mail = await with_supply(self.api, self.practitioner.device, mail)
        await self.post.write(guest.address, mail)
        if guest.conversation:
            await guest.conversation.send(message("mail"))

    async def permit(self, label: str, allowed: Allowed) -> Permit:
        """Let whoever `label` says send files to us. Raises ServerRefused, ServerUnreachable."""
        await self.post.open(self._pay)
        return await self.permits.make(label, allowed)

    async def lock(self, *, locked: bool) -> None:
        if self.channel:
            await self.channel.send(Type.LOCK, 0, bytes([locked]))

    async def add_seat(self, seconds: float = 10.0) -> int:
        """Make one more link; give its seat once the server has stored it.

        The link is kept from before the server hears of it until the server says no: where the
        answer is lost a seat may have been made, and the seats after it would be read with the
        wrong secret. It is asked for again after every reconnection. Raises ServerRefused, and
        TimeoutError while no answer has come.
        """
        secret = self._random(32)
        secrets, unconfirmed = (*self.room.secrets, secret), self.room.unconfirmed + 1
        self._save_room(replace(self.room, secrets=secrets, unconfirmed=unconfirmed))
        answer = self._seat_answers[secret] = asyncio.get_running_loop().create_future()
        try:
            await self._ask_seats()
            async with asyncio.timeout(seconds):
                code = await answer
        finally:
            del self._seat_answers[secret]
        if code is not None:
            raise ServerRefused(code)
        return self.room.secrets.index(secret)

    async def end(self, seconds: float = 2.0) -> None:
        """End the consult: tell the guests, then the server; its answer erases the room's keys."""
        for guest in self.guests.values():
            if guest.conversation:
                await self.send(guest, message("bye", id=b64u(self._random(16))))
        for guest in self.guests.values():
            if guest.conversation and guest.connected:
                await guest.conversation.delivered(seconds)
        if self.channel:
            await self.channel.send(Type.END)

    # What comes in

    async def _run(self) -> None:
        for kept in self._kept.values():
            guest = Guest(kept.key, kept.seat, name=kept.name)
            guest.intro_hash, guest.accept = kept.intro, kept.accept
            guest.renewals, guest.address = kept.renewals, kept.address
            guest.keeps = kept.keeps
            self.guests[kept.key] = guest
            await self._begin(guest, Session(kept.state, self._random, restored=True))
        await self._introduce()
        self.channel = await self._socket.open(Entry(self.room.room, self.practitioner.device))
        while True:
            event = await self.channel.events.get()
            try:
                await self._take(event)
            except (SealError, wire.WireError) as error:
                self._tell(Trouble(error.code))

    async def _take(self, event: Opened | Arrived | Refused | Lost | Closed) -> None:
        match event:
            case Opened():
                for guest in self.guests.values():
                    # Numbers mean nothing after a restart: they come with PRESENCE and KNOCK.
                    guest.peer, guest.connected = None, False
                self._tell(Away(gone=False))
                self._openings += 1
                self._asked.clear()
                await self._ask_seats()
            case Arrived(frame):
                await self._arrived(frame)
            case Refused(code, Type.SEAT):
                self._seat_answered(code)
                self._tell(Trouble(code))
            case Refused(code, of):
                if of != Type.RELAY:
                    self._tell(Trouble(code))
            case Lost():
                self._tell(Away(gone=True))
            case Closed(code):
                self._tell(Over(str(code)))

    def _tell(self, event: DeskEvent) -> None:
        self.events.put_nowait(event)

    def _by_peer(self, peer: int) -> Guest | None:
        return next((g for g in self.guests.values() if g.peer == peer), None)

    async def _arrived(self, frame: wire.Frame) -> None:
        guest = self._by_peer(frame.peer)
        match frame.type:
            case Type.KNOCK:
                await self._knocked(frame.peer, Knock.unpack(frame.body))
            case Type.PRESENCE:
                await self._present(frame.peer, Member.unpack(frame.body))
            case Type.RELAY if guest and guest.conversation:
                await guest.conversation.receive(frame.body)
            case Type.LEAVE if guest:
                await self._forget(guest)
                self._tell(Left(guest))
            case Type.SEAT:
                self._seat_answered(None, frame.body)
            case Type.END:
                await self.post.close()
                erase_room(self._keeper, self.room.room)
                self._tell(Over("ended"))
            case _:
                pass

    def _member(self, peer: int, member: Member) -> Guest:
        guest = self.guests.get(member.key)
        if guest is None:
            guest = self.guests[member.key] = Guest(member.key, member.seat)
        guest.peer, guest.seat = peer, member.seat
        guest.connected, guest.seat_taken = member.connected, member.seat_taken
        return guest

    async def _present(self, peer: int, member: Member) -> None:
        guest = self._member(peer, member)
        if guest.connected and guest.conversation and member.state is State.ADMITTED:
            await guest.conversation.reachable()
        self._tell(Seen(guest))

    async def _knocked(self, peer: int, knock: Knock) -> None:
        guest = self._member(peer, knock.member)
        if sha256(knock.intro) == guest.intro_hash:
            # Our accept was lost: the same bytes again.
            await self._send_accept(guest)
            return
        accepted = self.room.accepted
        if guest.conversation and sha256(knock.intro) in accepted:
            # Shown again by the server: it takes no place of the session that followed it.
            return
        try:
            link = self.room.link(guest.seat)
        except IndexError:
            raise SealError(SealCode.WRONG_GUEST, "a seat that we have not made") from None
        before = guest.intro
        try:
            guest.intro = open_intro(knock.intro, link, self.room.prekey, guest.key)
        except SealError as error:
            self._tell(Trouble(error.code, guest))
            return
        if before is not None and before.intro == knock.intro:
            # The same knock, after a reconnection: it is shown already.
            return
        renews = knock.member.state is State.ADMITTED and guest.conversation is not None
        if renews and guest.renewals < RENEWALS and len(accepted) < ACCEPTED_INTROS:
            guest.renewals += 1
            await self.admit(guest)
            self._tell(Renewed(guest))
            return
        self._tell(Knocked(guest))
        # Kept at once, since this program may end. Beside a session only once another follows it:
        # a program that starts anew has to show it again.
        if guest.conversation is None:
            self._remember(sha256(knock.intro))
        elif before is not None and before.intro != knock.intro:
            self._remember(sha256(before.intro))

    # Seats

    async def _ask_seats(self) -> None:
        """Ask for the seats that the server has not confirmed, in the order of their links."""
        channel = self.channel
        # Not on a connection whose opening is still to be taken: all are asked for then, and
        # seats are numbered in the order in which the server hears of them.
        if channel is None or not channel.ready or channel.openings != self._openings:
            return
        while len(self._asked) < self.room.unconfirmed:
            seat = len(self.room.secrets) - self.room.unconfirmed + len(self._asked)
            join = self.room.link(seat).join_key().public
            self._asked.append(join)
            await channel.send(Type.SEAT, 0, join)

    def _seat_answered(self, code: ErrorCode | None, join: bytes | None = None) -> None:
        """The server's word on the seat that was asked for first; a refused link is dropped."""
        if not self._asked or join not in {None, self._asked[0]}:
            return
        self._asked.pop(0)
        secrets, unconfirmed = self.room.secrets, self.room.unconfirmed
        seat = len(secrets) - unconfirmed
        left = secrets if code is None else secrets[:seat] + secrets[seat + 1 :]
        self._save_room(replace(self.room, secrets=left, unconfirmed=unconfirmed - 1))
        waiting = self._seat_answers.get(secrets[seat])
        if waiting and not waiting.done():
            waiting.set_result(code)

    def _save_room(self, room: HostedRoom) -> None:
        save_room(self._keeper, room)
        self.room = room

    # Sessions

    async def _begin(self, guest: Guest, session: Session) -> None:
        async def transmit(frame: bytes) -> None:
            if guest.peer is not None and self.channel:
                await self.channel.send(Type.RELAY, guest.peer, frame)

        conversation = Conversation(
            session,
            lambda state: self._keep(guest, state),
            transmit,
            lambda said: self._take_message(guest, said),
        )
        guest.conversation = conversation
        guest.pump = asyncio.create_task(self._pump(guest, conversation))
        await conversation.start()
        self._start(self._give_address(guest, conversation))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._giving.add(task)
        task.add_done_callback(self._giving.discard)

    def _take_message(self, guest: Guest, said: Message) -> bool:
        """What is for this program is kept before it is acknowledged, and told to nobody."""
        if said.type == "address":
            guest.address, _ = read_address(said)
            self._tell(Addressed(guest))
        elif said.type == "mail":
            self._start(self.post.empty())
        elif said.type == "keep":
            self._start(self._supply(guest))
        elif said.type == "ask-permit":
            self._start(self._decline(guest, said))
        return said.type not in {"address", "mail", "keep", "ask-permit", "no-permit"}

    async def _decline(self, guest: Guest, asked: Message) -> None:
        """Nobody can look at images here: say so to who wants to show some."""
        if guest.conversation:
            said = message("no-permit", ask=asked.value["ask"], why="unable")
            await guest.conversation.send(said)

    async def _supply(self, guest: Guest) -> None:
        """Give a guest what pays for keeping documents, once; it is not told for what.

        Where the server gives none the guest sees no answer, and may ask again.
        """
        if guest.keeps or guest.conversation is None:
            return
        guest.keeps = True
        try:
            vouchers = await make_supply(self.api, self.practitioner.device, SUPPLY)
        except (ServerUnreachable, ServerRefused):
            guest.keeps = False
            return
        said = message("supply", id=b64u(self._random(16)), vouchers=vouchers)
        await guest.conversation.send(said)

    async def _give_address(self, guest: Guest, conversation: Conversation) -> None:
        """Say where we can be written to, with what pays for a mailbox of the guest's."""
        try:
            address = await self.post.open(self._pay)
            voucher = None if guest.address else await self._pay()
        except ServerUnreachable:
            # The next session says it.
            return
        except ServerRefused as refusal:
            self._tell(Trouble(refusal.code, guest))
            return
        if address and guest.conversation is conversation:
            await conversation.send(address.message(self._random(16), voucher))

    async def _pay(self) -> bytes:
        """A voucher for one mailbox."""
        until = int(time.time()) + MAIL_SECONDS
        device = self.practitioner.device
        (made,) = await vouchers.register(self.api, device, [MAILBOX_BYTES], until)
        return made

    async def _pump(self, guest: Guest, conversation: Conversation) -> None:
        while True:
            self._tell(Talk(guest, await conversation.events.get()))

    def _keep(self, guest: Guest, state: SessionState) -> None:
        self._kept[guest.key] = KeptGuest(
            guest.key,
            guest.seat,
            guest.name,
            guest.intro_hash,
            guest.accept,
            guest.renewals,
            state,
            guest.address,
            guest.keeps,
        )
        save_guests(self._keeper, self.room.room, list(self._kept.values()))

    async def _stop(self, guest: Guest) -> None:
        if guest.pump:
            guest.pump.cancel()
        if guest.conversation:
            await guest.conversation.close()
        guest.conversation = guest.pump = None

    async def _introduce(self) -> None:
        """Tell everybody inside who is in, once there were two. The version is kept before."""
        inside = [guest for guest in self.guests.values() if guest.conversation]
        if not inside or (len(inside) < 2 and not self.room.roster):
            return
        self.room = replace(self.room, roster=self.room.roster + 1)
        save_room(self._keeper, self.room)
        members = tuple(RosterMember(guest.key, guest.name) for guest in inside)
        roster = Roster(self.room.room, self.room.roster, members)
        signed = sign_roster(roster, self.practitioner.device, self.practitioner.certificate)
        for guest in inside:
            said = message("roster", id=b64u(self._random(16)), roster=b64u(signed))
            await self.send(guest, said)

    async def _forget(self, guest: Guest) -> None:
        inside = guest.conversation is not None
        await self._stop(guest)
        self._remember(guest.intro_hash)
        if guest.intro is not None:
            self._remember(sha256(guest.intro.intro))
        guest.intro, guest.intro_hash, guest.accept = None, b"", b""
        if self._kept.pop(guest.key, None):
            save_guests(self._keeper, self.room.room, list(self._kept.values()))
        if inside:
            await self._introduce()

    def _remember(self, intro: bytes) -> None:
        """Of an intro: nothing takes the place of a session with it without a tap."""
        if intro and intro not in self.room.accepted:
            accepted = (*self.room.accepted, intro)[-ACCEPTED_INTROS:]
            self._save_room(replace(self.room, accepted=accepted))

    async def _send_accept(self, guest: Guest, *, take_over: bool = False) -> None:
        if self.channel and guest.peer is not None:
            body = wire.Admit(take_over, guest.intro_hash, guest.accept).pack()
            await self.channel.send(Type.ADMIT, guest.peer, body)

    async def _act(self, kind: Type, guest: Guest) -> None:
        if self.channel and guest.peer is not None:
            await self.channel.send(kind, guest.peer)
