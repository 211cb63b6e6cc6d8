"""Cells: making versions and claims, and reading what a server shows of a cell."""

from __future__ import annotations

from dataclasses import dataclass, replace

from client.sealing.cell import NOBODY, CellKeys, Seen, make_claim, make_version
from client.sealing.encoding import b64u, fields, sha256, u64
from client.sealing.keys import SigningKey
from tests.vectors.forge import Case, drawn, flipped, good, refused, sealed

OWNER, READER, CLAIMER, SERVER, OTHER, CLAIMANT = (
    SigningKey(drawn(f"cell {name}"))
    for name in ("owner", "reader", "claimer", "server", "other", "claimant")
)
KEYS = CellKeys(drawn("cell", 16), OWNER.public, READER.public, CLAIMER.public)
RECEIPT = drawn("cell receipt")
AT = 1_700_000_000
LINK = 250


def _accepted(link: bytes, server: SigningKey = SERVER) -> bytes:
    return u64(AT) + server.sign("aparte/1 cell accepted", sha256(link), u64(AT))


def _claimed(claimer: SigningKey = CLAIMER, server: SigningKey = SERVER) -> bytes:
    claim = make_claim(claimer, KEYS.id, CLAIMANT.public, RECEIPT)
    said = (KEYS.id, CLAIMANT.public, RECEIPT, u64(AT))
    return claim + u64(AT) + server.sign("aparte/1 claim accepted", *said)


@dataclass(frozen=True)
class Told:
    """What a server answers, and what the reader knows beforehand."""

    links: tuple[bytes, ...]
    value: bytes
    accepted: bytes | None = None
    claimed: bytes = b""
    seen: Seen = Seen()  # noqa: RUF009 - frozen
    keys: CellKeys = KEYS

    def case(self) -> Case:
        accepted = self.accepted or _accepted(self.links[-1] if self.links else b"")
        answer = fields(b"".join(self.links), accepted, self.claimed, self.value)
        keys = self.keys
        return sealed(
            answer=answer,
            id=keys.id,
            owner=keys.owner,
            read=keys.read,
            claim=keys.claim,
            server=SERVER.public,
            seen_version=self.seen.version,
            seen_hash=self.seen.hash,
        )


def _chain(count: int) -> list[bytes]:
    links, seen = [], Seen()
    for _ in range(count):
        body, seen = make_version(OWNER, KEYS, seen, f"value {seen.version + 1}".encode())
        links.append(body[:LINK])
    return links


def _seen(link: bytes) -> Seen:
    return Seen(int.from_bytes(link[113:121], "big"), sha256(link))


def cell() -> list[Case]:
    return [*_made(), *_shown(), *_refused()]


def _made() -> list[Case]:
    body, seen = make_version(OWNER, KEYS, Seen(), b"one")
    last, closed = make_version(OWNER, replace(KEYS, claim=NOBODY), seen, b"", closed=True)
    claim = make_claim(CLAIMER, KEYS.id, CLAIMANT.public, RECEIPT)

    def version(keys: CellKeys, before: Seen, value: bytes, *, is_closed: bool) -> Case:
        return sealed(
            owner_seed=OWNER.seed,
            id=keys.id,
            owner=keys.owner,
            read=keys.read,
            claim=keys.claim,
            seen_version=before.version,
            seen_hash=before.hash,
            value=value,
            closed=is_closed,
        )

    return [
        good(
            "a first version",
            version(KEYS, Seen(), b"one", is_closed=False),
            sealed(body=body, hash=seen.hash),
        ),
        good(
            "a last version, closed and empty, that nobody may claim",
            version(replace(KEYS, claim=NOBODY), seen, b"", is_closed=True),
            sealed(body=last, hash=closed.hash),
        ),
        good(
            "a value of 4,096 bytes",
            version(KEYS, Seen(), bytes(4096), is_closed=False),
            sealed(
                body=make_version(OWNER, KEYS, Seen(), bytes(4096))[0],
                hash=make_version(OWNER, KEYS, Seen(), bytes(4096))[1].hash,
            ),
        ),
        refused(
            "a value of one byte more",
            "cell",
            "too_long",
            version(KEYS, Seen(), bytes(4097), is_closed=False),
        ),
        good(
            "a claim",
            sealed(claim_seed=CLAIMER.seed, id=KEYS.id, claimant=CLAIMANT.public, receipt=RECEIPT),
            sealed(claim=claim),
        ),
    ]


def _state(value: bytes, *, closed: bool = False, claimed: bool = False) -> Case:
    taken = sealed(claimant=CLAIMANT.public, receipt=RECEIPT, at=AT) if claimed else None
    return {"value": b64u(value), "closed": closed, "accepted": AT, "claimed": taken}


