"""Somebody who has a keyboard and nothing else."""

from __future__ import annotations

from playwright.async_api import Page

_FOCUSED = """() => {
  const element = document.activeElement;
  // A heading that the page itself puts the focus on, to have it read out, is no stop of Tab.
  if (!element || element === document.body || element.tabIndex < 0) return null;
  const labels = [...(element.labels ?? [])].map((label) => label.textContent);
  const name = element.getAttribute('aria-label') ?? labels[0] ?? element.textContent ?? '';
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  return { name: name.trim(), visible: box.width > 0 && box.height > 0, ring };
}"""


async def reach(page: Page, name: str, presses: int = 80) -> None:
    """Press Tab until the focus is on something of that name; every stop must be visible.

    Raises AssertionError when a stop cannot be seen, or the name does not come.
    """
    passed = []
    for _ in range(presses):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(_FOCUSED)
        if focused is None:
            continue
        passed.append(focused["name"])
        assert focused["visible"], f"the focus is on {focused['name']!r}, which is not shown"
        assert focused["ring"], f"the focus on {focused['name']!r} is not shown"
        if focused["name"] == name:
            return
    raise AssertionError(f"Tab does not lead to {name!r}, only to {passed}")


async def press(page: Page, name: str) -> None:
    """Reach a button and press it."""
    await reach(page, name)
    await page.keyboard.press("Enter")


async def type_into(page: Page, name: str, text: str) -> None:
    """Reach a field and write into it."""
    await reach(page, name)
    await page.keyboard.type(text)
