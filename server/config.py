"""The operator's settings: a TOML file, overridden by `APARTE_*` in the environment.

Whatever is wrong is said at the start, naming the setting and what it should be.
"""

from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from server.limits import Limits
from signaling.limits import Limits as RoomLimits

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class ConfigError(ValueError):
    """The operator's setting cannot be used. The text names it and says what it should be."""


@dataclass(frozen=True, slots=True)
class Listen:
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Config:
    """`origin` is what browsers see, e.g. `https://consult.example.org`; signatures name it."""

    origin: str = "http://localhost:8480"
    listen: Listen = Listen("127.0.0.1", 8480)
    admin: Listen | None = None
    data: Path = Path("aparte-data")
    turn_urls: tuple[str, ...] = ()
    turn_secret: str = field(default="", repr=False)
    turn_seconds: int = 3600
    trusted_proxies: tuple[Network, ...] = ()
    limits: Limits = field(default_factory=Limits)

    @property
    def authority(self) -> str:
        """The `@authority` that signatures must cover (RFC 9421, section 2.2.3)."""
        return urlsplit(self.origin).netloc


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ConfigError("a text")
    return value


def _number(value: object) -> int:
    try:
        number = int(str(value))
    except ValueError:
        raise ConfigError("a whole number") from None
    if number < 1:
        raise ConfigError("a number above zero")
    return number


def _list(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise ConfigError("a list of texts (in the environment: separated by commas)")
    return tuple(value)


def _origin(value: object) -> str:
    text = _text(value)
    parts = urlsplit(text)
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    plain = text == f"{parts.scheme}://{parts.netloc}" and text == text.lower()
    if not parts.hostname or not plain or parts.scheme not in {"https", "http"}:
        raise ConfigError("like https://consult.example.org, with no path and no final slash")
    if parts.port == {"https": 443, "http": 80}[parts.scheme]:
        raise ConfigError("without the scheme's own port, as browsers write it")
    if parts.scheme == "http" and not local and not _is_documentation(parts.hostname):
        raise ConfigError("https (http is for localhost: browsers give no camera without TLS)")
    return text


def _is_documentation(host: str) -> bool:
    """Addresses of RFC 5737, which exist in tests and nowhere else."""
    networks = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in networks)


def _listen(value: object) -> Listen:
    host, mark, port = _text(value).rpartition(":")
    if not mark or not port.isdigit() or not 0 <= int(port) < 65536:
        raise ConfigError("HOST:PORT, like 127.0.0.1:8480")
    return Listen(host.strip("[]"), int(port))


def _turn(value: object) -> tuple[str, ...]:
    urls = _list(value)
    if not all(url.startswith(("turn:", "turns:", "stun:", "stuns:")) for url in urls):
        raise ConfigError("a list of turn:, turns: or stun: URLs")
    return urls


def _networks(value: object) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(text) for text in _list(value))
    except ValueError:
        raise ConfigError("a list of addresses or networks, like 127.0.0.1, 10.0.0.0/8") from None


_SETTINGS: Mapping[str, Callable[[object], Any]] = {
    "origin": _origin,
    "listen": _listen,
    "admin": _listen,
    "data": lambda value: Path(_text(value)),
    "turn_urls": _turn,
    "turn_secret": _text,
    "turn_seconds": _number,
    "trusted_proxies": _networks,
}


def _limits(table: object) -> Limits:
    if not isinstance(table, dict):
        raise ConfigError("limits: should be a table")
    own = {item.name: item for item in fields(Limits) if item.name != "rooms"}
    of_rooms = {item.name: item for item in fields(RoomLimits)}
    ours: dict[str, Any] = {}
    theirs: dict[str, Any] = {}
    for name, value in table.items():
        if name not in own and name not in of_rooms:
            raise ConfigError(f"limits.{name}: there is no such limit")
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise ConfigError(f"limits.{name}: should be a number above zero")
        kind = (own.get(name) or of_rooms[name]).type
        (ours if name in own else theirs)[name] = int(value) if kind == "int" else float(value)
    return replace(Limits(rooms=RoomLimits(**theirs)), **ours)


def load(file: Path | None, environment: Mapping[str, str]) -> Config:
    """Read the settings. Raises ConfigError, or OSError where the file cannot be read."""
    given: dict[str, object] = {}
    if file is not None:
        try:
            given.update(tomllib.loads(file.read_text("utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            raise ConfigError(f"{file.name} is not TOML: {fault}") from None
    prefix = "APARTE_"
    for name, value in environment.items():
        if name.startswith(prefix):
            given[name.removeprefix(prefix).lower()] = value
    return build(given)


def build(given: Mapping[str, object]) -> Config:
    """Check settings by name. Raises ConfigError."""
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name == "limits":
            values[name] = _limits(value)
            continue
        if name not in _SETTINGS:
            raise ConfigError(f"{name}: there is no such setting")
        try:
            values[name] = _SETTINGS[name](value)
        except ConfigError as fault:
            raise ConfigError(f"{name}: should be {fault}") from None
    config = Config(**values)
    relays = any(url.startswith("turn") for url in config.turn_urls)
    if relays and len(config.turn_secret) < 16:
        raise ConfigError(
            "turn_secret: should be coturn's static-auth-secret, 16 characters or more"
        )
    return config
