"""One browser a module, behind a hostile server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e import browsers, net
from tests.hostile.consults import Front, front
from tests.integration.ports import free_port


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[Front, browsers.Person]]:
    """The hostile front stands on this machine's loopback, and on that of the browser's network."""
    folder, port = tmp_path_factory.mktemp("hostile"), free_port()
    with net.network() as network:
        host = network.host("all", "192.0.2.10/28")
        with host.entered():
            listener = net.tcp_socket()
        listener.bind(("127.0.0.1", port))
        async with (
            front(folder, port, [listener]) as hostile,
            browsers.chromium(host, folder, browsers.PATIENT) as person,
        ):
            yield hostile, person
