"""Who the doctor is, as signed papers say, and whether a device is theirs still."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from client.api.errors import ServerRefused, ServerUnreachable
from client.api.http import Api, Server
from client.api.practitioners import fetch
from client.guest.place import KeptDoctor, Place
from client.sealing.card import read_card, require_second
from client.sealing.certificate import Certificate
from client.sealing.devices import read_devices, require_in_force
from client.sealing.errors import SealCode, SealError
from client.sealing.objects import SignedObject
from client.sealing.record import Known, Record, read_receipt, require_fresh

# How long somebody who was let in waits for what the server says of the doctor.
PATIENCE = 4.0


class Checked(StrEnum):
    """Whether it could be checked that the doctor's device was not revoked."""

    FRESH = "fresh"
    STALE = "stale"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Standing:
    """What is known of the doctor; `record` is None where the server gave none."""

    record: Record | None
    checked: Checked


class Doctor:
    """The practitioner whose link it is. `learned` is called whenever a record came."""

    def __init__(self, api: Api, place: Place, learned: Callable[[Standing], None]) -> None:
        self._api = api
        self._place = place
        self._learned = learned
        self._record: Record | None = None
        self._asking: asyncio.Task[None] | None = None
        # What the last answer was refused with: silence after it does not undo that.
        self._refusal: SealError | None = None

    async def close(self) -> None:
        """Ask no more."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    def ask(self, identity: bytes) -> None:
        """Have the server say what is newest; comes back at once."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask(identity))
            # Whoever needs the answer takes the exception with it.
            self._asking.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def require(self, certificate: Certificate) -> Standing:
        """Refuse a device that is not in force, as far as can be known within a few seconds.

        Raises `revoked`, and whatever a record was refused with.
        """
        await self._answered(certificate.identity)
        try:
            self._in_force(certificate)
        except SealError:
            # It may be newer than what we have.
            self._asking = None
            await self._answered(certificate.identity)
            self._in_force(certificate)
        return self.standing

    async def judge(self, signed: SignedObject, receipt: bytes) -> Standing:
        """Refuse what a device signed that was not in force when the server saw it.

        Raises `revoked`, `bad_signature`, as `require_second` for what was not signed twice, and
        whatever a record was refused with.
        """
        await self._answered(signed.author)
        kept = self._place.doctor()
        if kept is not None and signed.certificate is not None:
            require_second(read_card(kept.card).card, signed)
            seen = read_receipt(receipt, signed.hash, kept.server)
            self._in_force(signed.certificate, seen)
        return self.standing

    @property
    def standing(self) -> Standing:
        """As of now."""
        if self._record is None:
            return Standing(None, Checked.UNKNOWN)
        try:
            require_fresh(self._record, int(time.time()))
        except SealError:
            return Standing(self._record, Checked.STALE)
        return Standing(self._record, Checked.FRESH)

    def _in_force(self, certificate: Certificate, signed_at: int | None = None) -> None:
        """By the newest list that was ever seen: who shows none now undoes no revocation."""
        kept = self._place.doctor()
        if kept is not None:
            require_in_force(read_devices(kept.devices), certificate, signed_at)

    async def _answered(self, identity: bytes) -> None:
        """Wait for an answer, the one under way or another; raises what refused it."""
        self.ask(identity)
        if self._asking is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._asking), PATIENCE)
        if self._refusal is not None:
            raise self._refusal

    async def _ask(self, identity: bytes) -> None:
        kept = self._place.doctor()
        try:
            server = await self._api.who()
            if kept is not None:
                _require_same(kept, server)
            known = Known(read_card(kept.card), read_devices(kept.devices)) if kept else None
            record = await fetch(self._api, server, identity, known)
        except (ServerRefused, ServerUnreachable):
            # Withheld: it is said aloud that nothing could be checked.
            return
        except SealError as refusal:
            self._refusal = refusal
            raise
        self._refusal = None
        said = (record.card.raw, record.devices.raw, server.key, server.registrar)
        self._place.save_doctor(KeptDoctor(*said))
        self._record = record
        self._learned(self.standing)


def _require_same(kept: KeptDoctor, server: Server) -> None:
    """Raises `forked`. A registrar may come where there was none."""
    if kept.server != server.key or kept.registrar not in (None, server.registrar):
        raise SealError(SealCode.FORKED, "the server signs with another key than before")
