"""Files and folders of any size, with a permit, as a sealed link (Permits)."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from client.api import blobs
from client.api.errors import ServerRefused
from client.api.http import Api, Random
from client.documents.patience import Patience
from client.documents.permits import address_of, look_behind
from client.documents.sources import Source, SourceChanged
from client.documents.uploading import Going, Gone, SealedSource, Told, gone, send_up
from client.mail.post import write_to
from client.sealing.agefile import seal_file
from client.sealing.encoding import b64u, sha256
from client.sealing.errors import SealCode, SealError
from client.sealing.handed import Outside, write_handed
from client.sealing.kdf import hkdf
from client.sealing.kept import Proof
from client.sealing.keys import SigningKey
from client.sealing.mail import mail, shortened
from client.sealing.objects import Purpose, sign_object
from client.sealing.permit import Permit
from client.sealing.sealed_link import SealedLink, draw_code
from client.sealing.statement import PartInfo, Person, Statement
from client.sealing.streamed import Shape
from client.sealing.xwing import KemKey
from client.vault import Keeper
from signaling.wire import ErrorCode

_SEED_BYTES = 32
# Of the practice's own link: it alone has it, and opens it on any of its devices.
PRACTICE_OPENINGS = 100


@dataclass(frozen=True)
class Said:
    """What the sender says: their name, how often each link opens, whom the links are for.

    Of a permit with an address the practice has a link besides.
    """

    name: str
    openings: int
    readers: tuple[str, ...] = ()


@dataclass(frozen=True)
class LinkMade:
    """One link to what was sent, and whom it is for, where somebody said."""

    to: str
    openings: int
    link: SealedLink
    code: bytes = field(repr=False)


@dataclass(frozen=True)
class SentFiles:
    """Files that were sent. `owner` counts the openings, and takes links and files back.

    `posted`: the first link went to the practice, by letter.
    """

    name: str
    links: tuple[LinkMade, ...]
    owner: SigningKey = field(repr=False)
    files: bytes
    posted: bool


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
        if len(self._readers) > permit.links:
            raise SealError(SealCode.TOO_LONG, "the permit pays for fewer links")

    def _derived(self, what: str, length: int = 32) -> bytes:
        return hkdf(self._seed, b"", f"aparte/1 sending {what}", length)

    @property
    def _readers(self) -> tuple[tuple[str, int], ...]:
        """Whom each link is for, and how often it opens."""
        handed = tuple((reader, self.said.openings) for reader in self.said.readers)
        if self._permit.practice:
            return (("", PRACTICE_OPENINGS), *handed)
        return handed or (("", self.said.openings),)

    @property
    def posted(self) -> bool:
        """Whether the practice has been told."""
        return self._kept.get("posted") is not None

    def _made(self, number: int, to: str, openings: int) -> LinkMade:
        code = draw_code(lambda length: self._derived(f"code {number}", length))
        return LinkMade(to, openings, SealedLink(self._derived(f"link {number}")), code)

    async def run(self, api: Api, told: Told, patience: Patience) -> SentFiles:
        """Send what is not there yet; `told` is told how far the file is.

        Raises SealError (`too_long` for more than the permit pays for, and as `look_behind` for a
        permit with an address), SourceChanged, ServerRefused, ServerUnreachable.
        """
        shape = Shape(self._source.length)
        if shape.blob > self._permit.size:
            raise SealError(SealCode.TOO_LONG, "the permit pays for less")
        going = self._going
        sealed = SealedSource(self._source, going.key, self._kept, self._random)
        paid = blobs.Payer(voucher=self._permit.files)
        upload = blobs.Upload(going.owner, going.blob, shape.blob, going.read.public, paid)
        await send_up(api, upload, sealed, told, patience)
        plain = await self._plain(api, gone(going, sealed))
        made = tuple(self._made(number, *reader) for number, reader in enumerate(self._readers, 1))
        for number, one in enumerate(made, 1):
            await self._put_link(api, number, one, plain)
        if self._permit.practice and not self.posted:
            await self._post(api, made[0])
            self._kept.put("posted", b"1")
        posted = self._permit.practice != b""
        return SentFiles(self._source.name, made, going.owner, going.blob, posted)

    async def _plain(self, api: Api, there: Gone) -> bytes:
        """What each link opens to; it is signed once."""
        if (before := self._kept.get("plain")) is not None:
            return before
        source, server = self._source, await api.who()
        part = PartInfo(shortened(source.name), source.media, source.length, there.tree)
        author = Person(self.said.name)
        statement = Statement(
            source.kind, _moment(int(time.time())), self._random(32), author, None, (part,)
        )
        signer = SigningKey(self._derived("author"))
        signed = sign_object(Purpose.STATEMENT, statement.encode(), signer)
        proof = Proof(signed, b"", b"", server.key, server.registrar or b"")
        plain = write_handed(proof, Outside((there.part,), self._going.key.seed))
        self._kept.put("plain", plain)
        return plain

    async def _put_link(self, api: Api, number: int, made: LinkMade, plain: bytes) -> None:
        link, owner = made.link, self._going.owner
        name = f"link-{number}"
        sealed = self._kept.get(name)
        if sealed is None:
            key = await asyncio.to_thread(link.key, made.code)
            sealed = b"".join(seal_file([plain], key.public, self._random))
            self._kept.put(name, sealed)
        payer = blobs.Payer(voucher=self._permit.link(number), openings=made.openings)
        try:
            await blobs.put(api, owner, link.place, link.reader.public, sealed, payer)
        except ServerRefused as error:
            if error.code is not ErrorCode.ALREADY_EXISTS:
                raise
            # By an earlier attempt of ours, in one piece: nobody else knows this place.
            await blobs.counted(api, owner, link.place)

    async def _post(self, api: Api, made: LinkMade) -> None:
        """Tell the practice, where it is by now. Done again it is the same letter: by its id."""
        source, permit = self._source, self._permit
        letter = mail(
            "files",
            id=b64u(self._derived("letter", 16)),
            at=_moment(int(time.time())),
            link=b64u(made.link.secret),
            code=b64u(made.code),
            name=shortened(source.name),
            size=source.length,
            until=_moment(permit.until),
            permit=b64u(permit.id),
        )
        for attempt in (1, 2):
            behind = await look_behind(api, permit)
            try:
                await write_to(api, address_of(behind.papers), letter, self._random)
                return
            except ServerRefused as error:
                # The practice has just replaced its key, or its mailbox.
                if error.code is not ErrorCode.NOT_FOUND or attempt == 2:
                    raise


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _drawn(source: Source, said: Said, kept: Keeper, random: Random) -> tuple[bytes, Said]:
    """The seed of all that is drawn, kept with what it is for, and what was said when it began.

    Raises SourceChanged.
    """
    stamp = sha256(source.stamp.encode(errors="surrogateescape")).hex()
    found = kept.get("seed")
    if found is None:
        seed = random(_SEED_BYTES)
        told = {"stamp": stamp, **asdict(said)}
        kept.put("seed", seed + json.dumps(told).encode())
        return seed, said
    begun = json.loads(found[_SEED_BYTES:])
    if begun["stamp"] != stamp:
        raise SourceChanged(source.name)
    return found[:_SEED_BYTES], Said(begun["name"], begun["openings"], tuple(begun["readers"]))


async def withdraw(api: Api, sent: SentFiles) -> None:
    """Take back files and all links: who has opened one before keeps what they have."""
    for blob in (*(made.link.place for made in sent.links), sent.files):
        try:
            await blobs.delete(api, sent.owner, blob)
        except ServerRefused as error:
            if error.code not in {ErrorCode.NOT_FOUND, ErrorCode.WITHDRAWN, ErrorCode.EXPIRED}:
                raise
