"""The permits of a practice: given, withdrawn, and what came with each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from client.api.http import Api, Random
from client.documents.permits import (
    Allowed,
    By,
    clear_withdrawn,
    make_addressed,
    put_papers,
    withdraw_permit,
)
from client.host.practitioner import Practitioner
from client.mail.address import Address
from client.mail.post import Post
from client.sealing.encoding import b64u, fields, sha256
from client.sealing.keys import SigningKey
from client.sealing.mail import Mail
from client.sealing.permit import Permit
from client.vault import Keeper

_NAME = "permits"


@dataclass(frozen=True)
class Given:
    """A permit. `came`: the letter that came with it, once; `told` names the address in it.

    `state`: "open", "withdrawing" while the server may hold something of it still, "withdrawn".
    """

    permit: Permit
    owner: bytes = field(repr=False)
    label: str
    told: bytes
    state: str = "open"
    came: dict[str, Any] | None = None


class Permits:
    """Of the practice whose mailbox `post` is. All of it is kept before it is done."""

    def __init__(
        self, api: Api, practitioner: Practitioner, post: Post, keeper: Keeper, random: Random
    ) -> None:
        self._api = api
        self._by = By(practitioner.device, practitioner.certificate)
        self._post = post
        self._keeper = keeper
        self._random = random

    @property
    def all(self) -> list[Given]:
        """The newest last."""
        data = self._keeper.get(_NAME)
        return [] if data is None else msgspec.json.decode(data, type=list[Given])

    def _save(self, one: Given) -> Given:
        others = [given for given in self.all if given.permit.id != one.permit.id]
        self._keeper.put(_NAME, msgspec.json.encode([*others, one]))
        return one

    async def make(self, label: str, allowed: Allowed) -> Permit:
        """Give a permit, for whoever `label` says.

        Raises RuntimeError before there is a mailbox, ServerRefused, ServerUnreachable.
        """
        to, owner = await self._post.permits(), SigningKey(self._random(32))
        permit = await make_addressed(self._api, self._by, allowed, to, owner)
        self._save(Given(permit, owner.seed, label, _named(to)))
        return permit

    def take(self, mail: Mail) -> bool:
        """Take a `files` letter: the first for a permit that is not withdrawn."""
        named = mail.value.get("permit") if mail.type == "files" else None
        for one in self.all:
            if one.state == "open" and one.came is None and b64u(one.permit.id) == named:
                self._save(replace(one, came=mail.value))
                return True
        return False

    async def withdraw(self, permit: Permit) -> bool:
        """Withdraw one that nobody has used: its bytes are free again. False: it was used.

        Raises ServerRefused, ServerUnreachable; then it is to be done again.
        """
        one = next(given for given in self.all if given.permit.id == permit.id)
        owner = SigningKey(one.owner)
        if one.state == "open":
            if not await withdraw_permit(self._api, permit, owner):
                return False
            one = self._save(replace(one, state="withdrawing"))
        await clear_withdrawn(self._api, permit, owner)
        # Whoever had it knows where to write: no longer.
        await self._post.permits(anew=True)
        self._save(replace(one, state="withdrawn"))
        await self.tend()
        return True

    async def tend(self) -> None:
        """Write the papers anew that name another address than the one of today."""
        to = await self._post.permits()
        for one in self.all:
            if one.state == "open" and one.came is None and one.told != _named(to):
                await put_papers(self._api, self._by, one.permit, to, SigningKey(one.owner))
                self._save(replace(one, told=_named(to)))


def _named(to: Address) -> bytes:
    return sha256(fields(to.mailbox, to.append))[:16]
