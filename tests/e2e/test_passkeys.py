"""Passkeys that give a secret, in a browser with an authenticator."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.e2e import browsers, net, passkeys
from tests.e2e.server import Server, serving

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]

ASSETS = Path(__file__).resolve().parents[2] / "server" / "webroot" / "assets"


async def of(page: Page, script: str) -> object:
    """Run a script with the page's own passkeys as `it`."""
    (chunk,) = ASSETS.glob("passkeys-*.js")
    return await page.evaluate(
        f"""async (path) => {{
          const [it] = Object.values(await import(path));
          const text = (bytes) => Array.from(bytes).join();
          const refused = async (promise) => promise.then(() => '', (error) => error.name);
          {script}
        }}""",
        f"/assets/{chunk.name}",
    )


async def test_a_passkey_gives_a_secret_for_each_use(host: net.Host, tmp_path: Path) -> None:
    async with (
        serving(Server(host, tmp_path)) as server,
        browsers.chromium(host, tmp_path, browsers.DOCTOR) as person,
    ):
        await server.serve()
        page = person.page
        await page.goto(server.origin)
        session, authenticator = await passkeys.add(page)
        said = await of(
            page,
            """
            const made = await it.make('Cabinet', 'lock');
            const again = await it.secret('lock', made.id);
            const chosen = await it.secret('lock');
            const other = await it.secret('recovery');
            const gone = await refused(it.secret('lock', new Uint8Array(16)));
            return [await it.available(), made.secret.length, text(again) === text(made.secret),
                    text(chosen) === text(made.secret), text(other) === text(made.secret), gone];
            """,
        )
        assert said == [True, 32, True, True, False, "NotAllowedError"]
        assert await passkeys.labels(session, authenticator) == ["Cabinet"]
        await page.reload()
        second = await of(page, "return text(await it.secret('lock')).split(',').length")
        assert second == 32


async def test_an_authenticator_without_secrets_is_refused(host: net.Host, tmp_path: Path) -> None:
    async with (
        serving(Server(host, tmp_path)) as server,
        browsers.chromium(host, tmp_path, browsers.DOCTOR) as person,
    ):
        await server.serve()
        await person.page.goto(server.origin)
        await passkeys.add(person.page, prf=False)
        refused = await of(person.page, "return await refused(it.make('Cabinet', 'lock'))")
        assert refused == "NotSupportedError"
