"""Locks: the master under a passphrase and a passkey, and what rests under it."""

from __future__ import annotations

from client.sealing.encoding import u32
from client.sealing.lock import Passkey, Passphrase, Way, seal_lock, seal_resting
from tests.vectors.forge import Case, Drbg, drawn, flipped, good, refused, sealed

MASTER = drawn("lock master")
# With a ligature, an accent in two characters and a full-width letter: NFKC makes them plain.
TYPED = "ﬁne cle\u0301 Ａparté 42"
PASSPHRASE = Passphrase(drawn("lock salt"))
PASSKEY = Passkey(drawn("another lock salt"), drawn("passkey id", 20))
PRF = drawn("lock prf")


def _typed(raw: bytes, passphrase: str) -> Case:
    return sealed(lock=raw) | {"passphrase": passphrase}


def _given(raw: bytes, secret: bytes = PRF) -> Case:
    return sealed(lock=raw, secret=secret)


def _resting(raw: bytes, scope: str = "desk", name: str = "device", master: bytes = MASTER) -> Case:
    return sealed(resting=raw, master=master) | {"scope": scope, "at": name}


def _says(way: Way) -> Case:
    if isinstance(way, Passkey):
        return {"way": "passkey"} | sealed(id=way.id, master=MASTER)
    said = {"way": "passphrase", "memory": way.memory, "passes": way.passes}
    return said | sealed(master=MASTER)


def _costing(raw: bytes, memory: int, passes: int) -> bytes:
    return raw[:35] + u32(memory) + u32(passes) + raw[43:]


def lock() -> list[Case]:
    # Stretching takes a browser seconds: once is enough to see that it gives the same.
    dearer = Passphrase(drawn("a third salt"), 65_537, 4)
    by_words = seal_lock(PASSPHRASE, PASSPHRASE.stretch(TYPED), MASTER)
    by_more_words = seal_lock(dearer, drawn("stretched"), MASTER)
    by_passkey = seal_lock(PASSKEY, PRF, MASTER)
    resting = seal_resting(MASTER, "desk", "device", b"a seed", Drbg("resting"))
    wrong = [
        ("another passphrase", "cannot_open", _given(by_more_words)),
        ("another passkey's secret", "cannot_open", _given(by_passkey, drawn("another"))),
        ("a passkey's secret for a passphrase", "cannot_open", _given(by_words)),
        ("another salt", "cannot_open", _given(flipped(by_passkey, 5))),
        ("another id", "cannot_open", _given(flipped(by_passkey, 36))),
        ("an altered master", "cannot_open", _given(flipped(by_passkey, -20))),
        ("too little memory", "bad_form", _given(_costing(by_words, 65_535, 3))),
        ("too few passes", "bad_form", _given(_costing(by_words, 65_536, 2))),
        ("too much memory", "bad_form", _given(_costing(by_words, 1_048_577, 3))),
        ("too many passes", "bad_form", _given(_costing(by_words, 65_536, 17))),
        ("an unknown way", "bad_form", _given(by_passkey[:2] + b"\3" + by_passkey[3:])),
        ("no id", "bad_form", _given(by_passkey[:35] + by_passkey[-48:])),
        ("an id of 1,024 bytes", "bad_form",
         _given(by_passkey[:35] + bytes(1_024) + by_passkey[-48:])),
        ("a parameter short", "bad_form", _given(by_words[:39] + by_words[43:])),
        ("nothing", "bad_form", _given(b"")),
        ("another suite", "bad_suite", _given(b"\2" + by_passkey[1:])),
        ("another kind", "bad_form", _given(by_passkey[:1] + b"\1" + by_passkey[2:])),
        ("resting under another master", "cannot_open", _resting(resting, master=drawn("another"))),
        ("resting in another scope", "cannot_open", _resting(resting, scope="room:x")),
        ("resting under another name", "cannot_open", _resting(resting, name="identity")),
        ("resting, and altered", "cannot_open", _resting(flipped(resting, -1))),
        ("resting, without its seal", "bad_form", _resting(resting[:49])),
        ("resting by another suite", "bad_suite", _resting(b"\2" + resting[1:])),
        ("a lock for what rests", "bad_form", _resting(by_passkey)),
    ]  # fmt: skip
    return [
        good("a passphrase", _typed(by_words, TYPED), _says(PASSPHRASE)),
        good("one that costs more", _given(by_more_words, drawn("stretched")), _says(dearer)),
        good("a passkey", _given(by_passkey), _says(PASSKEY)),
        good(
            "what rests",
            _resting(resting) | sealed(salt=Drbg("resting")(32)),
            sealed(secret=b"a seed"),
        ),
        *(refused(name, "lock", code, case) for name, code, case in wrong),
    ]  # fmt: skip