def _shown() -> list[Case]:
    links = _chain(3)
    long = _chain(257)
    closing, _ = make_version(OWNER, KEYS, _seen(links[2]), b"over", closed=True)
    shown = (
        ("all of a cell", Told(tuple(links), b"value 3"), links[2], False, _state(b"value 3")),
        (
            "what follows the version that is remembered, with that one",
            Told(tuple(links[1:]), b"value 3", seen=_seen(links[1])),
            links[2],
            False,
            _state(b"value 3"),
        ),
        (
            "nothing new",
            Told((links[2],), b"value 3", seen=_seen(links[2])),
            links[2],
            False,
            _state(b"value 3"),
        ),
        (
            "claimed",
            Told(tuple(links), b"value 3", claimed=_claimed()),
            links[2],
            False,
            _state(b"value 3", claimed=True),
        ),
        (
            "closed",
            Told((*links, closing[:LINK]), b"over"),
            closing[:LINK],
            False,
            _state(b"over", closed=True),
        ),
        (
            "links in between are no longer kept",
            Told(tuple(links[1:]), b"value 3", seen=Seen(1, bytes(32))),
            links[2],
            True,
            _state(b"value 3"),
        ),
        (
            "an answer that is full, and more follows",
            Told(tuple(long[:256]), b"", _accepted(long[256])),
            long[255],
            False,
            None,
        ),
        (
            "an answer that is full, and nothing follows",
            Told(tuple(long[:256]), b"value 256"),
            long[255],
            False,
            _state(b"value 256"),
        ),
    )
    return [
        good(
            name,
            told.case(),
            sealed(version=_seen(newest).version, hash=_seen(newest).hash)
            | {"gap": gap, "state": state},
        )
        for name, told, newest, gap, state in shown
    ]


def _refused() -> list[Case]:
    links = _chain(3)
    whole = Told(tuple(links), b"value 3")
    fork, _ = make_version(OWNER, KEYS, _seen(links[0]), b"another 2")
    closing, closed = make_version(OWNER, KEYS, _seen(links[0]), b"over", closed=True)
    again, _ = make_version(OWNER, KEYS, closed, b"again")
    late, _ = make_version(OWNER, KEYS, Seen(0, drawn("cell before")), b"one")
    other_keys = replace(KEYS, owner=OTHER.public)
    foreign = make_version(OTHER, other_keys, Seen(), b"one")[0]
    return [
        refused(name, "cell", code, told.case())
        for name, code, told in (
            ("nothing", "rolled_back", Told((), b"value 3")),
            (
                "nothing that is as new as what is remembered",
                "rolled_back",
                Told((), b"value 2", _accepted(links[1]), seen=_seen(links[2])),
            ),
            (
                "links from before what is remembered",
                "bad_form",
                Told(tuple(links[:2]), b"value 2", seen=_seen(links[2])),
            ),
            (
                "another link under the remembered version",
                "forked",
                Told((fork[:LINK],), b"another 2", seen=_seen(links[1])),
            ),
            (
                "a link that does not follow",
                "bad_form",
                Told((links[0], fork[:LINK], links[2]), b"value 3"),
            ),
            ("a link left out", "bad_form", Told((links[0], links[2]), b"value 3")),
            ("a link twice", "bad_form", Told((links[0], links[0]), b"value 1")),
            ("a first version that follows another", "bad_form", Told((late[:LINK],), b"one")),
            (
                "a version after a cell was closed",
                "bad_form",
                Told((links[0], closing[:LINK], again[:LINK]), b"again"),
            ),
            ("half a link", "bad_form", replace(whole, links=(*links[:2], links[2][:-1]))),
            (
                "257 links",
                "bad_form",
                Told(tuple(_chain(257)), b"value 257"),
            ),
            (
                "another suite",
                "bad_suite",
                replace(whole, links=(b"\2" + links[0][1:], *links[1:])),
            ),
            (
                "flags that are not known",
                "bad_form",
                replace(whole, links=(links[0][:121] + b"\2" + links[0][122:], *links[1:])),
            ),
            (
                "another cell",
                "bad_form",
                replace(whole, keys=replace(KEYS, id=drawn("another cell", 16))),
            ),
            ("another owner", "bad_form", Told((foreign[:LINK],), b"one")),
            ("another read key", "bad_form", replace(whole, keys=replace(KEYS, read=NOBODY))),
            ("another claim key", "bad_form", replace(whole, keys=replace(KEYS, claim=NOBODY))),
            (
                "a flipped bit in what was signed",
                "bad_signature",
                replace(whole, links=(*links[:2], flipped(links[2], 160))),
            ),
            (
                "a flipped bit in a signature",
                "bad_signature",
                replace(whole, links=(*links[:2], flipped(links[2], 249))),
            ),
            ("another value", "altered", replace(whole, value=b"value 4")),
            (
                "an acceptance of another version",
                "bad_signature",
                replace(whole, accepted=_accepted(links[1])),
            ),
            (
                "an acceptance in another hand",
                "bad_signature",
                replace(whole, accepted=_accepted(links[2], OTHER)),
            ),
            (
                "half an acceptance",
                "bad_form",
                replace(whole, accepted=_accepted(links[2])[:-1]),
            ),
            (
                "a claim with another key than the claim key",
                "bad_signature",
                replace(whole, claimed=_claimed(claimer=OTHER)),
            ),
            (
                "a claim that another server took",
                "bad_signature",
                replace(whole, claimed=_claimed(server=OTHER)),
            ),
            (
                "a claim for another claimant",
                "bad_signature",
                replace(whole, claimed=OTHER.public + _claimed()[32:]),
            ),
            (
                "a claim taken at another time",
                "bad_signature",
                replace(whole, claimed=flipped(_claimed(), 135)),
            ),
            ("half a claim", "bad_form", replace(whole, claimed=_claimed()[:-1])),
        )
    ]
