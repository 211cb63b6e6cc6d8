"""What lies behind a permit: whose it is, and where what is sent with it goes (Permits)."""

from __future__ import annotations

from dataclasses import dataclass, field

from client.sealing.certificate import Certificate
from client.sealing.devices import require_in_force
from client.sealing.encoding import (
    SUITE,
    all_fields,
    b64u,
    b64u_decode,
    fields,
    json_bytes,
    lv,
    require_head,
    require_zeros,
    take_fields,
    u8,
)
from client.sealing.errors import SealCode, SealError
from client.sealing.kdf import same
from client.sealing.keys import Signer
from client.sealing.objects import Purpose, read_object, sign_object
from client.sealing.padme import padme
from client.sealing.permit import Permit, practice_of
from client.sealing.profile import text_member
from client.sealing.record import Asked, Record, read_record
from client.sealing.statement import versioned
from client.sealing.xwing import PUBLIC_BYTES

_KIND = 20
_FIELDS = 4
_BYTES = {"permit": 16, "mailbox": 16, "append": 32, "seal": PUBLIC_BYTES}


@dataclass(frozen=True)
class Destination:
    """Where the letter goes: a mailbox, the seed of a key that may append to it, and a key."""

    mailbox: bytes
    append: bytes = field(repr=False)
    seal: bytes = field(repr=False)


@dataclass(frozen=True)
class Papers:
    """What the practice puts there, as it travels. `registrar` is empty where there is none."""

    said: bytes
    record: bytes
    server: bytes
    registrar: bytes

    def encode(self) -> bytes:
        """The plaintext of the blob."""
        inside = fields(self.said, self.record, self.server, self.registrar)
        raw = u8(SUITE) + u8(_KIND) + lv(inside)
        return raw.ljust(padme(len(raw)), b"\0")


@dataclass(frozen=True)
class PermitPapers:
    """Checked papers. The `record` is of the day on which they were put there; `raw` as it came."""

    destination: Destination
    certificate: Certificate
    record: Record
    raw: bytes = field(repr=False)


def sign_destination(
    permit: Permit, to: Destination, device: Signer, certificate: Certificate
) -> bytes:
    """A device of the practice says where what is sent with this permit goes."""
    payload = json_bytes(
        {
            "v": 1,
            "permit": b64u(permit.id),
            "mailbox": b64u(to.mailbox),
            "append": b64u(to.append),
            "seal": b64u(to.seal),
        }
    )
    return sign_object(Purpose.PERMIT, payload, device, certificate)


def read_papers(raw: bytes, permit: Permit, server: bytes, registrar: bytes | None) -> PermitPapers:
    """Check papers against the permit, and the keys of the server where they lay.

    Raises `bad_suite`, `bad_form`; `wrong_host` for another server's or another practice's,
    `wrong_registrar`, `wrong_recipient` for another permit's, `revoked`, and what `read_object`
    and `read_record` do.
    """
    require_head(raw, _KIND)
    (inside,), rest = take_fields(raw[2:], 1)
    require_zeros(rest)
    items = all_fields(inside)
    if len(items) != _FIELDS:
        raise SealError(SealCode.BAD_FORM, "other than four fields")
    papers = Papers(*items)
    if not same(papers.server, server):
        raise SealError(SealCode.WRONG_HOST, "another server's papers")
    if papers.registrar and papers.registrar != registrar:
        raise SealError(SealCode.WRONG_REGISTRAR)
    said = read_object(Purpose.PERMIT, papers.said)
    value = versioned(said.payload)
    found = {
        name: b64u_decode(text_member(value, name, 2 * length), length)
        for name, length in _BYTES.items()
    }
    if said.certificate is None:
        raise SealError(SealCode.BAD_FORM, "not by a device")
    if found["permit"] != permit.id:
        raise SealError(SealCode.WRONG_RECIPIENT, "of another permit")
    identity = said.certificate.identity
    if practice_of(identity) != permit.practice:
        raise SealError(SealCode.WRONG_HOST, "another practice's papers")
    record = read_record(papers.record, Asked(identity, server, papers.registrar or None))
    require_in_force(record.devices, said.certificate)
    to = Destination(found["mailbox"], found["append"], found["seal"])
    return PermitPapers(to, said.certificate, record, papers.record)
