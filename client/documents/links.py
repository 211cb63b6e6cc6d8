"""Sealed links: a document for somebody who has no address with us (Sealed links)."""

from __future__ import annotations

from dataclasses import dataclass, field

from client.api import blobs, vouchers
from client.api.errors import ServerUnreachable
from client.api.http import Api, Random
from client.documents.handing import hand, take
from client.documents.sending import Author, Document
from client.limits import LINK_BYTES
from client.sealing.agefile import open_file, seal_file
from client.sealing.errors import SealCode, SealError
from client.sealing.handed import Handed
from client.sealing.keys import SigningKey
from client.sealing.sealed_link import SealedLink, draw_code


@dataclass(frozen=True)
class Sent:
    """A link that was made: what opens it, and the key that may take it back."""

    link: SealedLink
    code: bytes = field(repr=False)
    owner: SigningKey = field(repr=False)


@dataclass(frozen=True)
class Ends:
    """When a link ends: at `expires` (Unix seconds), or after so many openings."""

    expires: int
    openings: int


async def send_link(
    api: Api, author: Author, document: Document, ends: Ends, random: Random
) -> Sent:
    """Seal a document for whoever has the link and the words; `author` is a device.

    Raises SealError, ServerRefused or ServerUnreachable.
    """
    handing = await hand(api, author, document, random)
    made = Sent(SealedLink(random(32)), draw_code(random), SigningKey(random(32)))
    sealed = b"".join(seal_file([handing.plain], made.link.key(made.code).public, random))
    (voucher,) = await vouchers.register(api, author.key, [len(sealed)], ends.expires)
    payer = blobs.Payer(voucher=voucher, openings=ends.openings)
    link = made.link
    await blobs.put(api, made.owner, link.place, link.reader.public, sealed, payer)
    return made


class Opening:
    """A link that somebody opens: fetched once, whatever words they try."""

    def __init__(self, api: Api, link: SealedLink, sealed: bytes | None = None) -> None:
        """`sealed`: what was fetched by an earlier opening that is gone on with."""
        self._api = api
        self._link = link
        self._opening = api.random(16)
        self.sealed = sealed

    async def look(self) -> blobs.Counted:
        """How often it may be opened and was; opens nothing. Raises as `blobs.counted` does."""
        return await blobs.counted(self._api, self._link.reader, self._link.place)

    async def open(self, words: str) -> Handed:
        """Open it with the words as somebody typed them.

        Words that cannot be this link's are refused before anything is asked for. Others count as
        an opening, the first time.

        Raises WordsError, SealError (`cannot_open` for words of something else), ServerRefused
        (`used_up`, `withdrawn`, `expired`, `not_found`), ServerUnreachable.
        """
        return await self.open_with(self._link.read_words(words))

    async def open_with(self, code: bytes) -> Handed:
        """Open it with the code of its words, as a letter brings it. Raises as `open` does."""
        key = self._link.key(code)
        if self.sealed is None:
            self.sealed = await self._fetch()
        return await take(self._api, b"".join(open_file([self.sealed], key)))

    async def _fetch(self) -> bytes:
        api, link = self._api, self._link
        opened = await blobs.open_counted(api, link.reader, link.place, self._opening)
        if not 0 < opened.length <= LINK_BYTES:
            raise SealError(SealCode.TOO_LONG)
        sealed = bytearray()
        last = opened.length - 1
        found = blobs.get(api, link.reader, link.place, 0, last, opening=self._opening)
        async for chunk in found:
            sealed += chunk
            if len(sealed) > opened.length:
                raise SealError(SealCode.ALTERED, "more bytes than were announced")
        if len(sealed) != opened.length:
            raise ServerUnreachable("the server sent less than it announced")
        return bytes(sealed)
