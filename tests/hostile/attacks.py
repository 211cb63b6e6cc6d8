"""The attacks, by name: what a hostile server does, to whom, and what must come of it.

Both clients run through this one table: test_python_client.py and the tests in web/.
"""

from __future__ import annotations

import os
import random
import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from client.sealing import certificate as certificates
from client.sealing.certificate import Certificate
from client.sealing.keys import SigningKey
from client.sealing.letter import seal_letter
from client.sealing.objects import Purpose, sign_object
from client.sealing.pair import PAIR_ANSWER_KIND, PAIR_OFFER_KIND
from client.sealing.roster import Roster, sign_roster
from client.sealing.xwing import KemKey
from signaling.wire import Role, State, Type
from tests.hostile.relay import Frame, Tamper, flipped

_STATE = 0
_IDENTITY = slice(11, 43)
_PREKEY = slice(43, 43 + 1216)
MEMBER = 36
_MEMBER_STATE = 33
_HANDSHAKE_AEAD = 16


@dataclass(frozen=True)
class Elsewhere:
    """What the server has carried in another consult of the same doctor."""

    opened: bytes = field(repr=False)
    intro: bytes = field(repr=False)
    accept: bytes = field(repr=False)
    to_guest: Sequence[bytes] = field(repr=False)
    to_host: Sequence[bytes] = field(repr=False)
    # The one key that an operator has.
    server: SigningKey
    # The doctor's own, for what the doctor has signed.
    identity: SigningKey


# What must come of an attack.


@dataclass(frozen=True)
class Barred:
    """Nobody gets in, and the victim names this problem."""

    code: str


@dataclass(frozen=True)
class Refused:
    """What was altered does not show, the victim names this problem, and the consult goes on.

    The attack lasts from the middle of the consult until the problem was named; with `from_start`
    it strikes once, while the consult begins.
    """

    code: str
    from_start: bool = False


@dataclass(frozen=True)
class Repaired:
    """The attack lasts for the whole consult: each message arrives once, in order."""


@dataclass(frozen=True)
class Unmoved:
    """The server says that somebody is let in whom the host has not let in: it stays a word."""


@dataclass(frozen=True)
class Spoiled:
    """Of the document nothing is shown or kept, and the victim names this problem."""

    code: str


@dataclass(frozen=True)
class Unchecked:
    """The consult goes on, and the victim is told that a device could not be checked."""


Outcome = Barred | Refused | Repaired | Unmoved | Spoiled | Unchecked


@dataclass(frozen=True)
class Attack:
    name: str
    victim: Role
    tamper: Callable[[Elsewhere], Tamper]
    outcome: Outcome


# What a server can do.


class Change(Tamper):
    """Changes the body of frames of a type, on their way to the victim."""

    def __init__(self, kind: Type, change: Callable[[bytes], bytes], *, times: int = 10**9) -> None:
        super().__init__()
        self._kind, self._change, self._times = kind, change, times

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        spared = frame.type != self._kind or not frame.body or not self.armed
        if spared or self.hits >= self._times:
            return (frame,)
        self.hits += 1
        changed = self._change(frame.body)
        assert changed != frame.body
        return (frame.with_body(changed),)


def bit(at: int) -> Callable[[bytes], bytes]:
    return lambda body: flipped(body, at)


def put(part: slice, value: bytes) -> Callable[[bytes], bytes]:
    """Another value at this place of the body."""

    def change(body: bytes) -> bytes:
        changed = bytearray(body)
        changed[part] = value
        return bytes(changed)

    return change


def set_byte(at: int, value: int) -> Callable[[bytes], bytes]:
    return put(slice(at, at + 1), bytes([value]))


class ForgeAdmit(Tamper):
    """Says that the host has admitted the guest, with an accept that the host has not made."""

    def __init__(self, accept: bytes) -> None:
        super().__init__()
        self._accept = accept

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        if frame.type != Type.KNOCK or frame.body:
            return (frame,)
        self.hits += 1
        return (frame, Frame(Type.ADMIT, frame.channel, 0, self._accept))


class AdmitTwice(Tamper):
    """Delivers the accept again; `other` makes the second one different."""

    def __init__(self, *, other: bool) -> None:
        super().__init__()
        self._other = other

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        if frame.type != Type.ADMIT:
            return (frame,)
        self.hits += 1
        again = frame.with_body(flipped(frame.body, -1)) if self._other else frame
        return (frame, again)


