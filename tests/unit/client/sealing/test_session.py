"""The session over a network that loses, repeats and reorders, with reloads at any moment."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.sealing.encoding import b64u
from client.sealing.errors import SealCode, SealError
from client.sealing.exchange import Side
from client.sealing.handshake import make_open
from client.sealing.messages import durable_id
from client.sealing.session import Session
from client.sealing.state import SEEN, Began, Deliver, Send
from client.sealing.traffic import LAST_COUNTER, MESSAGE_BYTES
from tests.unit.client.sealing.world import GUEST_AGREED, HOST_AGREED, World
from tests.vectors.cases_handshake import CHAT, OFFER


def chat(number: int) -> bytes:
    identifier = b64u(number.to_bytes(16, "big"))
    at = "2026-01-02T03:04:05Z"
    return json.dumps({"t": "chat", "id": identifier, "at": at, "text": str(number)}).encode()


def passing(number: int) -> bytes:
    return json.dumps({"t": "later", "number": number}).encode()


SIDES = st.sampled_from([Side.HOST, Side.GUEST])
ACTIONS = st.one_of(
    st.tuples(st.just("chat"), SIDES, st.just(0)),
    st.tuples(st.just("passing"), SIDES, st.just(0)),
    st.tuples(st.sampled_from(["deliver", "drop", "repeat"]), SIDES, st.integers(0, 20)),
    st.tuples(st.just("reload"), SIDES, st.just(0)),
    st.tuples(st.just("reconnect"), SIDES, st.just(0)),
    st.tuples(st.just("time"), SIDES, st.integers(1, 90)),
)


def act(world: World, action: tuple[str, Side, int], number: int, sent: dict[Side, Any]) -> None:
    name, side, at = action
    end = world.ends[side]
    match name:
        case "chat":
            sent[side].append(chat(number))
            end.send(chat(number))
        case "passing":
            end.send(passing(number))
        case "reload":
            end.reload()
        case "reconnect":
            end.perform(end.session.reconnected(world.now))
        case "time":
            world.pass_time(at / 10)
        case _ if end.inbox:
            at %= len(end.inbox)
            frame = end.inbox[at] if name == "repeat" else end.inbox.pop(at)
            if name != "drop":
                end.receive(frame)
        case _:
            pass


@settings(max_examples=200, deadline=None)
@given(st.lists(ACTIONS, max_size=60), st.integers(0, 2**32))
def test_messages_come_in_order_and_once_whatever_the_network_does(
    actions: list[tuple[str, Side, int]], seed: int
) -> None:
    world = World(seed)
    sent: dict[Side, list[bytes]] = {Side.HOST: [CHAT], Side.GUEST: []}
    for number, action in enumerate(actions, 1):
        act(world, action, number, sent)
    world.settle()
    for side, end in world.ends.items():
        durable = [m for m in end.delivered if b'"chat"' in m]
        assert durable == sent[side.peer]
        others = [m for m in end.delivered if b'"later"' in m]
        assert others == sorted(set(others), key=lambda m: json.loads(m)["number"])
        assert end.session.unacknowledged == 0
    assert world.host.string == world.guest.string is not None


def test_a_quiet_session_begins_and_falls_silent() -> None:
    world = World()
    world.settle(5)
    assert world.guest.delivered == [OFFER, CHAT]
    used = len(world.aead.used)
    assert used <= 6
    world.settle(120)
    assert len(world.aead.used) == used
    assert world.host.session.next_at() is None
    assert world.guest.session.next_at() is None


def test_passing_messages_are_dropped_at_a_new_exchange_and_durable_ones_are_not() -> None:
    world = World()
    world.settle(5)
    world.host.send(passing(1))
    world.host.send(chat(2))
    world.guest.inbox.clear()
    world.guest.reload()
    world.host.send(passing(3))
    world.settle()
    assert world.guest.delivered[2:] == [chat(2)]


def test_what_was_queued_before_the_first_exchange_goes_out_in_it() -> None:
    world = World()
    world.guest.send(passing(1))
    world.guest.send(chat(2))
    world.settle(5)
    assert world.host.delivered == [passing(1), chat(2)]


def test_both_sides_reload_at_once() -> None:
    world = World()
    world.settle(5)
    world.host.send(chat(1))
    world.guest.send(chat(2))
    world.host.inbox.clear()
    world.guest.inbox.clear()
    world.host.reload()
    world.guest.reload()
    world.settle(20)
    assert world.guest.delivered[2:] == [chat(1)]
    assert world.host.delivered == [chat(2)]


def test_a_duplicated_page_takes_over_and_never_shares_keys() -> None:
    """Two pages from one stored state, as when a browser copies a tab: each has its own keys."""
    world = World()
    world.settle(5)
    original = world.guest.session
    world.guest.reload()
    world.settle(5)
    world.guest.send(chat(1))
    # The page that was left behind writes too: its frames are of an exchange that is gone.
    for effect in original.send(chat(2), world.now):
        if isinstance(effect, Send):
            world.host.receive(effect.frame)
    world.settle()
    assert world.host.delivered == [chat(1)]
    assert SealCode.UNKNOWN_EXCHANGE in world.host.refusals


def test_a_host_that_loaded_anew_before_open_derives_no_keys_of_that_exchange() -> None:
    world = World()
    world.host.reload()
    assert world.guest.inbox == []
    world.settle(20)
    assert world.guest.delivered == [OFFER, CHAT]
    assert world.host.string == world.guest.string is not None


def test_a_hello_before_its_open_is_refused() -> None:
    world = World()
    (opening,) = world.host.inbox
    world.host.inbox.clear()
    world.guest.reload()
    again, hello = world.host.inbox
    assert again == opening
    with pytest.raises(SealError, match="unknown_exchange"):
        world.host.session.receive(hello, world.now)


def test_the_same_hello_gets_the_same_answer() -> None:
    world = World()
    world.settle(5)
    world.guest.reload()
    (hello,) = world.host.inbox
    for _ in range(8):
        world.host.receive(hello)
    assert len(set(world.guest.inbox)) == 1
    world.settle(20)
    world.host.send(chat(1))
    world.settle(5)
    assert world.guest.delivered[-1] == chat(1)


def test_only_four_answers_are_kept() -> None:
    world = World()
    world.settle(5)
    for _ in range(7):
        world.guest.reload()
        hello = world.host.inbox[-1]
        world.host.receive(hello)
    assert len(world.host.session.state.pending) == 4
    world.settle(20)
    world.guest.send(chat(1))
    world.settle(5)
    assert world.host.delivered == [chat(1)]


def test_a_secret_that_answers_were_made_under_is_not_pushed_out() -> None:
    """The guest took one answer, and then lost those to five page loads."""
    world = World()
    world.settle(5)
    world.guest.reload()
    world.host.receive(world.host.inbox.pop())
    world.guest.receive(world.guest.inbox.pop())
    at = world.guest.session.state.root
    for _ in range(6):
        world.host.inbox.clear()
        world.guest.inbox.clear()
        world.guest.reload()
        world.host.receive(world.host.inbox[-1])
    assert at in [pending.root for pending in world.host.session.state.pending]
    world.settle(20)
    world.guest.send(chat(1))
    world.settle(5)
    assert world.host.delivered == [chat(1)]


def test_who_is_heard_no_longer_asks_and_answers_again() -> None:
    """A guest that is not heard asks anew; heard after all, it must not ignore the host's hello."""
    world = World()
    world.settle(5)
    world.guest.reload()
    world.host.receive(world.host.inbox.pop())
    world.guest.receive(world.guest.inbox.pop())
    first = world.host.inbox[0]
    for _ in range(10):
        world.pass_time(1)
    world.host.inbox[:] = [first]
    world.settle(5)
    world.host.reload()
    world.settle(20)
    world.host.send(chat(1))
    world.settle(5)
    assert world.guest.delivered[-1] == chat(1)


