"""A real coturn with the shipped configuration, and a client that asks for what it must refuse."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import socket
import string
import struct
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from aioice import stun

from tests.e2e import net

TEMPLATE = Path(__file__).resolve().parents[2] / "deploy" / "coturn" / "turnserver.conf"
REALM = "turn.test"
PORT = 3478
_UDP = 17 << 24
# aioice asks for IPv4 relays alone and does not know this attribute (RFC 8656 section 18.6).
_FAMILY = "REQUESTED-ADDRESS-FAMILY"
stun.ATTRIBUTES_BY_NAME[_FAMILY] = (
    0x0017,
    _FAMILY,
    lambda value: struct.pack("!Bxxx", value),
    lambda data: data[0],
)


@dataclass(frozen=True)
class Credential:
    """What the Aparté server hands out: coturn's REST scheme, a time and an HMAC over it."""

    username: str
    password: str = field(repr=False)

    @classmethod
    def until(cls, expires: float, secret: str, user: str = "test") -> Credential:
        username = f"{int(expires)}:{user}"
        mac = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
        return cls(username, base64.b64encode(mac).decode())


def configuration(address: str, secret: str, folder: Path, *, also: str | None = None) -> str:
    """The shipped template with its values filled in, and nothing else changed.

    `also` is a second (IPv6) address, added as the README says.
    """
    filled = string.Template(TEMPLATE.read_text()).substitute(
        PUBLIC_ADDRESS=address,
        SECRET=secret,
        REALM=REALM,
        CERTIFICATE=str(folder / "none.pem"),
        PRIVATE_KEY=str(folder / "none.pem"),
    )
    return filled if also is None else f"{filled}\nlistening-ip={also}\nrelay-ip={also}\n"


@contextlib.contextmanager
def coturn(host: net.Host, secret: str, folder: Path, *, also: str | None = None) -> Iterator[None]:
    """Run coturn on a host until the block ends; raises RuntimeError when it does not answer."""
    path = folder / "turnserver.conf"
    path.write_text(configuration(host.address, secret, folder, also=also))
    output = folder / "coturn.log"
    with output.open("wb") as log:
        process = subprocess.Popen(
            host.command("turnserver", "-c", str(path), "--pidfile", str(folder / "coturn.pid")),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        with Client(host, host.address) as client:
            for _ in range(50):
                with contextlib.suppress(TimeoutError):
                    client.binding()
                    break
                if process.poll() is not None:
                    raise RuntimeError(f"coturn stopped: {output.read_text()}")
            else:
                raise RuntimeError(f"coturn does not answer: {output.read_text()}")
        yield
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Client:
    """One TURN allocation over UDP (RFC 8656). Answers are error codes, 0 for success."""

    def __init__(self, host: net.Host, server: str, credential: Credential | None = None) -> None:
        with host.entered():
            self._socket = socket.socket(type=socket.SOCK_DGRAM)
        self._socket.connect((server, PORT))
        self._credential = credential
        self._realm: str | None = None
        self._nonce = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def binding(self) -> stun.Message:
        return self._exchange(stun.Message(stun.Method.BINDING, stun.Class.REQUEST))

    def allocate(self, *, ipv6: bool = False) -> int:
        attributes: dict[str, object] = {"REQUESTED-TRANSPORT": _UDP}
        if ipv6:
            attributes[_FAMILY] = 2
        return self._request(stun.Method.ALLOCATE, attributes)

    def permission(self, peer: str) -> int:
        return self._request(stun.Method.CREATE_PERMISSION, {"XOR-PEER-ADDRESS": (peer, 9)})

    def channel(self, number: int, peer: str) -> int:
        return self._request(
            stun.Method.CHANNEL_BIND,
            {"CHANNEL-NUMBER": number, "XOR-PEER-ADDRESS": (peer, 9)},
        )

    def _request(self, method: stun.Method, attributes: dict[str, object]) -> int:
        """Ask; take the realm and nonce from a first 401 (or a stale 438) and ask once more."""
        answer = self._exchange(self._signed(method, attributes))
        if answer.error_code in {401, 438} and "NONCE" in answer.attributes:
            fresh = self._nonce != answer.attributes["NONCE"]
            self._realm, self._nonce = answer.attributes["REALM"], answer.attributes["NONCE"]
            if fresh:
                answer = self._exchange(self._signed(method, attributes))
        return answer.error_code or 0

    def _signed(self, method: stun.Method, attributes: dict[str, object]) -> stun.Message:
        message = stun.Message(method, stun.Class.REQUEST, attributes=dict(attributes))
        if self._credential is not None and self._realm is not None:
            user, password = self._credential.username, self._credential.password
            message.attributes.update(USERNAME=user, REALM=self._realm, NONCE=self._nonce)
            # The key of RFC 8489 section 9.2.2 is an MD5 by definition.
            key = hashlib.md5(f"{user}:{self._realm}:{password}".encode()).digest()  # noqa: S324
            message.add_message_integrity(key)
        return message

    def _exchange(self, message: stun.Message) -> stun.Message:
        # A BINDING asks whether anybody is there yet. Nothing gets lost here, and coturn calls an
        # ALLOCATE that is sent again a mismatch: all others are sent once, and waited for.
        probing = message.message_method is stun.Method.BINDING
        self._socket.settimeout(0.2 if probing else 10)
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline:
            try:
                self._socket.send(bytes(message))
                answer = stun.parse_message(self._socket.recv(2048))
            except (TimeoutError, ConnectionRefusedError):
                if probing:
                    time.sleep(0.1)
                    break
                continue
            if answer.transaction_id == message.transaction_id:
                return answer
        raise TimeoutError("the TURN server does not answer")