class AdmitLater(Tamper):
    """Delivers the accept again beside each relayed frame, in the middle of the consult."""

    def __init__(self) -> None:
        super().__init__()
        self._accept: Frame | None = None

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        if frame.type == Type.ADMIT:
            self._accept = frame
        if frame.type != Type.RELAY or self._accept is None:
            return (frame,)
        self.hits += 1
        return (frame, self._accept)


class KnockAgain(Tamper):
    """Shows the host the same knock again beside each relayed frame."""

    def __init__(self) -> None:
        super().__init__()
        self._knock: Frame | None = None

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        if frame.type == Type.KNOCK:
            self._knock = frame
        if frame.type != Type.RELAY or self._knock is None or self.hits >= 5:
            return (frame,)
        self.hits += 1
        body = bytearray(self._knock.body)
        body[_MEMBER_STATE] = State.ADMITTED
        return (frame, self._knock.with_body(bytes(body)))


class Repeat(Tamper):
    """Delivers every relayed frame twice, and an old one again with each new one."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: list[Frame] = []

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        if frame.type != Type.RELAY:
            return (frame,)
        self.hits += 1
        self._seen.append(frame)
        return (frame, frame, self._seen[self.hits // 2])


class Drop(Tamper):
    """Loses one relayed frame in four, either way."""

    def __init__(self) -> None:
        super().__init__()
        # Without a rule that resends could fall in step with, and the same in each run.
        self._chance = random.Random(4)

    def _lose(self, frame: Frame) -> Iterable[Frame]:
        if frame.type != Type.RELAY:
            return (frame,)
        if self._chance.random() > 0.25:
            return (frame,)
        self.hits += 1
        return ()

    to_victim = _lose
    from_victim = _lose


class Reorder(Tamper):
    """Holds every second relayed frame back until the next has passed."""

    def __init__(self) -> None:
        super().__init__()
        self._held: Frame | None = None

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        if frame.type != Type.RELAY:
            return (frame,)
        held, self._held = self._held, None
        if held is None:
            self._held = frame
            return ()
        self.hits += 1
        return (frame, held)


class Beside(Tamper):
    """Adds frames beside each relayed one."""

    def __init__(self, made: Callable[[Frame], Iterable[bytes]]) -> None:
        super().__init__()
        self._made = made

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        if frame.type != Type.RELAY:
            return (frame,)
        self.hits += 1
        return (*(frame.with_body(body) for body in self._made(frame)), frame)


def _invented(frame: Frame) -> Iterable[bytes]:
    """What looks like a data frame of this exchange, a hello, an answer, an open, and noise."""
    exchange = frame.body[2:10] if frame.body[1:2] == b"\x06" else bytes(8)
    counter = (10**6 + secrets.randbelow(10**6)).to_bytes(8, "big")
    yield b"\x01\x06" + exchange + counter + secrets.token_bytes(256 + 16)
    yield b"\x01\x04\x00" + secrets.token_bytes(32 + 5 * 40)
    yield b"\x01\x05\x00" + secrets.token_bytes(32 + 32 + 40)
    yield b"\x01\x03" + secrets.token_bytes(4 * 32)
    yield secrets.token_bytes(300)
    yield b""


class Reflect(Tamper):
    """Sends the victim its own frames back, as if the other side had said them."""

    def __init__(self) -> None:
        super().__init__()
        self._said: list[bytes] = []

    def from_victim(self, frame: Frame) -> Iterable[Frame]:
        if frame.type == Type.RELAY:
            self._said.append(frame.body)
        return (frame,)

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        if frame.type != Type.RELAY:
            return (frame,)
        said, self._said = self._said, []
        self.hits += len(said)
        return (*(frame.with_body(body) for body in said), frame)


class SpoilBlob(Tamper):
    """Serves something else than the blob that was asked for."""

    def __init__(self, change: Callable[[bytes], bytes]) -> None:
        super().__init__()
        self._change = change

    def blob(self, name: str, data: bytes) -> bytes:
        self.hits += 1
        changed = self._change(data)
        assert changed != data
        return changed


class SpoilMail(Tamper):
    """Shows something else than what lies in a patient's mailbox.

    The practice's own is spared: it serves all consults, and hears what became of the document.
    """

    def __init__(self, change: Callable[[list[bytes]], list[bytes]]) -> None:
        super().__init__()
        self._change = change
        self.spared = ""

    def letters(self, mailbox: str, letters: list[bytes]) -> list[bytes]:
        if not letters or mailbox == self.spared:
            return letters
        self.hits += 1
        return self._change(letters)


@dataclass(frozen=True)
class MailAttack:
    """`arrives`: what was sent is there once all the same; else its sender never hears it is."""

    name: str
    change: Callable[[list[bytes]], list[bytes]]
    arrives: bool


def _elsewhere() -> bytes:
    """A letter that opens, but for the place where it is found."""
    return seal_letter([KemKey(os.urandom(32)).public], b"elsewhere", b"{}", os.urandom)


MAIL = (
    MailAttack("withheld", lambda _: [], arrives=False),
    MailAttack("a flipped letter", lambda all_: [flipped(one, -1) for one in all_], arrives=False),
    MailAttack("a cut letter", lambda all_: [one[:-1] for one in all_], arrives=False),
    MailAttack("another letter", lambda all_: [_elsewhere() for _ in all_], arrives=False),
    MailAttack("garbage", lambda all_: [os.urandom(len(one)) for one in all_], arrives=False),
    MailAttack("shown twice", lambda all_: [one for one in all_ for _ in "12"], arrives=True),
    MailAttack("the other way round", lambda all_: all_[::-1], arrives=True),
    MailAttack(
        "among others",
        lambda all_: [_elsewhere(), os.urandom(50), *all_, b"x"],
        arrives=True,
    ),
)


def _garbage_accept() -> bytes:
    return b"\x01\x02" + secrets.token_bytes(1120 + 4096 + _HANDSHAKE_AEAD)


def _other_key() -> bytes:
    """A valid Ed25519 key that is nobody's here: the base point's, which no check refuses."""
    return bytes.fromhex("58" + "66" * 31)


def _swapped_intro(intro: bytes) -> Callable[[bytes], bytes]:
    return put(slice(MEMBER, None), intro)


GUEST, HOST = Role.GUEST, Role.HOST
OLD_SUITE = set_byte(0, 0)
BAD_FORM = Barred("bad_form")

ATTACKS: tuple[Attack, ...] = (
    # At the guest's door.
    Attack(
        "another identity key",
        GUEST,
        lambda _: Change(Type.OPENED, put(_IDENTITY, _other_key())),
        Barred("wrong_host"),
    ),
    Attack(
        "a changed prekey", GUEST, lambda _: Change(Type.OPENED, bit(100)), Barred("wrong_host")
    ),
    Attack(
        "the prekey of another room",
        GUEST,
        lambda other: Change(Type.OPENED, put(_PREKEY, other.opened[_PREKEY])),
        Barred("wrong_host"),
    ),
    Attack("a flipped accept", GUEST, lambda _: Change(Type.ADMIT, bit(-1)), Barred("cannot_open")),
    Attack(
        "a flipped encapsulation",
        GUEST,
        lambda _: Change(Type.ADMIT, bit(40)),
        Barred("cannot_open"),
    ),
    Attack(
        "an accept that ends early",
        GUEST,
        lambda _: Change(Type.ADMIT, lambda body: body[:2000]),
        BAD_FORM,
    ),
    Attack("an accept of another kind", GUEST, lambda _: Change(Type.ADMIT, bit(1)), BAD_FORM),
    Attack(
        "an accept of an old suite",
        GUEST,
        lambda _: Change(Type.ADMIT, OLD_SUITE),
        Barred("bad_suite"),
    ),
    Attack(
        "the accept of another room",
        GUEST,
        lambda other: Change(Type.ADMIT, put(slice(None), other.accept)),
        Barred("cannot_open"),
    ),
    Attack("a forged admission", GUEST, lambda _: ForgeAdmit(_garbage_accept()), Unmoved()),
    Attack(
        "the admission of another room",
        GUEST,
        lambda other: ForgeAdmit(other.accept),
        Unmoved(),
    ),
    Attack("an admission without an accept", GUEST, lambda _: ForgeAdmit(b""), Unmoved()),
    Attack(
        "admitted, says the server",
        GUEST,
        lambda _: Change(Type.OPENED, set_byte(_STATE, State.ADMITTED)),
        Unmoved(),
    ),
    # At the host's door.
    Attack("a flipped intro", HOST, lambda _: Change(Type.KNOCK, bit(-1)), Barred("cannot_open")),
    Attack(
        "an intro that ends early",
        HOST,
        lambda _: Change(Type.KNOCK, lambda body: body[:2000]),
        BAD_FORM,
    ),
    Attack(
        "an intro of another kind", HOST, lambda _: Change(Type.KNOCK, bit(MEMBER + 1)), BAD_FORM
    ),
    Attack(
        "an intro of an old suite",
        HOST,
        lambda _: Change(Type.KNOCK, set_byte(MEMBER, 0)),
        Barred("bad_suite"),
    ),
    Attack(
        "the intro of another room",
        HOST,
        lambda other: Change(Type.KNOCK, _swapped_intro(other.intro)),
        Barred("cannot_open"),
    ),
    Attack(
        "another guest key than the intro's",
        HOST,
        lambda _: Change(Type.KNOCK, put(slice(0, 32), _other_key())),
        Barred("wrong_guest"),
    ),
    Attack(
        "a stranger announced as admitted",
        HOST,
        lambda _: Change(Type.KNOCK, set_byte(_MEMBER_STATE, State.ADMITTED)),
        Unmoved(),
    ),
    # While the session begins.
    Attack("the same accept twice", GUEST, lambda _: AdmitTwice(other=False), Repaired()),
    Attack("the accept again and again", GUEST, lambda _: AdmitLater(), Repaired()),
    Attack(
        "another accept for the same intro",
        GUEST,
        lambda _: AdmitTwice(other=True),
        Refused("replayed", from_start=True),
    ),
    Attack("the same knock again and again", HOST, lambda _: KnockAgain(), Repaired()),
    Attack(
        "a flipped open",
        HOST,
        lambda _: Change(Type.RELAY, bit(-1), times=1),
        Refused("bad_mac", from_start=True),
    ),
    Attack(
        "another r_g than the one committed to",
        HOST,
        lambda _: Change(Type.RELAY, bit(40), times=1),
        Refused("bad_mac", from_start=True),
    ),
    # In the consult.
    *(
        attack
        for victim, who in ((GUEST, "to the guest"), (HOST, "to the host"))
        for attack in (
            Attack(
                f"flipped frames {who}",
                victim,
                lambda _: Change(Type.RELAY, bit(-1)),
                Refused("cannot_open"),
            ),
            Attack(
                f"frames under another counter {who}",
                victim,
                lambda _: Change(Type.RELAY, bit(10)),
                Refused("cannot_open"),
            ),
            Attack(
                f"frames of an old suite {who}",
                victim,
                lambda _: Change(Type.RELAY, OLD_SUITE),
                Refused("bad_suite"),
            ),
            Attack(
                f"cut frames {who}",
                victim,
                lambda _: Change(Type.RELAY, lambda body: body[:-1]),
                Refused("bad_form"),
            ),
            Attack(f"replayed frames {who}", victim, lambda _: Repeat(), Repaired()),
            Attack(f"frames dropped on the way {who}", victim, lambda _: Drop(), Repaired()),
            Attack(f"frames in another order {who}", victim, lambda _: Reorder(), Repaired()),
            Attack(f"invented frames {who}", victim, lambda _: Beside(_invented), Repaired()),
            Attack(f"own frames sent back {who}", victim, lambda _: Reflect(), Repaired()),
        )
    ),
    Attack(
        "frames of another room to the guest",
        GUEST,
        lambda other: Beside(lambda _: other.to_guest),
        Repaired(),
    ),
    Attack(
        "frames of another room to the host",
        HOST,
        lambda other: Beside(lambda _: other.to_host),
        Repaired(),
    ),
    # Documents.
    *(
        attack
        for victim, who in ((GUEST, "for the guest"), (HOST, "for the host"))
        for attack in (
            Attack(
                f"a flipped blob {who}",
                victim,
                lambda _: SpoilBlob(lambda data: flipped(data, len(data) // 2)),
                Spoiled("altered"),
            ),
            Attack(
                f"another blob {who}",
                victim,
                lambda _: SpoilBlob(lambda data: secrets.token_bytes(len(data))),
                Spoiled("altered"),
            ),
            Attack(
                f"a cut blob {who}",
                victim,
                lambda _: SpoilBlob(lambda data: data[: len(data) // 2]),
                Spoiled("altered"),
            ),
            Attack(
                f"a blob with more behind it {who}",
                victim,
                lambda _: SpoilBlob(lambda data: data + b"more"),
                Spoiled("altered"),
            ),
        )
    ),
)


def of(*outcomes: type[Outcome]) -> list[Attack]:
    return [attack for attack in ATTACKS if isinstance(attack.outcome, outcomes)]


# What a server can do between two guests.


@dataclass(frozen=True)
class PairAttack:
    """`kind` is that of the handshake's frame in question: who reads it is the victim."""

    name: str
    kind: int
    tamper: Callable[[], Tamper]
    outcome: Refused | Repaired


