"""The table of docs/protocol.md, section 2.4, and that a room does as the table says."""

import re
from pathlib import Path

import pytest

from signaling.errors import ErrorCode
from signaling.states import ALLOWED, GONE, TABLE, Act, Gone, Refused, step
from signaling.wire import Admit, Role, State, Type
from tests.unit.signaling.driver import RECORD, Shell, digest, errors

DOCUMENT = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text(encoding="utf-8")
COLUMNS = (Act.KNOCK, Act.ADMIT, Act.REFUSE, Act.SEND_BACK, Act.LEAVE, Act.RELAY, Act.LOST)
GUEST_STATES = (State.NEW, State.WAITING, State.ADMITTED)
CASES = [(state, act) for state in GUEST_STATES for act in Act]


def read_cell(cell: str) -> State | Gone | ErrorCode:
    code = re.fullmatch(r"`(\w+)`", cell)
    if code:
        return ErrorCode[code[1].upper()]
    word = re.split(r"[ ,]", cell)[0]
    return GONE if word == "gone" else State["ADMITTED" if word == "relayed" else word.upper()]


@pytest.mark.parametrize("state", GUEST_STATES)
def test_the_table_is_the_documents(state: State) -> None:
    row = re.search(rf"^\| {state.name.lower()} \| (.+) \|$", DOCUMENT, re.MULTILINE)
    assert row is not None
    cells = [read_cell(cell) for cell in row[1].split(" | ")]
    assert cells == [TABLE[state][act] for act in COLUMNS]


def test_every_state_says_what_every_act_does() -> None:
    assert set(TABLE) == set(GUEST_STATES)
    assert all(set(row) == set(Act) for row in TABLE.values())


def test_each_client_frame_belongs_to_a_role() -> None:
    ours = {Type.HELLO, Type.OPENED, Type.PRESENCE, Type.ERROR, Type.CHANGED}
    connection = {Type.OPEN, Type.PING, Type.ICE, Type.WATCH}
    assert ALLOWED[Role.HOST] | ALLOWED[Role.GUEST] | ours | connection == set(Type)


def test_step_gives_the_next_state_or_the_code() -> None:
    assert step(State.NEW, Act.KNOCK) is State.WAITING
    with pytest.raises(Refused) as caught:
        step(State.NEW, Act.RELAY)
    assert caught.value.code is ErrorCode.NOT_ADMITTED


def shell_with_guest(state: State) -> Shell:
    shell = Shell(RECORD)
    shell.host()
    shell.guest("anna")
    if state is not State.NEW:
        shell.knock("anna")
    if state is State.ADMITTED:
        shell.admit("anna")
    return shell


def happen(shell: Shell, act: Act) -> list[tuple[ErrorCode, int, bool]]:
    anna = shell.number("anna")
    match act:
        case Act.KNOCK | Act.LEAVE | Act.RELAY:
            kind = Type[act.name]
            return errors(shell.frame("anna", kind, body=b"" if act is Act.LEAVE else b"x"), "anna")
        case Act.ADMIT:
            body = Admit(False, digest(b"intro"), b"accept").pack()
            return errors(shell.frame("host", Type.ADMIT, anna, body), "host")
        case Act.REFUSE | Act.SEND_BACK:
            return errors(shell.frame("host", Type[act.name], anna), "host")
        case Act.LOST:
            return errors(shell.lose("anna"), "host")


@pytest.mark.parametrize(("state", "act"), CASES)
def test_a_room_does_as_the_table_says(state: State, act: Act) -> None:
    shell = shell_with_guest(state)
    person = shell.persons["anna"]
    found = happen(shell, act)
    following = TABLE[state][act]
    if isinstance(following, ErrorCode):
        assert [code for code, _, _ in found] == [following]
        assert person.state is state
    else:
        assert found == []
        members = shell.room._floor.people.guests
        assert (person in members) == (following is not GONE)
        assert following is GONE or person.state is following
