from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling import wire
from signaling.errors import ErrorCode
from signaling.wire import (
    Admit,
    Error,
    Frame,
    Knock,
    Member,
    Open,
    Opened,
    Role,
    State,
    Type,
    WireError,
)

U32 = st.integers(0, 2**32 - 1)
KEYS = st.binary(min_size=32, max_size=32)
SIGNATURES = st.binary(min_size=64, max_size=64)
GUEST_STATES = st.sampled_from([State.NEW, State.WAITING, State.ADMITTED])
MEMBERS = st.builds(Member, KEYS, st.integers(0, 255), GUEST_STATES, st.booleans(), st.booleans())
OPENS = st.builds(
    Open,
    st.just(Role.GUEST),
    st.binary(min_size=16, max_size=16),
    KEYS,
    KEYS,
    KEYS,
    SIGNATURES,
    SIGNATURES,
)
OPENEDS = st.builds(
    Opened,
    st.sampled_from(State),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(0, 2**64 - 1),
    KEYS,
    st.binary(min_size=wire.PREKEY_BYTES, max_size=wire.PREKEY_BYTES),
)
KNOCKS = st.builds(Knock, MEMBERS, st.binary(min_size=1, max_size=wire.INTRO_BYTES))
ADMITS = st.builds(Admit, st.booleans(), KEYS, st.binary(min_size=1, max_size=wire.ACCEPT_BYTES))
ERRORS = st.builds(Error, st.sampled_from(ErrorCode), st.integers(0, 255), st.booleans())
OPEN = Open(Role.GUEST, b"r" * 16, b"k" * 32, b"j" * 32, b"n" * 32, b"s" * 64, b"t" * 64)
HOST_OPEN = Open(Role.HOST, b"r" * 16, b"k" * 32, bytes(32), b"n" * 32, b"s" * 64, bytes(64))
OPENED = Opened(State.NEW, True, False, True, 1_800_000_000, b"i" * 32, b"p" * 1216)
MEMBER = Member(b"k" * 32, 2, State.WAITING, True, False)


def code_of(act: Callable[[], object]) -> ErrorCode:
    with pytest.raises(WireError) as caught:
        act()
    return caught.value.code


def read_or_refuse(act: Callable[[], bytes]) -> bytes | ErrorCode:
    try:
        return act()
    except WireError as error:
        return error.code


@given(st.sampled_from(Type), U32, U32, st.binary(max_size=300))
def test_frames_come_back_as_they_went(kind: Type, channel: int, peer: int, body: bytes) -> None:
    assert wire.unpack(wire.pack(kind, channel, peer, body)) == Frame(kind, channel, peer, body)


@given(st.binary(max_size=40))
def test_any_bytes_are_a_frame_or_refused_with_a_code(data: bytes) -> None:
    outcome = read_or_refuse(lambda: wire.pack(*wire.unpack(data)))
    assert outcome in (data, ErrorCode.BAD_FRAME, ErrorCode.BAD_VERSION)


@given(st.one_of(OPENS, OPENEDS, MEMBERS, KNOCKS, ADMITS, ERRORS))
def test_bodies_come_back_as_they_went(
    body: Open | Opened | Member | Knock | Admit | Error,
) -> None:
    assert type(body).unpack(body.pack()) == body


@given(st.sampled_from([Open, Opened, Member, Knock, Admit, Error]), st.binary(max_size=1300))
def test_any_bytes_are_a_body_or_refused(
    kind: type[Open | Opened | Member | Knock | Admit | Error], data: bytes
) -> None:
    outcome = read_or_refuse(lambda: kind.unpack(data).pack())
    assert outcome in (data, ErrorCode.BAD_FRAME)


def test_a_frame_looks_as_documented() -> None:
    frame = wire.pack(Type.RELAY, 0x01020304, 5, b"body")
    assert frame == bytes.fromhex("01 07 01020304 00000005") + b"body"


def test_open_is_241_bytes_in_the_documented_order() -> None:
    body = OPEN.pack()
    assert len(body) == 241
    assert body == b"".join(
        (b"\1", b"r" * 16, b"k" * 32, b"j" * 32, b"n" * 32, b"s" * 64, b"t" * 64)
    )


