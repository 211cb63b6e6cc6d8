"""The reference implementation passes tests/vectors/*.json, the same files as the web client."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from client.sealing import authored, devices, kept, keys, mail, messages, xwing
from client.sealing import card as cards
from client.sealing import cell as cells
from client.sealing import certificate as certificates
from client.sealing import envelope as envelopes
from client.sealing import exchange as exchanges
from client.sealing import lock as locks
from client.sealing import profile as profiles
from client.sealing import record as records
from client.sealing import ring as rings
from client.sealing import second as seconds
from client.sealing import statement as statements
from client.sealing.agecode import read_code
from client.sealing.agefile import open_file
from client.sealing.encoding import b64u, b64u_decode, sha256
from client.sealing.envelope import Leaves, StreamedPart
from client.sealing.errors import SealCode, SealError
from client.sealing.exchange import Side
from client.sealing.handed import Outside, read_handed, write_handed
from client.sealing.handshake import (
    GuestIntro,
    HostAgreed,
    HostIntro,
    RoomKeys,
    make_accept,
    make_intro,
    open_accept,
    open_intro,
    read_open,
)
from client.sealing.kdf import CHACHA
from client.sealing.letter import open_letter, seal_letter
from client.sealing.link import parse_fragment
from client.sealing.objects import Purpose, read_object, sign_object
from client.sealing.padme import padme
from client.sealing.pair import (
    Pair,
    PairOffer,
    make_pair_answer,
    make_pair_offer,
    read_pair_answer,
    read_pair_offer,
)
from client.sealing.practice_marks import PracticeMarks
from client.sealing.roster import Roster, RosterMember, read_roster, sign_roster
from client.sealing.sas import authentication_string
from client.sealing.sdp import require_fingerprint, strip_fingerprints
from client.sealing.sealed_link import SealedLink, parse_sealed_fragment
from client.sealing.statement import PartInfo
from client.sealing.streamed import open_chunks
from client.sealing.study import index_begins, read_index
from client.sealing.traffic import Inner, Traffic, exchange_of
from client.sealing.tree import tree_hash
from client.sealing.words import WordsError, read_sheet_words, sheet_words
from client.sealing.xwing import Encapsulation, KemKey
from tests.unit.client.sealing.adding_runner import run_adding
from tests.unit.client.sealing.dispensing_runner import run_dispensing
from tests.unit.client.sealing.moved_runner import run_moved
from tests.unit.client.sealing.permit_runner import run_papers, run_permit
from tests.unit.client.sealing.vault_runner import run_vault
from tests.vectors.cases_documents import pattern
from tests.vectors.forge import FOLDER, Case, Drbg
from tests.vectors.make import FILES, text_of

Runner = Callable[[Case], dict[str, Any]]


def taken(case: Case, name: str) -> bytes:
    return b64u_decode(case[name])


def run_keys(case: Case) -> dict[str, Any]:
    items = [b64u_decode(item) for item in case["items"]]
    if "seed" in case:
        key = keys.SigningKey(taken(case, "seed"))
        assert b64u(key.public) == case["key"]
        assert b64u(key.sign(case["label"], *items)) == case["signature"]
    keys.verify(taken(case, "key"), taken(case, "signature"), case["label"], *items)
    return {}


def run_certificate(case: Case) -> dict[str, Any]:
    found = certificates.read(taken(case, "certificate"))
    if "identity_seed" in case:
        identity = keys.SigningKey(taken(case, "identity_seed"))
        assert certificates.issue(identity, found.device, found.issued) == found
    return {
        "identity": b64u(found.identity),
        "device": b64u(found.device),
        "issued": found.issued,
    }


def run_xwing(case: Case) -> dict[str, Any]:
    if "seed" not in case:
        xwing.encapsulate(taken(case, "public"))
        return {}
    key = KemKey(taken(case, "seed"))
    return {"public": b64u(key.public), "secret": b64u(key.decapsulate(taken(case, "enc")))}


def run_link(case: Case) -> dict[str, Any]:
    link = parse_fragment(case["fragment"])
    assert link.fragment() == case["fragment"]
    if case["name"] != "another room has another join key":
        link.require_host(taken(case, "identity"), taken(case, "prekey"))
    return {
        "room": b64u(link.room),
        "secret": b64u(link.secret),
        "hash": b64u(link.hash),
        "join_seed": b64u(link.join_key().seed),
        "join_key": b64u(link.join_key().public),
    }


def guest_room(case: Case) -> RoomKeys:
    prekey = KemKey(taken(case, "prekey_seed")).public if "prekey_seed" in case else b""
    return RoomKeys(parse_fragment(case["fragment"]), taken(case, "identity"), prekey)


def recorded(case: Case) -> xwing.Encapsulate:
    return lambda public: Encapsulation(taken(case, "enc"), taken(case, "secret"))


def given(case: Case, *names: str) -> Callable[[int], bytes]:
    queue = [taken(case, name) for name in names]
    return lambda _length: queue.pop(0)


def run_intro(case: Case) -> dict[str, Any]:
    link, prekey = parse_fragment(case["fragment"]), KemKey(taken(case, "prekey_seed"))
    found = open_intro(taken(case, "intro"), link, prekey, taken(case, "announced"))
    if "salt" in case:
        again = make_intro(
            RoomKeys(link, b"", prekey.public),
            keys.SigningKey(taken(case, "guest_seed")),
            profiles.read_guest(taken(case, "profile")),
            given(case, "salt", "ephemeral_seed", "r_guest"),
            recorded(case),
        )
        assert b64u(again.intro) == case["intro"]
    return {
        "guest": b64u(found.guest),
        "ephemeral": b64u(found.ephemeral),
        "commitment": b64u(found.commitment),
        "name": found.profile.name,
        "reason": found.profile.reason,
        "lang": found.profile.lang,
    }


def run_accept(case: Case) -> dict[str, Any]:
    room = guest_room(case)
    mine = GuestIntro(
        taken(case, "intro"),
        room,
        b"",
        KemKey(taken(case, "ephemeral_seed")),
        taken(case, "r_guest"),
        taken(case, "ss1"),
    )
    found = open_accept(taken(case, "accept"), mine)
    if "device_seed" in case:
        again = make_accept(
            HostIntro(
                mine.intro,
                room.link,
                b"",
                mine.ephemeral.public,
                b"",
                profiles.GuestProfile(""),
                mine.ss1,
            ),
            keys.SigningKey(taken(case, "device_seed")),
            certificates.read(taken(case, "certificate")),
            profiles.read_host(taken(case, "profile")),
            tuple(b64u_decode(message) for message in case["messages"]),
            given(case, "r_host", "x_host"),
            recorded(case),
        )
        assert b64u(again.accept) == case["accept"]
        assert again.root == found.root
    return {
        "transcript": b64u(found.transcript),
        "root": b64u(found.root),
        "r_host": b64u(found.r_host),
        "x_host": b64u(found.x_host),
        "device": b64u(found.certificate.device),
        "name": found.profile.name,
        "profession": found.profile.profession,
        "rpps": found.profile.rpps,
        "messages": [b64u(message) for message in found.messages],
        "authentication": authentication_string(mine.r_guest, found.r_host, found.transcript),
    }


def run_open(case: Case) -> dict[str, Any]:
    accept, transcript, root, r_host, commitment = (
        taken(case, name) for name in ("accept", "transcript", "root", "r_host", "commitment")
    )
    agreed = HostAgreed(accept, transcript, b"", (), r_host, root, commitment)
    found = read_open(taken(case, "frame"), agreed)
    return {
        "r_guest": b64u(found.r_guest),
        "x_guest": b64u(found.x_guest),
        "authentication": authentication_string(found.r_guest, r_host, transcript),
    }


def run_sas(case: Case) -> dict[str, Any]:
    r_guest, r_host = taken(case, "r_guest"), taken(case, "r_host")
    return {"authentication": authentication_string(r_guest, r_host, taken(case, "transcript"))}


def told(made: exchanges.Exchange) -> dict[str, Any]:
    return {
        "exchange": b64u(made.id),
        "ratchet": b64u(made.ratchet),
        "host_key": b64u(made.host_key),
        "guest_key": b64u(made.guest_key),
    }


def run_exchange(case: Case) -> dict[str, Any]:
    if case["op"] == "first":
        root, accept, opening = (taken(case, name) for name in ("root", "accept", "open"))
        return told(exchanges.derive(root, accept, opening))
    sender = next((side for side in Side if side == case["sender"]), Side.HOST)
    roots = [b64u_decode(root) for root in case["roots"]]
    frame = taken(case, "frame")
    if case["op"] == "hello":
        if "offered" in case:
            offered = [b64u_decode(root) for root in case["offered"]]
            again = exchanges.make_hello(sender, offered, lambda n: (frame[3:35] * 2)[:n])
            used = 35 + 40 * len(offered)
            assert again[:used] == frame[:used]
        return {"root": b64u(exchanges.read_hello(frame, sender, roots))}
    hello = taken(case, "hello")
    root = exchanges.read_answer(frame, sender, hello, roots)
    assert exchanges.make_answer(sender, hello, root, given(case, "y")) == frame
    return {"root": b64u(root)} | told(exchanges.derive(root, hello, frame))


def run_data(case: Case) -> dict[str, Any]:
    if "length" in case:
        inner = Inner(1, 0, bytes([case["byte"]]) * case["length"])
        return {"frame": 18 + len(inner.encode()) + 16}
    made = exchanges.Exchange(taken(case, "exchange"), b"", bytes(32), taken(case, "key"))
    if "counter" in case:
        sender = Traffic(made, Side.GUEST, CHACHA)
        sender.counter = case["counter"]
        return {"frame": b64u(sender.seal(Inner(case["n"], case["ack"], taken(case, "message"))))}
    receiver = Traffic(made, Side.HOST, CHACHA)
    inner = Inner(0, 0)
    for frame in case["frames"]:
        raw = b64u_decode(frame)
        if exchange_of(raw) != receiver.id:
            raise SealError(SealCode.UNKNOWN_EXCHANGE)
        inner = receiver.open(raw, case["sent"])
    return {"n": inner.n, "ack": inner.ack, "message": b64u(inner.message)}


def run_fingerprint(case: Case) -> dict[str, Any]:
    if "strip" in case:
        return {"sdp": strip_fingerprints(case["strip"])}
    return {"sha256": b64u(require_fingerprint(case["sdp"]))}


def run_messages(case: Case) -> dict[str, Any]:
    found = messages.parse(taken(case, "message"))
    if found is None:
        return {"type": None, "id": None}
    return {"type": found.type, "id": b64u(found.id) if found.id else None}


def run_tree(case: Case) -> dict[str, Any]:
    return {"tree": b64u(tree_hash(pattern(case["length"])))}


def run_objects(case: Case) -> dict[str, Any]:
    purpose = Purpose[case["purpose"].upper()]
    found = read_object(purpose, taken(case, "object"))
    if "seed" in case:
        certificate = certificates.read(taken(case, "certificate")) if case["certificate"] else None
        signer = keys.SigningKey(taken(case, "seed"))
        assert sign_object(purpose, found.payload, signer, certificate) == found.raw
    return {
        "payload": b64u(found.payload),
        "hash": b64u(found.hash),
        "key": b64u(found.key),
        "author": b64u(found.author),
    }


def run_second(case: Case) -> dict[str, Any]:
    found = authored.read_authored(taken(case, "statement"))
    if "names" in case:
        named = cards.Card(1, "2026-03-01T09:30:00Z", "D", second=taken(case, "names"))
        cards.require_second(named, found)
    if "root" in case:
        certificate = certificates.read(taken(case, "certificate"))
        identity = seconds.second_identity_of(taken(case, "root"))
        key = seconds.SecondKey(taken(case, "second_seed"))
        device = seconds.certify_second(identity, certificate, key)
        signer = keys.SigningKey(taken(case, "seed"))
        again = authored.sign_statement(found.payload, signer, certificate, device)
        # Second signatures differ each time: what is written has to be read.
        assert authored.object_of(again) == found.raw
        assert authored.read_authored(again) == found
    return {
        "payload": b64u(found.payload),
        "hash": b64u(authored.statement_hash(taken(case, "statement"))),
        "author": b64u(found.author),
        "second": b64u(found.second),
    }


def run_statement(case: Case) -> dict[str, Any]:
    found = statements.read_statement(taken(case, "payload"))
    more = {}
    if found.dispensing:
        lines = [dataclasses.asdict(line) for line in found.dispensing.lines]
        more = {"dispensing": [found.dispensing.until, *lines]}
        assert found.encode() == taken(case, "payload")
    return more | {
        "kind": found.kind,
        "parts": len(found.parts),
        "subject": found.subject.name if found.subject else None,
    }


def run_envelope(case: Case) -> dict[str, Any]:
    raw = read_object(Purpose.ENVELOPE, taken(case, "envelope"))
    envelope = envelopes.read_envelope(raw.payload)
    statement = read_object(Purpose.STATEMENT, taken(case, "statement"))
    reader, room = taken(case, "reader"), taken(case, "room")
    envelopes.match(envelope, statement, reader=reader, room=room)
    more = {"ticket": b64u(envelope.ticket.secret)} if envelope.ticket else {}
    return more | {
        "key": b64u(envelope.key),
        "parts": [part.members() for part in envelope.parts],
    }


def run_age(case: Case) -> dict[str, Any]:
    plain = b"".join(open_file([taken(case, "file")], KemKey(taken(case, "seed"))))
    if "length" in case["gives"]:
        return {"length": len(plain), "sha256": b64u(sha256(plain))}
    return {"plain": b64u(plain)}


def run_code(case: Case) -> dict[str, Any]:
    return {"seed": b64u(read_code(case["typed"]))}


def run_roster(case: Case) -> dict[str, Any]:
    raw, last = taken(case, "roster"), case["last"]
    identity, room, guest = (taken(case, name) for name in ("identity", "room", "guest"))
    found = read_roster(raw, identity=identity, room=room, guest=guest, last=last)
    if "device_seed" in case:
        certificate = certificates.read(taken(case, "certificate"))
        device = keys.SigningKey(taken(case, "device_seed"))
        assert sign_roster(found, device, certificate) == raw
    members = [{"key": b64u(member.key), "name": member.name} for member in found.members]
    return {"version": found.version, "members": members}


def run_pair(case: Case) -> dict[str, Any]:
    members = tuple(RosterMember(b64u_decode(key), "") for key in case["members"])
    roster = Roster(taken(case, "room"), 1, members)
    pair = Pair(roster, taken(case, "own"), taken(case, "peer"))
    other = Pair(roster, pair.peer, pair.own)
    offer = taken(case, "offer")
    signer = keys.SigningKey(taken(case, "guest_seed")) if "guest_seed" in case else None
    if case["op"] == "offer":
        counter = read_pair_offer(offer, pair, case["last"])
        if signer:
            again = make_pair_offer(other, signer, counter, given(case, "ephemeral_seed"))
            assert again.offer == offer
        return {"counter": counter}
    mine = PairOffer(offer, KemKey(taken(case, "ephemeral_seed")))
    root = read_pair_answer(taken(case, "answer"), pair, mine)
    if signer:
        made = make_pair_answer(offer, other, signer, recorded(case))
        assert (made.answer, made.root) == (taken(case, "answer"), root)
    return {"root": b64u(root)}


def run_cell(case: Case) -> dict[str, Any]:
    if "claim_seed" in case:
        key = keys.SigningKey(taken(case, "claim_seed"))
        said = (taken(case, name) for name in ("id", "claimant", "receipt"))
        return {"claim": b64u(cells.make_claim(key, *said))}
    own = cells.CellKeys(*(taken(case, name) for name in ("id", "owner", "read", "claim")))
    seen = cells.Seen(case["seen_version"], taken(case, "seen_hash"))
    if "owner_seed" in case:
        owner = keys.SigningKey(taken(case, "owner_seed"))
        value, closed = taken(case, "value"), case["closed"]
        body, made = cells.make_version(owner, own, seen, value, closed=closed)
        return {"body": b64u(body), "hash": b64u(made.hash)}
    part = cells.read_part(taken(case, "answer"), own, taken(case, "server"), seen)
    state = part.state
    claimed = state and state.claimed
    return {
        "version": part.seen.version,
        "hash": b64u(part.seen.hash),
        "gap": part.gap,
        "state": state
        and {
            "value": b64u(state.value),
            "closed": state.closed,
            "accepted": state.accepted,
            "claimed": claimed
            and {
                "claimant": b64u(claimed.claimant),
                "receipt": b64u(claimed.receipt),
                "at": claimed.at,
            },
        },
    }


def letter_kem(case: Case) -> xwing.Encapsulate:
    """The encapsulations that stand in a letter, in order, with the secrets that went with them."""
    letter, secrets = taken(case, "letter"), [b64u_decode(one) for one in case["secrets"]]
    stanzas = [letter[3 + 1168 * at :] for at in range(len(secrets))]
    made = [Encapsulation(one[:1120], secret) for one, secret in zip(stanzas, secrets, strict=True)]
    return lambda _public: made.pop(0)


def run_letter(case: Case) -> dict[str, Any]:
    recipients = [b64u_decode(public) for public in case.get("recipients", ())]
    context = taken(case, "context")
    if "letter" not in case:
        seal_letter(recipients, context, pattern(case["length"]), Drbg("a letter refused"))
        return {}
    letter = taken(case, "letter")
    message = open_letter(KemKey(taken(case, "seed")), context, letter)
    if "content_key" in case:
        random, kem = given(case, "content_key"), letter_kem(case)
        assert seal_letter(recipients, context, message, random, kem) == letter
    if "length" in case["gives"]:
        return {"length": len(message), "sha256": b64u(sha256(message))}
    return {"message": b64u(message)}


def run_mail(case: Case) -> dict[str, Any]:
    found = mail.parse(taken(case, "mail"))
    return {"type": found.type if found else None}


def run_card(case: Case) -> dict[str, Any]:
    found = cards.read_card(taken(case, "card"))
    if "seed" in case:
        assert cards.sign_card(found.card, keys.SigningKey(taken(case, "seed"))) == found.raw
    shown = dataclasses.asdict(found.card) | {"languages": list(found.card.languages)}
    shown["second"] = b64u(found.card.second)
    return shown | {"identity": b64u(found.identity), "hash": b64u(found.hash)}


def run_attestation(case: Case) -> dict[str, Any]:
    raw = taken(case, "attestation")
    found = cards.read_attestation(raw, taken(case, "registrar"), taken(case, "card_hash"))
    if "seed" in case:
        assert cards.sign_attestation(found, keys.SigningKey(taken(case, "seed"))) == raw
    return {"issued": found.issued, "registrar": found.registrar, "checked": list(found.checked)}


def run_devices(case: Case) -> dict[str, Any]:
    found = devices.read_devices(taken(case, "devices"))
    if "identity_seed" in case:
        identity = keys.SigningKey(taken(case, "identity_seed"))
        again = devices.make_devices(identity, found.version, found.issued, found.devices)
        assert again == found
    if "last" in case:
        devices.require_continues(found, devices.read_devices(taken(case, "last")))
    if "certificate" in case:
        certificate = certificates.read(taken(case, "certificate"))
        devices.require_in_force(found, certificate, case.get("signed_at"))
    listed = [dataclasses.asdict(one) | {"device": b64u(one.device)} for one in found.devices]
    said = {"identity": b64u(found.identity), "version": found.version, "issued": found.issued}
    return said | {"devices": listed}


def run_record(case: Case) -> dict[str, Any]:
    registrar = taken(case, "registrar") or None
    asked = records.Asked(taken(case, "identity"), taken(case, "server"), registrar)
    last = None
    if "last_card" in case:
        card = cards.read_card(taken(case, "last_card"))
        last = records.Known(card, devices.read_devices(taken(case, "last_devices")))
    found = records.read_record(taken(case, "record"), asked, last)
    records.require_fresh(found, case["now"])
    return {
        "card": b64u(found.card.hash),
        "version": found.devices.version,
        "confirmed": found.confirmed,
        "attested": found.attestation is not None,
    }


def secret_of(who: dict[str, str]) -> rings.Held:
    return rings.Held(rings.Kind[who["kind"].upper()], b64u_decode(who["secret"]), "", "")


def told_of_words(case: Case, read: Callable[[str], bytes]) -> bytes:
    """What `read` gives; where it refuses, what is said of the words is the case's."""
    try:
        return read(case["text"])
    except WordsError as error:
        told = (error.at, error.nearest)
        raise error if told == (case["at"], case["nearest"]) else AssertionError(told) from None


