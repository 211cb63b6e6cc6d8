"""What a practice says of its new mailbox to somebody whose address it has (Mail)."""

from __future__ import annotations

from dataclasses import dataclass, field

from client.sealing.certificate import Certificate
from client.sealing.encoding import b64u, b64u_decode, json_bytes, json_object
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import Signer
from client.sealing.objects import Purpose, read_object, sign_object
from client.sealing.profile import text_member
from client.sealing.xwing import PUBLIC_BYTES

_BYTES = {"for": 16, "mailbox": 16, "append": 32, "seal": PUBLIC_BYTES}


@dataclass(frozen=True)
class PracticeAddress:
    """As in an `address` message. `since`, in Unix seconds, is when that mailbox was made."""

    mailbox: bytes
    append: bytes = field(repr=False)
    seal: bytes = field(repr=False)
    since: int


@dataclass(frozen=True)
class PracticeMoved:
    """The new address, and the device that says so: the reader checks that it is in force."""

    address: PracticeAddress
    certificate: Certificate


def sign_practice_moved(
    reader: bytes, address: PracticeAddress, device: Signer, certificate: Certificate
) -> bytes:
    """The signed object of a `moved` mail. `reader`: the id of the mailbox that it is put into."""
    payload = json_bytes(
        {
            "v": 1,
            "for": b64u(reader),
            "since": address.since,
            "mailbox": b64u(address.mailbox),
            "append": b64u(address.append),
            "seal": b64u(address.seal),
        }
    )
    return sign_object(Purpose.PRACTICE_MOVED, payload, device, certificate)


def read_practice_moved(raw: bytes, reader: bytes) -> PracticeMoved:
    """Raises as `read_object`, `bad_suite`, `bad_form`; `wrong_recipient` for somebody else's."""
    said = read_object(Purpose.PRACTICE_MOVED, raw)
    value = json_object(said.payload)
    if value.get("v") != 1 or isinstance(value.get("v"), bool):
        raise SealError(SealCode.BAD_SUITE)
    found = {
        name: b64u_decode(text_member(value, name, 2 * length), length)
        for name, length in _BYTES.items()
    }
    since = value.get("since")
    if not isinstance(since, int) or isinstance(since, bool) or not 1 <= since < 2**53:
        raise SealError(SealCode.BAD_FORM, "a time that is no number from 1")
    if said.certificate is None:
        raise SealError(SealCode.BAD_FORM, "not by a device")
    if found["for"] != reader:
        raise SealError(SealCode.WRONG_RECIPIENT, "said to somebody else")
    address = PracticeAddress(found["mailbox"], found["append"], found["seal"], since)
    return PracticeMoved(address, said.certificate)