def _among_guests(frame: Frame) -> bool:
    return frame.type == Type.RELAY and frame.peer != 0


class ChangePair(Tamper):
    """Changes the first two frames of a kind; who sent them sends again.

    Two, since the first one may come before the roster does, and be nobody's then.
    """

    def __init__(self, kind: int, change: Callable[[bytes], bytes]) -> None:
        super().__init__()
        self._kind, self._change = kind, change

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        if not _among_guests(frame) or frame.body[1] != self._kind or self.hits > 1:
            return (frame,)
        self.hits += 1
        return (frame.with_body(self._change(frame.body)),)


class HandshakeAgain(Tamper):
    """Delivers offers and answers again with each frame of the session that followed them."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: list[Frame] = []

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        if not _among_guests(frame):
            return (frame,)
        if frame.body[1] in {PAIR_OFFER_KIND, PAIR_ANSWER_KIND}:
            self._seen.append(frame)
            return (frame,)
        self.hits += 1
        mine = [one for one in self._seen if one.channel == frame.channel]
        return (frame, *(each for each in mine if each.peer == frame.peer))


class Stranger(Tamper):
    """Announces somebody as admitted whom the host has not named, and offers in their name."""

    def __init__(self) -> None:
        super().__init__()
        self._key = SigningKey(bytes(32))

    def to_victim(self, frame: Frame) -> Iterable[Frame]:
        if not _among_guests(frame) or self.hits >= 20:
            return (frame,)
        self.hits += 1
        member = self._key.public + bytes((2, State.ADMITTED, 1, 0))
        unsigned = b"\x01\x07" + (99).to_bytes(8, "big") + KemKey(bytes(32)).public
        offer = unsigned + self._key.sign("aparte/1 pair offer", unsigned)
        return (
            Frame(Type.PRESENCE, frame.channel, 77, member),
            Frame(Type.RELAY, frame.channel, 77, offer),
            frame,
        )


def _offer(name: str, change: Callable[[bytes], bytes], code: str) -> PairAttack:
    return PairAttack(
        name, PAIR_OFFER_KIND, lambda: ChangePair(PAIR_OFFER_KIND, change), Refused(code)
    )


def _answer(name: str, change: Callable[[bytes], bytes], code: str) -> PairAttack:
    return PairAttack(
        name, PAIR_ANSWER_KIND, lambda: ChangePair(PAIR_ANSWER_KIND, change), Refused(code)
    )


PAIRS: tuple[PairAttack, ...] = (
    _offer(
        "another ephemeral key in an offer",
        put(slice(10, 1226), KemKey(bytes(32)).public),
        "bad_signature",
    ),
    _offer("another counter in an offer", bit(9), "bad_signature"),
    _offer("an offer of an old suite", OLD_SUITE, "bad_suite"),
    _offer("an offer that ends early", lambda body: body[:-1], "bad_form"),
    _answer("another encapsulation in an answer", bit(40), "bad_signature"),
    _answer("an answer of an old suite", OLD_SUITE, "bad_suite"),
    _answer("an answer that ends early", lambda body: body[:-1], "bad_form"),
    PairAttack(
        "an answer to another offer",
        PAIR_ANSWER_KIND,
        lambda: ChangePair(PAIR_ANSWER_KIND, bit(2)),
        Repaired(),
    ),
    PairAttack("the offer again and again", PAIR_OFFER_KIND, HandshakeAgain, Repaired()),
    PairAttack("the answer again and again", PAIR_ANSWER_KIND, HandshakeAgain, Repaired()),
    PairAttack("a stranger among the guests", PAIR_OFFER_KIND, Stranger, Repaired()),
)


# What a lying host can do.


@dataclass(frozen=True)
class Introduction:
    """An honest roster, and what its host signs with."""

    roster: Roster
    device: SigningKey
    certificate: Certificate

    def signed(self, **changes: Any) -> bytes:
        return sign_roster(replace(self.roster, **changes), self.device, self.certificate)


@dataclass(frozen=True)
class ForgedRoster:
    """`make` gets what is true, and the reader's key."""

    name: str
    make: Callable[[Introduction, bytes], bytes]
    code: str


