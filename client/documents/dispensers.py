"""Who dispensed with a card: their papers, asked of the server (Dispensing)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api
from client.api.practitioners import fetch
from client.sealing.devices import require_in_force
from client.sealing.dispensing import SignedDispensed
from client.sealing.errors import SealCode, SealError
from client.sealing.record import Record, require_fresh


class Standing(StrEnum):
    """What is known of a card with which somebody dispensed."""

    ATTESTED = "attested"
    UNATTESTED = "unattested"
    # Their device was withdrawn before the server took the claim.
    REVOKED = "revoked"
    # Nobody could be asked: who it was is as stated.
    UNASKED = "unasked"
    # The server shows other papers than it did before: who it was is as stated.
    CONTRADICTED = "contradicted"


@dataclass(frozen=True)
class Dispenser:
    """Who signed a receipt with a card; `record` is None where there is none that holds."""

    identity: bytes
    standing: Standing
    record: Record | None


@dataclass
class Dispensers:
    """Asks for each identity once. `at`: the time of asking, in Unix seconds.

    `known` holds the papers that were seen before: nobody shows older ones.
    """

    api: Api
    at: int
    known: dict[bytes, Record] = field(default_factory=dict)
    _asked: dict[bytes, Record | Standing] = field(default_factory=dict)

    async def of(self, receipt: SignedDispensed, taken: int) -> Dispenser | None:
        """Who signed a receipt, None without a card.

        `taken`: when the server took its claim, in Unix seconds.
        """
        certificate = receipt.certificate
        if certificate is None:
            return None
        identity = certificate.identity
        if identity not in self._asked:
            self._asked[identity] = await self._ask(identity)
        record = self._asked[identity]
        if isinstance(record, Standing):
            return Dispenser(identity, record, None)
        try:
            require_in_force(record.devices, certificate, taken)
        except SealError:
            return Dispenser(identity, Standing.REVOKED, record)
        standing = Standing.ATTESTED if record.attestation else Standing.UNATTESTED
        return Dispenser(identity, standing, record)

    async def _ask(self, identity: bytes) -> Record | Standing:
        last = self.known.get(identity)
        try:
            server = await self.api.who()
            record = await fetch(self.api, server, identity, last.known if last else None)
            require_fresh(record, self.at)
        except (ServerRefused, ServerUnreachable):
            return Standing.UNASKED
        except SealError as error:
            against = error.code in {SealCode.FORKED, SealCode.ROLLED_BACK}
            return Standing.CONTRADICTED if against else Standing.UNASKED
        self.known[identity] = record
        return record
