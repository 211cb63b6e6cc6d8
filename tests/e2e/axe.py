"""axe-core on a page as it stands."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

_SOURCE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"


def script() -> str:
    """Goes in as an init script: the pages' policy lets no other script in."""
    return _SOURCE.read_text()


async def violations(page: Page) -> list[str]:
    """One line for each violation, naming the rule and the elements."""
    result = await page.evaluate(
        """async () => {
          const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
          const found = await axe.run(document, { runOnly: tags, resultTypes: ['violations'] });
          return found.violations.map((violation) => {
            const where = violation.nodes.map((node) => node.target.join(' ')).join(', ');
            return `${violation.id}: ${violation.help} (${where})`;
          });
        }"""
    )
    return [str(line) for line in result]