_NOBODY = SigningKey(bytes(32))


def _of_another_identity(true: Introduction, _reader: bytes) -> bytes:
    theirs = certificates.issue(_NOBODY, true.device.public, 1_700_000_000)
    return sign_roster(true.roster, true.device, theirs)


def _rolled_back(true: Introduction, _reader: bytes) -> bytes:
    first, *rest = true.roster.members
    return true.signed(version=1, members=(replace(first, name="Somebody else"), *rest))


def _without(true: Introduction, reader: bytes) -> bytes:
    return true.signed(members=tuple(one for one in true.roster.members if one.key != reader))


ROSTERS: tuple[ForgedRoster, ...] = (
    ForgedRoster("forged", lambda true, _: flipped(true.signed(), -1), "bad_signature"),
    ForgedRoster(
        "signed by a guest",
        lambda true, _: sign_object(Purpose.ROSTER, true.roster.encode(), _NOBODY),
        "wrong_host",
    ),
    ForgedRoster("of another identity", _of_another_identity, "wrong_host"),
    ForgedRoster("of another room", lambda true, _: true.signed(room=bytes(16)), "wrong_room"),
    ForgedRoster("rolled back", _rolled_back, "replayed"),
    ForgedRoster("without its reader", _without, "wrong_guest"),
)


