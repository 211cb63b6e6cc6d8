"""The server's own check of RFC 9421 signatures, beside the library's, which knows all of it."""

from __future__ import annotations

import base64
import string
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from server.requests.refusals import Refused
from server.requests.signatures import Message, verify
from tests.integration.signing import Signer
from tests.unit.server import oracle

ORIGIN = "https://consult.example.org"
AUTHORITY = "consult.example.org"
KEY = SigningKey(bytes(range(32)))
BOTH = ("Content-Digest", "Idempotency-Key")
TARGET = string.ascii_letters + string.digits + "._~!$&'()*+,;=:@/?-"


@dataclass(frozen=True)
class Case:
    """A request as a client signs it, and the header fields that it has to cover."""

    message: Message
    fields: tuple[str, ...]

    def changed(self, **headers: str) -> Case:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(
            self, message=replace(self.message, headers={**self.message.headers, **named})
        )


def case(method: str, target: str, nonce: str, body: bytes | None, key: SigningKey = KEY) -> Case:
    headers = Signer(AUTHORITY, key).headers(method, target, nonce, body)
    fields = tuple(name for name in BOTH if name in headers)
    return Case(Message(method, AUTHORITY, target, headers), fields)


def ours(one: Case) -> tuple[bytes, str] | None:
    try:
        return verify(one.message, one.fields)
    except Refused:
        return None


def theirs(one: Case) -> oracle.Found | None:
    message = one.message
    try:
        return oracle.holds(
            oracle.Request(message.method, ORIGIN + message.target, message.headers)
        )
    except Refused:
        return None


def agree(one: Case) -> bool:
    """Whether we take it; then the library does too, and reads the same in it."""
    mine = ours(one)
    if mine is None:
        return False
    found = theirs(one)
    assert found is not None
    assert set(found.parameters) == {"keyid", "nonce", "tag"}
    assert found.parameters["nonce"] == mine[1]
    keyid = str(found.parameters["keyid"])
    assert base64.urlsafe_b64decode(f"{keyid}=") == mine[0]
    names = ("@method", "@authority", "@path", "@query", *(name.lower() for name in one.fields))
    assert found.components == [f'"{name}"' for name in names]
    return True


cases = st.builds(
    case,
    st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    st.lists(st.sampled_from([*TARGET, "%20", "%c3%A9"]), max_size=30).map(
        lambda parts: f"/{''.join(parts)}"
    ),
    st.text(string.ascii_letters + string.digits + "-_", max_size=40),
    st.none() | st.binary(max_size=40),
    st.binary(min_size=32, max_size=32).map(SigningKey),
)


@given(cases)
def test_what_was_signed_as_the_profile_says_holds(one: Case) -> None:
    assert agree(one)


NAMES = ("Signature", "Signature-Input", *BOTH)


@given(
    one=cases,
    name=st.sampled_from(NAMES),
    place=st.integers(0, 400),
    cut=st.integers(0, 3),
    put=st.text(max_size=4) | st.sampled_from([" ", "\t", "\n", '"', "=", ";", ",", ";created=1"]),
)
def test_nothing_changed_holds_that_the_library_refuses(
    one: Case, name: str, place: int, cut: int, put: str
) -> None:
    old = one.message.headers.get(name, "")
    at = place % (len(old) + 1)
    new = old[:at] + put + old[at + cut :]
    if agree(one.changed(**{name.replace("-", "_"): new})):
        # What no signature covers.
        assert new == old or name not in ("Signature", "Signature-Input", *one.fields)


@given(one=cases, other=cases)
def test_a_signature_holds_for_its_request_alone(one: Case, other: Case) -> None:
    first, second = one.message, other.message
    same = (first.method, first.target) == (second.method, second.target)
    moved = replace(one, message=replace(first, method=second.method, target=second.target))
    target = moved.message.target
    # Without a query the two are written apart and signed alike (section 2.2.7).
    bare = first.target.removesuffix("?")
    alike = first.method == second.method and bare == target.removesuffix("?")
    assert agree(moved) == (same or (alike and "?" not in bare))


POST = case("POST", "/v1/rooms?a=1", "AAAA", b"{}")
INPUT = POST.message.headers["Signature-Input"]
SIGNATURE = POST.message.headers["Signature"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Signature_Input": ""},
        {"Signature": ""},
        {"Signature_Input": f" {INPUT}"},
        {"Signature_Input": f'{INPUT}, two=();tag="b"'},
        {"Signature_Input": INPUT.replace('" "', '"  "')},
        {"Signature_Input": INPUT.replace(";nonce", "; nonce")},
        {"Signature_Input": INPUT.replace("sig=", "SIG=")},
        {"Signature_Input": INPUT.replace('"@query"', '"@query";req')},
        {"Signature": SIGNATURE.replace("=:", "=::", 1)},
        {"Signature": f"{SIGNATURE};a"},
        {"Signature": f"{SIGNATURE}, two={SIGNATURE[4:]}"},
        # The last character of 64 bytes has four bits that say nothing: they are zero.
        {"Signature": SIGNATURE[:-4] + chr(ord(SIGNATURE[-4]) + 1) + SIGNATURE[-3:]},
        {"Content_Digest": ""},
        {"Content_Digest": POST.message.headers["Content-Digest"] + " "},
        {"Idempotency_Key": "\u00e9"},
        {"Idempotency_Key": 'a\n"x": y'},
    ],
)
def test_there_is_one_way_to_write_it(headers: dict[str, str]) -> None:
    assert agree(POST)
    assert not agree(POST.changed(**headers))


@pytest.mark.parametrize(
    "order", ["nonce keyid tag", "tag nonce keyid", "keyid nonce", "keyid tag"]
)
def test_parameters_in_another_order_are_refused(order: str) -> None:
    """Signed as they stand, so that for the library most of these hold."""
    values = {"keyid": base64.urlsafe_b64encode(bytes(KEY.verify_key)).decode().rstrip("=")}
    values |= {"nonce": "AAAA", "tag": "aparte"}
    names = '"@method" "@authority" "@path" "@query"'
    said = "".join(f';{name}="{values[name]}"' for name in order.split())
    base = (
        f'"@method": GET\n"@authority": {AUTHORITY}\n"@path": /x\n"@query": ?\n'
        f'"@signature-params": ({names}){said}'
    )
    signature = base64.b64encode(KEY.sign(base.encode()).signature).decode()
    headers = {"Signature-Input": f"sig=({names}){said}", "Signature": f"sig=:{signature}:"}
    one = Case(Message("GET", AUTHORITY, "/x", headers), ())
    assert (theirs(one) is None) == ("tag" not in order)
    assert not agree(one)


@pytest.mark.parametrize(
    "target", ["/v1/rooms?a=1#b", "/v1/ro oms", "/v1/rooms\n", "/v1/é", "", "/%", "/%g0", "x"]
)
def test_targets_that_no_client_sends(target: str) -> None:
    if target.isascii():
        one = case("POST", target, "AAAA", b"{}")
    else:
        one = replace(POST, message=replace(POST.message, target=target))
    assert not agree(one)
