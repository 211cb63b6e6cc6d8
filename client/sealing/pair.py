"""Offer and answer: how two guests of one roster come to share a secret (Pairs).

The larger key offers. What follows is an ordinary session whose side 0 is who answered.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from client.sealing.encoding import SUITE, fields, require_head, sha256, u8, u64
from client.sealing.errors import SealCode, SealError
from client.sealing.handshake import Random
from client.sealing.kdf import hkdf, same
from client.sealing.keys import SIGNATURE_BYTES, Signer, verify
from client.sealing.roster import Roster
from client.sealing.xwing import (
    ENCAPSULATION_BYTES,
    PUBLIC_BYTES,
    Encapsulate,
    KemKey,
    encapsulate,
    require_public,
)

PAIR_OFFER_KIND, PAIR_ANSWER_KIND = 7, 8
# The largest whole number that every reader of JSON keeps: counters are stored.
_MAX_COUNTER = 2**53 - 1
_OFFER_SIGNED = 2 + 8 + PUBLIC_BYTES
OFFER_BYTES = _OFFER_SIGNED + SIGNATURE_BYTES
_ANSWER_SIGNED = 2 + 32 + ENCAPSULATION_BYTES
ANSWER_BYTES = _ANSWER_SIGNED + SIGNATURE_BYTES


@dataclass(frozen=True)
class Pair:
    """Two guests of one roster, as one of them sees them."""

    roster: Roster
    own: bytes
    peer: bytes

    @property
    def offers(self) -> bool:
        """Whether the offer is ours to make."""
        return self.own > self.peer


@dataclass(frozen=True)
class PairOffer:
    """An offer that was sent, or is about to be sent again; erased when it was answered."""

    offer: bytes
    ephemeral: KemKey


@dataclass(frozen=True)
class PairAnswer:
    """`root` is R₀ of the session with who offered."""

    answer: bytes
    root: bytes = field(repr=False)


def make_pair_offer(pair: Pair, guest: Signer, counter: int, random: Random) -> PairOffer:
    """Write an offer (1,290 bytes). Draws the ephemeral seed, 32 bytes."""
    ephemeral = KemKey(random(32))
    said = (pair.roster.room, pair.own, pair.peer, u64(counter), ephemeral.public)
    signature = guest.sign("aparte/1 pair offer", *said)
    head = u8(SUITE) + u8(PAIR_OFFER_KIND) + u64(counter)
    return PairOffer(head + ephemeral.public + signature, ephemeral)


def read_pair_offer(offer: bytes, pair: Pair, last: int) -> int:
    """Check an offer of the peer; give its counter. `last` is the highest one taken of that key.

    Raises `bad_suite`, `bad_form` (also where the offer was ours to make), `wrong_guest`,
    `bad_signature`, `bad_key`, `replayed`.
    """
    require_head(offer, PAIR_OFFER_KIND, OFFER_BYTES)
    if pair.offers:
        raise SealError(SealCode.BAD_FORM, "the larger key offers")
    pair.roster.require(pair.peer)
    counter, ephemeral = offer[2:10], offer[10:_OFFER_SIGNED]
    said = (pair.roster.room, pair.peer, pair.own, counter, ephemeral)
    verify(pair.peer, offer[_OFFER_SIGNED:], "aparte/1 pair offer", *said)
    require_public(ephemeral)
    number = int.from_bytes(counter, "big")
    if number > _MAX_COUNTER:
        raise SealError(SealCode.BAD_FORM, "a counter beyond 2^53")
    if number <= last:
        raise SealError(SealCode.REPLAYED, "an offer that is not newer")
    return number


def _root(secret: bytes, room: bytes, offer: bytes, answer: bytes) -> bytes:
    info = fields("aparte/1 pair session", room)
    return hkdf(secret, sha256(fields(offer, answer)), info)


def make_pair_answer(
    offer: bytes, pair: Pair, guest: Signer, kem: Encapsulate = encapsulate
) -> PairAnswer:
    """Write the answer (1,218 bytes) to an offer that was checked."""
    made = kem(offer[10:_OFFER_SIGNED])
    digest, room = sha256(offer), pair.roster.room
    said = (room, pair.own, pair.peer, digest, made.enc)
    signature = guest.sign("aparte/1 pair answer", *said)
    answer = u8(SUITE) + u8(PAIR_ANSWER_KIND) + digest + made.enc + signature
    return PairAnswer(answer, _root(made.secret, room, offer, answer))


def read_pair_answer(answer: bytes, pair: Pair, mine: PairOffer | None) -> bytes:
    """Check the answer to our newest offer; give R₀.

    Raises `bad_suite`, `bad_form`, `wrong_guest`, `stale_exchange` (to another offer),
    `bad_signature`, `cannot_open`.
    """
    require_head(answer, PAIR_ANSWER_KIND, ANSWER_BYTES)
    pair.roster.require(pair.peer)
    digest, enc = answer[2:34], answer[34:_ANSWER_SIGNED]
    if mine is None or not same(digest, sha256(mine.offer)):
        raise SealError(SealCode.STALE_EXCHANGE)
    said = (pair.roster.room, pair.peer, pair.own, digest, enc)
    verify(pair.peer, answer[_ANSWER_SIGNED:], "aparte/1 pair answer", *said)
    return _root(mine.ephemeral.decapsulate(enc), pair.roster.room, mine.offer, answer)
