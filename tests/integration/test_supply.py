"""A guest who keeps documents is given what pays for that, once, and more with each document."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from client.api import mailboxes
from client.api.cells import Cells
from client.api.vaults import SharedVault, VaultState
from client.host.supply import PAGE, SUPPLY
from client.sealing.encoding import b64u, b64u_decode
from client.sealing.keys import SigningKey
from client.sealing.messages import message
from client.sealing.vault import Record, VaultKey
from tests.hostile.consults import from_doctor
from tests.integration.people import addressed, admitted, connected, doctor, patient, practice
from tests.integration.serving import ServerProcess, serving


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    async with serving(tmp_path) as running:
        yield running


async def test_what_keeping_takes_is_paid_by_the_practice(
    server: ServerProcess, tmp_path: Path
) -> None:
    at = await practice(server)
    link = at.room.link(0)
    async with doctor(server.origin, at) as host, patient(server.origin, link) as guest:
        known = await admitted(host, guest)
        await addressed(host, known)
        for _ in range(2):
            await guest.model.send(message("keep", id=b64u(os.urandom(16))))
        while not (supplies := guest.said("supply")):
            await guest.kind(object)
        vouchers = {one["bytes"]: b64u_decode(one["voucher"]) for one in supplies[0]["vouchers"]}
        assert [one["bytes"] for one in supplies[0]["vouchers"]] == SUPPLY

        await host.model.write(known, await from_doctor(host, known, at, tmp_path))
        said = (await guest.mailed("document")).value
        assert [one["bytes"] for one in said["vouchers"]][1] == PAGE
        # Asked for twice, given once.
        assert len(guest.said("supply")) == 1
        paid = [b64u_decode(one["voucher"]) for one in supplies[0]["vouchers"]]

    pages = [voucher for voucher, size in zip(paid, SUPPLY, strict=True) if size == PAGE]

    async def pay(_size: int) -> bytes:
        return pages.pop()

    async with connected(server.origin) as (api, _):
        vault = SharedVault(Cells(api, (await api.who()).key), VaultKey(os.urandom(32)), pay)
        record = Record(os.urandom(16), 1, "document", "kept")
        await vault.change(VaultState(), lambda _: (record,))
        assert (await vault.read(VaultState())).records == (record,)
        owner, box = SigningKey(os.urandom(32)), os.urandom(16)
        await mailboxes.make(api, owner, box, [owner.public], vouchers[2**20])