def test_an_exhausted_counter_starts_an_exchange() -> None:
    world = World()
    world.settle(5)
    live = world.guest.session._active
    assert live is not None
    live.traffic.counter = LAST_COUNTER
    world.guest.send(chat(1))
    world.settle(5)
    assert world.host.delivered == [chat(1)]
    assert world.guest.session._active is not live


def test_a_long_queue_goes_out_in_windows() -> None:
    world = World()
    world.settle(5)
    for number in range(1, 700):
        world.host.send(chat(number))
    assert len(world.guest.inbox) == 256
    world.settle(30)
    assert world.guest.delivered[2:] == [chat(number) for number in range(1, 700)]


def test_the_ids_of_what_was_taken_are_a_window() -> None:
    world = World()
    world.settle()
    for number in range(SEEN + 100):
        world.host.send(chat(number))
        if number % 100 == 0:
            world.settle(1)
    world.settle()
    # The first two came with the accept.
    assert len(world.guest.delivered) == 2 + SEEN + 100
    assert world.guest.stored is not None
    newest = tuple(durable_id(chat(number)) for number in range(100, SEEN + 100))
    assert world.guest.stored.seen == newest


def test_a_message_too_long_is_refused_and_changes_nothing() -> None:
    world = World()
    with pytest.raises(SealError, match="too_long"):
        world.host.session.send(bytes(MESSAGE_BYTES + 1), world.now)
    assert world.host.session.unacknowledged == 2


