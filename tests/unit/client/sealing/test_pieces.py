"""What the vectors do not show: streams cut anywhere, texts for people, secrets in prints."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import pytest
from aiortc import RTCPeerConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from client.guest.place import KeptCircle, KeptPair
from client.sealing import errors
from client.sealing.agefile import open_file, seal_file
from client.sealing.dispensing import START, Dispensed
from client.sealing.encoding import all_fields, b64u, b64u_decode, fields, is_time, json_object
from client.sealing.errors import SealCode, SealError
from client.sealing.handshake import GuestIntro, open_accept
from client.sealing.keys import SigningKey
from client.sealing.link import Link, parse_url
from client.sealing.messages import message, parse
from client.sealing.pair import make_pair_answer, make_pair_offer, read_pair_offer
from client.sealing.profile import GuestProfile
from client.sealing.sdp import require_fingerprint, strip_fingerprints
from client.sealing.tree import TreeHash, tree_hash
from client.sealing.xwing import KemKey, encapsulate
from tests.vectors.cases_dispensing import AT, CARD, CLAIMANTS, TICKET
from tests.vectors.cases_handshake import LINK, agreed, intro_made, intro_read
from tests.vectors.cases_pairs import ANSWERER, LARGER, OFFERER, ROSTER, SMALLER
from tests.vectors.forge import Drbg

KEY = KemKey(bytes(32))
CHUNK = 65536
LENGTHS = st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5])


def test_a_message_with_half_a_surrogate_pair_is_refused() -> None:
    said = f'"t":"chat","id":"{b64u(bytes(16))}","at":"2026-01-02T03:04:05Z"'
    assert parse(f'{{{said},"text":"\\ud83d\\ude00"}}'.encode()) is not None
    with pytest.raises(SealError, match="bad_message"):
        parse(f'{{{said},"text":"\\ud83d"}}'.encode())


def cut(data: bytes, at: list[int]) -> Iterator[bytes]:
    edges = [0, *sorted(at), len(data)]
    for start, end in itertools.pairwise(edges):
        yield data[start:end]


@settings(max_examples=40, deadline=None)
@given(LENGTHS, st.lists(st.integers(0, 2 * CHUNK + 2000), max_size=6), st.integers(0, 99))
def test_an_age_file_opens_however_its_stream_is_cut(length: int, at: list[int], seed: int) -> None:
    draw = random.Random(seed).randbytes
    plain = draw(length)
    sealed = b"".join(seal_file(cut(plain, at), KEY.public, draw))
    assert b"".join(open_file(cut(sealed, at), KEY)) == plain


@settings(max_examples=40, deadline=None)
@given(LENGTHS, st.lists(st.integers(0, 2 * CHUNK), max_size=6))
def test_a_tree_is_the_same_however_its_stream_is_cut(length: int, at: list[int]) -> None:
    data = bytes(length)
    tree = TreeHash()
    for piece in cut(data, [min(edge, length) for edge in at]):
        tree.update(piece)
    assert (tree.length, tree.digest()) == (length, tree_hash(data))


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_fields_read_back_and_no_two_lists_are_alike(items: list[bytes]) -> None:
    assert all_fields(fields(*items)) == items


@given(st.binary(max_size=60))
def test_base64url_reads_back(data: bytes) -> None:
    assert b64u_decode(b64u(data), len(data)) == data


@settings(max_examples=20, deadline=None)
@given(st.binary(min_size=32, max_size=32))
def test_encapsulations_open(seed: bytes) -> None:
    key = KemKey(seed)
    made = encapsulate(key.public)
    assert key.decapsulate(made.enc) == made.secret


async def test_what_aiortc_writes_is_stripped_to_what_we_accept() -> None:
    connection = RTCPeerConnection()
    connection.addTransceiver("audio")
    connection.addTransceiver("video")
    await connection.setLocalDescription(await connection.createOffer())
    written = connection.localDescription.sdp
    await connection.close()
    assert written.count("a=fingerprint:") > 2
    with pytest.raises(SealError, match="bad_fingerprint"):
        require_fingerprint(written)
    stripped = strip_fingerprints(written)
    assert stripped.count("a=fingerprint:") == 2
    assert len(require_fingerprint(stripped)) == 32


def test_an_accept_opens_only_for_its_own_intro() -> None:
    mine = intro_made()
    other = GuestIntro(mine.intro, mine.room, mine.guest, KEY, mine.r_guest, mine.ss1)
    with pytest.raises(SealError, match="cannot_open"):
        open_accept(agreed().accept, other)


def test_every_refusal_has_a_sentence() -> None:
    assert set(errors.SENTENCES) == set(SealCode)
    assert all(sentence.endswith(".") for sentence in errors.SENTENCES.values())
    assert SealError(SealCode.ALTERED).sentence == errors.SENTENCES[SealCode.ALTERED]


def test_what_is_refused_is_not_in_the_refusal() -> None:
    with pytest.raises(SealError) as refusal:
        b64u_decode("secret!")
    assert "secret" not in str(refusal.value)


def test_secrets_cannot_print() -> None:
    seed = bytes(range(32))
    mine = intro_made()
    hidden = [
        SigningKey(seed),
        KemKey(seed),
        encapsulate(KEY.public),
        Link(bytes(16), seed, bytes(16)),
        mine,
        intro_read(),
        agreed(),
        open_accept(agreed().accept, mine),
    ]
    secrets = [seed, LINK.secret, mine.r_guest, mine.ss1, mine.ephemeral.seed, agreed().root]
    for value in hidden:
        for secret in secrets:
            assert repr(secret)[2:-1] not in repr(value)


def test_secrets_of_a_pair_do_not_print() -> None:
    offered = make_pair_offer(OFFERER, LARGER, 1, Drbg("a pair that prints"))
    answered = make_pair_answer(offered.offer, ANSWERER, SMALLER)
    kept = KeptPair(LARGER.public, seed=offered.ephemeral.seed, owed=(b"said before",))
    for value in (offered, answered, kept, KeptCircle(b"", ROSTER, (kept,))):
        for secret in (offered.ephemeral.seed, answered.root, b"said before"):
            assert repr(secret)[2:-1] not in repr(value)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1289), st.integers(1, 255))
def test_no_byte_of_a_pair_offer_can_be_another(at: int, change: int) -> None:
    offer = bytearray(make_pair_offer(OFFERER, LARGER, 1, Drbg("a pair offer")).offer)
    offer[at] ^= change
    with pytest.raises(SealError):
        read_pair_offer(bytes(offer), ANSWERER, 0)


def test_a_url_gives_origin_and_link() -> None:
    url = LINK.url("https://consult.example.org", "en")
    assert url.startswith("https://consult.example.org/c/?lang=en#1.")
    assert parse_url(f" {url}\n") == ("https://consult.example.org", LINK)
    for wrong in ("", "ftp://x/c/#1.a.b.c", "http://[", "https://consult.example.org/c/"):
        with pytest.raises(SealError, match="bad_link"):
            parse_url(wrong)


def test_profiles_that_are_too_long_are_not_written() -> None:
    with pytest.raises(SealError, match="bad_form"):
        GuestProfile("x" * 121).encode()
    with pytest.raises(SealError, match="too_long"):
        GuestProfile("ж" * 120, "ж" * 200).encode()


@pytest.mark.parametrize(
    "time",
    [
        *("2026-99-99T99:99:99Z", "2026-02-30T10:00:00Z", "2026-03-01T24:00:00Z"),
        *("0000-01-01T00:00:00Z", "2026-03-01T09:30:60Z", "2026-03-01T09:30:00"),
        # Digits, but not ASCII's.
        "\u0662\u0660\u0662\u0666-03-01T09:30:00Z",
    ],
)
def test_a_moment_that_is_none_is_refused(time: str) -> None:
    """A browser throws when it shows one: a message of it would stop the other side's page."""
    assert not is_time(time)
    chat = message("chat", id="A" * 22, at=time, text="x")
    with pytest.raises(SealError, match="bad_message"):
        chat.encode()


