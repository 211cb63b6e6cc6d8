"""What a room tells whom (docs/protocol.md, sections 2.2 to 2.4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from signaling.effects import Save
from signaling.errors import ErrorCode
from signaling.limits import Limits, Rate
from signaling.record import Seat
from signaling.wire import Knock, Member, Opened, Role, State, Type
from tests.unit.signaling.driver import (
    HOST_KEY,
    JOIN_KEYS,
    NOTHING,
    RECORD,
    Shell,
    errors,
    frames,
    key_of,
    kinds,
)

DISPLACED = (ErrorCode.DISPLACED, 0, True)


def test_the_documented_story() -> None:
    shell = Shell()
    shell.host()
    sent = shell.guest("anna")
    opened = Opened.unpack(frames(sent, "anna")[0][2])
    assert kinds(sent, "anna") == [(Type.OPENED, 1)]
    assert opened == Opened(
        State.NEW, False, False, True, RECORD.expires, RECORD.identity, RECORD.prekey
    )
    anna = Member(key_of("anna"), 0, State.NEW, True, False)
    assert frames(sent, "host") == [(Type.PRESENCE, 1, anna.pack())]

    sent = shell.knock("anna", b"hello")
    waiting = replace(anna, state=State.WAITING)
    assert frames(sent, "anna") == [(Type.KNOCK, 0, b"")]
    assert frames(sent, "host") == [(Type.KNOCK, 1, Knock(waiting, b"hello").pack())]

    sent = shell.admit("anna", b"hello", accept=b"welcome")
    assert frames(sent, "anna") == [(Type.ADMIT, 0, b"welcome")]
    assert frames(sent, "host") == [(Type.ADMIT, 1, b"")]
    assert shell.saved == [shell.room.record]
    assert shell.room.record.seats[0] == Seat(JOIN_KEYS[0], key_of("anna"), admitted=True)

    assert shell.frame("anna", Type.RELAY, 0, b"up")[0].body == b"up"
    sent = shell.frame("host", Type.RELAY, 1, b"down")
    assert frames(sent, "anna") == [(Type.RELAY, 0, b"down")]


def test_the_host_is_told_of_those_who_wait_in_the_order_of_their_knocks() -> None:
    shell = Shell()
    for name, seat in (("anna", 0), ("bob", 1), ("cleo", 0)):
        shell.guest(name, seat)
    for name in ("cleo", "anna", "cleo"):
        shell.knock(name, name.encode())
    sent = shell.host()
    assert kinds(sent, "host") == [
        (Type.OPENED, 0),
        (Type.PRESENCE, 2),
        (Type.KNOCK, 3),
        (Type.KNOCK, 1),
    ]
    assert frames(sent, "anna") == [(Type.PRESENCE, 0, b"\1")]


def test_waiting_guests_are_told_of_nobody_but_the_host() -> None:
    shell = Shell()
    shell.host()
    shell.join("anna")
    shell.guest("bob", 1)
    sent = shell.knock("bob")
    sent += shell.frame("host", Type.RELAY, shell.number("anna"), b"x")
    sent += shell.lose("anna")
    sent += shell.guest("anna")
    assert frames(sent, "bob") == [(Type.KNOCK, 0, b"")]


def test_admitted_guests_know_of_each_other() -> None:
    shell = Shell()
    shell.host()
    shell.join("anna")
    shell.guest("bob", 1)
    shell.knock("bob")
    sent = shell.admit("bob")
    assert kinds(sent, "anna") == [(Type.PRESENCE, 2)]
    assert kinds(sent, "bob") == [(Type.ADMIT, 0), (Type.PRESENCE, 1)]
    assert kinds(shell.frame("bob", Type.RELAY, 1, b"x"), "anna") == [(Type.RELAY, 2)]
    sent = shell.lose("bob")
    away = Member(key_of("bob"), 1, State.ADMITTED, False, False)
    assert frames(sent, "anna") == [(Type.PRESENCE, 2, away.pack())]
    assert kinds(shell.guest("bob", 1), "bob") == [(Type.OPENED, 2), (Type.PRESENCE, 1)]
    assert kinds(shell.frame("bob", Type.LEAVE), "anna") == [(Type.LEAVE, 2)]


def test_one_who_is_admitted_while_another_is_away_is_told_of_it() -> None:
    shell = Shell()
    shell.host()
    shell.join("anna")
    shell.guest("bob", 1)
    shell.knock("bob")
    shell.lose("anna")
    sent = shell.admit("bob")
    assert kinds(sent, "bob") == [(Type.ADMIT, 0), (Type.PRESENCE, 1)]


@pytest.mark.parametrize("back_after", [29, 30])
def test_frames_wait_for_a_while(back_after: int) -> None:
    shell = Shell()
    shell.host()
    shell.join("anna")
    shell.lose("anna")
    shell.frame("host", Type.RELAY, 1, b"one")
    shell.frame("host", Type.RELAY, 1, b"two")
    shell.now += back_after
    late = [(Type.RELAY, 0, b"one"), (Type.RELAY, 0, b"two")] if back_after < 30 else []
    assert shell.frame("host", Type.RELAY, 1, b"three") == []
    late += [(Type.RELAY, 0, b"three")] if back_after < 30 else []
    assert frames(shell.guest("anna"), "anna")[1:] == late


def test_an_accept_waits_too() -> None:
    shell = Shell()
    shell.host()
    shell.guest("anna")
    shell.knock("anna")
    number = shell.number("anna")
    person = shell.persons["anna"]
    shell.lose("anna")
    shell.persons["anna"] = person
    sent = shell.admit("anna")
    assert kinds(sent, "host") == [(Type.ADMIT, number)]
    assert kinds(shell.guest("anna"), "anna") == [(Type.OPENED, number), (Type.ADMIT, 0)]


def test_what_waits_is_bounded() -> None:
    shell = Shell(limits=Limits(away_frames=3, away_bytes=10))
    shell.host()
    shell.join("anna")
    shell.lose("anna")
    for body in (b"1234", b"12345678", b"5", b"6", b"7"):
        shell.frame("host", Type.RELAY, 1, body)
    kept = [body for _, _, body in frames(shell.guest("anna"), "anna")[1:]]
    assert kept == [b"1234", b"5", b"6"]


def test_the_same_key_elsewhere_takes_the_place_over() -> None:
    shell = Shell()
    shell.host()
    shell.join("anna")
    sent = shell.guest("anna/2")
    assert errors(sent, "anna") == [DISPLACED]
    assert kinds(sent, "anna/2") == [(Type.OPENED, 1)]
    assert frames(sent, "host") == []
    assert shell.shut == {"anna"}
    person = shell.persons["anna/2"]
    assert shell.do(shell.room.receive(person, "anna", Type.RELAY, 0, b"old", 1000)) == []
    assert shell.room.route(person, "anna", 0) is None
    assert shell.do(shell.room.lose(person, "anna", 1000)) == []
    assert errors(shell.host("host/2"), "host") == [DISPLACED]


def test_the_host_comes_and_goes_and_nobody_loses_a_place() -> None:
    shell = Shell()
    shell.host()
    shell.join("anna")
    assert frames(shell.lose("host"), "anna") == [(Type.PRESENCE, 0, b"\0")]
    shell.frame("anna", Type.RELAY, 0, b"kept")
    sent = shell.host()
    assert kinds(sent, "host") == [(Type.OPENED, 0), (Type.PRESENCE, 1), (Type.RELAY, 1)]
    assert frames(sent, "anna") == [(Type.PRESENCE, 0, b"\1")]


def test_a_seat_belongs_to_the_key_that_was_admitted_first() -> None:
    shell = Shell()
    shell.host()
    shell.join("anna")
    opened = Opened.unpack(shell.guest("bob")[0].body)
    assert opened.seat_taken
    shell.knock("bob")
    assert errors(shell.admit("bob"), "host") == [(ErrorCode.SEAT_TAKEN, Type.ADMIT, False)]
    # Still so when the owner has left.
    shell.frame("anna", Type.LEAVE)
    assert errors(shell.admit("bob"), "host") == [(ErrorCode.SEAT_TAKEN, Type.ADMIT, False)]


@pytest.mark.parametrize("here", [True, False])
def test_the_host_may_give_the_seat_to_another_key(here: bool) -> None:
    shell = Shell()
    shell.host()
    shell.join("anna")
    shell.guest("bob")
    shell.knock("bob")
    shell.guest("cleo")
    if not here:
        shell.lose("anna")
    sent = shell.admit("bob", take_over=True)
    assert errors(sent, "anna") == ([DISPLACED] if here else [])
    assert kinds(sent, "bob") == [(Type.ADMIT, 0)]
    assert kinds(sent, "host") == [(Type.LEAVE, 1), (Type.ADMIT, 2), (Type.PRESENCE, 3)]
    assert shell.room.record.seats[0] == Seat(JOIN_KEYS[0], key_of("bob"), admitted=True)
    assert Opened.unpack(shell.guest("anna/3")[0].body).seat_taken


def test_a_seat_whose_owner_never_came_back_is_given_away_quietly() -> None:
    record = RECORD.with_seat(0, Seat(JOIN_KEYS[0], key_of("anna"), admitted=False))
    shell = Shell(record)
    shell.host()
    shell.guest("bob")
    shell.knock("bob")
    assert kinds(shell.admit("bob", take_over=True), "host") == [(Type.ADMIT, 1)]


def test_admitting_names_the_intro_that_was_seen() -> None:
    shell = Shell()
    shell.host()
    shell.guest("anna")
    shell.knock("anna", b"old")
    shell.knock("anna", b"new")
    stale = [(ErrorCode.STALE_KNOCK, Type.ADMIT, False)]
    assert errors(shell.admit("anna", b"old"), "host") == stale
    assert errors(shell.admit("anna", b"new"), "host") == []


def test_an_admitted_guest_may_knock_again_and_be_answered_again() -> None:
    shell = Shell()
    shell.host()
    shell.join("anna")
    shell.guest("bob", 1)
    sent = shell.knock("anna", b"reloaded")
    assert kinds(sent, "host") == [(Type.KNOCK, 1)]
    shell.lose("host")
    # Unanswered: shown again.
    assert kinds(shell.host(), "host")[1:] == [(Type.PRESENCE, 2), (Type.KNOCK, 1)]
    saves = len(shell.saved)
    for _ in range(2):
        sent = shell.admit("anna", b"reloaded")
        assert kinds(sent, "anna") == [(Type.ADMIT, 0)]
    assert len(shell.saved) == saves, "what is durable already is not written again"
    assert kinds(shell.host("host/2"), "host/2")[1:] == [(Type.PRESENCE, 2), (Type.PRESENCE, 1)]


def test_a_refused_guest_is_gone_and_pauses() -> None:
    shell = Shell()
    shell.host()
    shell.guest("anna")
    shell.knock("anna")
    sent = shell.frame("host", Type.REFUSE, 1)
    assert kinds(sent, "anna") == [(Type.REFUSE, 0)]
    assert kinds(sent, "host") == [(Type.REFUSE, 1)]
    assert "anna" in shell.shut
    assert shell.saved == []
    assert kinds(shell.guest("anna"), "anna") == [(Type.OPENED, 2)]
    too_soon = [(ErrorCode.KNOCK_TOO_SOON, Type.KNOCK, False)]
    assert errors(shell.knock("anna"), "anna") == too_soon
    shell.now += 30
    assert errors(shell.knock("anna"), "anna") == []


def test_refusing_an_admitted_guest_who_is_away_is_durable() -> None:
    shell = Shell()
    shell.host()
    shell.join("anna")
    shell.join("bob", 1)
    shell.lose("anna")
    sent = shell.frame("host", Type.REFUSE, 1)
    assert kinds(sent, "host") == [(Type.REFUSE, 1)]
    assert kinds(sent, "bob") == [(Type.LEAVE, 1)]
    assert shell.room.record.seats[0] == Seat(JOIN_KEYS[0], key_of("anna"), admitted=False)


def test_sending_back_ends_the_admission_and_not_the_place() -> None:
    shell = Shell()
    shell.host()
    shell.join("anna")
    shell.join("bob", 1)
    sent = shell.frame("host", Type.SEND_BACK, 1)
    assert kinds(sent, "anna") == [(Type.SEND_BACK, 0)]
    assert kinds(sent, "host") == [(Type.SEND_BACK, 1)]
    assert kinds(sent, "bob") == [(Type.LEAVE, 1)]
    assert not shell.room.record.seats[0].admitted
    stale = [(ErrorCode.STALE_KNOCK, Type.ADMIT, False)]
    assert errors(shell.admit("anna"), "host") == stale
    shell.knock("anna", b"again")
    assert kinds(shell.admit("anna", b"again"), "bob") == [(Type.PRESENCE, 1)]


def test_leaving_gives_up_the_admission() -> None:
    shell = Shell()
    shell.host()
    shell.join("anna")
    sent = shell.frame("anna", Type.LEAVE)
    assert kinds(sent, "host") == [(Type.LEAVE, 1)]
    assert "anna" in shell.shut
    assert shell.room.record.seats[0] == Seat(JOIN_KEYS[0], key_of("anna"), admitted=False)


def test_closing_keeps_place_and_admission() -> None:
    shell = Shell()
    shell.host()
    shell.join("anna")
    shell.guest("bob", 1)
    assert kinds(shell.frame("anna", Type.CLOSE), "host") == [(Type.PRESENCE, 1)]
    assert kinds(shell.frame("bob", Type.CLOSE), "host") == [(Type.LEAVE, 2)]
    assert shell.shut == {"anna", "bob"}
    assert Opened.unpack(shell.guest("anna")[0].body).state is State.ADMITTED
    assert kinds(shell.frame("host", Type.CLOSE), "anna") == [(Type.PRESENCE, 0)]


def test_a_locked_room_lets_nobody_new_wait() -> None:
    shell = Shell()
    shell.host()
    shell.guest("anna")
    shell.knock("anna")
    assert frames(shell.frame("host", Type.LOCK, 0, b"\1"), "host") == [(Type.LOCK, 0, b"\1")]
    assert shell.room.record.locked
    assert Opened.unpack(shell.guest("bob", 1)[0].body).locked
    locked = [(ErrorCode.ROOM_LOCKED, Type.KNOCK, False)]
    assert errors(shell.knock("bob"), "bob") == locked
    assert errors(shell.knock("anna", b"new"), "anna") == []
    shell.frame("host", Type.LOCK, 0, b"\0")
    assert errors(shell.knock("bob"), "bob") == []


def test_a_seat_more_up_to_the_cap() -> None:
    shell = Shell()
    shell.host()
    for _ in range(2):
        sent = shell.frame("host", Type.SEAT, 0, JOIN_KEYS[2])
        assert frames(sent, "host") == [(Type.SEAT, 0, JOIN_KEYS[2])]
    assert len(shell.saved) == 1
    full = [(ErrorCode.ROOM_FULL, Type.SEAT, False)]
    assert errors(shell.frame("host", Type.SEAT, 0, b"3" * 32), "host") == full
    shell.join("cleo", 2)
    assert shell.persons["cleo"].state is State.ADMITTED


def test_the_end_is_for_everybody_and_stays() -> None:
    shell = Shell()
    shell.host()
    shell.join("anna")
    shell.guest("bob", 1)
    shell.knock("bob")
    sent = shell.frame("host", Type.END)
    assert [(each.line, each.kind) for each in sent] == [
        (name, Type.END) for name in ("host", "anna", "bob")
    ]
    assert shell.shut == {"host", "anna", "bob"}
    assert shell.room.over
    assert shell.room.is_idle(shell.now)
    record = shell.room.record
    assert (record.ended, record.identity, record.prekey) == (True, HOST_KEY, b"")
    assert all(seat.guest_key is None for seat in record.seats)
    again = Shell(record)
    ended = [(ErrorCode.ROOM_ENDED, Type.OPEN, True)]
    assert errors(again.host(), "host") == ended
    assert errors(again.guest("anna"), "anna") == ended


def test_only_proven_keys_learn_anything() -> None:
    shell = Shell(replace(RECORD, ended=True))
    not_found = [(ErrorCode.NOT_FOUND, Type.OPEN, True)]
    sent = shell.do(shell.room.enter("x", Role.HOST, b"X" * 32, NOTHING, 1000))
    sent += shell.do(shell.room.enter("y", Role.GUEST, HOST_KEY, b"9" * 32, 1000))
    assert errors(sent, "x") == errors(sent, "y") == not_found


def test_rooms_expire() -> None:
    shell = Shell()
    shell.host()
    shell.guest("anna")
    shell.now = RECORD.expires
    expired = [(ErrorCode.ROOM_EXPIRED, 0, True)]
    sent = shell.do(shell.room.tick(shell.now))
    assert errors(sent, "host") == errors(sent, "anna") == expired
    assert shell.room.over
    assert errors(shell.guest("bob"), "bob") == [(ErrorCode.ROOM_EXPIRED, Type.OPEN, True)]


def test_a_room_has_room_for_so_many_and_for_the_owner_of_a_seat() -> None:
    record = RECORD.with_seat(1, Seat(JOIN_KEYS[1], key_of("bob"), admitted=False))
    shell = Shell(record, limits=Limits(members=3))
    shell.guest("anna")
    shell.guest("cleo")
    assert errors(shell.guest("dan"), "dan") == [(ErrorCode.ROOM_FULL, Type.OPEN, True)]
    assert kinds(shell.guest("anna/2"), "anna/2") == [(Type.OPENED, 1)]
    assert kinds(shell.guest("bob", 1), "bob") == [(Type.OPENED, 3)]
    assert kinds(shell.host(), "host")[0] == (Type.OPENED, 0)


def test_knocks_are_counted_for_a_key_and_for_the_room() -> None:
    shell = Shell(limits=Limits(knocks_of_key=Rate(2, 0.1), knocks_of_room=Rate(3, 1)))
    shell.guest("anna")
    shell.guest("bob", 1)
    too_soon = [(ErrorCode.KNOCK_TOO_SOON, Type.KNOCK, False)]
    found = [errors(shell.knock("anna"), "anna") for _ in range(3)]
    assert found == [[], [], too_soon]
    assert [errors(shell.knock("bob"), "bob") for _ in range(2)] == [[], too_soon]
    shell.now += 10
    assert errors(shell.knock("anna"), "anna") == []


def test_a_room_is_forgotten_when_nothing_would_be_lost() -> None:
    shell = Shell()
    assert shell.room.is_idle(shell.now)
    shell.host()
    shell.join("anna")
    shell.guest("bob", 1)
    shell.knock("bob")
    shell.frame("host", Type.REFUSE, 2)
    shell.lose("anna")
    assert not shell.room.is_idle(shell.now)
    shell.lose("host")
    shell.now += 29
    shell.do(shell.room.tick(shell.now))
    assert not shell.room.is_idle(shell.now)
    shell.now += 1
    shell.do(shell.room.tick(shell.now))
    assert shell.room.is_idle(shell.now)
    # Somebody waits: that place lives in memory alone.
    shell.guest("cleo", 1)
    shell.knock("cleo")
    shell.lose("cleo")
    shell.now += 60
    shell.do(shell.room.tick(shell.now))
    assert not shell.room.is_idle(shell.now)


def test_admitted_guests_come_back_after_a_restart() -> None:
    shell = Shell()
    shell.host()
    shell.join("anna")
    again = Shell(shell.room.record)
    assert kinds(again.host(), "host") == [(Type.OPENED, 0), (Type.PRESENCE, 1)]
    again.frame("host", Type.RELAY, 1, b"kept")
    sent = again.guest("anna")
    assert Opened.unpack(sent[0].body).state is State.ADMITTED
    assert kinds(sent, "anna")[1:] == [(Type.RELAY, 0)]


def test_nothing_happens_while_a_change_waits_for_the_disk_but_relaying() -> None:
    shell = Shell()
    shell.host()
    shell.join("anna")
    shell.guest("bob", 1)
    shell.knock("bob")
    shell.saves = False
    assert shell.admit("bob") == []
    assert shell.room.busy
    assert not shell.room.is_idle(shell.now)
    assert shell.do(shell.room.tick(RECORD.expires + 1)) == []
    assert shell.knock("bob", b"newer") == []
    assert shell.lose("bob") == []
    assert shell.guest("cleo", 1) == []
    assert kinds(shell.frame("anna", Type.RELAY, 0, b"x"), "host") == [(Type.RELAY, 1)]
    sent = shell.do(shell.room.saved(shell.now))
    assert kinds(sent, "bob") == [(Type.ADMIT, 0), (Type.PRESENCE, 1), (Type.KNOCK, 0)]
    assert kinds(sent, "cleo") == [(Type.OPENED, 3)]
    assert not shell.room.busy


def test_changes_that_wait_are_saved_one_by_one() -> None:
    shell = Shell()
    shell.host()
    shell.saves = False
    shell.frame("host", Type.LOCK, 0, b"\1")
    shell.frame("host", Type.SEAT, 0, JOIN_KEYS[2])
    shell.frame("host", Type.CLOSE)
    assert len(shell.saved) == 1
    shell.do(shell.room.saved(shell.now))
    assert len(shell.saved) == 2
    assert shell.saved[1].locked
    shell.do(shell.room.saved(shell.now))
    assert len(shell.room.record.seats) == 3
    assert "host" in shell.shut


def test_a_disk_that_refuses_changes_nothing() -> None:
    shell = Shell()
    shell.host()
    shell.guest("anna")
    shell.knock("anna")
    shell.saves = False
    shell.admit("anna")
    sent = shell.do(shell.room.not_saved(shell.now))
    assert errors(sent, "host") == [(ErrorCode.STORAGE_FAILED, Type.ADMIT, False)]
    assert frames(sent, "anna") == []
    assert shell.room.record == RECORD
    assert shell.persons["anna"].state is State.WAITING
    shell.saves = True
    assert kinds(shell.admit("anna"), "anna") == [(Type.ADMIT, 0)]


def test_a_shell_that_reports_what_it_was_not_asked_is_told() -> None:
    with pytest.raises(RuntimeError):
        Shell().room.saved(1000)


@pytest.mark.parametrize(
    ("line", "kind", "peer", "body", "code"),
    [
        ("anna", Type.ADMIT, 1, b"", ErrorCode.NOT_ALLOWED),
        ("anna", Type.END, 0, b"", ErrorCode.NOT_ALLOWED),
        ("host", Type.KNOCK, 0, b"intro", ErrorCode.NOT_ALLOWED),
        ("host", Type.LEAVE, 0, b"", ErrorCode.NOT_ALLOWED),
        ("host", Type.OPENED, 0, b"", ErrorCode.NOT_ALLOWED),
        ("host", Type.ADMIT, 9, b"\0" + bytes(32) + b"accept", ErrorCode.NO_SUCH_PEER),
        ("host", Type.ADMIT, 1, b"", ErrorCode.BAD_FRAME),
        ("host", Type.REFUSE, 1, b"x", ErrorCode.BAD_FRAME),
        ("host", Type.SEND_BACK, 0, b"", ErrorCode.NO_SUCH_PEER),
        ("host", Type.LOCK, 0, b"\2", ErrorCode.BAD_FRAME),
        ("host", Type.SEAT, 0, b"short", ErrorCode.BAD_FRAME),
        ("host", Type.END, 0, b"x", ErrorCode.BAD_FRAME),
        ("host", Type.RELAY, 0, b"self", ErrorCode.NO_SUCH_PEER),
        ("host", Type.RELAY, 2, b"waiting", ErrorCode.NO_SUCH_PEER),
        ("anna", Type.RELAY, 2, b"waiting", ErrorCode.NO_SUCH_PEER),
        ("anna", Type.RELAY, 7, b"nobody", ErrorCode.NO_SUCH_PEER),
        ("anna", Type.CLOSE, 0, b"x", ErrorCode.BAD_FRAME),
        ("anna", Type.LEAVE, 0, b"x", ErrorCode.BAD_FRAME),
        ("bob", Type.RELAY, 0, b"x", ErrorCode.NOT_ADMITTED),
        ("bob", Type.KNOCK, 0, b"", ErrorCode.BAD_FRAME),
        ("bob", Type.KNOCK, 0, bytes(8193), ErrorCode.FRAME_TOO_LARGE),
    ],
)
def test_what_may_not_be_gets_its_code_and_changes_nothing(
    line: str, kind: Type, peer: int, body: bytes, code: ErrorCode
) -> None:
    shell = Shell()
    shell.host()
    shell.join("anna")
    shell.guest("bob", 1)
    shell.knock("bob")
    record = shell.room.record
    sent = shell.frame(line, kind, peer, body)
    assert [(each.line, each.peer) for each in sent] == [(line, peer)]
    assert errors(sent, line) == [(code, kind, False)]
    assert shell.room.record is record


@pytest.mark.parametrize(("peer", "target"), [(0, "host"), (1, None), (2, None), (9, None)])
def test_the_hot_path_goes_where_receive_would(peer: int, target: str | None) -> None:
    shell = Shell()
    shell.host()
    shell.join("anna")
    shell.guest("bob", 1)
    assert shell.room.route(shell.persons["anna"], "anna", peer) == target
    assert shell.room.route(shell.persons["bob"], "bob", 0) is None


def test_a_save_says_what_to_save() -> None:
    shell = Shell()
    shell.host()
    person = shell.persons["host"]
    effects = shell.room.receive(person, "host", Type.LOCK, 0, b"\1", shell.now)
    assert effects == [Save(replace(RECORD, locked=True, revision=1))]


def test_every_change_is_a_revision_of_its_own() -> None:
    shell = Shell()
    shell.host()
    for on in (b"\1", b"\1", b"\0"):
        shell.do(shell.room.receive(shell.persons["host"], "host", Type.LOCK, 0, on, shell.now))
    # Locking what is locked changes nothing.
    assert [(record.revision, record.locked) for record in shell.saved] == [(1, True), (2, False)]


def test_an_abandoned_room_forgets_everybody() -> None:
    shell = Shell()
    shell.host()
    shell.join("anna")
    host = shell.persons["host"]
    assert sorted(shell.room.abandon()) == ["anna", "host"]
    assert shell.room.over
    assert shell.room.receive(host, "host", Type.LOCK, 0, b"\1", shell.now) == []
    assert shell.room.lose(host, "host", shell.now) == []
    assert shell.room.route(host, "host", 1) is None