def test_open_signs_the_documented_fields() -> None:
    signed = OPEN.signed_bytes("https://consult.example.org", b"S" * 32)
    items = [b"aparte/1 open", b"https://consult.example.org", b"\1", b"r" * 16]
    items += [b"k" * 32, b"j" * 32, b"S" * 32, b"n" * 32]
    assert signed == b"".join(len(item).to_bytes(4, "big") + item for item in items)


def test_the_host_sends_zeros_for_what_it_has_not() -> None:
    assert Open.unpack(HOST_OPEN.pack()) == HOST_OPEN
    body = bytearray(HOST_OPEN.pack())
    body[-1] = 1
    assert code_of(lambda: Open.unpack(bytes(body))) is ErrorCode.BAD_FRAME


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", ErrorCode.BAD_FRAME),
        (b"\x01\x07" + bytes(7), ErrorCode.BAD_FRAME),
        (b"\x02\x07" + bytes(8), ErrorCode.BAD_VERSION),
        (b"\x01\x00" + bytes(8), ErrorCode.BAD_FRAME),
        (b"\x01\x14" + bytes(8), ErrorCode.BAD_FRAME),
        (b"\x01\x07" + bytes(wire.FRAME_BYTES - 1), ErrorCode.FRAME_TOO_LARGE),
    ],
)
def test_what_is_no_frame_is_refused(data: bytes, code: ErrorCode) -> None:
    assert code_of(lambda: wire.unpack(data)) is code


def test_the_longest_frame_passes_and_one_byte_more_does_not() -> None:
    body = bytes(wire.FRAME_BYTES - wire.HEADER.size)
    assert wire.unpack(wire.pack(Type.RELAY, 1, 0, body)).body == body
    assert code_of(lambda: wire.pack(Type.RELAY, 1, 0, body + b"\0")) is ErrorCode.FRAME_TOO_LARGE


@pytest.mark.parametrize(("channel", "peer"), [(-1, 0), (2**32, 0), (0, -1), (0, 2**32)])
def test_numbers_have_32_bits(channel: int, peer: int) -> None:
    assert code_of(lambda: wire.pack(Type.RELAY, channel, peer)) is ErrorCode.BAD_FRAME


@pytest.mark.parametrize(
    "act",
    [
        lambda: wire.nothing(b"x"),
        lambda: wire.exactly(bytes(31), 32),
        lambda: wire.switch(b""),
        lambda: wire.switch(b"\2"),
        lambda: wire.ping(bytes(9)),
        lambda: wire.intro(b""),
        lambda: wire.accept(b""),
        lambda: Open.unpack(b"\2" + OPEN.pack()[1:]),
        lambda: Open.unpack(OPEN.pack() + b"\0"),
        lambda: Opened.unpack(b"\4" + OPENED.pack()[1:]),
        lambda: Opened.unpack(b"\0\4" + OPENED.pack()[2:]),
        lambda: Opened.unpack(b"\0\0\2" + OPENED.pack()[3:]),
        lambda: Member.unpack(MEMBER.pack()[:33] + b"\3\0\0"),
        lambda: Member.unpack(MEMBER.pack()[:33] + b"\0\2\0"),
        lambda: Member.unpack(MEMBER.pack()[:33] + b"\0\0\2"),
        lambda: Knock.unpack(MEMBER.pack()),
        lambda: Admit.unpack(b"\2" + bytes(32) + b"accept"),
        lambda: Admit.unpack(b"\0" + bytes(32)),
        lambda: Error.unpack(b"\0\0\2\0"),
        lambda: Error.unpack(b"\0\1\2\2"),
    ],
)
def test_bodies_of_another_form_are_bad_frames(act: Callable[[], object]) -> None:
    assert code_of(act) is ErrorCode.BAD_FRAME


@pytest.mark.parametrize(
    "act",
    [
        lambda: wire.intro(bytes(wire.INTRO_BYTES + 1)),
        lambda: wire.accept(bytes(wire.ACCEPT_BYTES + 1)),
    ],
)
def test_opaque_parts_have_a_size(act: Callable[[], object]) -> None:
    assert code_of(act) is ErrorCode.FRAME_TOO_LARGE


def test_small_bodies_are_given_as_they_are() -> None:
    wire.nothing(b"")
    assert wire.exactly(b"k" * 32, 32) == b"k" * 32
    assert (wire.switch(b"\0"), wire.switch(b"\1")) == (False, True)
    assert wire.ping(b"12345678") == b"12345678"
    assert wire.intro(b"i") == b"i"
    assert wire.accept(b"a") == b"a"
