"""Intro, accept and open: how a guest with a link and the host come to share a secret.

Each function is one message on one side. What a side must remember between two messages is a frozen
value that its caller keeps, wrapped, until the room ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from client.sealing import certificate as certificates
from client.sealing import profile as profiles
from client.sealing.certificate import Certificate
from client.sealing.encoding import (
    SUITE,
    all_fields,
    fields,
    padded,
    require_head,
    require_lengths,
    require_zeros,
    sha256,
    take_fields,
    u8,
)
from client.sealing.errors import SealCode, SealError
from client.sealing.kdf import CHACHA, TAG_BYTES, ZERO_NONCE, hkdf, mac, same
from client.sealing.keys import Signer, require_key, verify
from client.sealing.link import Link
from client.sealing.profile import GuestProfile, HostProfile
from client.sealing.xwing import (
    ENCAPSULATION_BYTES,
    PUBLIC_BYTES,
    Encapsulate,
    KemKey,
    encapsulate,
    require_public,
)

Random = Callable[[int], bytes]

INTRO_KIND, ACCEPT_KIND, OPEN_KIND = 1, 2, 3
INTRO_HEAD_BYTES = 2 + 32 + ENCAPSULATION_BYTES
INTRO_BODY_BYTES = 2048
INTRO_BYTES = INTRO_HEAD_BYTES + INTRO_BODY_BYTES + TAG_BYTES
ACCEPT_HEAD_BYTES = 2 + ENCAPSULATION_BYTES
ACCEPT_BODY_SIZES = (4096, 20480)
OPEN_BYTES = 2 + 32 + 32 + 32 + 32


@dataclass(frozen=True)
class RoomKeys:
    """A room as a guest must see it before encapsulating: checked against the link."""

    link: Link
    identity: bytes
    prekey: bytes


def check_room(link: Link, identity: bytes, prekey: bytes) -> RoomKeys:
    """Take what the server says the room's keys are. Raises `wrong_host` or `bad_key`."""
    link.require_host(identity, prekey)
    require_key(identity)
    require_public(prekey)
    return RoomKeys(link, identity, prekey)


@dataclass(frozen=True)
class GuestIntro:
    """A guest's side of an intro that it has sent, or is about to send again."""

    intro: bytes
    room: RoomKeys
    guest: bytes
    ephemeral: KemKey
    r_guest: bytes = field(repr=False)
    ss1: bytes = field(repr=False)


def _intro_key(ss1: bytes, link: Link, salt: bytes) -> bytes:
    return hkdf(ss1 + link.secret, salt, fields("aparte/1 intro", link.room, link.hash))


def make_intro(
    room: RoomKeys,
    guest: Signer,
    profile: GuestProfile,
    random: Random,
    kem: Encapsulate = encapsulate,
) -> GuestIntro:
    """Write an intro (3,218 bytes). Draws salt, ephemeral seed and r_g, 32 bytes each, in order."""
    link, stated = room.link, profile.encode()
    salt, ephemeral, r_guest = random(32), KemKey(random(32)), random(32)
    made = kem(room.prekey)
    commitment = sha256(r_guest)
    said = (guest.public, ephemeral.public, commitment, stated)
    signature = guest.sign("aparte/1 intro", link.room, link.hash, salt, made.enc, *said)
    head = u8(SUITE) + u8(INTRO_KIND) + salt + made.enc
    body = padded(fields(*said, signature), (INTRO_BODY_BYTES,))
    sealed = CHACHA.seal(_intro_key(made.secret, link, salt), ZERO_NONCE, head, body)
    return GuestIntro(head + sealed, room, guest.public, ephemeral, r_guest, made.secret)


@dataclass(frozen=True)
class HostIntro:
    """An intro as the host reads it, with all that is needed to accept it."""

    intro: bytes
    link: Link
    guest: bytes
    ephemeral: bytes
    commitment: bytes
    profile: GuestProfile
    ss1: bytes = field(repr=False)


def open_intro(intro: bytes, link: Link, prekey: KemKey, announced: bytes) -> HostIntro:
    """Read an intro for one seat (`link`); `announced` is the guest key that the server named.

    Raises `bad_suite`, `bad_form`, `cannot_open`, `bad_key`, `wrong_guest`, `bad_signature`.
    """
    require_head(intro, INTRO_KIND, INTRO_BYTES)
    head = intro[:INTRO_HEAD_BYTES]
    salt, enc = head[2:34], head[34:]
    ss1 = prekey.decapsulate(enc)
    body = CHACHA.open(_intro_key(ss1, link, salt), ZERO_NONCE, head, intro[INTRO_HEAD_BYTES:])
    items, rest = take_fields(body, 5)
    require_zeros(rest)
    require_lengths(items, 32, PUBLIC_BYTES, 32, None, 64)
    guest, ephemeral, commitment, stated, signature = items
    require_key(guest)
    if not same(guest, announced):
        raise SealError(SealCode.WRONG_GUEST)
    said = (guest, ephemeral, commitment, stated)
    verify(guest, signature, "aparte/1 intro", link.room, link.hash, salt, enc, *said)
    require_public(ephemeral)
    return HostIntro(intro, link, guest, ephemeral, commitment, profiles.read_guest(stated), ss1)


