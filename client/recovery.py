"""Rings at a server: written to the cell of each means, and opened with two (Keyrings)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from client.api.cells import Cells, Read
from client.api.errors import ServerRefused
from client.sealing.cell import NOBODY, VALUE_BYTES, CellKeys, Seen, make_version
from client.sealing.encoding import b64u, b64u_decode
from client.sealing.errors import SealCode, SealError
from client.sealing.handshake import Random
from client.sealing.keys import SigningKey
from client.sealing.ring import Held, Kind, Ring, open_ring, seal_ring
from client.vault import Keeper
from signaling.wire import ErrorCode

# Gives a voucher that is good for so many bytes.
Pay = Callable[[int], Awaitable[bytes]]


@dataclass
class _Known:
    """What is kept, by the ids of cells.

    Their newest versions, those that were sent and perhaps not answered, and the read keys of
    cells still to be closed.
    """

    seen: dict[bytes, Seen] = field(default_factory=dict)
    sent: dict[bytes, Seen] = field(default_factory=dict)
    closing: dict[bytes, bytes] = field(default_factory=dict)

    def encode(self) -> bytes:
        closing = {b64u(place): b64u(read) for place, read in self.closing.items()}
        said = {"seen": _written(self.seen), "sent": _written(self.sent), "closing": closing}
        return json.dumps(said).encode()

    @classmethod
    def decode(cls, data: bytes | None) -> _Known:
        if data is None:
            return cls()
        said = json.loads(data)
        closing = {b64u_decode(at): b64u_decode(read) for at, read in said["closing"].items()}
        return cls(_read(said["seen"]), _read(said["sent"]), closing)


def _written(versions: dict[bytes, Seen]) -> dict[str, list[int | str]]:
    return {b64u(place): [one.version, b64u(one.hash)] for place, one in versions.items()}


def _read(versions: dict[str, tuple[int, str]]) -> dict[bytes, Seen]:
    return {
        b64u_decode(place): Seen(version, b64u_decode(hashed))
        for place, (version, hashed) in versions.items()
    }


class Rings:
    """The rings of one person.

    What the server showed, and what is still to be done, is in `keeper` before it is acted on: who
    is cut off writes again.
    """

    def __init__(self, cells: Cells, keeper: Keeper, name: str, pay: Pay, random: Random) -> None:
        self._cells = cells
        self._keeper = keeper
        self._name = name
        self._pay = pay
        self._random = random
        self._known = _Known.decode(keeper.get(name))

    async def open(self, means: Held, other: Held) -> Ring:
        """What lies in the cell of `means`, with `other`: another means, or a device.

        Raises `bad_form` for two devices, `cannot_open` where the two are no pair, `revoked` for
        a means that was taken out, `forked` for a cell that is not the ring's owner's,
        `rolled_back`; ServerRefused with `not_found` for a means that has no cell here.
        """
        if means.kind is Kind.DEVICE:
            raise SealError(SealCode.BAD_FORM, "a device has no cell")
        owner = await self._cells.owner(means.reader, means.place)
        found = await self._read(means.reader, _keys(means, owner))
        if found.state.closed:
            raise SealError(SealCode.REVOKED, "this means was taken out")
        ring = open_ring(found.state.value, means, other)
        if ring.owner(means.place).public != owner:
            raise SealError(SealCode.FORKED, "somebody else's cell")
        self._remember(means.place, found.seen)
        for one in ring.means:
            if one.place != means.place:
                await self._look(ring, one)
        return ring

    async def write(self, ring: Ring, out: Iterable[Held] = ()) -> None:
        """Put a ring into the cell of each of its means, then close those of the means in `out`.

        May be called again after any failure, with that ring or another. Raises ServerRefused with
        `stale_version` where another device wrote meanwhile: open, and make the change again.
        """
        self._known.closing |= {one.place: one.reader.public for one in out}
        self._save()
        for means in ring.means:
            await self._write(ring, means)
        for place, read in list(self._known.closing.items()):
            await self._close(ring.owner(place), place, read)

    async def _look(self, ring: Ring, means: Held) -> None:
        """Learn the state of another cell, which may lag behind, or be missing, after a crash."""
        owner = ring.owner(means.place)
        try:
            found = await self._read(owner, _keys(means, owner.public))
        except ServerRefused as refusal:
            if refusal.code is not ErrorCode.NOT_FOUND:
                raise
            return
        if found.state.closed:
            # It is closed only once all others are written without it.
            raise SealError(SealCode.ROLLED_BACK, "a ring from before a means was taken out")
        self._remember(means.place, found.seen)

    async def _write(self, ring: Ring, means: Held) -> None:
        owner = ring.owner(means.place)
        keys = _keys(means, owner.public)
        own = (self._known.seen.get(means.place, Seen()), self._known.sent.get(means.place))
        before, voucher = Seen(), None
        try:
            found = await self._read(owner, keys)
        except ServerRefused as refusal:
            if refusal.code is not ErrorCode.NOT_FOUND:
                raise
            # Never made, or expired: whoever has the root makes it anew.
            voucher = await self._pay(VALUE_BYTES)
        else:
            if _holds(found.state.value, ring, means):
                self._remember(means.place, found.seen)
                return
            if found.seen not in own:
                raise ServerRefused(ErrorCode.STALE_VERSION)
            before = found.seen
        value = seal_ring(ring, means, self._random)
        self._known.sent[means.place] = make_version(owner, keys, before, value)[1]
        self._save()
        self._remember(
            means.place, await self._cells.put(owner, keys, before, value, voucher=voucher)
        )

    async def _close(self, owner: SigningKey, place: bytes, read: bytes) -> None:
        keys = CellKeys(place, owner.public, read)
        try:
            found = await self._read(owner, keys)
            if not found.state.closed:
                await self._cells.put(owner, keys, found.seen, b"", closed=True)
        except ServerRefused as refusal:
            if refusal.code is not ErrorCode.NOT_FOUND:
                raise
        self._known.seen.pop(place, None)
        self._known.sent.pop(place, None)
        del self._known.closing[place]
        self._save()

    async def _read(self, reader: SigningKey, keys: CellKeys) -> Read:
        return await self._cells.read(reader, keys, self._known.seen.get(keys.id, Seen()))

    def _remember(self, place: bytes, seen: Seen) -> None:
        self._known.seen[place] = seen
        self._known.sent.pop(place, None)
        self._save()

    def _save(self) -> None:
        self._keeper.put(self._name, self._known.encode())


def _keys(means: Held, owner: bytes) -> CellKeys:
    return CellKeys(means.place, owner, means.reader.public, NOBODY)


def _holds(value: bytes, ring: Ring, means: Held) -> bool:
    """Whether this very ring is there already."""
    other = next(one for one in ring.held if one != means)
    try:
        return open_ring(value, means, other) == ring
    except SealError:
        return False
