"""Python on one end, the browser client's code on the other: handshake, session, files, proofs."""

from __future__ import annotations

import base64
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from client.sealing import certificate as certificates
from client.sealing import handshake
from client.sealing.agefile import open_file, seal_file
from client.sealing.encoding import b64u, b64u_decode, sha256
from client.sealing.errors import SealError
from client.sealing.keys import SigningKey
from client.sealing.link import Link, link_hash
from client.sealing.profile import GuestProfile, HostProfile
from client.sealing.session import Session
from client.sealing.state import Authenticated, Deliver, Effect, Send, SessionState, Store
from client.sealing.xwing import KemKey
from server.requests.signatures import Message as HttpMessage
from server.requests.signatures import verify
from signaling import wire
from tests.integration.web.node import Peer, Refused, build, peer

IDENTITY = SigningKey(bytes(range(32)))
DEVICE = SigningKey(bytes(range(1, 33)))
GUEST = SigningKey(bytes(range(2, 34)))
PREKEY = KemKey(bytes(range(3, 35)))
LINK = Link(bytes(range(16)), bytes(range(4, 36)), link_hash(IDENTITY.public, PREKEY.public))
CERTIFICATE = certificates.issue(IDENTITY, DEVICE.public, 1_700_000_000)
STATED = HostProfile("Dr Camille Démo", "Médecin", "10003456784")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("peer")
    build(folder)
    return folder


@pytest.fixture
def node(bundle: Path) -> Iterator[Peer]:
    with peer(bundle) as running:
        yield running


def chat(number: int) -> bytes:
    identifier = b64u(number.to_bytes(16, "big"))
    said = {
        "t": "chat",
        "id": identifier,
        "at": "2026-01-02T03:04:05Z",
        "text": f"Bonjour {number}",
    }
    return json.dumps(said).encode()


