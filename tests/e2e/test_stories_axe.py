"""Every state of the pages, shown over models in memory: what axe says, and a picture of each.

The states that a visit does not pass through (a refused check, a full waiting room, three people in
a call) are found here only. The pages run under the server's policy for scripts and styles.
"""

from __future__ import annotations

import mimetypes
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import nodejs
import pytest
from playwright.async_api import Page, Route

from tests.e2e import axe, browsers, net, screens, steps
from tests.e2e.words import LANGUAGES, say

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
ORIGIN = "http://stories.invalid"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
)
# What is pressed in a state, one button after the other, to see what opens.
PRESSED = {
    "guest-consult": ("consult.badgeSecure",),
    "desk-empty": ("desk.newConsult", "desk.makeLink"),
    "desk-call": ("consult.endConsult",),
    "desk-check": ("desk.newConsult",),
    "desk-call-three": ("desk.writePrescription",),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stories")
    node = nodejs.find(ROOT / ".venv")
    assert node is not None, "no Node.js: run make setup"
    subprocess.run(
        [
            *(node.executable, WEB / "node_modules" / "vite" / "bin" / "vite.js", "build"),
            *("--config", "tests/stories/vite.config.ts"),
            *("--outDir", folder, "--logLevel", "warn"),
        ],
        cwd=WEB,
        env=node.env(),
        check=True,
        timeout=60,
    )
    return folder


def from_folder(folder: Path) -> Callable[[Route], Awaitable[None]]:
    """Answer the page's requests from `folder`: these pages need no server."""

    async def answer(route: Route) -> None:
        path = folder / (route.request.url.removeprefix(ORIGIN).split("?")[0].strip("/"))
        if not path.is_file():
            await route.fulfill(status=404)
            return
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        headers = {"Content-Type": kind, "Content-Security-Policy": POLICY}
        await route.fulfill(body=path.read_bytes(), headers=headers)

    return answer


async def show(page: Page, story: str, language: str) -> None:
    await page.goto(f"{ORIGIN}/index.html?story={story}&lang={language}")
    await page.locator("#app[data-ready]").wait_for()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_axe_finds_nothing_in_any_state(
    host: net.Host, tmp_path: Path, built: Path, language: str
) -> None:
    found: dict[str, list[str]] = {}
    async with browsers.chromium(
        host, tmp_path, browsers.PATIENT, scripts=[axe.script()]
    ) as person:
        page = person.page
        await page.route("**/*", from_folder(built))

        async def look(state: str) -> None:
            for scheme, width in (("light", 1440), ("dark", 360)):
                await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                await page.set_viewport_size({"width": width, "height": 900})
                violations = await axe.violations(page)
                if violations:
                    found[f"{state}, {scheme}, {width} px"] = violations
            await page.emulate_media(color_scheme="light")
            await page.set_viewport_size({"width": 1440, "height": 900})
            await screens.shot(page, f"{state}-{language}")

        await show(page, "landing", language)
        stories: list[str] = await page.evaluate("() => window.stories")
        assert len(stories) > 25
        for story in stories:
            await show(page, story, language)
            await look(f"story-{story}")
            for name in PRESSED.get(story, ()):
                await steps.button(page, say(language, name)).click()
            if story in PRESSED:
                await look(f"story-{story}-pressed")
    assert found == {}
    said = [line for line in person.console if "Content Security Policy" in line]
    assert said == []