def test_frames_that_have_no_place_are_refused() -> None:
    world = World()
    world.settle(5)
    session = world.guest.session
    before = session.state
    for frame, code in (
        (b"", "bad_form"),
        (b"\x01", "bad_form"),
        (b"\x02\x06", "bad_suite"),
        (b"\x01\x01" + bytes(100), "bad_form"),
        (b"\x01\x03" + bytes(128), "bad_form"),
        (b"\x01\x05" + bytes(105), "stale_exchange"),
        (b"\x01\x07", "bad_form"),
    ):
        with pytest.raises(SealError, match=code):
            session.receive(frame, world.now)
    assert session.state is before


def test_another_open_after_the_first_is_stale() -> None:
    world = World()
    opening = world.host.inbox[0]
    world.settle(5)
    # The same bytes again ask for a sign of life, other bytes are refused.
    assert world.host.session.receive(opening, world.now) == []
    assert any(isinstance(e, Send) for e in world.host.session.tick(world.now))
    with pytest.raises(SealError, match="stale_exchange"):
        world.host.session.receive(opening[:-1] + b"\0", world.now)


def test_secrets_cannot_print() -> None:
    world = World()
    world.settle(5)
    world.guest.send(chat(1))
    end = world.guest
    state = end.session.state
    texts = [repr(end.session), repr(state), repr(end.session._active), repr(HOST_AGREED)]
    texts += [repr(effect) for effect in (Send(b"x"), Deliver(b"secret"), Began(b"id"))]
    pending = replace(state, pending=world.host.session.state.pending)
    secrets = [state.root, HOST_AGREED.root, HOST_AGREED.r_host, chat(1), b"secret"]
    for text in [*texts, repr(pending)]:
        for secret in secrets:
            assert repr(secret)[2:-1] not in text
            assert secret.hex() not in text


def test_a_restored_session_stores_before_it_sends() -> None:
    world = World()
    world.settle(5)
    assert world.host.stored is not None
    session = Session(world.host.stored, world.random, restored=True)
    kinds = [type(effect).__name__ for effect in session.start(world.now)]
    assert kinds.index("Store") < kinds.index("Send")


def test_an_accept_opened_twice_gives_two_sets_of_keys() -> None:
    """A replayed accept, or a tab copied before it came: no key meets a nonce twice."""
    world = World()
    second = make_open(GUEST_AGREED, world.random)
    twin = Session.guest(GUEST_AGREED, second, world.random, aead=world.aead)
    twin.start(world.now)
    world.settle(5)
    # The host has taken one open: the other one is refused, and its keys never come about.
    with pytest.raises(SealError, match="stale_exchange"):
        world.host.session.receive(second, world.now)
    twin.send(chat(1), world.now)
    world.guest.send(chat(2))
    world.settle(5)
    assert world.host.delivered == [chat(2)]
