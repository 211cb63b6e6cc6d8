"""One server a module, for tests that each bring a practice of their own.

They run in the module's event loop (`pytest.mark.asyncio(loop_scope="module")`), as the server's
process and the front before it do. A test may end the server, if it starts it again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.integration.people import Practice, practice
from tests.integration.serving import ServerProcess, serving


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def at(server: ServerProcess) -> Practice:
    return await practice(server)
