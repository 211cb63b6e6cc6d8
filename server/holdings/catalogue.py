"""What stands in each column: what it says, what it is for, and until when it is there.

docs/what-the-server-holds.md is written from this, and a test compares it with the schema: a
column that nobody has explained cannot be added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from server.holdings.tables import part


@dataclass(frozen=True, slots=True)
class Held:
    """What a column says, and why it is needed."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Record:
    """A table: what one row is about, until when it is there, and its columns."""

    about: str
    until: str
    columns: Mapping[str, Held]


RECORDS: Mapping[str, Record] = {
    "practitioners": Record(
        "a practitioner who was enrolled",
        "the operator removes it",
        {
            "identity": Held("a public key", "who may open rooms"),
            "card": Held(
                "what they state of themselves for everybody to see: name, profession, speciality,"
                " RPPS number, address and place of their practice, languages, whether they want to"
                " be found, and the hash of a second key where they sign twice; signed by them",
                "patients see whom they talk to",
            ),
            "attestation": Held(
                "what the operator's registrar has checked of the card, and when; signed by it",
                "patients see who has checked the card",
            ),
            "devices": Held(
                "their devices' public keys, since when, and until when; signed by them",
                "patients see that a device was not revoked",
            ),
            "listed": Held("yes or no, as the card says", "only who wants to is found by name"),
            "name_key": Held("the card's name without accents", "finding it"),
            "profession_key": Held("its profession and speciality without accents", "finding it"),
            "place_key": Held("its place without accents", "finding it"),
            "languages": Held("its languages", "finding it"),
        },
    ),
    "devices": Record(
        "a device of a practitioner",
        "the operator removes it",
        {
            "device": Held("a public key", "whose signatures count"),
            "identity": Held("the practitioner's public key", "whose device it is"),
            "until": Held("when it was revoked, or 0", "a revoked device may do nothing"),
        },
    ),
    "used_codes": Record(
        "an enrolment code that was used",
        "the code would have expired anyway: a day",
        {
            "hash": Held("SHA-256 of the code", "no code is used twice"),
            "forget": Held("a time", "when this row goes"),
        },
    ),
    "rooms": Record(
        "a consult that a practitioner has opened",
        "a while after it expired, which is 30 days after it was made or sooner",
        {
            "id": Held("16 random bytes, made by the practitioner", "links name it"),
            "identity": Held(
                "the practitioner's public key",
                "who is its host; patients check it against their link",
            ),
            "prekey": Held(
                "a public key; empty once it has ended", "patients seal their first words to it"
            ),
            "locked": Held("yes or no", "whether new people may knock"),
            "ended": Held("yes or no", "an ended consult stays ended"),
            "expires": Held("a time", "when links stop working"),
            "revision": Held("a count of changes", "two processes do not overwrite each other"),
        },
    ),
    "seats": Record(
        "a link into a consult",
        "the room's row goes",
        {
            "room": Held("the room's id", "which consult it leads to"),
            "number": Held("a count from 0", "which of the room's links it is"),
            "join_key": Held("a public key that follows from the link", "who holds the link"),
            "guest_key": Held(
                "a public key made by the patient's browser for this consult, once admitted",
                "the place stays the patient's over a reload or a restart",
            ),
            "admitted": Held("yes or no", "whether the host has let that key in"),
        },
    ),
    "vouchers": Record(
        "something that a practitioner pays for, on behalf of somebody unnamed",
        "it expires, or what it paid for is erased (of a claimed cell the bytes alone)",
        {
            "hash": Held("SHA-256 of 32 random bytes", "whoever shows them may spend it once"),
            "identity": Held("the practitioner's public key", "whose quota it counts against"),
            "bytes": Held("a size", "how much it pays for"),
            "expires": Held("a time", "until when it is good, and what it paid for is kept"),
            "spent": Held("yes or no", "it is spent once"),
        },
    ),
    "mailboxes": Record(
        "a mailbox",
        "its owner erases it, or it expires with what paid for it",
        {
            "id": Held("16 random bytes, made by its owner", "senders name it"),
            "owner": Held("a public key of this mailbox alone", "who reads and empties it"),
            "append": Held("up to 16 public keys of this mailbox alone", "who may write to it"),
            "last": Held("a count", "messages are numbered and never mistaken for others"),
            "held": Held("a count", "how many messages wait in it"),
            "weight": Held("a size", "what they weigh together, padded"),
            "most": Held("a size", "how much it may hold"),
            "voucher": Held("the hash of the voucher that paid", "it is free again afterwards"),
            "expires": Held("a time", "when it goes"),
            "keep": Held(
                "a number of seconds, or nothing for the 180 days that all have",
                "a prescription is dispensed for a year, and its receipts are read until then",
            ),
        },
    ),
    "messages": Record(
        "a sealed message that waits in a mailbox",
        "its reader has taken it, or for 180 days, or as long as its mailbox says",
        {
            "mailbox": Held("the mailbox's id", "where it waits"),
            "sequence": Held("a count", "its place among the others"),
            "body": Held("sealed bytes", "what waits; only the reader can open it"),
            "expires": Held("a time", "when it goes, taken or not"),
        },
    ),
    "cells": Record(
        "a small sealed value with versions",
        "its owner erases it, or it expires with what paid for it",
        {
            "id": Held("16 random bytes, made by its owner", "readers name it"),
            "owner": Held("a public key of this cell alone", "who changes it"),
            "read": Held("a public key of this cell alone, or zeros", "who may read it"),
            "claim": Held("a public key of this cell alone, or zeros", "who may claim it"),
            "version": Held("a count", "which version is the newest"),
            "closed": Held("yes or no", "a closed cell stays closed"),
            "newest": Held("the hash of the newest link", "what the next version must name"),
            "value": Held("sealed bytes", "the newest value; only its readers can open it"),
            "accepted": Held("a time and our signature", "the proof that we have taken it"),
            "claimed": Held(
                "a claimant's public key, a hash, a time and two signatures; none before a claim",
                "it is claimed once, and both sides can prove it",
            ),
            "voucher": Held("the hash of the voucher that paid", "it is free again afterwards"),
            "expires": Held("a time", "when it goes"),
        },
    ),
    "links": Record(
        "a version of a cell",
        "the cell goes, or 1,024 newer versions came",
        {
            "cell": Held("the cell's id", "which cell it is a version of"),
            "version": Held("a count", "which version"),
            "link": Held("public keys, a count, hashes and a signature", "readers check the chain"),
        },
    ),
    "tombs": Record(
        "a cell that was claimed, and then erased by its owner",
        "the cell would have expired",
        {
            "cell": Held("the cell's id", "nobody makes it again, to be claimed a second time"),
            "expires": Held("a time", "when this row goes"),
        },
    ),
    "blobs": Record(
        "a sealed document, photo or other file",
        "its owner erases it, or for 30 days; with a voucher until that expires",
        {
            "id": Held("16 random bytes, made by its sender", "readers name it"),
            "owner": Held("the public key of its sender", "who may go on with it or erase it"),
            "read": Held("a public key of this blob alone", "who may fetch it"),
            "account": Held(
                "a practitioner's key, a room's id or a voucher's hash",
                "whose quota it counts against",
            ),
            "length": Held("its size in bytes, padded", "where the upload ends"),
            "offset": Held("a size", "how much of it is here"),
            "expires": Held("a time", "when it goes if nothing more comes"),
            "lasts": Held("a time", "when it goes once all of it is here"),
        },
    ),
    "pieces": Record(
        "a piece of a blob, which is a file of sealed bytes",
        "the blob goes",
        {
            "blob": Held("the blob's id", "which blob it is a piece of"),
            "offset": Held("a size", "where it begins"),
            "length": Held("a size", "where it ends"),
            "file": Held("a random name", "the file in `blobs/`"),
        },
    ),
    "counters": Record(
        "a blob that may be opened so many times",
        "after the blob has expired, as long again as it was there, a week at most",
        {
            "blob": Held("the blob's id", "which blob it is"),
            "owner": Held("the public key of its sender", "who may ask how often it was opened"),
            "read": Held("a public key of this blob alone", "who may open it"),
            "most": Held("a number", "how often it may be opened"),
            "used": Held("a number", "how often it was opened"),
            "withdrawn": Held("yes or no", "who opens it is told that it was taken back"),
            "expires": Held("a time", "who opens it is told that its time is over"),
            "forget": Held("a time", "when this row goes"),
        },
    ),
    "openings": Record(
        "an opening of such a blob that is under way",
        "an hour has passed",
        {
            "blob": Held("the blob's id", "which blob it is"),
            "opening": Held("16 random bytes, made by who opens it", "a retry counts once"),
            "until": Held("a time", "when this row goes"),
        },
    ),
    "answers": Record(
        "what a request that changed something was answered",
        "a day has passed",
        {
            "signer": Held("the public key that signed the request", "whose retry it would be"),
            "token": Held("16 random bytes, made by the client", "which request it was"),
            "request_hash": Held("SHA-256 of what was signed", "another request is no retry"),
            "status": Held("a number", "what a retry is answered"),
            "body": Held(
                "the answer: ids, times, of cells also signatures", "what a retry is answered"
            ),
            "media": Held("the answer's media type", "what a retry is answered"),
            "expires": Held("a time", "when this row goes"),
        },
    ),
}


def page() -> Iterator[str]:
    """The lines of the part of docs/what-the-server-holds.md about the database."""
    for name, record in RECORDS.items():
        sentence = f"A row is {record.about}. It is there until {record.until}."
        rows = [(column, held.what, held.why) for column, held in record.columns.items()]
        yield from part(name, sentence, ("column", "what it says", "what it is for"), rows)
