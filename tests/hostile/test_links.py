"""Sealed links behind a server that gives something else than what lies there."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from client.api.errors import ServerUnreachable
from client.api.http import Api
from client.documents.links import Ends, Opening, Sent, send_link
from client.documents.sending import Author, Document, Part
from client.sealing.errors import SealCode, SealError
from client.sealing.statement import Person
from tests.hostile.consults import Front, front
from tests.hostile.relay import Tamper, flipped
from tests.integration.people import NOW
from tests.integration.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

CONTENT = b"what only the reader may see"


class Given(Tamper):
    """Gives other bytes for the blob of a link, and keeps those that it has seen."""

    def __init__(self, change: Callable[[bytes], bytes] = bytes) -> None:
        super().__init__()
        self.seen = b""
        self._change = change

    def blob(self, name: str, data: bytes) -> bytes:
        if name == "openings":
            return data
        self.hits += 1
        self.seen = data
        return self._change(data)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hostile(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    async with front(tmp_path_factory.mktemp("server"), free_port()) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def api(hostile: Front) -> AsyncIterator[Api]:
    hostile.relay.tamper = Tamper()
    async with aiohttp.ClientSession() as http:
        yield Api(hostile.origin, http, os.urandom)


async def _sent(hostile: Front, api: Api, folder: Path) -> Sent:
    file = folder / "letter.txt"
    file.write_bytes(CONTENT)
    who = hostile.at.practitioner
    author = Author(who.device, who.certificate, Person(who.profile.name))
    document = Document("file", NOW, None, (Part("letter.txt", "text/plain", file),))
    return await send_link(api, author, document, Ends(int(time.time()) + 3600, 3), os.urandom)


async def _opened(api: Api, sent: Sent) -> tuple[bytes, ...]:
    words = " ".join(sent.link.words(sent.code, "french"))
    content = (await Opening(api, sent.link).open(words)).content
    assert isinstance(content, tuple)
    return content


async def test_the_bytes_of_another_link_do_not_open(
    hostile: Front, api: Api, tmp_path: Path
) -> None:
    one, other = await _sent(hostile, api, tmp_path), await _sent(hostile, api, tmp_path)
    hostile.relay.tamper = watching = Given()
    assert await _opened(api, other) == (CONTENT,)
    # Padded alike: the two are of one length.
    hostile.relay.tamper = Given(lambda _: watching.seen)
    with pytest.raises(SealError) as refused:
        await _opened(api, one)
    assert refused.value.code is SealCode.CANNOT_OPEN


@pytest.mark.parametrize("at", [40, 1_700, -1])
async def test_one_changed_bit_is_refused(
    hostile: Front, api: Api, tmp_path: Path, at: int
) -> None:
    sent = await _sent(hostile, api, tmp_path)
    hostile.relay.tamper = Given(lambda data: flipped(data, at))
    with pytest.raises(SealError) as refused:
        await _opened(api, sent)
    assert refused.value.code in {SealCode.CANNOT_OPEN, SealCode.BAD_FORM}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda data: data + b"\0", SealCode.ALTERED),
        (lambda data: data[:-1], None),
        (lambda _: b"", None),
    ],
)
async def test_a_link_that_is_cut_or_longer_is_refused(
    hostile: Front,
    api: Api,
    tmp_path: Path,
    change: Callable[[bytes], bytes],
    code: SealCode | None,
) -> None:
    sent = await _sent(hostile, api, tmp_path)
    hostile.relay.tamper = tamper = Given(change)
    with pytest.raises((SealError, ServerUnreachable)) as refused:
        await _opened(api, sent)
    assert tamper.hits
    assert getattr(refused.value, "code", None) == code
