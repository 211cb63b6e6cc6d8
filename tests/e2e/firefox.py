"""Firefox through Marionette, with the same camera and the same questions as the Chromium pages.

Marionette is Firefox's own remote control: `length:JSON` messages over TCP. The published driver
brings a device farm's worth of packages for what is forty lines here.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from tests.e2e import net
from tests.e2e.browsers import bars, moving, until
from tests.patience import PATIENCE

FIREFOX = "/usr/bin/firefox-esr"
_PORT = 2828
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
_PREFERENCES: dict[str, bool | int | str] = {
    "marionette.port": _PORT,
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "intl.accept_languages": "en-GB",
    # Nothing of the browser's own may look for the internet.
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "startup.homepage_welcome_url": "about:blank",
}


class MarionetteError(Exception):
    """Firefox refused a command."""


class Firefox:
    """One page."""

    def __init__(self, host: net.Host, identity: int) -> None:
        self._host = host
        self._script = bars(identity)
        self._numbers = itertools.count(1)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def connect(self) -> None:
        """Wait until Firefox listens, and start a session."""

        async def listening() -> bool:
            with self._host.entered():
                connection = net.tcp_socket()
            try:
                await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", _PORT))
            except OSError:
                connection.close()
                return False
            self._streams = await asyncio.open_connection(sock=connection, limit=2**26)
            return True

        await until(listening, "Firefox", 30)
        await self._receive()
        await self._command("WebDriver:NewSession", {})

    async def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            with contextlib.suppress(ConnectionError):
                await self._streams[1].wait_closed()

    async def _receive(self) -> Any:
        assert self._streams is not None
        length = await self._streams[0].readuntil(b":")
        return json.loads(await self._streams[0].readexactly(int(length[:-1])))

    async def _command(self, name: str, parameters: Mapping[str, object]) -> Any:
        """Send one command and wait for its answer; raises MarionetteError."""
        assert self._streams is not None
        message = json.dumps([0, next(self._numbers), name, parameters]).encode()
        self._streams[1].write(b"%d:%b" % (len(message), message))
        async with asyncio.timeout(PATIENCE):
            _, _, error, result = await self._receive()
        if error is not None:
            raise MarionetteError(f"{name}: {error['error']}: {error['message']}")
        return result["value"] if isinstance(result, dict) and "value" in result else result

    async def open(self, url: str) -> None:
        """Load a page, then replace its camera: ours ask for it at a tap, not before."""
        await self._command("WebDriver:Navigate", {"url": url})
        await self.evaluate(self._script)

    async def evaluate(self, script: str, *arguments: object) -> Any:
        """Run a function body in the page's world; promises are awaited."""
        parameters = {"script": script, "args": list(arguments), "sandbox": None}
        return await self._command("WebDriver:ExecuteScript", parameters)

    async def _find(self, xpath: str) -> dict[str, object]:
        async def shown() -> dict[str, object] | None:
            query = {"using": "xpath", "value": xpath}
            for element in await self._command("WebDriver:FindElements", query):
                identified: dict[str, object] = {"id": element[_ELEMENT]}
                if await self._command("WebDriver:IsElementDisplayed", identified):
                    return identified
            return None

        found = await until(shown, xpath)
        assert found is not None
        return found

    async def click(self, name: str) -> None:
        """Click the button of that name."""
        quoted = json.dumps(name)
        button = f"//button[normalize-space()={quoted} or @aria-label={quoted}]"
        await self._command("WebDriver:ElementClick", await self._find(button))

    async def fill(self, name: str, text: str) -> None:
        """Type into the field of that name."""
        quoted = json.dumps(name)
        field = (
            f"//*[self::input or self::textarea][@aria-label={quoted} or "
            f"@id=//label[normalize-space()={quoted}]/@for or "
            f"ancestor::label[normalize-space()={quoted}]]"
        )
        element = await self._find(field)
        await self._command("WebDriver:ElementSendKeys", {**element, "text": text})

    async def text(self) -> str:
        return str(await self.evaluate("return document.body.innerText"))

    async def sees(
        self, identity: int, seconds: float = PATIENCE, label: str = "Remote video"
    ) -> None:
        """Wait until a video shows the moving picture of that identity."""

        async def frame() -> Any:
            return await self.evaluate("return harness.read(harness.labelled(arguments[0]))", label)

        await moving(frame, identity, f"Firefox: {label}", seconds)


@contextlib.asynccontextmanager
async def firefox(host: net.Host, folder: Path, identity: int) -> AsyncIterator[Firefox]:
    profile = folder / "firefox"
    profile.mkdir()
    (profile / "user.js").write_text(
        "".join(
            f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
            for name, value in _PREFERENCES.items()
        )
    )
    with (folder / "firefox.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *host.command(FIREFOX, "--headless", "--marionette", "--profile", str(profile)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    made = Firefox(host, identity)
    try:
        await made.connect()
        yield made
    finally:
        await made.close()
        await net.stop(process)
