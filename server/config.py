"""The operator's settings: a TOML file, overridden by `APARTE_*` in the environment.

Whatever is wrong is said at the start, naming the setting and what it should be.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from server.limits import Limits
from server.requests.ed25519 import is_key
from signaling.limits import Limits as RoomLimits
from signaling.limits import Rate

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PREFIX = "APARTE_"
_LIMIT = "limit_"
_SECRET_LENGTH = 16


class ConfigError(ValueError):
    """The operator's setting cannot be used. The text names it and says what it should be."""


@dataclass(frozen=True)
class Listen:
    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Config:
    """`origin` is what browsers see, e.g. `https://consult.example.org`; signatures name it.

    `admin` is where metrics are read, on loopback; None: nowhere. `turn_seconds` is how long a
    TURN credential holds. `database` is the URL of a PostgreSQL; without one, a file in `data`.
    `redis` is the URL of the Redis over which several processes make one server. `registrar` is the
    public key of whoever attests practitioners' cards.
    """

    origin: str = "http://localhost:8480"
    listen: Listen = Listen("127.0.0.1", 8480)
    admin: Listen | None = None
    data: Path = Path("aparte-data")
    database: str = field(default="", repr=False)
    redis: str = field(default="", repr=False)
    turn_urls: tuple[str, ...] = ()
    turn_secret: str = field(default="", repr=False)
    turn_seconds: int = 4 * 3600
    trusted_proxies: tuple[Network, ...] = ()
    registrar: bytes | None = None
    limits: Limits = field(default_factory=Limits)

    @property
    def authority(self) -> str:
        """The `@authority` that signatures cover (RFC 9421, section 2.2.3), and the only Host."""
        return urlsplit(self.origin).netloc


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigError("a text")
    return value


def _whole(value: object) -> int:
    number = _number(value)
    if number != int(number):
        raise ConfigError("a whole number above zero")
    return int(number)


def _number(value: object) -> float:
    try:
        number = float(str(value))
    except ValueError:
        raise ConfigError("a number above zero") from None
    if not 0 < number < float("inf"):
        raise ConfigError("a number above zero")
    return number


def _rate(value: object) -> Rate:
    parts = value.split("+") if isinstance(value, str) else value
    if not isinstance(parts, list) or len(parts) != 2:
        raise ConfigError('BURST+RATE, like "2000+1000": 2,000 at once, then 1,000 a second')
    return Rate(_number(parts[0]), _number(parts[1]))


def _list(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise ConfigError("a list of texts (in the environment: separated by commas)")
    return tuple(value)


def _origin(value: object) -> str:
    text = _text(value)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ConfigError("like https://consult.example.org") from None
    plain = text == f"{parts.scheme}://{parts.netloc}" == text.lower()
    if not parts.hostname or not plain or "@" in text or parts.scheme not in {"https", "http"}:
        raise ConfigError("like https://consult.example.org, with no path and no final slash")
    if port == {"https": 443, "http": 80}[parts.scheme]:
        raise ConfigError("without the scheme's own port, as browsers write it")
    if parts.scheme == "http" and not _is_local(parts.hostname):
        raise ConfigError("https (http is for localhost: browsers give no camera without TLS)")
    return text


def _is_local(host: str) -> bool:
    """This machine, or an address of RFC 5737, which exists in tests and nowhere else."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    tests = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
    return address.is_loopback or any(address in ipaddress.ip_network(net) for net in tests)


def _listen(value: object) -> Listen:
    host, mark, port = _text(value).rpartition(":")
    if not mark or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ConfigError("HOST:PORT, like 127.0.0.1:8480")
    return Listen(host.strip("[]"), int(port))


def _admin(value: object) -> Listen:
    listen = _listen(value)
    if listen.host not in {"127.0.0.1", "::1", "localhost"}:
        raise ConfigError("an address of this machine alone, like 127.0.0.1:9480")
    return listen


def _database(value: object) -> str:
    url = _text(value)
    if not url.startswith("postgresql://"):
        raise ConfigError("like postgresql://aparte@localhost/aparte")
    return url


def _redis(value: object) -> str:
    url = _text(value)
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ConfigError("like redis://localhost:6379/0")
    return url


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


def _key(value: object) -> bytes:
    text = _text(value)
    try:
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        key = b""
    if not is_key(key) or base64.urlsafe_b64encode(key).rstrip(b"=").decode() != text:
        raise ConfigError("the public key that `aparte registrar init` prints, 43 characters")
    return key


_SETTINGS: Mapping[str, Callable[[object], Any]] = {
    "origin": _origin,
    "listen": _listen,
    "admin": _admin,
    "data": lambda value: Path(_text(value)),
    "database": _database,
    "redis": _redis,
    "turn_urls": _turn,
    "turn_secret": _text,
    "turn_seconds": _whole,
    "trusted_proxies": _networks,
    "registrar": _key,
}
_READERS: Mapping[str, Callable[[object], Any]] = {"int": _whole, "float": _number, "Rate": _rate}
_OWN_LIMITS = {item.name: str(item.type) for item in fields(Limits) if item.name != "rooms"}
_ROOM_LIMITS = {item.name: str(item.type) for item in fields(RoomLimits)}


def _checked(name: str, read: Callable[[object], Any], value: object) -> Any:  # noqa: ANN401 - a setting's own type
    try:
        return read(value)
    except ConfigError as fault:
        raise ConfigError(f"{name}: should be {fault}") from None


def _limits(table: Mapping[str, object]) -> Limits:
    own: dict[str, Any] = {}
    of_rooms: dict[str, Any] = {}
    for name, value in table.items():
        kind = _OWN_LIMITS.get(name) or _ROOM_LIMITS.get(name)
        if kind is None:
            raise ConfigError(f"limits.{name}: there is no such limit")
        given = _checked(f"limits.{name}", _READERS[kind], value)
        (own if name in _OWN_LIMITS else of_rooms)[name] = given
    return replace(Limits(rooms=RoomLimits(**of_rooms)), **own)


def load(file: Path | None, environment: Mapping[str, str]) -> Config:
    """Read the settings. Raises ConfigError.

    A limit is a key of the table `limits`, or `APARTE_LIMIT_<NAME>`.
    """
    given: dict[str, object] = {}
    if file is not None:
        try:
            given.update(tomllib.loads(file.read_text("utf-8")))
        except OSError as fault:
            raise ConfigError(f"{file} cannot be read: {fault.strerror}") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            raise ConfigError(f"{file} is not TOML: {fault}") from None
    limits = given.pop("limits", {})
    if not isinstance(limits, dict):
        raise ConfigError("limits: should be a table, [limits]")
    for name, value in environment.items():
        if name.startswith(PREFIX):
            setting = name.removeprefix(PREFIX).lower()
            where = limits if setting.startswith(_LIMIT) else given
            where[setting.removeprefix(_LIMIT)] = value
    return build(given, limits)


def build(given: Mapping[str, object], limits: Mapping[str, object]) -> Config:
    """Check settings by name. Raises ConfigError."""
    values: dict[str, Any] = {"limits": _limits(limits)}
    for name, value in given.items():
        if name not in _SETTINGS:
            raise ConfigError(f"{name}: there is no such setting")
        values[name] = _checked(name, _SETTINGS[name], value)
    config = Config(**values)
    relays = any(url.startswith("turn") for url in config.turn_urls)
    if relays and len(config.turn_secret) < _SECRET_LENGTH:
        raise ConfigError(
            "turn_secret: should be coturn's static-auth-secret, 16 characters or more"
        )
    return config