# What a lying peer can do: descriptions travel sealed, so that the server cannot.


@dataclass(frozen=True)
class Description:
    """An offer that is refused, with this code, before a browser sees it."""

    name: str
    change: Callable[[str], str]
    code: str = "bad_fingerprint"


# The parts of an offer that speak of fingerprints, as honest senders write them.
_MINE = "a=fingerprint:sha-256 " + ":".join(["A5"] * 32) + "\r\n"
_OTHER = "a=fingerprint:sha-256 " + ":".join(["5A"] * 32) + "\r\n"
HONEST_OFFER = "".join(
    (
        "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n",
        f"m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n{_MINE}a=setup:actpass\r\n",
        f"m=video 9 UDP/TLS/RTP/SAVPF 97\r\na=mid:1\r\n{_MINE}a=setup:actpass\r\n",
    )
)

DESCRIPTIONS: tuple[Description, ...] = (
    Description("a second one behind it", lambda sdp: _each(sdp, lambda line: line + _OTHER)),
    Description("a second one before it", lambda sdp: _each(sdp, lambda line: _OTHER + line)),
    Description("another one in one section", lambda sdp: _each(sdp, lambda _: _OTHER, times=1)),
    Description("none", lambda sdp: _each(sdp, lambda _: "")),
    Description(
        "a weaker hash",
        lambda sdp: _each(sdp, lambda _: "a=fingerprint:sha-1 " + ":".join(["5A"] * 20) + "\r\n"),
    ),
    Description(
        "one that only some would read",
        lambda sdp: _each(sdp, lambda line: line + _OTHER.replace("a=", "A=")),
    ),
    Description(
        "three hundred pictures",
        lambda sdp: sdp + sdp[sdp.index("m=video") :] * 300,
        "bad_form",
    ),
)


_LINE = re.compile(r"a=fingerprint:sha-256 [0-9A-Fa-f:]+\r\n")


def _each(sdp: str, change: Callable[[str], str], *, times: int = 0) -> str:
    return _LINE.sub(lambda found: change(found[0]), sdp, count=times)