def run_words(case: Case) -> dict[str, Any]:
    secret = told_of_words(case, read_sheet_words)
    if "language" in case:
        assert " ".join(sheet_words(secret, case["language"])) == case["text"]
    return {"secret": b64u(secret)}


def run_ring(case: Case) -> dict[str, Any]:
    means, other, raw = secret_of(case["means"]), secret_of(case["other"]), taken(case, "ring")
    found = rings.open_ring(raw, means, other)
    if "salt" in case:
        (full,) = (one for one in found.held if one.secret == means.secret)
        assert rings.seal_ring(found, full, given(case, "salt", "key")) == raw
    held = [
        {
            "kind": one.kind.name.lower(),
            "secret": b64u(one.secret),
            "label": one.label,
            "made": one.made,
        }
        for one in found.held
    ]
    return {
        "root": b64u(found.root),
        "vault": b64u(found.vault),
        "identity": b64u(found.identity.public),
        "place": b64u(means.place),
        "reader": b64u(means.reader.public),
        "owner": b64u(found.owner(means.place).public),
        "held": held,
    }


def run_lock(case: Case) -> dict[str, Any]:
    if "resting" in case:
        master, scope, name = taken(case, "master"), case["scope"], case["at"]
        raw = taken(case, "resting")
        found = locks.open_resting(master, scope, name, raw)
        assert locks.seal_resting(master, scope, name, found, given(case, "salt")) == raw
        return {"secret": b64u(found)}
    raw = taken(case, "lock")
    way = locks.read_lock(raw)
    if isinstance(way, locks.Passphrase) and "passphrase" in case:
        secret = way.stretch(case["passphrase"])
    else:
        secret = taken(case, "secret")
    master = locks.open_lock(raw, secret)
    assert locks.seal_lock(way, secret, master) == raw
    said = {"master": b64u(master)}
    if isinstance(way, locks.Passkey):
        return said | {"way": "passkey", "id": b64u(way.id)}
    return said | {"way": "passphrase", "memory": way.memory, "passes": way.passes}