@dataclass(frozen=True)
class Agreed:
    """What both sides hold after an accept; `transcript` is A, `root` is R₀."""

    accept: bytes
    transcript: bytes
    x_host: bytes
    messages: tuple[bytes, ...] = field(repr=False)
    r_host: bytes = field(repr=False)
    root: bytes = field(repr=False)


@dataclass(frozen=True)
class HostAgreed(Agreed):
    commitment: bytes


@dataclass(frozen=True)
class GuestAgreed(Agreed):
    certificate: Certificate
    profile: HostProfile
    r_guest: bytes = field(repr=False)


def _accept_key(secrets: bytes, link: Link, intro: bytes, enc: bytes) -> bytes:
    return hkdf(secrets, sha256(intro + enc), fields("aparte/1 accept", link.room))


def _agree(secrets: bytes, intro: bytes, accept: bytes) -> tuple[bytes, bytes]:
    transcript = sha256(fields(intro, accept))
    return transcript, hkdf(secrets, transcript, "aparte/1 session")


def make_accept(
    intro: HostIntro,
    device: Signer,
    certificate: Certificate,
    profile: HostProfile,
    messages: tuple[bytes, ...],
    random: Random,
    kem: Encapsulate = encapsulate,
) -> HostAgreed:
    """Write an accept. Draws r_h and x_h, 32 bytes each, in order. Raises `too_long`."""
    link, stated, carried = intro.link, profile.encode(), fields(*messages)
    r_host, x_host = random(32), random(32)
    made = kem(intro.ephemeral)
    said = (r_host, x_host, certificate.raw, stated, carried)
    digest = sha256(intro.intro)
    signature = device.sign("aparte/1 accept", link.room, digest, made.enc, *said)
    secrets = intro.ss1 + made.secret + link.secret
    head = u8(SUITE) + u8(ACCEPT_KIND) + made.enc
    body = padded(fields(*said, signature), ACCEPT_BODY_SIZES)
    key = _accept_key(secrets, link, intro.intro, made.enc)
    accept = head + CHACHA.seal(key, ZERO_NONCE, head, body)
    transcript, root = _agree(secrets, intro.intro, accept)
    return HostAgreed(accept, transcript, x_host, messages, r_host, root, intro.commitment)


def open_accept(accept: bytes, mine: GuestIntro) -> GuestAgreed:
    """Read the accept of an intro. The caller refuses a second, different one with `replayed`.

    Raises `bad_suite`, `bad_form`, `cannot_open`, `bad_key`, `wrong_host`, `bad_signature`.
    """
    require_head(accept, ACCEPT_KIND)
    if len(accept) - ACCEPT_HEAD_BYTES - TAG_BYTES not in ACCEPT_BODY_SIZES:
        raise SealError(SealCode.BAD_FORM, "an accept of another length")
    head, link = accept[:ACCEPT_HEAD_BYTES], mine.room.link
    enc = head[2:]
    secrets = mine.ss1 + mine.ephemeral.decapsulate(enc) + link.secret
    key = _accept_key(secrets, link, mine.intro, enc)
    body = CHACHA.open(key, ZERO_NONCE, head, accept[ACCEPT_HEAD_BYTES:])
    items, rest = take_fields(body, 6)
    require_zeros(rest)
    require_lengths(items, 32, 32, None, None, None, 64)
    r_host, x_host, raw, stated, carried, signature = items
    certificate = certificates.read(raw)
    if not same(certificate.identity, mine.room.identity):
        raise SealError(SealCode.WRONG_HOST)
    said = (r_host, x_host, raw, stated, carried)
    digest = sha256(mine.intro)
    verify(certificate.device, signature, "aparte/1 accept", link.room, digest, enc, *said)
    profile, messages = profiles.read_host(stated), tuple(all_fields(carried))
    transcript, root = _agree(secrets, mine.intro, accept)
    return GuestAgreed(
        accept, transcript, x_host, messages, r_host, root, certificate, profile, mine.r_guest
    )


@dataclass(frozen=True)
class Opening:
    """What an *open* says: the guest's r_g and its random for the first exchange."""

    r_guest: bytes = field(repr=False)
    x_guest: bytes


def _open_mac(root: bytes, signed: bytes) -> bytes:
    return mac(hkdf(root, b"", "aparte/1 hello mac"), fields("aparte/1 open", signed))


def make_open(agreed: GuestAgreed, random: Random) -> bytes:
    """Write the guest's first frame (130 bytes). Draws x_g, 32 bytes."""
    signed = u8(SUITE) + u8(OPEN_KIND) + sha256(agreed.accept) + agreed.r_guest + random(32)
    return signed + _open_mac(agreed.root, signed)


def read_open(frame: bytes, agreed: HostAgreed) -> Opening:
    """Check the guest's first frame against intro and accept.

    Raises `bad_suite`, `bad_form`, `stale_exchange` (of another accept), `bad_mac`,
    `bad_commitment`.
    """
    require_head(frame, OPEN_KIND, OPEN_BYTES)
    accept_hash, r_guest, x_guest = frame[2:34], frame[34:66], frame[66:98]
    if not same(accept_hash, sha256(agreed.accept)):
        raise SealError(SealCode.STALE_EXCHANGE)
    if not same(frame[98:], _open_mac(agreed.root, frame[:98])):
        raise SealError(SealCode.BAD_MAC)
    if not same(sha256(r_guest), agreed.commitment):
        raise SealError(SealCode.BAD_COMMITMENT)
    return Opening(r_guest, x_guest)