def test_a_moment_is_taken() -> None:
    assert is_time("2024-02-29T23:59:59Z")


@pytest.mark.parametrize("data", [b'{"a":1,"a":2}', b'{"a":{"b":1,"\\u0062":1}}', b'[{"a":1}]'])
def test_a_member_that_stands_twice_is_refused(data: bytes) -> None:
    with pytest.raises(SealError, match="bad_form"):
        json_object(data)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1.0", 1),
        ("1e0", 1),
        ("-0.0", 0),
        ("12E2", 1200),
        ("9007199254740991.0", 2**53 - 1),
        ("9007199254740992.0", 2.0**53),
        ("1.5", 1.5),
        ("1e400", float("inf")),
    ],
)
def test_a_number_is_the_same_however_it_is_written(written: str, read: float) -> None:
    found = json_object(f'{{"a":{written}}}'.encode())["a"]
    assert (found, type(found)) == (read, type(read))


def test_a_receipt_that_fits_into_no_note_is_not_signed() -> None:
    for by, letter in ((CARD, "\u20ac"), (None, "\x01")):
        note = TICKET.seal(TICKET.box, fullest(letter).sign(CLAIMANTS[0], by), Drbg("fullest"))
        assert len(note) == 4_000 + 50
    with pytest.raises(SealError, match="too_long"):
        fullest("\x01").sign(CLAIMANTS[0], CARD)


def fullest(letter: str) -> Dispensed:
    """A receipt whose three texts are as long as may be."""
    text = letter * 200
    return Dispensed(
        bytes(32),
        20,
        16,
        START,
        text,
        whole=False,
        at=AT,
        random=bytes(32),
        dispenser=text,
        place=text,
    )