class Both:
    """A Python session, the other one in Node, and an unreliable network between them."""

    def __init__(self, node: Peer, session: Session, effects: list[dict[str, str]]) -> None:
        self.node = node
        self.session = session
        self.now = 1000.0
        self.to_python: list[bytes] = []
        self.to_node: list[bytes] = []
        self.python_got: list[bytes] = []
        self.node_got: list[bytes] = []
        self.strings: dict[str, str] = {}
        self.stored: SessionState | None = None
        self.told(effects)
        self.perform(session.start(self.now))

    def perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(frame):
                    self.to_node.append(frame)
                case Deliver(message):
                    self.python_got.append(message)
                case Authenticated(string):
                    self.strings["python"] = string
                case Store(state):
                    self.stored = state
                case _:
                    pass

    def told(self, effects: list[dict[str, str]]) -> None:
        for effect in effects:
            if "send" in effect:
                self.to_python.append(b64u_decode(effect["send"]))
            elif "deliver" in effect:
                self.node_got.append(b64u_decode(effect["deliver"]))
            else:
                self.strings["node"] = effect["authenticated"]

    def ask(self, op: str, **raw: bytes) -> None:
        self.told(self.node.ask(op, now=self.now, raw=raw))

    def receive(self, *, python: bool, frame: bytes) -> str | None:
        """Hand one frame over; gives the code it was refused with."""
        try:
            if python:
                self.perform(self.session.receive(frame, self.now))
            else:
                self.ask("receive", frame=frame)
        except SealError as refusal:
            return str(refusal.code)
        except Refused as refusal:
            return str(refusal)
        return None

    def carry(self) -> None:
        while self.to_python or self.to_node:
            if self.to_python:
                self.receive(python=True, frame=self.to_python.pop(0))
            if self.to_node:
                self.receive(python=False, frame=self.to_node.pop(0))

    def time(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now += 0.25
            self.perform(self.session.tick(self.now))
            self.ask("tick")

    def settle(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.carry()
            self.time(0.25)
        self.carry()

    def reload_python(self) -> None:
        assert self.stored is not None
        self.session = Session(self.stored, os.urandom, restored=True)
        self.perform(self.session.start(self.now))


def python_hosts(node: Peer, messages: tuple[bytes, ...] = ()) -> Both:
    raw = {"identity": IDENTITY.public, "prekey": PREKEY.public, "guest": GUEST.seed}
    intro = node.bytes("intro", raw=raw, fragment=LINK.fragment())
    opened = handshake.open_intro(intro, LINK, PREKEY, GUEST.public)
    assert opened.profile == GuestProfile("Łukasz Şahin", "toux", "fr")
    agreed = handshake.make_accept(opened, DEVICE, CERTIFICATE, STATED, messages, os.urandom)
    given = node.ask("guest", now=1000, raw={"accept": agreed.accept})
    assert given["profile"]["name"] == STATED.name
    return Both(node, Session.host(agreed, os.urandom), given["effects"])


def node_hosts(node: Peer, messages: tuple[bytes, ...] = ()) -> Both:
    room = handshake.check_room(LINK, IDENTITY.public, PREKEY.public)
    mine = handshake.make_intro(room, GUEST, GuestProfile("Łukasz Şahin", "toux"), os.urandom)
    raw = {
        "intro": mine.intro,
        "prekey": PREKEY.seed,
        "announced": GUEST.public,
        "device": DEVICE.seed,
        "certificate": CERTIFICATE.raw,
    }
    carried = [b64u(message) for message in messages]
    given = node.ask("host", now=1000, raw=raw, fragment=LINK.fragment(), messages=carried)
    assert given["profile"] == {"name": "Łukasz Şahin", "reason": "toux", "lang": "fr"}
    agreed = handshake.open_accept(b64u_decode(given["accept"]), mine)
    assert agreed.profile == STATED
    opening = handshake.make_open(agreed, os.urandom)
    return Both(node, Session.guest(agreed, opening, os.urandom), given["effects"])


HOSTS = pytest.mark.parametrize("begin", [python_hosts, node_hosts])


@HOSTS
def test_both_agree_and_talk(node: Peer, begin: Any) -> None:
    both = begin(node, (chat(1), chat(2)))
    both.settle(1)
    assert both.strings["python"] == both.strings["node"]
    both.perform(both.session.send(chat(3), both.now))
    both.ask("send", message=chat(4))
    both.settle(1)
    got = (both.python_got, both.node_got)
    assert sorted(got) == sorted(
        ([chat(4)], [chat(1), chat(2), chat(3)])
        if begin is python_hosts
        else ([chat(1), chat(2), chat(4)], [chat(3)])
    )
    assert both.session.unacknowledged == node.ask("unacknowledged") == 0


@HOSTS
@pytest.mark.parametrize("seed", range(6))
def test_messages_come_in_order_and_once_whatever_happens(
    node: Peer, begin: Any, seed: int
) -> None:
    chance = random.Random(seed)
    both = begin(node)
    said: dict[str, list[bytes]] = {"python": [], "node": []}
    for number in range(1, 60):
        what = chance.randrange(6)
        frames = chance.choice([both.to_python, both.to_node])
        at = chance.randrange(len(frames)) if frames else 0
        if what == 0:
            said["python"].append(chat(number))
            both.perform(both.session.send(chat(number), both.now))
        elif what == 1:
            said["node"].append(chat(number))
            both.ask("send", message=chat(number))
        elif what == 2:
            both.reload_python()
        elif what == 3:
            both.ask("reload")
        elif what == 4:
            both.time(chance.uniform(0, 4))
        elif frames and what == 5:
            frames.pop(at)
        elif frames:
            frame = frames[at] if what == 6 else frames.pop(at)
            both.receive(python=frames is both.to_python, frame=frame)
    both.settle(40)
    assert both.node_got == said["python"]
    assert both.python_got == said["node"]
    assert both.strings["python"] == both.strings["node"]


@HOSTS
def test_both_refuse_what_was_changed_or_repeated(node: Peer, begin: Any) -> None:
    both = begin(node)
    both.settle(1)
    both.perform(both.session.send(chat(1), both.now))
    both.ask("send", message=chat(2))
    for python, frames in ((True, both.to_python), (False, both.to_node)):
        frame = frames.pop()
        for at, code in (
            (0, "bad_suite"),
            (1, "bad_form"),
            (2, "unknown_exchange"),
            (-1, "cannot_open"),
        ):
            changed = bytearray(frame)
            changed[at] ^= 1 if at else 3
            assert both.receive(python=python, frame=bytes(changed)) in {code, "stale_exchange"}
        assert both.receive(python=python, frame=frame) is None
        assert both.receive(python=python, frame=frame) == "replayed"
    assert (both.python_got, both.node_got) == ([chat(2)], [chat(1)])


@pytest.mark.parametrize("length", [0, 1, 65_535, 65_536, 65_537, 200_000])
def test_age_files_pass_both_ways(node: Peer, length: int) -> None:
    plain, key = os.urandom(length), KemKey(os.urandom(32))
    theirs = node.bytes("seal", raw={"plain": plain, "seed": key.seed})
    assert b"".join(open_file([theirs], key)) == plain
    ours = b"".join(seal_file([plain], key.public, os.urandom))
    assert node.bytes("open", raw={"file": ours, "seed": key.seed}) == plain
    with pytest.raises(Refused, match="cannot_open"):
        node.ask("open", raw={"file": ours[:-1], "seed": key.seed})


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("GET", "/v1/blobs/AAAAAAAAAAAAAAAAAAAAAA", None),
        ("PUT", "/v1/blobs/AAAAAAAAAAAAAAAAAAAAAA?read=abc&room=d-_", b"sealed"),
        ("POST", "/v1/rooms", b'{"room":"AAAA"}'),
        ("DELETE", "/v1/blobs/AAAAAAAAAAAAAAAAAAAAAA", None),
    ],
)
@pytest.mark.parametrize("origin", ["https://consult.example.org", "http://localhost:8480"])
def test_the_server_takes_what_the_browser_signs(
    node: Peer, method: str, target: str, body: bytes | None, origin: str
) -> None:
    request = {"method": method, "origin": origin, "target": target, "nonce": "n0nce-_"}
    fields: tuple[str, ...] = () if body is None else ("Content-Digest",)
    if method != "GET":
        request["idempotencyKey"] = "AAAAAAAAAAAAAAAAAAAAAA"
        fields += ("Idempotency-Key",)
    raw = {"key": DEVICE.seed} | ({} if body is None else {"body": body})
    made = node.ask("request", raw=raw, request=request)
    headers = {name.title(): value for name, value in made.items()}
    authority = origin.partition("://")[2]
    message = HttpMessage(method, authority, target, headers)
    assert verify(message, fields) == (DEVICE.public, "n0nce-_")
    if body is not None:
        digest = base64.b64encode(sha256(body)).decode()
        assert headers["Content-Digest"] == f"sha-256=:{digest}:"


def test_the_server_reads_the_proof_that_opens_a_room(node: Peer) -> None:
    origin, nonces = "https://consult.example.org", (os.urandom(32), os.urandom(32))
    raw = {"guest": GUEST.seed, "server_nonce": nonces[0], "client_nonce": nonces[1]}
    body = node.bytes("prove", raw=raw, fragment=LINK.fragment(), request={"origin": origin})
    found = wire.Open.unpack(body)
    assert (found.role, found.room, found.key) == (wire.Role.GUEST, LINK.room, GUEST.public)
    assert (found.join_key, found.client_nonce) == (LINK.join_key().public, nonces[1])
    said = found.signed_bytes(origin, nonces[0])
    assert GUEST.sign_bytes(said) == found.signature
    assert LINK.join_key().sign_bytes(said) == found.join_signature