def run_kept(case: Case) -> dict[str, Any]:
    proof, parts = kept.read_kept(taken(case, "kept"))
    found = kept.check_kept(proof, parts)
    assert found.certificate is not None
    assert kept.write_kept(proof, parts) == taken(case, "kept")
    return {
        "identity": b64u(found.certificate.identity),
        "device": b64u(found.certificate.device),
        "at": found.signed_at,
        "card": found.card.card.name if found.card else None,
        "attested": found.attestation is not None,
        "parts": [b64u(part) for part in parts],
    }


def run_sealed_link(case: Case) -> dict[str, Any]:
    if case["what"] == "fragment":
        link = parse_sealed_fragment(case["fragment"])
        found = {"place": b64u(link.place), "reader": b64u(link.reader.public)}
        return found | {"secret": b64u(link.secret)}
    if case["what"] == "handed":
        return run_handed(case, taken(case, "handed"))
    link = SealedLink(taken(case, "secret"))
    if case["what"] == "words":
        code = told_of_words(case, link.read_words)
        if "language" in case:
            assert " ".join(link.words(code, case["language"])) == case["text"]
        return {"code": b64u(code)}
    key = link.key(taken(case, "code"))
    plain = b"".join(open_file([taken(case, "file")], key))
    return run_handed(case, plain) | {"seed": b64u(key.seed)}


