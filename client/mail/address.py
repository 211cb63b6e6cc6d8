"""Where somebody can be written to, and what the owner of a mailbox keeps of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from client.sealing.encoding import b64u, b64u_decode, fields
from client.sealing.keys import SigningKey
from client.sealing.messages import Message, message
from client.sealing.xwing import KemKey


def context_of(mailbox: bytes) -> bytes:
    """A letter lies in one mailbox: a server that puts it into another is found out."""
    return fields("mailbox", mailbox)


@dataclass(frozen=True)
class Address:
    """A mailbox, the seed of a key that may append to it, and the key that letters are for."""

    mailbox: bytes
    append: bytes = field(repr=False)
    seal: bytes = field(repr=False)

    def message(self, identifier: bytes, voucher: bytes | None = None) -> Message:
        """What tells it to the other side, with what pays for a mailbox of theirs."""
        paid = {} if voucher is None else {"voucher": b64u(voucher)}
        return message(
            "address",
            id=b64u(identifier),
            mailbox=b64u(self.mailbox),
            append=b64u(self.append),
            seal=b64u(self.seal),
            **paid,
        )


def read_address(said: Message) -> tuple[Address, bytes | None]:
    """The address of an `address` message, and the voucher where there is one."""
    value = said.value
    names = ("mailbox", "append", "seal")
    voucher = value.get("voucher")
    paid = None if voucher is None else b64u_decode(voucher)
    return Address(*(b64u_decode(value[name]) for name in names)), paid


@dataclass(frozen=True)
class MailboxKeys:
    """Of a mailbox of one's own: all but `id` are seeds.

    `permits`: of a second key that may append, where a practice has given permits.
    """

    id: bytes
    owner: bytes = field(repr=False)
    append: bytes = field(repr=False)
    seal: bytes = field(repr=False)
    permits: bytes = field(default=b"", repr=False)

    @property
    def senders(self) -> list[bytes]:
        """The public keys of all that may append."""
        seeds = (self.append, self.permits) if self.permits else (self.append,)
        return [SigningKey(seed).public for seed in seeds]

    @property
    def owner_key(self) -> SigningKey:
        return SigningKey(self.owner)

    @property
    def seal_key(self) -> KemKey:
        return KemKey(self.seal)

    @property
    def address(self) -> Address:
        return Address(self.id, self.append, self.seal_key.public)
