"""Settings: each is read, and each mistake is named with what it should be."""

from __future__ import annotations

import ipaddress
from dataclasses import fields
from pathlib import Path

import pytest

from server.checks import findings, shown
from server.config import Config, ConfigError, Listen, build, load
from server.limits import Limits
from signaling.limits import Limits as RoomLimits
from signaling.limits import Rate

FILE = """
origin = "https://consult.example.org"
listen = "[::1]:8480"
admin = "127.0.0.1:9480"
data = "/var/lib/aparte"
turn_urls = ["turn:turn.example.org:3478?transport=udp", "stun:turn.example.org"]
turn_secret = "0123456789abcdef"
turn_seconds = 600
trusted_proxies = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"]

[limits]
blob_bytes = 1000
head_seconds = 2.5
channels = 3
frames = [20, 10]
"""


def test_everything_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "aparte.toml"
    file.write_text(FILE)
    config = load(file, {"HOME": "/"})
    assert config.authority == "consult.example.org"
    assert config.listen == Listen("::1", 8480)
    assert str(config.listen) == "[::1]:8480"
    assert config.admin == Listen("127.0.0.1", 9480)
    assert config.data == Path("/var/lib/aparte")
    assert config.turn_urls[1] == "stun:turn.example.org"
    assert config.turn_seconds == 600
    assert ipaddress.ip_network("10.0.0.0/8") in config.trusted_proxies
    assert (config.limits.blob_bytes, config.limits.head_seconds) == (1000, 2.5)
    assert (config.limits.rooms.channels, config.limits.rooms.frames) == (3, Rate(20, 10))


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    file = tmp_path / "aparte.toml"
    file.write_text(FILE)
    environment = {
        "APARTE_ORIGIN": "http://localhost:1234",
        "APARTE_TURN_URLS": "turns:a.example:443?transport=tcp, stun:b.example",
        "APARTE_TRUSTED_PROXIES": "192.0.2.1",
        "APARTE_LIMIT_BLOB_BYTES": "7",
        "APARTE_LIMIT_FRAMES": "5+2.5",
    }
    config = load(file, environment)
    assert config.origin == "http://localhost:1234"
    assert config.authority == "localhost:1234"
    assert config.turn_urls == ("turns:a.example:443?transport=tcp", "stun:b.example")
    assert config.trusted_proxies == (ipaddress.ip_network("192.0.2.1"),)
    assert (config.limits.blob_bytes, config.limits.rooms.frames) == (7, Rate(5, 2.5))
    assert config.limits.head_seconds == 2.5


def test_the_defaults_are_the_limits_of_the_document() -> None:
    config = load(None, {})
    assert config == Config()
    assert config.limits == Limits(rooms=RoomLimits())
    assert config.limits.blob_bytes == 64 * 2**20
    assert config.limits.practitioner_bytes == 4 * 2**30
    assert config.limits.room_bytes == 256 * 2**20
    assert config.limits.room_seconds == config.limits.blob_seconds == 30 * 24 * 3600


@pytest.mark.parametrize(
    ("name", "value", "should"),
    [
        ("origin", "consult.example.org", "like https://"),
        ("origin", "https://consult.example.org/", "no path"),
        ("origin", "https://Consult.example.org", "no path"),
        ("origin", "https://user@consult.example.org", "no path"),
        ("origin", "https://consult.example.org:443", "without the scheme's own port"),
        ("origin", "https://consult.example.org:x", "like https://"),
        ("origin", "http://consult.example.org", "https (http is for localhost"),
        ("origin", "http://8.8.8.8", "https (http is for localhost"),
        ("origin", "ftp://localhost", "like https://"),
        ("origin", "", "a text"),
        ("origin", 1, "a text"),
        ("listen", "8480", "HOST:PORT"),
        ("listen", ":8480", "HOST:PORT"),
        ("listen", "127.0.0.1:70000", "HOST:PORT"),
        ("admin", "0.0.0.0:9480", "this machine alone"),
        ("data", "", "a text"),
        ("turn_urls", ["https://x"], "turn:"),
        ("turn_urls", 3, "a list"),
        ("turn_seconds", "0", "above zero"),
        ("turn_seconds", "1.5", "a whole number"),
        ("turn_seconds", "soon", "above zero"),
        ("trusted_proxies", "10.0.0.1/8", "a list of addresses"),
        ("trusted_proxies", "proxy.example", "a list of addresses"),
    ],
)
def test_a_setting_that_cannot_be_used(name: str, value: object, should: str) -> None:
    with pytest.raises(ConfigError, match=f"^{name}: should be ") as raised:
        build({name: value}, {})
    assert should in str(raised.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("blob_bytes", 0),
        ("blob_bytes", 1.5),
        ("blob_bytes", "many"),
        ("head_seconds", -1),
        ("head_seconds", "inf"),
        ("head_seconds", "nan"),
        ("frames", 5),
        ("frames", "5"),
        ("frames", [1]),
        ("frames", "0+1"),
    ],
)
def test_a_limit_that_cannot_be_used(name: str, value: object) -> None:
    with pytest.raises(ConfigError, match=rf"^limits\.{name}: should be "):
        build({}, {name: value})


def test_names_that_do_not_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^colour: there is no such setting$"):
        build({"colour": "red"}, {})
    with pytest.raises(ConfigError, match=r"^limits\.rooms: there is no such limit$"):
        build({}, {"rooms": 1})
    file = tmp_path / "aparte.toml"
    for text, sentence in (("limits = 1", "a table"), ("x", "not TOML"), ("a = 'é", "not TOML")):
        file.write_text(text)
        with pytest.raises(ConfigError, match=sentence):
            load(file, {})
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "none.toml", {})


def test_turn_without_its_secret() -> None:
    for secret in ({}, {"turn_secret": "short"}):
        with pytest.raises(ConfigError, match="static-auth-secret"):
            build({"turn_urls": ["turn:turn.example.org"], **secret}, {})
    assert build({"turn_urls": ["stun:turn.example.org"]}, {}).turn_secret == ""


def test_the_secret_does_not_print() -> None:
    config = build({"turn_secret": "0123456789abcdef"}, {})
    assert "0123456789abcdef" not in repr(config)
    assert "0123456789abcdef" not in str(list(shown(config)))


def test_limits_have_names_of_their_own() -> None:
    ours = {item.name for item in fields(Limits)}
    assert ours & {item.name for item in fields(RoomLimits)} == set()


def test_what_check_config_finds(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    poor = build({"origin": "https://x.example", "data": str(tmp_path / "file" / "data")}, {})
    texts = [finding.text for finding in findings(poor)]
    assert [finding.harmless for finding in findings(poor)].count(False) == 1
    for start in ("data:", "turn_urls:", "trusted_proxies:"):
        assert any(text.startswith(start) for text in texts)