def run_handed(case: Case, raw: bytes) -> dict[str, Any]:
    handed = read_handed(raw, taken(case, "server"), taken(case, "registrar"))
    found, content = handed.authorship, handed.content
    assert write_handed(handed.proof, content)[: len(raw)] == raw
    said: dict[str, Any] = {"attested": found.attestation is not None}
    if found.certificate is None:
        said["stranger"] = b64u(found.key)
    if isinstance(content, Outside):
        outside = [part.members() for part in content.parts]
        return said | {"key": b64u(content.key), "outside": outside}
    return said | {"parts": [b64u(part) for part in content]}


def run_streamed(case: Case) -> dict[str, Any]:
    leaves = Leaves(case["leaves_length"], taken(case, "leaves_hash"))
    part = StreamedPart(bytes(16), case["content"], leaves, bytes(32))
    info = PartInfo("", "", case["length"], taken(case, "tree"))
    key, index = KemKey(taken(case, "seed")), case["index"]
    chunks = open_chunks(taken(case, "head"), taken(case, "leaves"), key, part, info)
    text = chunks.open(index, taken(case, "chunk"))
    begin, shape = chunks.shape.begin(index), chunks.shape
    assert shape.chunk_at(begin) == index
    said = {"begin": begin, "blob": shape.blob, "plain_length": len(text)}
    return said | {"sha256": b64u(sha256(text))}


