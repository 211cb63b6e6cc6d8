"""Files and folders of any size, with a permit, as a sealed link (Permits)."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

from client.api import blobs, vouchers
from client.api.errors import ServerRefused
from client.api.http import Api, Random
from client.api.signing import RequestSigner
from client.documents.patience import Patience
from client.documents.sources import Source, SourceChanged
from client.documents.uploading import Going, Gone, SealedSource, Told, gone, send_up
from client.sealing.agefile import seal_file
from client.sealing.encoding import sha256
from client.sealing.errors import SealCode, SealError
from client.sealing.handed import Outside, write_handed
from client.sealing.kdf import hkdf
from client.sealing.kept import Proof
from client.sealing.keys import SigningKey
from client.sealing.objects import Purpose, sign_object
from client.sealing.permit import LINK_BYTES, Permit
from client.sealing.sealed_link import SealedLink, draw_code
from client.sealing.statement import PartInfo, Person, Statement
from client.sealing.streamed import Shape
from client.sealing.xwing import KemKey
from client.vault import Keeper
from signaling.wire import ErrorCode

_SEED_BYTES = 32


async def make_permit(
    api: Api, device: RequestSigner, length: int, until: int, random: Random
) -> Permit:
    """Let somebody send files of `length` bytes, once; the practice of this device pays."""
    permit = Permit(Shape(length).blob, until, random(32))
    sizes = {permit.files: permit.size, permit.link: LINK_BYTES}
    await vouchers.register_these(api, device, sizes, until)
    return permit


@dataclass(frozen=True)
class Said:
    """What the sender says: their name, and how often the link may be opened."""

    name: str
    openings: int


@dataclass(frozen=True)
class SentFiles:
    """A link that was made. `owner` counts its openings, and takes it and the files back."""

    name: str
    openings: int
    link: SealedLink
    code: bytes = field(repr=False)
    owner: SigningKey = field(repr=False)
    files: bytes


class Sending:
    """One use of a permit. All that was drawn for it is in `kept`: it goes on from there.

    Raises SourceChanged for other files than those it was begun with.
    """

    def __init__(
        self, permit: Permit, source: Source, said: Said, kept: Keeper, random: Random
    ) -> None:
        self._permit = permit
        self._source = source
        self._kept = kept
        self._random = random
        self._seed, self.said = _drawn(source, said, kept, random)
        self._going = Going(
            self._derived("blob", 16),
            SigningKey(self._derived("owner")),
            SigningKey(self._derived("read")),
            KemKey(self._derived("document")),
        )
        self._link = SealedLink(self._derived("link"))

    def _derived(self, what: str, length: int = 32) -> bytes:
        return hkdf(self._seed, b"", f"aparte/1 sending {what}", length)

    async def run(self, api: Api, told: Told, patience: Patience) -> SentFiles:
        """Send what is not there yet; `told` is told how far the file is.

        Raises SealError (`too_long` for more than the permit pays for), SourceChanged,
        ServerRefused, ServerUnreachable.
        """
        shape = Shape(self._source.length)
        if shape.blob > self._permit.size:
            raise SealError(SealCode.TOO_LONG, "the permit pays for less")
        going = self._going
        sealed = SealedSource(self._source, going.key, self._kept, self._random)
        paid = blobs.Payer(voucher=self._permit.files)
        upload = blobs.Upload(going.owner, going.blob, shape.blob, going.read.public, paid)
        await send_up(api, upload, sealed, told, patience)
        code = draw_code(lambda length: self._derived("code", length))
        await self._put_link(api, await self._opened(api, gone(going, sealed), code))
        return SentFiles(
            self._source.name, self.said.openings, self._link, code, going.owner, going.blob
        )

    async def _opened(self, api: Api, there: Gone, code: bytes) -> bytes:
        """The blob of the link; it is sealed once."""
        if (sealed := self._kept.get("link")) is not None:
            return sealed
        source, server = self._source, await api.who()
        issued = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        part = PartInfo(source.name[:200], source.media, source.length, there.tree)
        author = Person(self.said.name)
        statement = Statement(source.kind, issued, self._random(32), author, None, (part,))
        signer = SigningKey(self._derived("author"))
        signed = sign_object(Purpose.STATEMENT, statement.encode(), signer)
        proof = Proof(signed, b"", b"", server.key, server.registrar or b"")
        plain = write_handed(proof, Outside((there.part,), self._going.key.seed))
        key = await asyncio.to_thread(self._link.key, code)
        sealed = b"".join(seal_file([plain], key.public, self._random))
        self._kept.put("link", sealed)
        return sealed

    async def _put_link(self, api: Api, sealed: bytes) -> None:
        link, owner = self._link, self._going.owner
        payer = blobs.Payer(voucher=self._permit.link, openings=self.said.openings)
        try:
            await blobs.put(api, owner, link.place, link.reader.public, sealed, payer)
        except ServerRefused as error:
            if error.code is not ErrorCode.ALREADY_EXISTS:
                raise
            # By an earlier attempt of ours, in one piece: nobody else knows this place.
            await blobs.counted(api, owner, link.place)


def _drawn(source: Source, said: Said, kept: Keeper, random: Random) -> tuple[bytes, Said]:
    """The seed of all that is drawn, kept with what it is for, and what was said when it began.

    Raises SourceChanged.
    """
    stamp = sha256(source.stamp.encode(errors="surrogateescape")).hex()
    found = kept.get("seed")
    if found is None:
        seed = random(_SEED_BYTES)
        told = {"stamp": stamp, "name": said.name, "openings": said.openings}
        kept.put("seed", seed + json.dumps(told).encode())
        return seed, said
    begun = json.loads(found[_SEED_BYTES:])
    if begun["stamp"] != stamp:
        raise SourceChanged(source.name)
    return found[:_SEED_BYTES], Said(begun["name"], begun["openings"])


async def withdraw(api: Api, sent: SentFiles) -> None:
    """Take back a link and its files: who has opened it before keeps what they have."""
    for blob in (sent.link.place, sent.files):
        try:
            await blobs.delete(api, sent.owner, blob)
        except ServerRefused as error:
            if error.code not in {ErrorCode.NOT_FOUND, ErrorCode.WITHDRAWN, ErrorCode.EXPIRED}:
                raise
