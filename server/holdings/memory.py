"""What is in the memory of a running server about people, field by field, and until when.

A test compares this with the classes, so that no field is added without a word here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from server.holdings.tables import part


@dataclass(frozen=True, slots=True)
class Kept:
    """A class (`module:name`), what one of it is, until when, and its fields.

    `workings` are fields that say nothing about a person.
    """

    name: str
    about: str
    until: str
    fields: Mapping[str, str]
    workings: Sequence[str] = ()


MEMORY: Sequence[Kept] = (
    Kept(
        "server.requests.addresses:Addresses",
        "a list of the addresses of connections that have proven no key yet",
        "the connection has proven a key, or is closed",
        {"_held": "addresses (of IPv6 the first 64 bits), and how many connections each has"},
        ("_most",),
    ),
    Kept(
        "server.door:Door",
        "a list of the addresses of connections that have not sent the head of a request",
        "the head has come, 15 seconds at most",
        {
            "_waiting": "addresses, and their connections",
            "_address": "the same, turned round",
        },
        ("_most", "_send_milliseconds", "_trusted"),
    ),
    Kept(
        "server.sockets.connection:Connection",
        "an open WebSocket",
        "it is closed",
        {
            "_channels": "which rooms it is in",
            "_watching": "which mailboxes and cells it watches",
            "_nonce": "32 random bytes that its signatures cover",
            "_flow": "how fast it sends",
            "heard": "when anything last came",
            "since": "when it began, or last was in a room",
            "_socket": "the socket with its address, and the request that opened it",
        },
        ("_loop", "_proven", "_shared", "pipe"),
    ),
    Kept(
        "server.sockets.pipe:Pipe",
        "the sending side of a WebSocket",
        "it is closed",
        {
            "_held": "sealed frames for somebody who reads too slowly, 4 MiB at most",
            "_held_bytes": "their size",
        },
        (
            *("_closing", "_direct", "_drainer", "_limits", "_protocol", "_socket", "_transport"),
            "on_end",
        ),
    ),
    Kept(
        "server.sockets.revocations:Revocations",
        "a list of the practitioners' devices that have hosted on a WebSocket",
        "the WebSocket is closed",
        {
            "_pipes": "public keys of devices, and their WebSockets",
            "_keys": "the same, turned round",
        },
        ("_bus", "_identity_of", "_looking"),
    ),
    Kept(
        "server.sockets.watches:Watching",
        "a mailbox or cell that is watched",
        "the WebSocket is closed",
        {"asked": "its id, and the public key that may read it", "told": "a count"},
        ("_open", "_stops", "number", "pipe"),
    ),
    Kept(
        "signaling.people:Person",
        "somebody in a consult",
        "they leave, or the consult ends",
        {
            "key": "a public key",
            "seat": "which link they came with",
            "state": "new, waiting or admitted",
            "number": "their number in this consult",
            "order": "their place in the waiting room",
            "intro": "what they said when they knocked, sealed, until it was answered",
            "intro_hash": "its SHA-256",
            "away": "what was sent to them since their connection was lost",
        },
        ("line",),
    ),
    Kept(
        "signaling.people:Away",
        "what is kept for somebody whose connection was lost",
        "they are back, or for 30 seconds",
        {"frames": "sealed frames", "_since": "when it was lost", "_size": "their size"},
    ),
    Kept(
        "signaling.knocks:Knocks",
        "the rates of a consult's knocks",
        "a minute or so has passed",
        {
            "_by_key": "public keys that knocked, and how often",
            "_paused_until": "public keys that were refused, and until when they have to wait",
            "_all": "how often anybody knocked",
        },
    ),
    Kept(
        "server.blobs.rules:Reserved",
        "a list of the uploads under way",
        "the upload ends",
        {"_bytes": "a practitioner's key or a room's id, and how many bytes are on their way"},
    ),
)


def page() -> Iterator[str]:
    """The lines of the part of docs/what-the-server-holds.md about memory."""
    for kept in MEMORY:
        sentence = f"Each is {kept.about}. It is there until {kept.until}."
        name = kept.name.partition(":")[2]
        yield from part(name, sentence, ("field", "what it is"), kept.fields.items())