def run_study(case: Case) -> dict[str, Any]:
    if case["what"] == "start":
        return {"begin": index_begins(taken(case, "start"))}
    many = ({"at": 10 * at, "length": 10, "dataset": {}} for at in range(case.get("many", 0)))
    line = case["line"].replace('"MANY"', ",".join(map(json.dumps, many)))
    if "spaces" in case:
        line = f"{line[:-1]}{' ' * case['spaces']}\n"
    index = read_index(line.encode())
    instances = [[one.at, one.length] for one in index.instances]
    described = [
        {
            "description": series.dataset["0008103E"]["Value"][0],
            "instances": len(series.instances),
        }
        for series in index.series
    ]
    return {"series": described, "first": instances[0], "last": instances[-1]}


def run_marks(case: Case) -> dict[str, Any]:
    found = PracticeMarks(b64u_decode(case["secret"]))
    derived = {"place": found.place, "reader": found.reader.public, "key": found.key.public}
    return {name: b64u(value) for name, value in derived.items()}


RUNNERS: dict[str, Runner] = {
    "keys": run_keys,
    "certificate": run_certificate,
    "xwing": run_xwing,
    "link": run_link,
    "intro": run_intro,
    "accept": run_accept,
    "open": run_open,
    "sas": run_sas,
    "exchange": run_exchange,
    "data": run_data,
    "fingerprint": run_fingerprint,
    "messages": run_messages,
    "tree": run_tree,
    "objects": run_objects,
    "second": run_second,
    "statement": run_statement,
    "envelope": run_envelope,
    "padme": lambda case: {"padded": padme(case["length"])},
    "age": run_age,
    "streamed": run_streamed,
    "study": run_study,
    "permit": run_permit,
    "permit_papers": run_papers,
    "marks": run_marks,
    "code": run_code,
    "roster": run_roster,
    "pair": run_pair,
    "cell": run_cell,
    "letter": run_letter,
    "mail": run_mail,
    "practice_moved": run_moved,
    "card": run_card,
    "attestation": run_attestation,
    "devices": run_devices,
    "record": run_record,
    "ring": run_ring,
    "lock": run_lock,
    "adding": run_adding,
    "vault": run_vault,
    "kept": run_kept,
    "words": run_words,
    "sealed_link": run_sealed_link,
    "dispensing": run_dispensing,
    "receipt": lambda case: {
        "time": records.read_receipt(*(taken(case, name) for name in ("receipt", "hash", "server")))
    },
}


def load(name: str) -> list[Case]:
    cases: list[Case] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return cases


def all_cases() -> list[Any]:
    return [
        pytest.param(name, case, id=f"{name}: {case['name']}")
        for name in RUNNERS
        for case in load(name)
    ]


@pytest.mark.parametrize(("name", "case"), all_cases())
def test_vector(name: str, case: Case) -> None:
    if "gives" in case:
        assert RUNNERS[name](case) == case["gives"]
        return
    with pytest.raises(SealError) as refusal:
        RUNNERS[name](case)
    assert refusal.value.code == case["refused"]["code"]


@pytest.mark.parametrize("name", FILES)
def test_the_script_writes_the_same_bytes(name: str) -> None:
    assert text_of(name) == (FOLDER / f"{name}.json").read_text(encoding="utf-8")


def test_every_file_is_run() -> None:
    written = {path.stem for path in FOLDER.glob("*.json")}
    assert written - {"recorded", "xwing_draft"} == RUNNERS.keys() == FILES.keys()
