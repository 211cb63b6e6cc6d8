"""Permits: what a fragment says, what follows from it, and the papers that lie behind one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from client.sealing.card import sign_attestation
from client.sealing.certificate import issue
from client.sealing.devices import DeviceList, make_devices
from client.sealing.encoding import b64u, fields, json_bytes, lv, sha256, u8, u64
from client.sealing.keys import SigningKey
from client.sealing.objects import Purpose, sign_object
from client.sealing.permit import Permit, practice_of
from client.sealing.permit_papers import Destination, Papers, read_papers, sign_destination
from client.sealing.xwing import KemKey
from tests.vectors.cases_practitioners import (
    ATTESTATION,
    FIRST,
    LAPTOP_ENTRY,
    REGISTRAR,
    SERVER,
    SIGNED_CARD,
    THIRD,
)
from tests.vectors.forge import (
    DEVICE,
    GUEST,
    IDENTITY,
    ISSUED,
    OTHER_IDENTITY,
    Case,
    drawn,
    flipped,
    good,
    refused,
    sealed,
)

SECRET = drawn("permit")
PERMIT = Permit(SECRET, 10 * 1024**3, 1_800_000_000, 4, practice_of(IDENTITY.public))
CERTIFICATE = issue(IDENTITY, DEVICE.public, ISSUED)
AT = ISSUED + 60
TO = Destination(
    drawn("mailbox for permits", 16),
    drawn("append seed for permits"),
    KemKey(drawn("X-Wing seed of a mailbox for permits")).public,
)


def _written(
    size: int, until: int, links: int, practice: bytes = PERMIT.practice, secret: bytes = SECRET
) -> str:
    return f"1.{b64u(secret + u64(size) + u64(until) + u8(links) + practice)}"


FRAGMENT = _written(PERMIT.size, PERMIT.until, PERMIT.links)


def _gives(permit: Permit) -> Case:
    found = sealed(
        secret=permit.secret,
        practice=permit.practice,
        id=permit.id,
        place=permit.place,
        reader=permit.reader.public,
        key=permit.key.public,
        size=permit.size,
        until=permit.until,
        links=permit.links,
    )
    paid = [{"voucher": b64u(voucher), "bytes": size} for voucher, size in permit.vouchers.items()]
    return found | {"vouchers": paid}


def permit() -> list[Case]:
    size, until, links = PERMIT.size, PERMIT.until, PERMIT.links
    assert PERMIT.url("https://example.org").endswith(FRAGMENT)
    nobodys = replace(PERMIT, links=1, practice=b"")
    wrong = {
        "nothing": "",
        "another version": f"2{FRAGMENT[1:]}",
        "a link that is cut short": FRAGMENT[:-1],
        "one that is longer": f"{FRAGMENT}AA",
        "no bytes": _written(0, until, links),
        "more bytes than a number holds": _written(2**53, until, links),
        "no time": _written(size, 0, links),
        "no links": _written(size, until, 0),
        "nine links": _written(size, until, 9),
        "a permit of before, without links and practice": f"1.{b64u(SECRET + u64(1) + u64(1))}",
        "a sealed link": f"1.{b64u(SECRET)}",
    }
    return [
        good("a permit", {"fragment": FRAGMENT}, _gives(PERMIT)),
        good(
            "one that is for nobody",
            {"fragment": _written(size, until, 1, bytes(16))},
            _gives(nobodys),
        ),
        *(refused(name, "link", "bad_link", {"fragment": text}) for name, text in wrong.items()),
    ]


def _record(
    devices: DeviceList, card: bytes = SIGNED_CARD, by: SigningKey = SERVER, *, attested: bool
) -> bytes:
    status = u64(AT) + by.sign("aparte/1 status", sha256(card), sha256(devices.raw), u64(AT))
    said = sign_attestation(ATTESTATION, REGISTRAR) if attested else b""
    return fields(card, said, devices.raw, status)


@dataclass(frozen=True)
class Whole:
    """Papers as they should be; a case has one thing wrong with it."""

    said: bytes
    devices: DeviceList = FIRST
    attested: bool = True
    server: SigningKey = SERVER

    def papers(self) -> Papers:
        record = _record(self.devices, by=self.server, attested=self.attested)
        registrar = REGISTRAR.public if self.attested else b""
        return Papers(self.said, record, self.server.public, registrar)


def _said(**changes: object) -> bytes:
    value = {
        "v": 1,
        "permit": b64u(PERMIT.id),
        "mailbox": b64u(TO.mailbox),
        "append": b64u(TO.append),
        "seal": b64u(TO.seal),
    }
    return sign_object(Purpose.PERMIT, json_bytes(value | changes), DEVICE, CERTIFICATE)


def _as_something_else() -> bytes:
    payload = json_bytes({"v": 1})
    return sign_object(Purpose.PRACTICE_MOVED, payload, DEVICE, CERTIFICATE)


def _by_guest() -> bytes:
    payload = json_bytes({"v": 1})
    signature = GUEST.sign(Purpose.PERMIT, u8(1), GUEST.public, payload)
    return u8(1) + u8(1) + fields(GUEST.public, payload) + signature


def permit_papers() -> list[Case]:
    fine = Whole(sign_destination(PERMIT, TO, DEVICE, CERTIFICATE))
    raw = fine.papers().encode()
    assert fine.said == _said()
    others = issue(OTHER_IDENTITY, DEVICE.public, ISSUED)
    elsewhere = SigningKey(drawn("another server"))
    by_others = sign_destination(PERMIT, TO, DEVICE, others)
    of_another = replace(PERMIT, secret=drawn("another permit"))

    def case(raw: bytes, registrar: bytes | None = REGISTRAR.public, **more: bytes) -> Case:
        said = {"fragment": FRAGMENT, "registrar": registrar, "server": SERVER.public}
        return sealed(papers=raw, **(said | more))

    def whole(name: str, one: Whole, **more: bytes) -> Case:
        found = read_papers(one.papers().encode(), PERMIT, SERVER.public, REGISTRAR.public)
        gives = sealed(
            mailbox=found.destination.mailbox,
            append=found.destination.append,
            seal=found.destination.seal,
            device=found.certificate.device,
            identity=found.certificate.identity,
            card=found.record.card.card.name,
        )
        told = gives | {"attested": found.record.attestation is not None}
        return good(name, case(one.papers().encode(), **more), told)

    def bent(name: str, layer: str, code: str, one: Whole) -> Case:
        return refused(name, layer, code, case(one.papers().encode()))

    three = u8(1) + u8(20) + lv(fields(b"", b"", b""))
    stolen = replace(LAPTOP_ENTRY, device=GUEST.public)
    without = make_devices(IDENTITY, 1, ISSUED, (stolen,))
    return [
        whole("a practice's papers", fine, device_seed=DEVICE.seed),
        whole("of one that nobody has attested", replace(fine, attested=False)),
        refused("nothing", "papers", "bad_form", case(b"")),
        refused("another suite", "papers", "bad_suite", case(u8(2) + raw[1:])),
        refused("another kind", "papers", "bad_form", case(raw[:1] + u8(16) + raw[2:])),
        refused("cut off", "papers", "bad_form", case(raw[:200])),
        refused("padding that is not zero", "papers", "bad_form", case(raw[:-1] + b"\1")),
        refused("three fields", "papers", "bad_form", case(three)),
        bent("another server's", "papers", "wrong_host", replace(fine, server=elsewhere)),
        refused("attested, with no registrar", "papers", "wrong_registrar", case(raw, None)),
        bent("altered", "object", "bad_signature", Whole(flipped(fine.said, 400))),
        bent("said as something else", "object", "bad_signature", Whole(_as_something_else())),
        bent("said by a guest", "object", "bad_form", Whole(_by_guest())),
        bent("another version", "payload", "bad_suite", Whole(_said(v=2))),
        bent("no mailbox", "payload", "bad_form", Whole(_said(mailbox=None))),
        bent("a key that is short", "payload", "bad_form", Whole(_said(seal=b64u(bytes(1215))))),
        bent(
            "of another permit",
            "payload",
            "wrong_recipient",
            Whole(sign_destination(of_another, TO, DEVICE, CERTIFICATE)),
        ),
        bent("another practice's", "payload", "wrong_host", Whole(by_others)),
        bent("by a device that was withdrawn", "record", "revoked", replace(fine, devices=THIRD)),
        bent("by a device that is not listed", "record", "revoked", replace(fine, devices=without)),
    ]
