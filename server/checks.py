"""What `aparte-server check-config` shows and finds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, fields

from server.config import Config
from server.pages import INDEX, WEBROOT


@dataclass(frozen=True)
class Finding:
    """`harmless`: the server would start, and do less than it could."""

    text: str
    harmless: bool = True


def shown(config: Config) -> Iterator[tuple[str, str]]:
    """Settings and the limits that differ from the defaults, as text; of secrets only "set"."""
    for item in fields(config):
        value = getattr(config, item.name)
        if item.name == "limits":
            continue
        if not item.repr:
            value = "set" if value else ""
        if isinstance(value, tuple):
            value = ", ".join(map(str, value))
        yield item.name, "" if value is None else str(value)
    for kind in (config.limits, config.limits.rooms):
        for item in fields(kind):
            if item.name != "rooms" and getattr(kind, item.name) != item.default:
                yield f"limits.{item.name}", str(getattr(kind, item.name))


def findings(config: Config) -> list[Finding]:
    """What is missing or looks wrong."""
    found: list[Finding] = []
    where = config.data if config.data.exists() else config.data.absolute().parent
    if not where.is_dir() or not os.access(where, os.W_OK | os.X_OK):
        found.append(
            Finding(f"data: {config.data} cannot be written by this user.", harmless=False)
        )
    if not (WEBROOT / INDEX).exists():
        found.append(Finding("The web client is not built: run `make build`."))
    if not config.turn_urls:
        found.append(
            Finding("turn_urls: none, so people behind strict networks cannot see each other.")
        )
    if config.origin.startswith("https:") and not config.trusted_proxies:
        found.append(
            Finding(
                "trusted_proxies: none, so all who come through a proxy count as one address. "
                "Name the proxy that holds the certificate."
            )
        )
    return found
